"""Scenarios as text: calls in, numbers out. `cases/*.txt` hold them; this reads them.

```
# what the scenario shows
date 2026-07-08                                  local clock times below lie on this date in Europe/Berlin
settings                                         TOML added to the asterisk example (instead, if it has the feed)
    [[queues]]
    queue = "q"
rows shifts                                      the file of another feed, which `settings` describe
    person,from,to,kind
14:00:00|1.1|q|NONE|ENTERQUEUE||030|1            a queue_log line; its time may also be pasted as seconds since 1970
> 14:00:20 30m live by hotline                   as-of, window, basis [, dimensions]
    q: offered 1, waiting 1 | service_level null empty | unconfigured
> 13:00 to 15:00 every 1h by hotline             rows of intervals, as known long after [, or: at AS-OF]
    q 14:00: offered 1, open_late 1
feed: received 1, counted 1
```

A clock time may bear a date before it and an offset behind it. The rows listed under a question are all rows of the
answer.

Behind a row's name stand all its counters that are not zero, those of a further family (agents ...) only if any of
them is named ("nothing": none; "..." at the end: the others are not looked at), then KPIs as numbers, fractions or
`null REASON`, then words that must stand among its marks or in the definition of its service level.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from streams.counters import FURTHER
from streams.query import iso
from streams.question import Question, question
from tests.scenarios.core import FAR_AHEAD_MS

OF_FAMILIES = [frozenset((*family.windowed, *family.now)) for family in FURTHER.values()]
ZONE = ZoneInfo("Europe/Berlin")
_TIMED = re.compile(r"([0-9:.+ -]*[0-9])\|(.*)")
_WINDOW = re.compile(r"> (?P<as_of>.+?) (?P<window>30m|day) (?P<basis>live|arrival)(?: by (?P<by>\S+))?")
_SPAN = re.compile(
    r"> (?P<from>.+?) to (?P<to>.+?) every (?P<interval>\S+)(?: in (?P<zone>\S+))?"
    r"(?: by (?P<by>\S+))?(?: at (?P<as_of>.+))?"
)


@dataclass
class Row:
    """What one row must say. `complete`: every counter that is not named must be zero."""

    label: str
    counts: dict[str, int]
    complete: bool
    kpis: dict[str, str]
    words: list[str]


@dataclass
class Check:
    """One question and all rows of its answer."""

    text: str
    asked: Question
    as_of_ms: int
    rows: list[Row] = field(default_factory=list)


@dataclass
class Scenario:
    """Lines in, numbers out."""

    title: str
    day: date
    settings: str = ""
    lines: list[tuple[int, str]] = field(default_factory=list)
    files: dict[str, list[str]] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    accounting: dict[str, int] | None = None

    def at(self, text: str) -> int:
        """UTC ms of a clock time as written in the scenario."""
        if text.isdigit():
            return int(text) * 1000
        day, _, clock = text.rpartition(" ")
        moment = datetime.combine(date.fromisoformat(day) if day else self.day, time.fromisoformat(clock))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZONE)
        return round(moment.timestamp() * 1000)


def scenarios(folder: Path) -> Iterator[Scenario]:
    """Every scenario of every file."""
    for file in sorted(folder.glob("*.txt")):
        yield from read(file.read_text(encoding="utf-8"))


def read(text: str) -> Iterator[Scenario]:
    """The scenarios of one text. Raises ValueError for a line that means nothing."""
    scenario: Scenario | None = None
    indented = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("# "):
            if scenario is not None:
                yield scenario
            scenario, indented = Scenario(line[2:], date(2026, 7, 8)), ""
        elif not line.strip():
            continue
        elif scenario is None:
            message = f"line {number} stands before the first title: {line}"
            raise ValueError(message)
        elif line.startswith("    "):
            if indented == "settings":
                scenario.settings += line[4:] + "\n"
            elif indented.startswith("rows "):
                scenario.files.setdefault(indented[5:], []).append(line[4:])
            else:
                scenario.checks[-1].rows.append(_row(line.strip()))
        else:
            indented = line if line == "settings" or line.startswith("rows ") else "answer"
            _take(scenario, line)
    if scenario is not None:
        yield scenario


def _take(scenario: Scenario, line: str) -> None:
    if line == "settings" or line.startswith("rows "):
        return
    if line.startswith("date "):
        scenario.day = date.fromisoformat(line[5:])
    elif line.startswith("feed: "):
        scenario.accounting = _counts(line[6:])[0]
    elif line.startswith("> "):
        scenario.checks.append(_check(scenario, line))
    elif timed := _TIMED.fullmatch(line):
        at_ms = scenario.at(timed[1])
        seconds, rest = divmod(at_ms, 1000)
        scenario.lines.append((at_ms, f"{seconds}{f'.{rest:03}' if rest else ''}|{timed[2]}"))
    else:
        message = f"{scenario.title}: not understood: {line}"
        raise ValueError(message)


def _check(scenario: Scenario, line: str) -> Check:
    if match := _WINDOW.fullmatch(line):
        as_of_ms = scenario.at(match["as_of"])
        asked = question(windows=(match["window"],), basis=match["basis"], by=_dimensions(match["by"]))
    elif match := _SPAN.fullmatch(line):
        as_of_ms = scenario.at(match["as_of"]) if match["as_of"] else FAR_AHEAD_MS
        asked = question(
            from_=iso(scenario.at(match["from"])),
            to=iso(scenario.at(match["to"])),
            interval=match["interval"],
            zone=match["zone"],
            by=_dimensions(match["by"]),
        )
    else:
        message = f"{scenario.title}: not understood: {line}"
        raise ValueError(message)
    return Check(line[2:], asked, as_of_ms)


def _dimensions(text: str | None) -> Sequence[str]:
    return text.split(",") if text else ()


def _row(line: str) -> Row:
    label, _, rest = line.partition(": ")
    counts, *more = (part.strip() for part in rest.split("|"))
    named, complete = _counts(counts)
    kpis = dict(kpi.strip().split(" ", 1) for kpi in more[0].split(",") if kpi.strip()) if more else {}
    words = [word.strip() for part in more[1:] for word in part.split(",")]
    return Row(label, named, complete, kpis, words)


def _counts(text: str) -> tuple[dict[str, int], bool]:
    parts = [part.strip() for part in text.split(",")]
    complete = parts[-1] != "..."
    named = [part.rsplit(" ", 1) for part in parts if part not in ("...", "nothing")]
    return {name: int(value) for name, value in named}, complete


def differences(scenario: Scenario, check: Check, document: dict[str, Any]) -> list[str]:
    """One line for each thing that is not as the scenario says."""
    came = {_label(scenario, check, row): row for row in document["rows"]}
    wrong = []
    if list(came) != [row.label for row in check.rows]:
        wrong.append(f"rows are {list(came)}, must be {[row.label for row in check.rows]}")
    for row in check.rows:
        if row.label in came:
            wrong += [f"{row.label}: {line}" for line in _wrong(row, came[row.label])]
    return [f"{check.text}: {line}" for line in wrong]


def _label(scenario: Scenario, check: Check, row: dict[str, Any]) -> str:
    name = "/".join(row["by"].values()) if row["by"] else "all"
    if check.asked.from_ms is None:
        return name
    moment = datetime.fromisoformat(row["from"]).astimezone(ZoneInfo(check.asked.zone) if check.asked.zone else ZONE)
    twice = moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
    day = "" if moment.date() == scenario.day else f"{moment:%Y-%m-%d} "
    return f"{name} {day}{moment:%H:%M}{moment.isoformat()[-6:] if twice else ''}".strip()


def _wrong(row: Row, came: dict[str, Any]) -> Iterator[str]:
    counts = came["counts"]
    # Of a further family, a row must name all counters or none.
    looked_at = [names for names in OF_FAMILIES if names & row.counts.keys()]
    others = set().union(*OF_FAMILIES) - set().union(*looked_at)
    for name in {**row.counts, **({each: 0 for each in counts if each not in others} if row.complete else {})}:
        if counts.get(name, 0) != row.counts.get(name, 0):
            yield f"{name} is {counts.get(name, 0)}, must be {row.counts.get(name, 0)}"
    for name, text in row.kpis.items():
        kpi = came["kpis"][name]
        if text.startswith("null "):
            right = kpi["value"] is None and kpi.get("why") == text[5:]
        else:
            right = kpi["value"] is not None and abs(kpi["value"] - float(Fraction(text))) <= 1e-9
        if not right:
            yield f"{name} is {kpi}, must be {text}"
    said = [*came.get("marks", []), came["kpis"]["service_level"]["definition"]]
    for word in row.words:
        if not any(word in text for text in said):
            yield f"{word!r} does not stand in {said}"
