"""Counters by interval: who arrived in the row, with whatever became of them."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from streams.intervals import by_interval
from streams.records import Arrived, Ended, Fact, Outcome, identify
from tests.batch.compare import differences
from tests.batch.count import Counts, Rules, add, count_intervals
from tests.batch.count import facts as slow_facts
from tests.streams.histories import CELLS, GIVE_UP_MS, columns, history, new_engine

START_MS = 1_783_476_000_000
SPAN_MS = 7_200_000


@pytest.mark.parametrize("seed", range(25))
def test_rows_equal_the_slow_computation(seed: int) -> None:
    chance = random.Random(seed)
    made = history(seed, START_MS)
    as_of_ms = START_MS + chance.choice((SPAN_MS // 2, SPAN_MS, 4 * SPAN_MS))
    engine = new_engine(as_of_ms)
    engine.apply(columns(made.facts))
    from_ms = START_MS + chance.randrange(-600, 1_800) * 1000
    to_ms = from_ms + chance.randrange(1, 9_000) * 1000
    right: dict[tuple[str, int], Counts] = {}
    edges = [from_ms]
    for queue in "AB":
        visits = [visit for visit in made.visits if visit.queue == queue]
        doors = [door for door in made.doors if door.queue == queue]
        table = count_intervals(visits, doors, from_ms, to_ms, "15m", "UTC", as_of_ms, Rules(give_up_ms=GIVE_UP_MS))
        edges = [from_ms, *(end_ms for _, end_ms, _ in table)]
        for row_from_ms, _, counts in table:
            counts.pop("wait", None)
            right[queue, row_from_ms] = counts
    came = {
        (cell.hotline, edges[number]): {**sums.counts, "wait_max_ms": sums.wait_max_ms}
        for cell, row in by_interval(engine, edges).items()
        for number, sums in enumerate(row)
    }
    named = {(queue, str(at)): counts for (queue, at), counts in right.items()}
    assert not differences(named, {(queue, str(at)): counts for (queue, at), counts in came.items()})
    assert sum(counts.get("offered", 0) for counts in right.values()) > 0 or to_ms - from_ms < 900_000


def test_who_arrives_at_an_edge_belongs_to_the_row_that_begins_there() -> None:
    facts: list[Fact] = []
    for number, at_ms in enumerate((999, 1_000, 1_999, 2_000, 2_999, 3_000)):
        facts += [
            Arrived(identify(number), START_MS + at_ms, CELLS["A"]),
            Ended(identify(number), START_MS + 90_000, Outcome.ABANDONED),
        ]
    engine = new_engine(START_MS + 100_000)
    engine.apply(columns(facts))
    rows = by_interval(engine, [START_MS + 1_000, START_MS + 2_000, START_MS + 3_000])[CELLS["A"]]
    assert [(row["offered"], row["abandoned_late"]) for row in rows] == [(2, 2), (2, 2)]
    assert rows[0].wait_max_ms == 89_000


def test_every_ended_wait_stands_in_the_histogram() -> None:
    made = history(8, START_MS, visits=150)
    engine = new_engine(START_MS + 4 * SPAN_MS)
    engine.apply(columns(made.facts))
    totals: defaultdict[str, int] = defaultdict(int)
    for rows in by_interval(engine, [START_MS, START_MS + SPAN_MS // 2, START_MS + SPAN_MS + 1]).values():
        for row in rows:
            totals["waits"] += sum(row.waits.values())
            for outcome in Outcome:
                totals["ended"] += row[outcome.name.lower()]
    assert totals["waits"] == totals["ended"] == sum(visit.end_ms is not None for visit in made.visits)


def test_a_known_cell_has_rows_without_calls() -> None:
    engine = new_engine(START_MS)
    engine.apply(columns([Arrived(identify(1), START_MS, CELLS["A"])]))
    (rows,) = by_interval(engine, [0, 1, 2]).values()
    assert [row.counts for row in rows] == [{}, {}]


@pytest.mark.parametrize("seed", range(10))
def test_live_rows_hold_every_counter_at_its_own_instant(seed: int) -> None:
    made = history(seed, START_MS)
    as_of_ms = START_MS + 4 * SPAN_MS
    engine = new_engine(as_of_ms)
    engine.apply(columns(made.facts))
    edges = [START_MS + number * 900_000 for number in range(17)]
    right: defaultdict[tuple[str, str], Counts] = defaultdict(dict)
    rules = Rules(give_up_ms=GIVE_UP_MS)
    for visit in made.visits:
        for name, amount, live_ms in slow_facts(visit, as_of_ms, rules):
            if live_ms is not None and edges[0] <= live_ms < edges[-1] and name != "wait":
                add(right[visit.queue, str((live_ms - START_MS) // 900_000)], [], name, amount)
    for door in made.doors:
        add(right[door.queue, str((door.at_ms - START_MS) // 900_000)], [], door.kind, 1)
    came = {
        (cell.hotline, str(number)): {**sums.counts, "wait_max_ms": sums.wait_max_ms}
        for cell, row in by_interval(engine, edges, "live").items()
        for number, sums in enumerate(row)
    }
    assert not differences(dict(right), came)
    assert sum(counts.get("handled", 0) for counts in right.values()) > 5
