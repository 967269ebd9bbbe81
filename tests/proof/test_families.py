"""At a thousand adversarial instants what dialers, trunks, plans and orders read equals the slow computation."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from itertools import pairwise

import pytest

from streams.batch import Batch
from streams.codec import encode
from streams.engine import Engine
from streams.pipeline import Pipeline
from streams.reading import Reading
from streams.records import Cell, Fact
from tests.machine.centre import GIVE_UP_MS, STARTS, clock_of
from tests.machine.families import ROWS, expected
from tests.machine.partition import assert_equal, numbers_of, told
from tests.machine.telling import Day, batches, edges
from tests.proof.family_faults import FAULTS, Plant

pytestmark = pytest.mark.long
INSTANTS = 1_000
STORIES = (("outbound", 240), ("lists", 40), ("orders", 90), ("trunks", 60), ("shifts", 36))
FAMILIES = tuple(family for family, _ in STORIES)
OF_ONE, INSTANTS_OF_ONE = 120, 200
HOURS = 40
HOUR_MS = 3_600_000
HINDSIGHT_EVERY, SAVED_EVERY = 12, 40

SPRING = Day(41, STARTS[1][1] * 1000 - 20 * HOUR_MS, HOURS, STORIES)
AUTUMN = Day(42, STARTS[2][1] * 1000 - 20 * HOUR_MS, HOURS, STORIES)


def instants(day: Day, number: int) -> list[int]:
    """On and beside the edges of stories, UTC ms, sorted."""
    chance = random.Random(day.seed)
    ends_ms = day.begins_ms + (HOURS + 12) * HOUR_MS
    inside = [at_ms for at_ms in edges(day) if day.begins_ms < at_ms < ends_ms]
    return sorted(chance.choice(inside) + chance.choice((-1_000, -1, 0, 0, 1, 1_000)) for _ in range(number))


def pipeline_at(now_ms: int) -> Pipeline:
    return Pipeline(Engine(now_ms, clock_of, GIVE_UP_MS))


class Running:
    """A processor that lives through the day, forgets every hour and is started anew from its saved state."""

    def __init__(self, now_ms: int) -> None:
        self.pipeline = pipeline_at(now_ms)
        self._picture: dict[Cell, Reading] = {}
        self._forgets_ms = now_ms + HOUR_MS

    def go_on(self, news: Sequence[Batch], now_ms: int) -> None:
        for batch in news:
            self.pipeline.tick(min(batch.collected_ms, now_ms))
            self.pipeline.apply(encode(batch))
        self.pipeline.tick(now_ms)
        if now_ms >= self._forgets_ms:
            self._forgets_ms = now_ms + HOUR_MS
            self.pipeline.forget(now_ms - HOUR_MS)

    def start_anew(self) -> None:
        saved, feeds = self.pipeline.dump_families(), self.pipeline.feeds
        self.pipeline = pipeline_at(self.pipeline.engine.now_ms)
        self.pipeline.load_families(saved)
        self.pipeline.feeds = feeds
        self._picture = {}

    def readings(self) -> list[Reading]:
        """The picture that somebody keeps who is told only what changed."""
        self._picture |= {one.cell: one for one in self.pipeline.readings(changed_only=True)}
        return list(self._picture.values())


def assert_right(known: Sequence[Fact], readings: Sequence[Reading], day: Day, now_ms: int) -> None:
    right = told(expected(known, now_ms, [family for family, _ in day.stories]))
    came = told({reading.cell: numbers_of(reading) for reading in readings})
    assert_equal(right, came, str(now_ms))


def compare(day: Day, number: int) -> None:
    """At every instant what is known at it, and what the processor reads that has come so far."""
    ahead = batches(day)
    when = instants(day, number)
    running = Running(min(when[0], ahead[0].collected_ms) - 60_000)
    known: list[Fact] = []
    for place, now_ms in enumerate(when):
        news = []
        while ahead and ahead[0].collected_ms <= now_ms:
            news.append(ahead.pop(0))
            known += news[-1].facts
        running.go_on(news, now_ms)
        if place % SAVED_EVERY == SAVED_EVERY - 1:
            running.start_anew()
        assert_right(known, running.readings(), day, now_ms)


def of_one(family: str, day: Day) -> Day:
    """The same day with stories of one family only."""
    return dataclasses.replace(day, stories=((family, OF_ONE),))


@pytest.mark.parametrize("day", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_whoever_lives_through_the_day_reads_what_is_known_at_each_instant(day: Day) -> None:
    compare(day, INSTANTS // 2)


@pytest.mark.parametrize("day", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_whoever_knows_all_from_the_beginning_reads_the_same(day: Day) -> None:
    """All facts come first and wait for the clock; at the end rows of intervals add up to what happened."""
    told_at = batches(day)
    known = [fact for batch in told_at for fact in batch.facts]
    when = instants(day, INSTANTS)[::HINDSIGHT_EVERY]
    pipeline = pipeline_at(min(when[0], told_at[0].collected_ms) - 60_000)
    for batch in told_at:
        pipeline.apply(encode(batch))
    for now_ms in when:
        pipeline.tick(now_ms)
        assert_right(known, pipeline.readings(), day, now_ms)
        assert_rows(known, pipeline, cuts(day, now_ms), now_ms)


def cuts(day: Day, now_ms: int) -> list[int]:
    """Edges of some rows, on edges of stories and anywhere."""
    chance = random.Random(now_ms)
    some = {chance.choice(edges(day)) + chance.choice((0, 0, 1)) for _ in range(3)}
    return sorted(some | {day.begins_ms + chance.randrange((HOURS + 2) * HOUR_MS)})


def assert_rows(known: Sequence[Fact], pipeline: Pipeline, at_ms: list[int], now_ms: int) -> None:
    came = pipeline.by_interval(at_ms)
    for place, (from_ms, to_ms) in enumerate(pairwise(at_ms)):
        right = {
            cell: {name: value for name, value in counts.items() if value}
            for name in FAMILIES
            if name in ROWS
            for cell, counts in ROWS[name].between(known, from_ms, to_ms, now_ms).items()
        }
        for cell in {*right, *came}:
            row = came[cell][place].counts if cell in came else {}
            assert {name: value for name, value in row.items() if value} == right.get(cell, {}), (cell, from_ms, to_ms)


@pytest.mark.parametrize("family", FAMILIES)
def test_without_a_fault_nothing_differs(family: str) -> None:
    for day in (SPRING, AUTUMN):
        compare(of_one(family, day), INSTANTS_OF_ONE)


@pytest.mark.parametrize(("family", "plant"), FAULTS, ids=lambda one: getattr(one, "__name__", one))
def test_a_planted_fault_does_not_survive(family: str, plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError) as caught:
        test_without_a_fault_nothing_differs(family)
    print(f"{plant.__name__}: {str(caught.value).splitlines()[1]}")
