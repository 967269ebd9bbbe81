"""Parts of a log, each with its own persons, call lists and campaigns, read as one part that has them all."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from streams.batch import Batch, Tally
from streams.codec import encode
from streams.engine import Engine
from streams.partition import split
from streams.pipeline import Pipeline
from streams.reading import Sums, merge, of_all_parts
from streams.records import Cell, Fact, Work, Worked, identify
from tests.machine.centre import clock_of
from tests.machine.partition import assert_equal, numbers_of, told
from tests.streams.further_facts import further_facts

NOW_MS = 1_783_540_500_000
PARTS = 3


def pipelines(count: int) -> list[Pipeline]:
    return [Pipeline(Engine(NOW_MS - 20_000_000, clock_of)) for _ in range(count)]


def _without_zeros(row: Sums) -> dict[str, int]:
    """An order in one part and its cancellation in another come to 0, as one that never was."""
    return {name: value for name, value in row.counts.items() if value}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_people_and_dialers_do(seed: int) -> None:
    chance, now_ms = Random(seed), NOW_MS
    (whole,), parts = pipelines(1), pipelines(PARTS)
    for number, facts in enumerate(further_facts(seed, NOW_MS, batches=12)):
        batch = Batch("acd", number + 1, now_ms, Tally(), facts)
        now_ms += chance.choice((0, 1_000, 60_000, 1_800_000))
        whole.apply(encode(batch))
        whole.tick(now_ms)
        for part, piece in zip(parts, split(batch, PARTS), strict=True):
            part.apply(encode(piece))
            part.tick(now_ms)
        right = {reading.cell: numbers_of(reading) for reading in whole.readings()}
        came = {reading.cell: numbers_of(reading) for reading in of_all_parts(part.readings() for part in parts)}
        assert_equal(told(right), told(came), f"seed {seed} batch {number}")
    edges = [NOW_MS - 7_200_000, NOW_MS - 3_600_000, NOW_MS]
    counted = [part.by_interval(edges, "live") for part in parts]
    for cell, rows in whole.by_interval(edges, "live").items():
        came_rows = [merge(own[cell][row] for own in counted if cell in own) for row in (0, 1)]
        assert [_without_zeros(row) for row in came_rows] == [_without_zeros(row) for row in rows]
    spread = Counter(cell for own in counted for cell in own)
    assert max(spread.values()) > 1, "a cell of several parts, or nothing was proved"


def test_a_hotline_of_two_clients_is_served_by_each_person_once() -> None:
    """Nobody's client rests on who else serves the hotline, and perhaps stands in another part."""
    (whole,), parts = pipelines(1), pipelines(PARTS)
    bank, other = Cell("Karten", client="Bank"), Cell("Karten", client="Versicherung")
    facts: list[Fact] = []
    for number in range(30):
        agent = identify("person", number)
        # Everybody serves the second client, every third person the first as well.
        facts += [
            Worked(agent, 5, Work.JOINED, 9, identify(agent.hex(), queue.client), queue, Cell("", "P"))
            for queue in (other, bank)[: 1 + (number % 3 == 0)]
        ]
    batch = Batch("acd", 1, NOW_MS, Tally(), facts)
    whole.apply(encode(batch))
    for part, piece in zip(parts, split(batch, PARTS), strict=True):
        part.apply(encode(piece))

    def serving(*of: Pipeline) -> dict[tuple[str, str], int]:
        readings = of_all_parts(part.readings() for part in of)
        return {(one.cell.hotline, one.cell.client): one.now[-1] for one in readings if one.cell.family == "serving"}

    assert serving(whole) == serving(*parts) == {("Karten", "Bank"): 10, ("Karten", "Versicherung"): 20}
