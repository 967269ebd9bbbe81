"""The expected results, from the slow computation alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from streams.records import Fact
from tests.batch.compare import random_instants
from tests.batch.count import Rules, count_intervals, gather
from tests.batch.local_days import business_day_start_ms
from tests.batch.read_queue_log import read_queue_log
from tests.batch.visits import Door, Visit
from tests.golden.result import Result
from tests.machine.visits import Visits, rules_of

_NOW = 24
"""Instants of a day at which all windows are recorded."""


class Group(NamedTuple):
    """What belongs together in a result: one queue, or one cell."""

    name: str
    rules: Rules
    visits: Sequence[Visit]
    doors: Sequence[Door]


def groups_of_lines(lines: Iterable[str], rules: dict[str, Rules]) -> list[Group]:
    """One group per queue."""
    reading = read_queue_log(lines)
    return [
        Group(
            queue,
            one,
            [visit for visit in reading.visits if visit.queue == queue],
            [door for door in reading.doors if door.queue == queue],
        )
        for queue, one in rules.items()
    ]


def groups_of_facts(facts: Iterable[Fact]) -> list[Group]:
    """One group per cell."""
    return [
        Group(f"{cell.hotline} T={cell.threshold_ms}", rules_of(cell), visits, doors)
        for cell, (visits, doors) in Visits().slow(facts).items()
    ]


def instants(groups: Sequence[Group], seed: int) -> list[int]:
    """Whole seconds on and beside the edges of the visits, from all groups."""
    chosen: set[int] = set()
    for place, group in enumerate(groups):
        chosen.update(random_instants(group.visits, _NOW // len(groups), seed * 100 + place, group.rules))
    return sorted(chosen)


def windows(groups: Iterable[Group], as_of_ms: int) -> dict[str, dict[str, dict[str, int]]]:
    """All counters of both windows and bases."""
    result = {}
    for group in groups:
        day_start_ms = business_day_start_ms(as_of_ms, group.rules.zone, group.rules.day_begins)
        counted, _ = gather(group.visits, group.doors, as_of_ms, day_start_ms, group.rules)
        result[group.name] = {f"{window} {basis}": counts for (window, basis), counts in counted.items()}
    return result


def intervals(groups: Iterable[Group], span_ms: tuple[int, int], kinds: Iterable[str], as_of_ms: int) -> Result:
    """The rows of [from, to) on the basis of arrivals, as known at `as_of_ms`."""
    result: Result = {}
    for kind in kinds:
        for group in groups:
            table = count_intervals(group.visits, group.doors, *span_ms, kind, group.rules.zone, as_of_ms, group.rules)
            result.setdefault(kind, {})[group.name] = {f"{begin} {end}": counts for begin, end, counts in table}
    return result
