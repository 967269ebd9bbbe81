"""A feed on a bench: a memory log, a folder, a settable clock, and the law that every line is accounted for."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.contract import Parser, Wiring
from collectors.deadletters import DeadLetters
from collectors.ingest import FeedRun
from collectors.registry import COLLECTORS
from streams.batch import Batch, Tally
from streams.codec import decode
from streams.log import START, EventLog
from streams.log_memory import MemoryLog
from streams.records import Cell, Fact

NOW_MS = 1_760_000_000_000
"""2025-10-09T08:53:20Z, the bench's idea of now unless a test says otherwise."""

BANK_LIKE: dict[str, object] = {
    "delimiter": ";",
    "key": ["id"],
    "hotline": "line",
    "agent": "agent",
    "times": {"start": {"format": "%Y-%m-%d %H:%M:%S"}, "end": {"format": "%Y-%m-%d %H:%M:%S"}},
    "durations": {"wait": {}},
    "skip": [{"when": {"outcome": "TEST"}, "reason": "test"}],
    "cases": [
        {
            "when": {"outcome": "ANSWERED"},
            "result": "answered",
            "arrival": "start",
            "end": {"at": "start", "plus": "wait"},
            "talk": {"from": "start", "to": "end"},
            "handled": "end",
        },
        {"when": {"outcome": "LOST"}, "result": "abandoned", "arrival": "start", "end": "end"},
        {"when": {"outcome": "IVR"}, "result": "ivr_abandon", "at": "start"},
    ],
}

SHIFTS_LIKE: dict[str, object] = {
    "to": "",
    "hours": "hours",
    "queue": "queue",
    "time_format": "%Y-%m-%d %H:%M:%S",
}
OPTIONS = {"columns": BANK_LIKE, "shifts": SHIFTS_LIKE}
"""The settings of a collector on the bench, where it cannot do without."""


def route(name: str) -> Cell:
    """A cell that tells the name it was asked for."""
    return Cell(name, configured=False)


def pseudonym(name: str) -> bytes:
    """A one-way name."""
    return hashlib.blake2b(name.encode(), digest_size=16).digest()


def wiring(feed: str = "feed", zone: str = "Europe/Berlin") -> Wiring:
    """What a feed is wired to on the bench."""
    return Wiring(feed, route, pseudonym, ZoneInfo(zone))


def parser_of(kind: str, options: Mapping[str, object] | None = None, zone: str = "Europe/Berlin") -> Parser:
    """A new parser of a registered collector."""
    chosen = options if options is not None else OPTIONS.get(kind, {})
    return COLLECTORS[kind].read_options(chosen).parser(wiring(zone=zone))


_benches: list[Bench] = []


def clear_away() -> None:
    """Gives back what the benches of a test hold open."""
    while _benches:
        _benches.pop().kill()


class Bench:
    """One feed in one folder. `restart` is what a new process would do after the old one was gone."""

    def __init__(
        self,
        folder: Path,
        kind: str = "queue_log",
        options: Mapping[str, object] | None = None,
        log: EventLog | None = None,
        closes_at: Callable[[str, int], int] = lambda _, event_ms: event_ms + 86_400_000,
        cap: int = 10_000,
    ) -> None:
        self.folder = folder
        self.kind = kind
        self.options = options
        self.memory = MemoryLog()
        self.log: EventLog = log if log is not None else self.memory
        self.closes_at = closes_at
        self.cap = cap
        self.now_ms = NOW_MS
        self.said: list[str] = []
        self.run = self._new()
        _benches.append(self)

    def _new(self) -> FeedRun:
        self.letters = DeadLetters(self.folder / "dead", self.cap)
        return FeedRun(
            "feed",
            self.kind,
            parser_of(self.kind, self.options),
            self.log,
            self.folder,
            self.letters,
            self.closes_at,
            self.said.append,
        )

    def restart(self, clean: bool = False) -> FeedRun:
        """Throws the run away, as a kill would, or ends it cleanly, and makes the next one."""
        if clean:
            self.run.close()
        else:
            self.kill()
        self.run = self._new()
        return self.run

    def kill(self) -> None:
        """Ends the run without a word: the system gives back its files and its lock, nothing else is done."""
        for source in self.run._sources.values():
            source.close()
        self.run._folder.close()

    def drain(self, most: int = 10_000) -> None:
        """Steps until there is nothing to do; fails when that never comes."""
        for _ in range(most):
            if not self.run.step(self.now_ms):
                return
        message = f"still busy after {most} steps"
        raise AssertionError(message)

    def settle(self) -> None:
        """Lets the grace after a rotation pass, and everything that waits for it."""
        for _ in range(6):
            self.drain()
            self.now_ms += 1_100
        self.drain()

    def replay(self, *paths: Path) -> None:
        """Reads these files to their ends."""
        self.run.replay(paths)
        self.drain()
        assert not self.run.replaying

    def batches(self) -> list[Batch]:
        """Every batch in the log, in order; their numbers have no gap."""
        batches = [decode(entry.payload) for entry in self.memory.parts[0].read(START, 1_000_000)]
        assert [batch.sequence for batch in batches] == list(range(1, len(batches) + 1))
        return batches

    def facts(self) -> list[Fact]:
        """Every fact in the log, in order."""
        return [fact for batch in self.batches() for fact in batch.facts]

    def tally(self) -> Tally:
        """The sum over the log; every batch and the sum account for every line."""
        total = Tally()
        for batch in self.batches():
            assert batch.tally.balanced, batch
            total.add(batch.tally)
        return total


def write(path: Path, *lines: str | bytes, end: str = "\n") -> None:
    """Appends lines to a file."""
    with path.open("ab") as file:
        for line in lines:
            file.write((line if isinstance(line, bytes) else line.encode()) + end.encode())


def entry(number: int, at_s: int = NOW_MS // 1000 - 3600, queue: str = "q") -> str:
    """A queue_log line by which caller `number` enters."""
    return f"{at_s}|call.{number}|{queue}|NONE|ENTERQUEUE||0|1"


def changed_at(path: Path, at_ms: int) -> None:
    """Says when a file was changed last, on the bench's clock."""
    os.utime(path, (at_ms / 1000, at_ms / 1000))
