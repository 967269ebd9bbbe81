"""Another team's expected queue statistics, beside the figures that our counters give for the same calls.

Ten scenarios of the Wazo project: queue events in, interval tables out. Where its columns and ours mean different
things, the column is computed from our counters as follows, and every figure then agrees:

| column        | from our counters                       | where the definitions differ                         |
|---------------|-----------------------------------------|------------------------------------------------------|
| Received      | offered + busy_played + closed          | it counts who was turned away at the door; our       |
|               |                                         | offered is visits only                               |
| Answered      | answered                                | same                                                 |
| Abandoned     | abandoned                               | same                                                 |
| Closed        | closed                                  | same                                                 |
| Blocking      | flow_out                                | it keeps join-empty and leave-empty apart; for us    |
|               |                                         | the centre was open and sent the caller away         |
| Saturated     | busy_played + flow_out                  | it puts a full queue (for us at the door) together   |
|               |                                         | with DIVERT_* (for us a flow-out after 0 s)          |
| AWT           | (wait_answered_ms + wait_abandoned_ms)  | our asa is over the answered only, and uncut         |
|               | / (answered + abandoned), seconds cut   |                                                      |
| Answered rate | answered / (offered + busy_played)      | our reachability divides by the ended waits; closed  |
|               |                                         | counts in neither                                    |
| QoS           | answered_in_time / answered             | our service_level_1 adds the late who still wait     |

Because flow_out is one counter, Blocking and Saturated agree only where an interval holds one of the two kinds, as in
these scenarios. Its figures count a call where it entered, so ours are taken on the basis arrival.

Its clock is the local one of Europe/Berlin, its fractions of seconds are not in a native queue_log, and its row of a
week is a calendar day.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tests.batch.local_days import instant_ms
from tests.batch.samples import WAZO_FILE, sample

ZONE = "Europe/Berlin"
SCENARIOS = 10
FIGURES = 172

Scenario = dict[str, Any]
Figure = Callable[[Mapping[str, int]], str]


class Expectation(NamedTuple):
    """`column` of `queue` must read `expected` when `figure` is given our counters of [from, to), basis arrival.

    `interval` is the row length to ask for: "1h", "day" or "total".
    """

    queue: str
    from_ms: int
    to_ms: int
    interval: str
    column: str
    expected: str
    figure: Figure


def scenarios() -> list[Scenario]:
    """The ten scenarios as published. Skips the running test where the sample is absent."""
    return scenarios_in(sample(WAZO_FILE))


def scenarios_in(path: Path) -> list[Scenario]:
    """The scenarios in this file."""
    found: list[Scenario] = json.loads(path.read_text(encoding="utf-8"))
    return found


def native_lines(scenario: Scenario) -> list[str]:
    """The scenario's events as the lines of a queue_log file, in their order, each with its line end.

    Asterisk writes whole seconds, no empty fields at the end, and a bar behind an event without arguments.
    """
    lines = []
    for event in scenario["queue_log"]:
        arguments = [event[f"data{number}"] for number in range(1, 6)]
        while arguments and arguments[-1] == "":
            arguments.pop()
        day, clock = event["time"].split(" ")
        hour, minute, second = clock.split(".")[0].split(":")
        epoch = at(date.fromisoformat(day), int(hour), int(minute), int(second)) // 1000
        fields = [str(epoch), event["callid"], event["queuename"], event["agent"], event["event"]]
        lines.append("|".join(fields + (arguments or [""])) + "\n")
    return lines


def expectations(scenario: Scenario) -> list[Expectation]:
    """Every expected figure of the scenario, with how to compute it from the counters of the contract."""
    hours = {c["name"]: (hour(c["from"]), hour(c["to"])) for c in scenario["statistic_configurations"]}
    found = []
    for table in scenario["expected"]:
        first = date.fromisoformat(table["date"])
        for row in table["rows"]:
            from_ms, to_ms, interval = span(row["interval"], table["period"], first, hours[table["configuration"]])
            found += [
                Expectation(table["target"], from_ms, to_ms, interval, column, expected, COLUMNS[column])
                for column, expected in row.items()
                if column != "interval"
            ]
    return found


def span(label: str, period: str, first: date, hours: tuple[int, int]) -> tuple[int, int, str]:
    """[from, to) and the row length of a labelled row: "8h-9h", "Monday 30" or "Total"."""
    if period == "week":
        week = [first + timedelta(days=number) for number in range(8)]
        if label == "Total":
            return at(week[0]), at(week[7]), "total"
        day = next(day for day in week if label.split(" ")[1] == str(day.day))
        return at(day), at(day + timedelta(days=1)), "day"
    if label == "Total":
        return at(first, hours[0]), at(first, hours[1]), "total"
    begin, end = (int(part.removesuffix("h")) for part in label.split("-"))
    return at(first, begin), at(first, end), "1h"


def hour(clock: str) -> int:
    """The hour of "8:00"; all configurations begin and end at whole hours."""
    whole, minutes = clock.split(":")
    assert minutes == "00", clock
    return int(whole)


def at(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    """UTC milliseconds of a local clock time of the scenarios."""
    return instant_ms(day.year, day.month, day.day, hour, minute, second, ZONE)


def c(counts: Mapping[str, int], *names: str) -> int:
    """The sum of these counters; an absent one is 0."""
    return sum(counts.get(name, 0) for name in names)


def per_cent(numerator: int, denominator: int) -> str:
    """ "50 %"; nothing at all over an empty denominator."""
    return "" if denominator == 0 else f"{100 * numerator // denominator} %"


def average_wait(counts: Mapping[str, int]) -> str:
    """Hours, minutes and whole seconds, cut."""
    waits = c(counts, "answered", "abandoned")
    if waits == 0:
        return ""
    seconds = c(counts, "wait_answered_ms", "wait_abandoned_ms") // waits // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


COLUMNS: dict[str, Figure] = {
    "Received": lambda counts: str(c(counts, "offered", "busy_played", "closed")),
    "Answered": lambda counts: str(c(counts, "answered")),
    "Abandoned": lambda counts: str(c(counts, "abandoned")),
    "Closed": lambda counts: str(c(counts, "closed")),
    "Blocking": lambda counts: str(c(counts, "flow_out")),
    "Saturated": lambda counts: str(c(counts, "busy_played", "flow_out")),
    "AWT": average_wait,
    "Answered rate": lambda counts: per_cent(c(counts, "answered"), c(counts, "offered", "busy_played")),
    "QoS": lambda counts: per_cent(c(counts, "answered_in_time"), c(counts, "answered")),
}
