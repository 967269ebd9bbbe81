"""Outbound figures, computed by hand: facts in, rows and KPIs out."""

from __future__ import annotations

import pytest

from streams.batch import Batch, Tally
from streams.catalogue import KPI, Options
from streams.codec import encode
from streams.days import SiteClock
from streams.engine import Engine
from streams.pipeline import Pipeline
from streams.query import Row, document, interval_rows, window_rows
from streams.records import Arrived, Attempted, Cell, Fact, ListCounted, Told, identify

NOW_MS = 1_760_004_000_000
DAY_START_MS = NOW_MS - 12 * 3_600_000
WINBACK = Cell("", client="Stadtwerke", family="outbound", campaign="WINBACK")
UPSELL = Cell("", client="Bank", family="outbound", campaign="UPSELL")
SALE = Told.HUMAN | Told.RIGHT_PARTY | Told.SUCCESS | Told.TERMINAL | Told.DIALER_ANSWER
CONTACT = Told.HUMAN | Told.RIGHT_PARTY | Told.DIALER_ANSWER
DROP = Told.DROPPED | Told.DIALER_DROP | Told.DIALER_ANSWER
PDROP = Told.DROPPED | Told.DIALER_ANSWER


def attempts() -> list[Fact]:
    """Ten attempts of WINBACK on six leads within half an hour, two before, and one without an answer of UPSELL."""
    told = [SALE, SALE, CONTACT, Told.HUMAN | Told.DIALER_ANSWER, DROP, PDROP, Told.MACHINE, *[Told.NOTHING] * 3]
    ages = [*[60_000 + number for number in range(10)], 1_800_000, 3_600_000]
    return [
        *[
            Attempted(identify("w", number), NOW_MS - age, WINBACK, int(what), lead=identify("lead", number % 6))
            for number, (age, what) in enumerate(zip(ages, [*told, CONTACT, SALE], strict=True))
        ],
        Attempted(identify("u"), NOW_MS - 1, UPSELL, int(Told.UNKNOWN), 3),
    ]


def stock(campaign: str, *counts: int, at_ms: int = NOW_MS) -> ListCounted:
    cell = Cell("", family="lists", campaign=campaign)
    return ListCounted(identify("list", campaign), at_ms, cell, *counts)


def pipeline_of(*facts: Fact) -> Pipeline:
    pipeline = Pipeline(Engine(NOW_MS, lambda _: SiteClock("Europe/Berlin"), 14_400_000))
    pipeline.apply(encode(Batch("dialer", 1, NOW_MS, Tally(), list(facts))))
    return pipeline


def rows_of(pipeline: Pipeline, *by: str) -> dict[tuple[str, ...], Row]:
    rows = window_rows(pipeline.readings(), as_of_ms=NOW_MS, day_start=lambda _: DAY_START_MS, by=by)
    return {(*row.by.values(), row.span): row for row in rows}


def test_the_rates_of_a_campaign() -> None:
    rows = rows_of(pipeline_of(*attempts()), "campaign")
    assert set(rows) == {("WINBACK", "30m"), ("WINBACK", "day"), ("UPSELL", "30m"), ("UPSELL", "day")}
    half_hour = rows["WINBACK", "30m"]
    expected = {
        "contact_rate": 4 / 10,
        "contact_rate_leads": 4 / 6,
        "connect_rate": 7 / 10,
        "right_party_rate": 3 / 10,
        "conversion": 2 / 3,
        "attempts_per_lead": 10 / 6,
        "attempts_per_success": 10 / 2,
        "drop_rate": 2 / (2 + 4),
        "dialer_drop_rate_calls": 1 / 10,
        "dialer_drop_rate_answers": 1 / 6,
    }
    assert {kpi: half_hour.value(kpi, Options()).value for kpi in expected} == pytest.approx(expected)
    # The attempt of exactly 30 minutes ago is out of the window and in the day.
    assert rows["WINBACK", "day"].sums["attempts"] == 12
    assert rows["WINBACK", "day"].value("conversion", Options()).value == pytest.approx(3 / 5)


def test_an_empty_denominator_is_null_and_the_dialers_is_at_least_one() -> None:
    row = rows_of(pipeline_of(*attempts()), "campaign")["UPSELL", "30m"]
    assert row.sums["attempts"] == 3
    assert row.sums["attempts_unknown"] == 1
    assert (row.value("conversion", Options()).value, row.value("conversion", Options()).why) == (None, "empty")
    assert row.value("dialer_drop_rate_answers", Options()).value == 0
    assert row.value("contact_rate", Options()).value == 0


def test_what_no_feed_supplies_is_not_supplied() -> None:
    row = rows_of(pipeline_of(Arrived(identify("v"), NOW_MS - 1, Cell("A"))), "hotline")["A", "30m"]
    for kpi in ("contact_rate", "drop_rate", "penetration", "address_stock", "stock_reach_hours"):
        assert row.value(kpi, Options()).why == "not_supplied"
    row = rows_of(pipeline_of(*attempts()), "campaign")["WINBACK", "30m"]
    assert row.value("address_stock", Options()).why == "not_supplied"
    assert row.value("service_level", Options()).value is None


def test_the_stock_of_a_campaign_is_the_newest_count() -> None:
    old, new = (100, 60, 140, 20, 5, 30, 400, 12), (100, 80, 200, 45, 5, 25, 300, 10)
    pipeline = pipeline_of(
        *attempts(),
        stock("WINBACK", *new, at_ms=NOW_MS - 1_000),
        stock("WINBACK", *old, at_ms=NOW_MS - 301_000),
        stock("WINBACK", *old, at_ms=NOW_MS + 1),
    )
    row = rows_of(pipeline, "campaign")["WINBACK", "day"]
    expected = {
        "penetration": 0.8,
        "saturation": 2.0,
        "exploitation": 40 / 95,
        "address_stock": 25,
        "stock_reach_hours": 300 / 20,
    }
    assert {kpi: row.value(kpi, Options()).value for kpi in expected} == pytest.approx(expected)
    assert row.sums["list_hopper"] == 10
    assert all(KPI[kpi].of_now for kpi in expected)


def test_campaigns_add_up_and_hotlines_know_nothing_of_them() -> None:
    pipeline = pipeline_of(*attempts(), Arrived(identify("v"), NOW_MS - 1, Cell("A")))
    assert rows_of(pipeline)["30m",].sums["attempts"] == 13
    assert rows_of(pipeline, "client")["Stadtwerke", "30m"].sums["attempts"] == 10
    assert rows_of(pipeline, "hotline")["A", "30m"].sums["attempts"] == 0
    edges = [NOW_MS - 3_600_000, NOW_MS - 1_800_000, NOW_MS]
    by_half_hour = interval_rows(pipeline.by_interval(edges), edges, "30m", by=("campaign",))
    counted = {(row.by["campaign"], row.start_ms): row.sums["attempts"] for row in by_half_hour}
    # [from, to): who begins on the edge belongs to what begins there.
    assert counted["WINBACK", edges[0]] == 1
    assert counted["WINBACK", edges[1]] == 11
    assert counted["UPSELL", edges[1]] == 3


def test_rows_without_a_date_are_marked() -> None:
    fact = Attempted(identify("x"), NOW_MS - 1, WINBACK, int(SALE | Told.UNDATED), 35)
    (row,) = [row for row in rows_of(pipeline_of(fact), "campaign").values() if row.span == "day"]
    answer = document(NOW_MS, "live", [row], Options())["rows"][0]
    assert answer["marks"] == ["undated"]
    assert answer["counts"]["attempts_undated"] == 35
