"""People through a pipeline: in any order, late, twice, saved and loaded, forgotten, always as the slow twin says."""

from __future__ import annotations

from random import Random

import msgspec
import pytest

from streams.batch import Batch, Tally
from streams.codec import UnreadableBatch, decode, decode_columns, encode
from streams.engine import Engine
from streams.pipeline import Pipeline
from streams.reading import Reading
from streams.records import VISITS, Arrived, Attempted, Cell, Fact, ListCounted, Told, Work, Worked, identify
from tests.machine.agents import Agents
from tests.machine.centre import CELLS, clock_of, partition_of
from tests.machine.partition import assert_equal, numbers_of, told

NOW_MS = 1_783_540_500_000
STEPS_MS = (0, 1, 250, 1_000, 5_000, 30_000, 300_000, 1_800_000, 7_200_000, 26 * 3_600_000)
AGES_MS = (0, 1, 1_000, 50_000, 2_000_000, -20_000, -900, 90 * 3_600_000)
HERE = [cell for cell in CELLS if partition_of(cell) == 0]


@pytest.mark.parametrize("seed", range(30))
def test_every_number_is_that_of_the_twin(seed: int) -> None:
    chance, family = Random(seed), Agents()
    now_ms, known = NOW_MS, list[Fact]()
    pipeline = Pipeline(Engine(now_ms, clock_of))
    for step in range(20):
        now_ms += chance.choice(STEPS_MS)
        pipeline.tick(now_ms)
        facts: list[Fact] = []
        for _ in range(chance.randrange(4)):
            facts += family.facts(chance, b"", chance.choice(HERE), now_ms - chance.choice(AGES_MS))
        if known and chance.randrange(3) == 0:
            facts += [chance.choice(known) for _ in range(3)]
        chance.shuffle(facts)
        pipeline.apply(encode(Batch("acd", step + 1, now_ms, Tally(), facts)))
        known += facts
        if chance.randrange(4) == 0:
            pipeline = loaded(pipeline, now_ms)
        if chance.randrange(5) == 0:
            pipeline.forget(min(now_ms - 1_801_000, *(reading.day_start_ms for reading in pipeline.readings()), now_ms))
        right = told(family.numbers(known, now_ms))
        came = {one.cell: numbers_of(one) for one in pipeline.readings() if one.cell.family != VISITS}
        assert_equal(right, told(came), f"seed {seed} step {step}")


def loaded(pipeline: Pipeline, now_ms: int) -> Pipeline:
    again = Pipeline(Engine(now_ms, clock_of))
    again.load_families(pipeline.dump_families())
    again.feeds = pipeline.feeds
    return again


def test_changes_alone_keep_the_picture() -> None:
    chance, family = Random(7), Agents()
    now_ms = NOW_MS
    pipeline = Pipeline(Engine(now_ms, clock_of))
    picture: dict[Cell, Reading] = {}
    for step in range(30):
        now_ms += chance.choice(STEPS_MS[:8])
        facts = family.facts(chance, b"", chance.choice(HERE), now_ms)
        pipeline.apply(encode(Batch("acd", step + 1, now_ms, Tally(), facts)))
        pipeline.tick(now_ms)
        picture |= {reading.cell: reading for reading in pipeline.readings(changed_only=True)}
        assert picture == {reading.cell: reading for reading in pipeline.readings()}
        assert pipeline.readings(changed_only=True) == []


def test_what_only_a_full_reading_said_is_taken_back_by_the_next_changes() -> None:
    """A store that was lost gets everything; a state as before that is news again, of every family."""
    cell, lead = Cell("A"), identify("l")
    campaign = Cell("", campaign="Herbst", family="outbound")
    stock = Cell("", campaign="Herbst", family="lists")
    pipeline = Pipeline(Engine(NOW_MS, clock_of))
    states: tuple[list[Fact], ...] = (
        [
            Worked(identify("a"), NOW_MS, Work.JOINED, 1, lead, cell, Cell("")),
            Attempted(identify("t"), NOW_MS, campaign, 0),
            ListCounted(identify("c"), NOW_MS, stock, *(1,) * 8),
        ],
        [
            Worked(identify("a"), NOW_MS + 1_000, Work.PAUSED, 2, lead, cell, Cell("")),
            Attempted(identify("t"), NOW_MS, campaign, Told.HUMAN, version=1),
            ListCounted(identify("c"), NOW_MS + 1_000, stock, *(2,) * 8),
        ],
        [
            Worked(identify("a"), NOW_MS + 1_000, Work.UNPAUSED, 3, lead, cell, Cell("")),
            Attempted(identify("t"), NOW_MS, campaign, 0, version=2),
            ListCounted(identify("c"), NOW_MS + 2_000, stock, *(1,) * 8),
        ],
    )
    picture: dict[Cell, Reading] = {}
    for step, facts in enumerate(states):
        pipeline.apply(encode(Batch("acd", step + 1, NOW_MS, Tally(), facts)))
        pipeline.tick(NOW_MS + step * 1_000)
        picture |= {reading.cell: reading for reading in pipeline.readings(changed_only=step != 1)}
    assert {one.family for one in picture} == {"agents", "serving", "outbound", "lists"}
    assert picture == {reading.cell: reading for reading in pipeline.readings()}


def worked(work: Work = Work.JOINED) -> Worked:
    return Worked(identify("a"), 5, work, 9, identify("l"), Cell("A"), Cell("", "P"), 30, "Mittag")


def test_facts_of_people_come_back_from_the_log() -> None:
    facts: list[Fact] = [Arrived(identify("v"), 3, Cell("A")), *(worked(work) for work in Work)]
    batch = Batch("acd", 1, 0, Tally(), facts)
    assert decode(encode(batch)) == batch


def test_their_cells_are_no_cells_of_visits() -> None:
    pipeline = Pipeline(Engine(NOW_MS, clock_of))
    pipeline.apply(encode(Batch("acd", 1, 0, Tally(), [worked()])))
    assert pipeline.engine.readings() == []
    assert {reading.cell.family for reading in pipeline.readings()} == {"agents", "serving"}


def test_entries_from_before_there_were_people_are_read() -> None:
    wire = msgspec.msgpack.decode(encode(Batch("acd", 1, 0, Tally(), [Arrived(identify("v"), 3, Cell("A"))])))
    old = msgspec.msgpack.encode(wire[:-2])
    assert decode(old).facts == [Arrived(identify("v"), 3, Cell("A"))]
    assert not decode_columns(old).further


def test_facts_of_a_newer_program_are_refused_by_name() -> None:
    wire = msgspec.msgpack.decode(encode(Batch("acd", 1, 0, Tally(), [worked()])))
    wire[-2] = {"invented": wire[-2]["worked"]}
    with pytest.raises(UnreadableBatch, match="invented, unknown to this program"):
        decode_columns(msgspec.msgpack.encode(wire))


@pytest.mark.parametrize("column", range(10))
def test_columns_that_do_not_fit_are_refused(column: int) -> None:
    wire = msgspec.msgpack.decode(encode(Batch("acd", 1, 0, Tally(), [worked(), worked(Work.LEFT)])))
    wire[-2]["worked"][column] = wire[-2]["worked"][column][:-1]
    with pytest.raises(UnreadableBatch):
        decode_columns(msgspec.msgpack.encode(wire))


def test_who_has_no_such_feed_has_no_such_family() -> None:
    pipeline = Pipeline(Engine(NOW_MS, clock_of))
    pipeline.apply(encode(Batch("acd", 1, 0, Tally(), [Arrived(identify("v"), 3, Cell("A"))])))
    assert pipeline.families == {}
