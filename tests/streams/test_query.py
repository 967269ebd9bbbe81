"""Rows of an answer: who has one, in which order, and what it carries."""

from __future__ import annotations

from typing import Any

from streams.batch import Batch, Tally
from streams.catalogue import KPIS, Options
from streams.codec import decode_columns, encode
from streams.days import SiteClock, business_day
from streams.engine import Engine
from streams.query import DIMENSIONS, Row, dimension, document, interval_rows, iso, window_rows
from streams.reading import Reading, Sums
from streams.records import Arrived, Cell, Ended, Fact, Outcome, identify

NOW_MS = 1_783_512_000_000
CLOCKS = {"": SiteClock("Europe/Berlin"), "Leipzig": SiteClock("Europe/Berlin", 300)}
NORD = Cell("Rechnung", provider="Nord", client="K", site="Leipzig")
SUED = Cell("Rechnung", provider="Sued", client="K")
OTHER = Cell("Ärzte", threshold_ms=30_000, configured=False)


def day_start(site: str) -> int:
    return business_day(CLOCKS[site], NOW_MS)[0]


def readings(*waits: tuple[Cell, int | None]) -> list[Reading]:
    """One visit each that arrived a minute ago and was answered after so many ms, or still waits."""
    facts: list[Fact] = []
    for number, (cell, wait_ms) in enumerate(waits):
        visit = identify(number)
        facts.append(Arrived(visit, NOW_MS - 60_000 - number, cell))
        if wait_ms is not None:
            facts.append(Ended(visit, NOW_MS - 60_000 - number + wait_ms, Outcome.ANSWERED))
    engine = Engine(NOW_MS, CLOCKS.__getitem__)
    engine.apply(decode_columns(encode(Batch("f", 1, 0, Tally(), facts))))
    return engine.readings()


def rows(found: list[Reading], **options: Any) -> list[Row]:
    return window_rows(found, as_of_ms=NOW_MS, day_start=day_start, **options)


def test_one_row_per_value_and_window_sorted_by_code_point() -> None:
    found = readings((NORD, 1_000), (OTHER, 2_000), (SUED, 30_000), (Cell("abc"), 1_000))
    came = [(row.by["hotline"], row.span, row.sums["offered"]) for row in rows(found, by=("hotline",))]
    assert came == [
        ("Rechnung", "30m", 2),
        ("Rechnung", "day", 2),
        ("abc", "30m", 1),
        ("abc", "day", 1),
        ("Ärzte", "30m", 1),
        ("Ärzte", "day", 1),
    ]


def test_a_row_sums_its_cells_and_takes_the_largest_maximum() -> None:
    (row,) = rows(readings((NORD, 1_000), (SUED, 30_000), (SUED, None)), windows=("30m",))
    assert (row.sums["offered"], row.sums["answered"], row.sums["wait_answered_ms"]) == (3, 2, 31_000)
    assert row.sums.wait_max_ms == 30_000
    assert row.now == {"waiting": 1, "late_waiting": 1, "longest_wait_ms": 60_002}
    assert row.value("service_level", Options()).value == 1 / 3


def test_configured_cells_have_a_row_before_their_first_call() -> None:
    found = rows([], by=("hotline",), configured=[NORD, SUED, Cell("neu")], windows=("day",))
    assert [(row.by["hotline"], row.sums.counts) for row in found] == [("Rechnung", {}), ("neu", {})]


def test_an_unknown_value_has_no_rows() -> None:
    found = readings((NORD, 1_000))
    assert rows(found, where={"hotline": {"nobody"}}) == []
    assert rows(found, by=("hotline",), where={"hotline": {"nobody"}}, configured=[NORD]) == []


def test_the_same_dimension_twice_is_or_and_different_ones_are_and() -> None:
    found = readings((NORD, 1_000), (SUED, 1_000), (OTHER, 1_000))

    def offered(**where: set[str]) -> int:
        return sum(row.sums["offered"] for row in rows(found, where=where, windows=("30m",)))

    assert offered(provider={"Nord", "Sued"}) == 2
    assert offered(provider={"Nord", "Sued"}, hotline={"Ärzte"}) == 0
    assert offered(provider={"Nord"}, hotline={"Rechnung"}) == 1


def test_without_anything_there_is_still_one_row_for_everything() -> None:
    found = rows([])
    assert [(row.span, row.by, row.sums.counts) for row in found] == [("30m", {}, {}), ("day", {}, {})]


def test_the_window_says_where_it_begins() -> None:
    by_provider = {row.by["provider"]: row for row in rows(readings((NORD, 1), (SUED, 1)), by=("provider",))}
    assert iso(by_provider["Nord"].start_ms) == "2026-07-08T03:00:00Z"
    assert iso(by_provider["Sued"].start_ms) == "2026-07-07T22:00:00Z"
    (rolling,) = rows([], windows=("30m",))
    assert (rolling.start_ms, rolling.end_ms) == (NOW_MS - 1_800_000, NOW_MS)


def test_every_dimension_can_be_asked_for() -> None:
    found = readings((NORD, 1_000))
    for name in DIMENSIONS:
        (row,) = rows(found, by=(name,), windows=("30m",))
        assert row.by == {name: dimension(NORD, name)}


def test_rows_of_intervals_keep_order_and_edges() -> None:
    counted = {SUED: [Sums({"offered": 1}), Sums()], NORD: [Sums({"offered": 2}, 5), Sums({"offered": 3}, 9)]}
    found = interval_rows(counted, [0, 10, 20], "1h", by=("hotline",), configured=[Cell("Alpha")])
    came = [(row.by["hotline"], row.start_ms, row.end_ms, row.sums["offered"]) for row in found]
    assert came == [("Alpha", 0, 10, 0), ("Alpha", 10, 20, 0), ("Rechnung", 0, 10, 3), ("Rechnung", 10, 20, 3)]
    assert found[2].sums.wait_max_ms == 5
    assert interval_rows(counted, [0, 10, 20], "1h", where={"provider": {"nobody"}}) == []


def test_the_document_is_that_of_the_contract() -> None:
    answer = document(NOW_MS + 999, "live", rows(readings((NORD, 1_000)), by=("hotline",)), Options())
    assert (answer["as_of"], answer["basis"]) == ("2026-07-08T12:00:00Z", "live")
    rolling, day = answer["rows"]
    assert (rolling["window"], day["window"]) == ("30m", "day")
    assert rolling["by"] == {"hotline": "Rechnung"}
    assert rolling["from"] == "2026-07-08T11:30:00Z"
    assert rolling["counts"] == {
        "offered": 1,
        "answered_in_time": 1,
        "answered": 1,
        "wait_answered_ms": 1_000,
        "wait_max_ms": 1_000,
    }
    assert rolling["kpis"].keys() == {kpi.id for kpi in KPIS}
    level = rolling["kpis"]["service_level"]
    assert level == {"value": 1.0, "n": 1, "definition": "SL-Standard T=20 s S=5 s flow-outs count"}
    aht = rolling["kpis"]["aht"]
    assert (aht["value"], aht["n"], aht["why"]) == (None, 0, "empty")
    assert rolling["kpis"]["acw"]["why"] == "not_supplied"
    assert "marks" not in rolling


def test_counters_stand_in_one_order_whatever_was_met_first() -> None:
    counts = {"answered": 1, "offered": 2, "orders": 3, "order_revenue_eur_minor": 4, "attempts": 5}
    rows_of_both = [
        Row({}, "30m", 0, NOW_MS, Sums(dict(several)), (), {"waiting": 1})
        for several in (counts.items(), reversed(counts.items()))
    ]
    one, other = document(NOW_MS, "live", rows_of_both, Options())["rows"]
    order = ["offered", "answered", "orders", "order_revenue_eur_minor", "attempts", "waiting"]
    assert list(one["counts"]) == list(other["counts"]) == order


def test_rows_of_intervals_say_interval_and_not_window() -> None:
    found = interval_rows({NORD: [Sums({"offered": 1})]}, [0, 3_600_000], "day", by=("hotline",))
    (row,) = document(0, "arrival", found, Options())["rows"]
    assert row["interval"] == "day"
    assert "window" not in row
    assert row["to"] == "1970-01-01T01:00:00Z"


def test_marks() -> None:
    found = readings((OTHER, 1_000))
    (by_hotline,) = document(0, "live", rows(found, by=("hotline",), windows=("30m",)), Options())["rows"]
    assert by_hotline["marks"] == ["unconfigured"]
    (by_provider,) = document(0, "live", rows(found, by=("provider",), windows=("30m",)), Options())["rows"]
    assert by_provider["marks"] == ["not_supplied"]
