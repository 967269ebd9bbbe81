"""Business days and local intervals, on ordinary days and when clocks change."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from streams.days import INTERVALS, SiteClock, business_date, business_day, closes_at, from_ms, interval_edges, to_ms
from tests.batch.local_days import business_day_start_ms, rows

BERLIN = SiteClock("Europe/Berlin")
HOUR_MS = 3_600_000
ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC",
)
CHANGES = (datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2026, 4, 5), datetime(2026, 10, 4))  # noqa: DTZ001


def berlin(text: str) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")))


def test_instants_are_cut_to_milliseconds_and_come_back() -> None:
    moment = datetime(2026, 7, 8, 12, 0, 0, 1_999, tzinfo=UTC)
    assert to_ms(moment) == 1_783_512_000_001
    assert from_ms(1_783_512_000_001, "Europe/Berlin").isoformat() == "2026-07-08T14:00:00.001000+02:00"
    assert to_ms(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25), ("2027-03-28", 23), ("2027-10-31", 25)],
)
def test_a_day_has_as_many_hours_as_the_calendar_says(day: str, hours: int) -> None:
    start_ms = berlin(day)
    assert business_day(BERLIN, start_ms) == (start_ms, start_ms + hours * HOUR_MS)
    assert business_day(BERLIN, start_ms + hours * HOUR_MS - 1) == (start_ms, start_ms + hours * HOUR_MS)
    assert business_day(BERLIN, start_ms - 1)[1] == start_ms
    assert len(interval_edges(start_ms, start_ms + hours * HOUR_MS, "15m", BERLIN)) == hours * 4 + 1
    assert len(interval_edges(start_ms, start_ms + hours * HOUR_MS, "1h", BERLIN)) == hours + 1


def test_the_start_belongs_to_the_business_day() -> None:
    clock = SiteClock("Europe/Berlin", 5 * 60 + 30)
    start_ms = berlin("2026-07-08T05:30")
    assert business_day(clock, start_ms) == (start_ms, start_ms + 24 * HOUR_MS)
    assert business_day(clock, start_ms - 1) == (start_ms - 24 * HOUR_MS, start_ms)
    assert business_date(clock, start_ms - 1) == date(2026, 7, 7)
    assert business_date(clock, start_ms) == date(2026, 7, 8)


@pytest.mark.parametrize("zone", ZONES)
def test_business_days_follow_one_another_without_gap(zone: str) -> None:
    chance = random.Random(zone)
    for _ in range(60):
        minutes = chance.choice((0, 90, 150, chance.randrange(1440)))
        clock = SiteClock(zone, minutes)
        at_ms = to_ms(chance.choice(CHANGES).replace(tzinfo=UTC)) + chance.randrange(-48 * HOUR_MS, 48 * HOUR_MS)
        start_ms, end_ms = business_day(clock, at_ms)
        assert start_ms <= at_ms < end_ms
        assert business_day(clock, end_ms)[0] == end_ms
        assert business_day(clock, start_ms - 1)[1] == start_ms
        assert business_day_start_ms(at_ms, zone, time(minutes // 60, minutes % 60)) == start_ms


@pytest.mark.parametrize("zone", ZONES)
def test_intervals_are_cut_at_the_local_clock(zone: str) -> None:
    """Against the walk through quarter hours that shares no code with it."""
    chance = random.Random(zone)
    for interval in INTERVALS * 4:
        middle_ms = to_ms(chance.choice(CHANGES).replace(tzinfo=UTC))
        from_ms_ = middle_ms + chance.randrange(-40 * HOUR_MS, 20 * HOUR_MS)
        to_ms_ = from_ms_ + chance.randrange(1, 60 * HOUR_MS)
        edges = interval_edges(from_ms_, to_ms_, interval, SiteClock(zone))
        assert list(pairwise(edges)) == list(rows(from_ms_, to_ms_, interval, zone)), interval


def test_days_weeks_and_months_begin_with_the_business_day() -> None:
    clock = SiteClock("Europe/Berlin", 6 * 60)
    span = berlin("2026-03-25T12:00"), berlin("2026-04-03T12:00")
    assert interval_edges(*span, "week", clock)[1:-1] == [berlin("2026-03-30T06:00")]
    assert interval_edges(*span, "month", clock)[1:-1] == [berlin("2026-04-01T06:00")]
    days = interval_edges(*span, "day", clock)[1:-1]
    assert days[0] == berlin("2026-03-26T06:00")
    assert days[3:5] == [berlin("2026-03-29T06:00"), berlin("2026-03-30T06:00")]
    assert days[3] - days[2] == 23 * HOUR_MS
    assert len(days) == 9


def test_the_first_and_last_row_are_clipped_and_total_is_one() -> None:
    from_ms_, to_ms_ = berlin("2026-07-08T10:10"), berlin("2026-07-08T10:50")
    middle = [berlin("2026-07-08T10:15"), berlin("2026-07-08T10:30"), berlin("2026-07-08T10:45")]
    assert interval_edges(from_ms_, to_ms_, "15m", BERLIN) == [from_ms_, *middle, to_ms_]
    assert interval_edges(from_ms_, to_ms_, "total", BERLIN) == [from_ms_, to_ms_]


def test_what_cannot_be_cut_is_refused() -> None:
    with pytest.raises(ValueError, match="none of 15m"):
        interval_edges(0, 1, "2h", BERLIN)
    with pytest.raises(ValueError, match="not before"):
        interval_edges(1, 1, "1h", BERLIN)


@pytest.mark.parametrize(
    ("clock", "at", "closed"),
    [
        (BERLIN, "2026-07-08T12:00", "2026-07-09T06:00"),
        (BERLIN, "2026-07-08T23:59:59", "2026-07-09T06:00"),
        (BERLIN, "2026-07-09T00:00", "2026-07-10T06:00"),
        (BERLIN, "2026-03-28T12:00", "2026-03-29T06:00"),
        (SiteClock("Europe/Berlin", 5 * 60), "2026-07-08T12:00", "2026-07-09T06:00"),
        (SiteClock("Europe/Berlin", 8 * 60), "2026-07-08T12:00", "2026-07-10T06:00"),
    ],
)
def test_a_day_closes_at_the_first_closing_time_behind_its_end(clock: SiteClock, at: str, closed: str) -> None:
    assert closes_at(clock, berlin(at)) == berlin(closed)
