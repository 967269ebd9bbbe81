"""What trunks say in rows: total reachability from the first count on, and channels only as long as a count holds."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from streams.batch import Batch, Tally
from streams.catalogue import Options, Value
from streams.codec import encode
from streams.days import SiteClock
from streams.engine import Engine
from streams.pipeline import Pipeline
from streams.query import Row, interval_rows, window_rows
from streams.records import Arrived, Cell, Ended, Fact, Outcome, TrunkCounted, identify

NOW_MS = 1_783_540_800_000
HALF_HOUR_MS = 1_800_000
SERVICE = Cell("Service", client="Stadtwerke")


def count(at_ms: int, busy: int, blocked: int, in_use: int = 0, trunk: str = "A", **more: object) -> TrunkCounted:
    cell = Cell("Service", client="Stadtwerke", family="trunks")
    said = {"cumulative": True, "holds_ms": 60_000} | more
    return TrunkCounted(identify(trunk), at_ms, cell, 30, in_use, busy, blocked, **said)  # type: ignore[arg-type]


def answered(number: int) -> list[Fact]:
    visit, at_ms = identify("visit", number), NOW_MS - 60_000
    return [Arrived(visit, at_ms, SERVICE), Ended(visit, at_ms + 5_000, Outcome.ANSWERED)]


def pipeline(*facts: Fact) -> Pipeline:
    found = Pipeline(Engine(NOW_MS, lambda _: SiteClock()))
    found.apply(encode(Batch("f", 1, NOW_MS, Tally(), list(facts))))
    return found


def row(facts: Sequence[Fact], window: str = "30m", **more: object) -> Row:
    rows = window_rows(
        pipeline(*facts).readings(),
        as_of_ms=NOW_MS,
        day_start=lambda _: 0,
        windows=(window,),
        **more,  # type: ignore[arg-type]
    )
    return rows[0]


def value(found: Row, kpi: str) -> Value:
    return found.value(kpi, Options())


def test_total_reachability_has_no_value_until_a_trunk_was_counted() -> None:
    calls = [fact for number in range(6) for fact in answered(number)]
    assert value(row(calls), "reachability_total") == Value(None, 6, "not_supplied")
    counted = [count(NOW_MS - 120_000, 10, 0), count(NOW_MS - 60_000, 13, 1)]
    assert value(row([*calls, *counted]), "reachability_total") == Value(6 / 10, 10)
    assert value(row([*calls, *counted], by=("client",)), "reachability_total") == Value(6 / 10, 10)
    # Who would have taken a call that found no channel is not known.
    assert value(row([*calls, *counted], by=("provider",)), "reachability_total") == Value(None, 6, "not_supplied")


@pytest.mark.parametrize("order", [1, -1])
def test_counters_that_begin_anew_count_on_whatever_the_order(order: int) -> None:
    growing = [(0, 100), (60_000, 104), (120_000, 3), (180_000, 3), (240_000, 5)]
    counts = [count(NOW_MS - 300_000 + at, busy, busy) for at, busy in growing][::order]
    found = row([*counts, *counts]).sums
    assert (found["trunk_busy"], found["trunk_blocked"]) == (4 + 3 + 0 + 2, 4 + 3 + 0 + 2)


def test_counts_since_the_last_row_are_added_as_they_are() -> None:
    counts = [count(NOW_MS - at, 2, 1, cumulative=False) for at in (HALF_HOUR_MS, 1_000, 0)]
    found = row(counts).sums
    assert (found["trunk_busy"], found["trunk_blocked"]) == (4, 2)


def test_channels_hold_until_the_next_count_and_no_longer_than_stated() -> None:
    counts = [
        count(NOW_MS - HALF_HOUR_MS - 30_000, 0, 0, in_use=30),  # half of it lies in the window
        count(NOW_MS - 100_000, 0, 0, in_use=10),  # until the next
        count(NOW_MS - 90_000, 0, 0, in_use=20),
        count(NOW_MS - 10_000, 0, 0, in_use=3, trunk="B"),
    ]
    found = row(counts)
    in_use_ms = 30 * 30_000 + 10 * 10_000 + 20 * 60_000 + 3 * 10_000
    assert found.sums["trunk_in_use_ms"] == in_use_ms
    assert value(found, "channel_utilisation") == Value(in_use_ms / (30 * 110_000), 30 * 110_000)
    assert (found.sums["trunk_in_use"], found.sums["trunk_channels"]) == (3, 30)


def test_rows_of_intervals_cut_time_at_their_edges_and_know_no_future() -> None:
    edges = [NOW_MS - 60_000, NOW_MS - 30_000, NOW_MS, NOW_MS + 30_000]
    counts = [count(NOW_MS - 60_000, 5, 0, in_use=6), count(NOW_MS - 30_000, 7, 0, in_use=9)]
    rows = interval_rows(pipeline(*counts).by_interval(edges), edges, "total")
    assert [one.sums["trunk_in_use_ms"] for one in rows] == [6 * 30_000, 9 * 30_000, 0]
    assert [one.sums["trunk_busy"] for one in rows] == [0, 2, 0]
    assert value(rows[0], "channel_utilisation") == Value(0.2, 900_000)
