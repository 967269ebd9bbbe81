"""The period of a page: read, moved, compared; on ordinary days and over both changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dashboard.desk.period import LONGEST_DAYS, Period, read_period
from streams.days import SiteClock, to_ms

BERLIN = SiteClock("Europe/Berlin")
EARLY = SiteClock("Europe/Berlin", 300)
HOUR_MS = 3_600_000


def at(text: str) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=UTC))


NOW_MS = at("2026-11-24T10:37:12")


def read(clock: SiteClock = BERLIN, now_ms: int = NOW_MS, **query: str) -> Period:
    return read_period(query, clock, now_ms)


def stretch_of(first: str, last: str) -> Period:
    return read_period({"period": "range", "from": first, "to": last}, BERLIN, NOW_MS)


def again(period: Period, now_ms: int = NOW_MS) -> Period:
    return read_period(period.query(), period.clock, now_ms)


def test_without_a_word_it_is_now() -> None:
    period = read()
    assert (period.kind, period.interval, period.running, period.after()) == ("now", "15m", True, None)
    assert period.to_ms == at("2026-11-24T10:37:00")
    assert period.from_ms == at("2026-11-24T06:30:00")
    assert period.before() == {"period": "day", "date": "2026-11-23"}


@pytest.mark.parametrize(
    "query",
    [
        {"period": "year"},
        {"period": "range", "from": "2026-11-24", "to": "2026-11-20"},
        {"period": "range", "from": "2026-12-01", "to": "2026-12-02"},
        {"period": "range", "from": "gestern", "to": "2026-11-20"},
    ],
)
def test_what_is_said_wrongly_is_as_if_not_said(query: dict[str, str]) -> None:
    assert read_period(query, BERLIN, NOW_MS) == read()


def test_a_day_that_runs_ends_with_the_last_whole_minute() -> None:
    period = read(period="day")
    assert (period.from_ms, period.to_ms) == (at("2026-11-23T23:00:00"), at("2026-11-24T10:37:00"))
    assert (period.running, period.after()) == (True, None)
    assert read(period="day", date="2026-12-24") == period
    assert read(period="day", date="0001-01-01") == period


def test_a_business_day_begins_when_the_site_says() -> None:
    night_ms = at("2026-11-24T02:00:00")  # 03:00 in Berlin, before the day begins at 05:00
    period = read(EARLY, night_ms, period="day")
    assert (period.first, period.from_ms) == (date(2026, 11, 23), at("2026-11-23T04:00:00"))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)])
def test_days_of_the_clock_change_are_as_long_as_they_are(day: str, hours: int) -> None:
    period = read(period="day", date=day)
    assert period.to_ms - period.from_ms == hours * HOUR_MS


def test_compared_with_the_same_weekday_by_the_clock_on_the_wall() -> None:
    spring = read(period="day", date="2026-04-05")
    assert spring.compared() == (at("2026-03-28T23:00:00"), at("2026-03-29T22:00:00"))
    autumn = read(period="day", date="2026-10-25")
    assert autumn.compared() == (at("2026-10-17T22:00:00"), at("2026-10-18T22:00:00"))
    # Running: only as much as has passed of it.
    noon_ms = at("2026-10-25T11:00:00")
    assert read(now_ms=noon_ms, period="day").compared()[1] == at("2026-10-18T10:00:00")
    assert read().compared() == (at("2026-11-17T06:30:00"), at("2026-11-17T10:37:00"))


def test_weeks_begin_on_monday_and_hold_one_hour_less_in_spring() -> None:
    week = read(period="week", date="2026-03-25")
    assert (week.first, week.last, week.interval) == (date(2026, 3, 23), date(2026, 3, 29), "day")
    assert week.to_ms - week.from_ms == (7 * 24 - 1) * HOUR_MS
    assert week.before() == {"period": "week", "date": "2026-03-16"}
    assert week.after() == {"period": "week", "date": "2026-03-30"}
    assert week.compared() == (at("2026-03-15T23:00:00"), at("2026-03-22T23:00:00"))


def test_months_move_over_the_years_end() -> None:
    month = read(period="month", date="2026-01-31")
    assert (month.first, month.last) == (date(2026, 1, 1), date(2026, 1, 31))
    assert month.before() == {"period": "month", "date": "2025-12-01"}
    assert month.compared() == (at("2025-11-30T23:00:00"), at("2025-12-31T23:00:00"))
    december = read(now_ms=at("2027-03-01T12:00:00"), period="month", date="2026-12-05")
    assert december.after() == {"period": "month", "date": "2027-01-01"}


def test_a_running_month_is_held_against_as_much_of_the_one_before() -> None:
    # Eleven days and a half by the clock on the wall, though the clock changed in between.
    month = read(now_ms=at("2026-11-12T11:00:00"), period="month")
    assert month.compared() == (at("2026-09-30T22:00:00"), at("2026-10-12T10:00:00"))
    march = read(now_ms=at("2026-03-30T22:00:00"), period="month")
    assert march.compared()[1] == march.from_ms


def test_a_stretch_is_held_against_the_same_weekdays() -> None:
    stretch = stretch_of("2026-11-02", "2026-11-11")
    assert (stretch.first, stretch.last, stretch.interval) == (date(2026, 11, 2), date(2026, 11, 11), "day")
    assert stretch.compared() == (at("2026-10-18T22:00:00"), at("2026-10-28T23:00:00"))
    assert stretch.before() == {"period": "range", "from": "2026-10-23", "to": "2026-11-01"}
    assert stretch.after() == {"period": "range", "from": "2026-11-12", "to": "2026-11-21"}


def test_a_stretch_has_a_longest_length() -> None:
    stretch = stretch_of("1980-01-01", "2026-11-24")
    assert (stretch.last - stretch.first).days + 1 == LONGEST_DAYS


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"period": "day", "date": "2026-10-25"},
        {"period": "week", "date": "2026-11-24"},
        {"period": "month", "date": "2026-02-03"},
        {"period": "range", "from": "2026-11-02", "to": "2026-11-11"},
    ],
)
def test_the_address_says_the_whole_of_it(query: dict[str, str]) -> None:
    period = read_period(query, BERLIN, NOW_MS)
    assert again(period) == period
    for kind in ("now", "day", "week", "month", "range"):
        assert read_period(period.in_kind(kind), BERLIN, NOW_MS).kind == kind
    if period.kind not in {"now", "day"} and not period.running:
        back = read_period(read_period(period.before(), BERLIN, NOW_MS).after() or {}, BERLIN, NOW_MS)
        assert (back.first, back.last) == (period.first, period.last)


def test_who_comes_from_a_running_week_means_today() -> None:
    week = read(period="week")
    assert week.in_kind("day") == {"period": "day", "date": "2026-11-24"}
    assert read(period="week", date="2026-11-10").in_kind("day") == {"period": "day", "date": "2026-11-09"}
