"""Recorded days of people, dialers, trunks, plans, orders and bills, byte for byte as the slow computation says."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from streams.codec import encode
from streams.engine import Engine
from streams.families import last_words, timelines
from streams.families.shifts import Shifts
from streams.pipeline import Pipeline
from streams.records import Work
from tests.golden.catalogue import FOLDER, read_text
from tests.golden.families import FAMILY_DAYS, INTERVALS, FamilyDay, batches, edges, make, named, numbered
from tests.golden.result import Result, canonical, first_difference, instants_of
from tests.machine.centre import GIVE_UP_MS, clock_of
from tests.machine.families import ROWS
from tests.machine.partition import numbers_of


def pipeline_at(now_ms: int) -> Pipeline:
    return Pipeline(Engine(now_ms, clock_of, GIVE_UP_MS), billing=True)


def read(pipeline: Pipeline) -> dict[str, dict[str, dict[str, int]]]:
    return numbered({reading.cell: numbers_of(reading) for reading in pipeline.readings()})


def intervals(pipeline: Pipeline, day: FamilyDay, kind: str) -> dict[str, dict[str, dict[str, int]]]:
    """The rows of all cells; bills have theirs with the calls that they are of."""
    cuts = edges(day, kind)
    return {
        named(cell): {
            f"{from_ms} {to_ms}": row.counts for (from_ms, to_ms), row in zip(pairwise(cuts), table, strict=True)
        }
        for cell, table in pipeline.by_interval(cuts).items()
        if cell.family in ROWS
    }


@pytest.mark.parametrize("day", FAMILY_DAYS, ids=lambda day: day.name)
def test_a_recorded_day(day: FamilyDay) -> None:
    """Once as it comes in, the clock going on between batches, and once with hindsight."""
    right = read_text(FOLDER / f"{day.name}.families.expected.gz")
    ahead = batches(day)
    names = sorted(instants_of(right).items(), key=lambda one: one[1])
    begins_ms = min(names[0][1], ahead[0].collected_ms) - 86_400_000
    running, hindsight = pipeline_at(begins_ms), pipeline_at(begins_ms)
    for batch in ahead:
        hindsight.apply(encode(batch))
    came: Result = {}
    for name, as_of_ms in names:
        pipeline = running if name.startswith("live") else hindsight
        while pipeline is running and ahead and ahead[0].collected_ms <= as_of_ms:
            running.tick(ahead[0].collected_ms)
            running.apply(encode(ahead.pop(0)))
        pipeline.tick(as_of_ms)
        came[name] = read(pipeline)
    came |= {kind: intervals(hindsight, day, kind) for kind in INTERVALS}
    text = canonical(came)
    assert text.encode() == right.encode(), first_difference(right, text)
    corrected = sum(line.replace("live ", "") not in right for line in right.splitlines() if line.startswith('["live'))
    assert corrected > 50, f"what came late corrected only {corrected} lines"


@pytest.mark.parametrize("day", FAMILY_DAYS, ids=lambda day: day.name)
def test_the_recorded_batches_are_what_their_seed_gives(day: FamilyDay) -> None:
    """So that nobody edits a day by hand: `python -m tests.golden.record --days` makes it anew."""
    assert read_text(FOLDER / f"{day.name}.families.batches.gz") == make(day)


def call_that_never_ends(patch: pytest.MonkeyPatch) -> None:
    """A talk whose end nobody states lasts for ever."""
    patch.setattr("streams.families.last_words.LONGEST_TALK_MS", 1 << 45)


def who_logs_off_stays(patch: pytest.MonkeyPatch) -> None:
    """Who leaves a queue is still in it."""
    table = last_words.INSIDE.copy()
    table[Work.LEFT] = 1
    for module in (last_words, timelines):
        patch.setattr(module, "INSIDE", table)


def shift_counts_only_when_it_is_over(patch: pytest.MonkeyPatch) -> None:
    """What is planned counts from its end on and not while it lasts."""
    right = Shifts._counters

    def counters(self: Shifts, from_ms: Any, to_ms: int, first_ms: Any, last_ms: int) -> Any:
        ended = {key: said for key, said in self._said.items() if said[1] <= to_ms}
        whole, self._said = self._said, ended
        self._changed, self._of_person = set(self._of_person), _of_person(ended, self._of_person)
        found = right(self, from_ms, to_ms, first_ms, last_ms)
        self._said, self._of_person = whole, _of_person(whole, self._of_person)
        return found

    patch.setattr(Shifts, "_counters", counters)


def _of_person(said: dict[Any, Any], persons: Any) -> dict[bytes, set[Any]]:
    found: dict[bytes, set[Any]] = {person: set() for person in persons}
    for key, value in said.items():
        found[value[5]].add(key)
    return found


@pytest.mark.parametrize(
    "plant",
    [call_that_never_ends, who_logs_off_stays, shift_counts_only_when_it_is_over],
    ids=lambda plant: plant.__name__,
)
def test_a_planted_fault_shows(plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError, match="must be"):
        test_a_recorded_day(FAMILY_DAYS[0])
