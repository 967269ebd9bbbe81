"""Callers as Asterisk writes them down, for as long as a test needs them, and what they add up to."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.batch.compare import assert_same, counts_of_document
from tests.batch.count import BASES, Rules, count_groups
from tests.batch.read_queue_log import read_queue_log
from tests.batch.visits import Reading

ZONE = "Europe/Berlin"
THRESHOLDS_MS = {"Verkauf": 10_000, "Service": 20_000}
TICK_SECONDS = 0.02


class Callers:
    """Seeded. `line(at)` is the next line of the queue_log, written at this UTC second; `at` never goes back.

    `asterisk`: the second its Asterisk started, which its calls are named after. Two with the same one name the same
    calls: what happens to one of the second changes that of the first.
    """

    def __init__(self, seed: int, asterisk: int = 1_700_000_000) -> None:
        self._chance = random.Random(seed)
        self._asterisk = asterisk
        self._number = 0
        self._waiting: list[tuple[str, str, int]] = []
        self._talking: list[tuple[str, str, str, int, int]] = []
        self._wrapping: list[str] = []

    def line(self, at: int) -> str:
        if self._wrapping:
            agent = self._wrapping.pop()
            return f"{at}|NONE|NONE|{agent}|WRAPUPSTART|{self._chance.randrange(3)}"
        kind = self._chance.random()
        if kind < 0.01:
            return f"{at} no line of a queue_log"
        if kind < 0.02:
            return f"{at}|NONE|NONE|NONE|CONFIGRELOAD|"
        if kind < 0.03:
            return f"{at}|{self._call()}|Service|NONE|FULL|"
        if kind > 0.6 and self._waiting:
            return self._end_of_wait(at)
        if kind > 0.4 and self._talking:
            return self._end_of_talk(at)
        call, queue = self._call(), self._chance.choice(list(THRESHOLDS_MS))
        self._waiting.append((call, queue, at))
        return f"{at}|{call}|{queue}|NONE|ENTERQUEUE||0301|1"

    def past(self, seconds: int, lines: int) -> list[str]:
        """So many lines, spread evenly over the last seconds."""
        now = int(time.time())
        return [self.line(now - seconds + seconds * number // lines) for number in range(lines)]

    def _call(self) -> str:
        self._number += 1
        return f"{self._asterisk}.{self._number}"

    def _end_of_wait(self, at: int) -> str:
        call, queue, since = self._waiting.pop(self._chance.randrange(len(self._waiting)))
        wait = at - since
        if self._chance.random() < 0.3:
            return f"{at}|{call}|{queue}|NONE|ABANDON|1|1|{wait}"
        agent = f"SIP/{call[11:]}"
        self._talking.append((call, queue, agent, wait, at))
        return f"{at}|{call}|{queue}|{agent}|CONNECT|{wait}|x|1"

    def _end_of_talk(self, at: int) -> str:
        call, queue, agent, wait, since = self._talking.pop(self._chance.randrange(len(self._talking)))
        if self._chance.random() < 0.5:
            self._wrapping.append(agent)
        if self._chance.random() < 0.1:
            return f"{at}|{call}|{queue}|{agent}|BLINDTRANSFER|200|default|{wait}|{at - since}|1"
        return f"{at}|{call}|{queue}|{agent}|COMPLETECALLER|{wait}|{at - since}|1"


class Growing:
    """A queue_log that grows while this is open. Every fifth time the pen stops in the middle of a line."""

    def __init__(self, path: Path, callers: Callers, lines_per_second: int = 200) -> None:
        self.lines: list[str] = []
        self.path = path
        self._callers = callers
        self._per_tick = max(1, round(lines_per_second * TICK_SECONDS))
        self._stop = threading.Event()
        self._gate = threading.Lock()
        self._thread = threading.Thread(target=self._write, name="callers")

    def write_past(self, seconds: int, lines: int) -> None:
        """What stands in the file before it is followed."""
        self._append(self._callers.past(seconds, lines))

    def __enter__(self) -> Growing:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def between_lines(self) -> threading.Lock:
        """While it is held nothing is written and the last line is complete."""
        return self._gate

    def _write(self) -> None:
        ticks = 0
        while not self._stop.wait(TICK_SECONDS):
            ticks += 1
            with self._gate:
                lines = [self._callers.line(int(time.time())) for _ in range(self._per_tick)]
                self._append(lines, pause=ticks % 5 == 0)

    def _append(self, lines: list[str], *, pause: bool = False) -> None:
        text = "".join(f"{line}\n" for line in lines)
        half = len(text) // 2 if pause else 0
        with self.path.open("a") as file:
            file.write(text[:half])
            file.flush()
            if pause:
                self._stop.wait(TICK_SECONDS)
            file.write(text[half:])
        self.lines += lines


def rules_of(queue: str) -> Rules:
    """What the settings of `running.settings` measure a queue by."""
    return Rules(THRESHOLDS_MS.get(queue, 20_000), zone=ZONE)


def assert_counted(lines: Sequence[str], documents: Sequence[Mapping[str, Any]]) -> Reading:
    """`kpis --json --by hotline` documents hold exactly what the lines add up to, each at its own instant."""
    reading = read_queue_log(lines)
    for document in documents:
        as_of_ms = instant_ms(document["as_of"])
        groups = count_groups(reading.visits, reading.doors, as_of_ms, rules_of, lambda queue: [queue])
        assert document["basis"] in BASES
        expected = {
            (queue, window, basis): counts
            for queue, result in groups.items()
            for (window, basis), counts in result.items()
            if basis == document["basis"]
        }
        assert_same(expected, counts_of_document(document, "hotline"), document["as_of"])
    return reading


def assert_accounted(reading: Reading, feed: Mapping[str, Any]) -> None:
    """The entry of `feeds --json` accounts for every line, and none came twice."""
    said = {name: feed[name] for name in ("received", "counted", "dead", "skip_reasons", "duplicate", "late")}
    assert said == {
        "received": reading.received,
        "counted": reading.counted,
        "dead": reading.dead,
        "skip_reasons": reading.skip_reasons,
        "duplicate": 0,
        "late": 0,
    }


def instant_ms(text: str) -> int:
    """UTC milliseconds of a time as the documents write it."""
    return int(datetime.fromisoformat(text).timestamp()) * 1000
