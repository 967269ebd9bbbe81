"""Texts of times, strictly; the wall clock of a zone on its two odd days."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.clocks import Readings, format_fault
from collectors.contract import BadLine
from collectors.wall_clock import DAY_MS, WallClock
from tests.collectors.bench import NOW_MS, parser_of

BERLIN = WallClock(ZoneInfo("Europe/Berlin"))


def day(text: str) -> int:
    found = Readings("%Y-%m-%d")[text].day
    assert found is not None
    return found


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("format_", "text", "day_text", "clock_ms"),
    [
        ("%y%m%d", "990201", "1999-02-01", None),
        ("%y%m%d", "680201", "2068-02-01", None),
        ("%d.%m.%Y %H:%M", "1.2.2024 7:05", "2024-02-01", 25_500_000),
        ("%m/%d/%Y %I:%M %p", "02/01/2024 12:05 AM", "2024-02-01", 300_000),
        ("%m/%d/%Y %I:%M %p", "02/01/2024 12:05 pm", "2024-02-01", 43_500_000),
        ("%Y-%m-%dT%H:%M:%S.%f", "2024-02-29T00:00:01.123999", "2024-02-29", 1_123),
    ],
)
def test_formats(format_: str, text: str, day_text: str, clock_ms: int | None) -> None:
    said = Readings(format_)[text]
    assert (said.day, said.clock_ms) == (day(day_text), clock_ms)


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        ("%Y-%m-%d", "2023-02-29"),
        ("%Y-%m-%d", "1970-01-01"),
        ("%Y-%m-%d", "2024-13-01"),
        ("%Y-%m-%d", " 2024-12-01"),
        ("%Y-%m-%d", "٢٠٢٤-12-01"),
        ("%H:%M:%S", "24:00:00"),
        ("%H:%M:%S", "23:59:60"),
        ("%H:%M:%S", "7:5:00"),
        ("%I:%M %p", "13:00 pm"),
        ("%I:%M %p", "0:30 am"),
        ("epoch", "1760000000000"),
        ("epoch", "-1"),
        ("epoch_ms", "1760000000"),
    ],
)
def test_texts_that_are_no_times(format_: str, text: str) -> None:
    with pytest.raises(BadLine):
        Readings(format_)[text]


@pytest.mark.parametrize("text", ["", "%Y", "%H:%M:%S %Y", "%Y-%m-%d %Y", "%Q", "noon"])
def test_formats_that_are_none(text: str) -> None:
    assert format_fault(text)


def test_spring_and_autumn() -> None:
    assert BERLIN.instant(day("2025-03-30"), 7_199_000) == utc("2025-03-30 00:59:59")
    assert BERLIN.instant(day("2025-03-30"), 3 * 3_600_000) == utc("2025-03-30 01:00:00")
    with pytest.raises(BadLine, match="put forward"):
        BERLIN.instant(day("2025-03-30"), 2 * 3_600_000)
    half_past_two = 9_000_000
    first, second = utc("2024-10-27 00:30:00"), utc("2024-10-27 01:30:00")
    assert BERLIN.instant(day("2024-10-27"), half_past_two) == first
    assert BERLIN.instant(day("2024-10-27"), half_past_two, not_before_ms=first) == first
    assert BERLIN.instant(day("2024-10-27"), half_past_two, not_before_ms=first + 1) == second
    assert BERLIN.instant(day("2024-10-26"), DAY_MS + half_past_two) == first


@settings(deadline=None)  # reading a zone for the first time takes as long as the disk takes
@given(
    st.integers(day("2023-01-01"), day("2027-12-31")),
    st.integers(0, DAY_MS - 1),
    st.sampled_from(["Europe/Berlin", "Asia/Jerusalem", "Australia/Lord_Howe", "America/St_Johns", "UTC"]),
)
def test_agrees_with_zoneinfo(number: int, clock_ms: int, zone: str) -> None:
    wall = datetime.fromtimestamp(number * 86_400, UTC).replace(tzinfo=ZoneInfo(zone))
    hour, rest = divmod(clock_ms, 3_600_000)
    local = wall.replace(hour=hour, minute=rest // 60_000, second=rest // 1000 % 60, microsecond=rest % 1000 * 1000)
    exists = local.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local.replace(tzinfo=None)
    clock = WallClock(ZoneInfo(zone))
    if not exists:
        with pytest.raises(BadLine):
            clock.instant(number, clock_ms)
    else:
        assert clock.instant(number, clock_ms) == round(local.timestamp() * 1000)


def test_a_call_over_the_end_of_summer_time_is_not_shorter_than_nothing() -> None:
    """Answered at 02:59:50 in the first pass, ended at 02:00:20 in the second: 30 seconds."""
    options = {
        "key": "id",
        "hotline": "line",
        "times": {
            "start": {"format": "%Y-%m-%d %H:%M:%S"},
            "end": {"format": "%Y-%m-%d %H:%M:%S", "after": "start"},
        },
        "cases": [{"result": "abandoned", "arrival": "start", "end": "end"}],
    }
    parser = parser_of("columns", options)
    parser.begin("a", b"id,line,start,end", b"")
    parsed = parser.parse(b"1,q,2024-10-27 02:59:50,2024-10-27 02:00:20", 20, NOW_MS)
    assert [fact.at_ms for fact in parsed.facts] == [utc("2024-10-27 00:59:50"), utc("2024-10-27 01:00:20")]
