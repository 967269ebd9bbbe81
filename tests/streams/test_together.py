"""Batches read together count as batches read one by one."""

from __future__ import annotations

import random

import pytest

from streams.batch import Batch, Tally
from streams.codec import decode_columns, encode
from streams.engine import Engine
from streams.log import Entry
from streams.pipeline import Pipeline
from streams.records import Fact
from streams.recovery import take_in
from streams.together import together
from tests.machine.centre import clock_of
from tests.machine.partition import numbers_of
from tests.streams.further_facts import further_facts
from tests.streams.histories import counted, history, new_engine

NOW_MS = 1_790_000_000_000


def entries(seed: int, size: int) -> list[Entry]:
    """A history cut into small batches of two feeds, some of them empty, some twice, one unreadable."""
    chance = random.Random(seed)
    facts: list[Fact] = list(history(seed, start_ms=NOW_MS - 3_600_000, span_ms=3_500_000).facts)
    made: list[Entry] = []
    sequences = {"a": 0, "b": 0}
    while facts:
        feed = chance.choice("ab")
        sequences[feed] += 1
        count = chance.randrange(size)
        batch = Batch(feed, sequences[feed], NOW_MS, Tally(received=1, counted=1), facts[:count], NOW_MS)
        made += [Entry(str(len(made)), encode(batch))] * chance.choice((1, 1, 1, 2))
        del facts[:count]
    made.insert(len(made) // 2, Entry("unreadable", b"no batch"))
    return made


@pytest.mark.parametrize(("seed", "size"), [(1, 2), (2, 4), (3, 40), (4, 900)])
def test_read_together_or_one_by_one_is_the_same(seed: int, size: int) -> None:
    found = entries(seed, size)
    one_by_one, at_once = Pipeline(new_engine(NOW_MS)), Pipeline(new_engine(NOW_MS))
    for entry in found:
        take_in(one_by_one, [entry])
    assert take_in(at_once, found) == found[-1].position
    assert counted(at_once.engine) == counted(one_by_one.engine)
    assert sorted(map(str, at_once.engine.readings())) == sorted(map(str, one_by_one.engine.readings()))
    assert at_once.feeds == one_by_one.feeds


@pytest.mark.parametrize("seed", range(4))
def test_what_people_and_dialers_did_counts_the_same_together(seed: int) -> None:
    found = [
        Entry(str(number), encode(Batch("acd", number + 1, NOW_MS, Tally(), facts)))
        for number, facts in enumerate(further_facts(seed, NOW_MS))
    ]
    one_by_one, at_once = Pipeline(Engine(NOW_MS, clock_of)), Pipeline(Engine(NOW_MS, clock_of))
    for entry in found:
        take_in(one_by_one, [entry])
    take_in(at_once, found)
    assert {reading.cell.family for reading in at_once.readings()} >= {"agents", "serving", "outbound", "lists"}
    by_cell = {reading.cell: numbers_of(reading) for reading in one_by_one.readings()}
    assert {reading.cell: numbers_of(reading) for reading in at_once.readings()} == by_cell


def test_agents_and_cells_keep_their_names() -> None:
    found = [decode_columns(entry.payload) for entry in entries(5, 6) if entry.position != "unreadable"]
    joined = together(found)

    def names(columns_list: list[object]) -> list[tuple[int, bytes]]:
        named = []
        for columns in columns_list:
            for kind, ref in zip(columns.kind.tolist(), columns.ref.tolist(), strict=True):  # type: ignore[attr-defined]
                table = columns.agents if kind in (1, 2) else columns.cells  # type: ignore[attr-defined]
                named.append((kind, table[ref] if ref >= 0 else b""))
        return named

    assert names([joined]) == names(list(found))
    assert joined.kind.size == sum(columns.kind.size for columns in found) > 100
