"""A log in four parts reads the same as one: nothing that is counted once is counted in two of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from streams import partition, reading
from streams.codec import encode
from streams.engine import Engine
from streams.partition import split
from streams.pipeline import Pipeline
from streams.reading import Reading, of_all_parts
from streams.records import Attempted, Fact, TrunkCounted, Worked
from tests.machine.centre import GIVE_UP_MS, clock_of
from tests.machine.families import expected
from tests.machine.partition import assert_equal, numbers_of, told
from tests.machine.telling import Day, batches
from tests.proof.test_families import AUTUMN, HOUR_MS, instants

pytestmark = pytest.mark.long
PARTS = 4
INSTANTS = 40
DAY = dataclasses.replace(
    AUTUMN,
    stories=(("agents", 50), ("outbound", 80), ("lists", 20), ("orders", 40), ("trunks", 30), ("shifts", 30)),
)
Plant = Callable[[pytest.MonkeyPatch], None]


def compare(day: Day) -> None:
    """At every instant the readings of all parts together, all facts known."""
    told_at = batches(day)
    known = [fact for batch in told_at for fact in batch.facts]
    parts = [Pipeline(Engine(told_at[0].collected_ms - HOUR_MS, clock_of, GIVE_UP_MS)) for _ in range(PARTS)]
    for batch in told_at:
        for pipeline, own in zip(parts, split(batch, PARTS), strict=True):
            pipeline.apply(encode(own))
    assert all(pipeline.families for pipeline in parts), "a part has nothing to count"
    families = [family for family, _ in day.stories]
    for now_ms in instants(day, INSTANTS):
        for pipeline in parts:
            pipeline.tick(now_ms)
        whole = of_all_parts(pipeline.readings() for pipeline in parts)
        came = told({one.cell: numbers_of(one) for one in whole})
        assert_equal(told(expected(known, now_ms, families)), came, str(now_ms))


def _kept_by(patch: pytest.MonkeyPatch, key: Callable[[Fact], str | None]) -> None:
    right = partition.key_of
    patch.setattr(partition, "key_of", lambda fact: key(fact) or right(fact))


def person_counted_in_the_part_of_each_hotline(patch: pytest.MonkeyPatch) -> None:
    """Who serves two hotlines is two persons."""
    _kept_by(patch, lambda fact: fact.serves.hotline if isinstance(fact, Worked) else None)


def lead_counted_in_the_part_of_each_attempt(patch: pytest.MonkeyPatch) -> None:
    """A lead that is called twice is two leads."""
    _kept_by(patch, lambda fact: fact.attempt.hex() if isinstance(fact, Attempted) else None)


def trunk_counted_wherever_its_count_lands(patch: pytest.MonkeyPatch) -> None:
    """The count before is not known where the next one lands."""
    _kept_by(patch, lambda fact: str(fact.at_ms) if isinstance(fact, TrunkCounted) else None)


def states_of_the_first_part_stand_for_all(patch: pytest.MonkeyPatch) -> None:
    """Counters without a window are not added up."""
    right: Any = reading.added

    def added(readings: list[Reading]) -> Reading:
        found: Reading = right(readings)
        return msgspec.structs.replace(found, now=readings[0].now)

    patch.setattr(reading, "added", added)


def test_four_parts_read_the_same_as_the_slow_computation() -> None:
    compare(DAY)


@pytest.mark.parametrize(
    "plant",
    [
        person_counted_in_the_part_of_each_hotline,
        lead_counted_in_the_part_of_each_attempt,
        trunk_counted_wherever_its_count_lands,
        states_of_the_first_part_stand_for_all,
    ],
    ids=lambda plant: plant.__name__,
)
def test_a_planted_fault_does_not_survive(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError, match="must be"):
        compare(DAY)
