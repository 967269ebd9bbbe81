"""Calls of a simulated centre as rows of a file that is never in order: late rows, repeated rows, broken rows."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.batch.compare import assert_same, counts_of_document
from tests.batch.count import Rules, count_groups
from tests.batch.visits import Door, Reading, Visit

ZONE = "Europe/Berlin"
HEADER = "id;line;outcome;start;wait;talk;agent"
HOTLINES = {name: 5_000 * (number + 1) for number, name in enumerate(("Anlage", "Börse", "Karte", "Kredit", "Konto"))}
"""Every hotline and its threshold."""

_HOURS = 6


class Records:
    """`lines` are the file, without its header; `reading` is what its rows mean, computed without any of our code."""

    def __init__(self, count: int, seed: int, now: int | None = None) -> None:
        """`count` rows of calls that all ended before `now` (UTC seconds; default: the clock), and some more."""
        chance = random.Random(seed)
        end = int(time.time()) if now is None else now
        self.reading = Reading()
        rows: list[tuple[float, str]] = []
        for number in range(count):
            hotline = chance.choice(list(HOTLINES))
            start = end - 700 - chance.randrange(_HOURS * 3_600)
            row = self._row(number, hotline, start, chance)
            written = float(start + 600)
            if chance.random() < 0.2:
                written += chance.expovariate(1 / 60)  # out of order
            if chance.random() < 0.02:
                written += chance.randrange(_HOURS * 3_600)  # late
            rows.append((written, row))
            if chance.random() < 0.03:
                rows.append((written + chance.randrange(3_600), row))  # a second time
                self.duplicates += 1
            if chance.random() < 0.002:
                rows.append((written, f"{number};no row of this file"))
                self.dead += 1
        self.lines = [row for _, row in sorted(rows)]

    duplicates = 0
    dead = 0

    def _row(self, number: int, hotline: str, start: int, chance: random.Random) -> str:
        wait, talk = int(chance.expovariate(1 / 12)), int(chance.expovariate(1 / 180)) % 500
        begun = datetime.fromtimestamp(start, UTC).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")
        outcome = chance.choices(("ANSWERED", "LOST", "IVR"), (80, 15, 5))[0]
        if outcome == "IVR":
            self.reading.doors.append(Door(hotline, start * 1000, "ivr_abandon"))
        else:
            visit = Visit(hotline, start * 1000)
            visit.end("answered" if outcome == "ANSWERED" else "abandoned", (start + wait) * 1000)
            if outcome == "ANSWERED":
                visit.talk_ms = talk * 1000
                visit.talk_end_ms = (start + wait + talk) * 1000
            self.reading.visits.append(visit)
        return f"{number};{hotline};{outcome};{begun};{wait};{talk};agent {number % 50}"

    def settings(self, path: Path) -> str:
        """The settings that follow this file at `path`."""
        hotlines = "".join(f'[hotlines."{name}"]\nthreshold_seconds = {ms / 1000:g}\n' for name, ms in HOTLINES.items())
        return f"""
[site]
zone = "{ZONE}"
{hotlines}
[web]
port = 0
[feeds.calls]
collector = "columns"
path = "{path}"
supplies = ["door", "talk"]
delimiter = ";"
key = ["id"]
hotline = "line"
agent = "agent"
times.start.format = "%Y-%m-%d %H:%M:%S"
durations.wait = {{}}
durations.talk = {{}}
[[feeds.calls.cases]]
when.outcome = "ANSWERED"
result = "answered"
arrival = "start"
end = {{ at = "start", plus = "wait" }}
talk = "talk"
handled = {{ at = "start", plus = ["wait", "talk"] }}
[[feeds.calls.cases]]
when.outcome = "LOST"
result = "abandoned"
arrival = "start"
end = {{ at = "start", plus = "wait" }}
[[feeds.calls.cases]]
when.outcome = "IVR"
result = "ivr_abandon"
at = "start"
"""

    def assert_counted(self, document: Mapping[str, Any]) -> None:
        """A `kpis --json --by hotline` document holds exactly what the rows add up to at its instant."""
        as_of_ms = int(datetime.fromisoformat(document["as_of"]).timestamp()) * 1000
        groups = count_groups(self.reading.visits, self.reading.doors, as_of_ms, _rules_of, lambda queue: [queue])
        expected = {
            (queue, window, basis): counts
            for queue, result in groups.items()
            for (window, basis), counts in result.items()
            if basis == document["basis"]
        }
        assert_same(expected, counts_of_document(document, "hotline"), document["as_of"])

    def assert_accounted(self, feeds: Sequence[Mapping[str, Any]]) -> None:
        """`feeds --json` accounts for every row, once."""
        (feed,) = [each for each in feeds if each["feed"] == "calls"]
        said = {name: feed[name] for name in ("received", "duplicate", "dead", "skipped")}
        said["counted"] = feed["counted"] + feed["late"]
        counted = len(self.lines) - self.duplicates - self.dead
        assert said == {
            "received": len(self.lines),
            "duplicate": self.duplicates,
            "dead": self.dead,
            "skipped": 0,
            "counted": counted,
        }


def _rules_of(queue: str) -> Rules:
    return Rules(HOTLINES[queue], zone=ZONE)
