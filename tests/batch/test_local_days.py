"""Local clocks, above all on the two days a year that are not 24 hours long."""

from __future__ import annotations

from datetime import time

import pytest

from tests.batch.local_days import INTERVALS, business_day_start_ms, instant_ms, rows

BERLIN = "Europe/Berlin"
HOUR = 3_600_000
MINUTE = 60_000


def berlin(*clock: int) -> int:
    year, month, day, hour, minute = (*clock, 0, 0)[:5]
    return instant_ms(year, month, day, hour, minute, zone=BERLIN)


@pytest.mark.parametrize(
    ("month", "day", "hours", "quarters"),
    [(3, 28, 24, 96), (3, 29, 23, 92), (10, 24, 24, 96), (10, 25, 25, 100)],
)
def test_the_length_of_the_day(month: int, day: int, hours: int, quarters: int) -> None:
    begin, end = berlin(2026, month, day), berlin(2026, month, day + 1)
    assert end - begin == hours * HOUR
    assert list(rows(begin, end, "1h", BERLIN)) == [(begin + i * HOUR, begin + (i + 1) * HOUR) for i in range(hours)]
    assert len(list(rows(begin, end, "15m", BERLIN))) == quarters
    assert len(list(rows(begin, end, "30m", BERLIN))) == quarters // 2
    assert list(rows(begin, end, "day", BERLIN)) == [(begin, end)]


def test_a_week_over_the_clock_change_has_seven_days() -> None:
    days = list(rows(berlin(2026, 3, 23), berlin(2026, 3, 30), "day", BERLIN))
    assert len(days) == 7
    assert days[-1] == (berlin(2026, 3, 29), berlin(2026, 3, 30))
    assert list(rows(berlin(2026, 3, 23), berlin(2026, 3, 30), "week", BERLIN)) == [(days[0][0], days[-1][1])]


def test_first_and_last_row_are_clipped() -> None:
    begin, end = berlin(2026, 5, 4, 8, 20) + 1, berlin(2026, 5, 4, 9, 5)
    assert list(rows(begin, end, "30m", BERLIN)) == [
        (begin, berlin(2026, 5, 4, 8, 30)),
        (berlin(2026, 5, 4, 8, 30), berlin(2026, 5, 4, 9)),
        (berlin(2026, 5, 4, 9), end),
    ]
    for interval in INTERVALS:
        cut = list(rows(begin, end, interval, BERLIN))
        assert (cut[0][0], cut[-1][1]) == (begin, end)


def test_an_empty_span_has_no_row() -> None:
    assert list(rows(berlin(2026, 5, 4), berlin(2026, 5, 4), "1h", BERLIN)) == []


def test_hours_are_those_of_the_zone() -> None:
    begin = instant_ms(2026, 5, 4, 0, zone="Asia/Kolkata")
    assert begin % HOUR == 30 * MINUTE
    assert list(rows(begin, begin + 2 * HOUR, "1h", "Asia/Kolkata")) == [
        (begin, begin + HOUR),
        (begin + HOUR, begin + 2 * HOUR),
    ]


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    begin, end = berlin(2025, 12, 27), berlin(2026, 2, 3)
    weeks = [edge for edge, _ in rows(begin, end, "week", BERLIN)]
    assert weeks[:3] == [begin, berlin(2025, 12, 29), berlin(2026, 1, 5)]
    months = [edge for edge, _ in rows(begin, end, "month", BERLIN)]
    assert months == [begin, berlin(2026, 1, 1), berlin(2026, 2, 1)]


@pytest.mark.parametrize(
    ("as_of", "start", "begin"),
    [
        ((2026, 3, 29, 0, 0), time(0), (2026, 3, 29)),
        ((2026, 3, 29, 12, 0), time(0), (2026, 3, 29)),
        ((2026, 10, 25, 23, 59), time(0), (2026, 10, 25)),
        ((2026, 3, 29, 5, 59), time(6), (2026, 3, 28, 6)),
        ((2026, 3, 29, 6, 0), time(6), (2026, 3, 29, 6)),
    ],
)
def test_where_the_business_day_begins(as_of: tuple[int, ...], start: time, begin: tuple[int, ...]) -> None:
    assert business_day_start_ms(berlin(*as_of), BERLIN, start) == berlin(*begin)
