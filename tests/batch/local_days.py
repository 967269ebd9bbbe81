"""Local clocks: where a business day begins and where interval rows are cut."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUARTER_MS = 15 * 60 * 1000
INTERVALS = ("15m", "30m", "1h", "day", "week", "month", "total")


def local(at_ms: int, zone: str) -> datetime:
    """The local clock at this instant (UTC milliseconds)."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).astimezone(ZoneInfo(zone))


def instant_ms(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, zone: str = "UTC"
) -> int:
    """UTC milliseconds of a local clock time; of a repeated hour the first."""
    return int(datetime(year, month, day, hour, minute, second, tzinfo=ZoneInfo(zone)).timestamp()) * 1000


def business_day_start_ms(at_ms: int, zone: str, start: time = time(0, 0)) -> int:
    """The last time the local clock began a business day, at or before `at_ms`."""
    date = local(at_ms, zone).date()
    begin_ms = instant_ms(date.year, date.month, date.day, start.hour, start.minute, start.second, zone)
    if begin_ms > at_ms:
        date -= timedelta(days=1)
        begin_ms = instant_ms(date.year, date.month, date.day, start.hour, start.minute, start.second, zone)
    return begin_ms


def rows(from_ms: int, to_ms: int, interval: str, zone: str) -> Iterator[tuple[int, int]]:
    """[from, to) cut wherever the local clock begins a new interval; first and last row clipped to it.

    Walks the time in quarter hours (every zone's offset is a multiple of one) and cuts where the name changes.
    """
    row_from_ms = from_ms
    row_name = name_of_row(from_ms, interval, zone)
    step_ms = from_ms - from_ms % QUARTER_MS + QUARTER_MS
    while step_ms < to_ms:
        name = name_of_row(step_ms, interval, zone)
        if name != row_name:
            yield row_from_ms, step_ms
            row_from_ms, row_name = step_ms, name
        step_ms += QUARTER_MS
    if row_from_ms < to_ms:
        yield row_from_ms, to_ms


def name_of_row(at_ms: int, interval: str, zone: str) -> tuple[object, ...]:
    """What the local calendar calls the row around this instant; a repeated hour has two names."""
    clock = local(at_ms, zone)
    hour = (clock.date(), clock.hour, clock.utcoffset())
    week = clock.isocalendar()
    names: dict[str, tuple[object, ...]] = {
        "15m": (*hour, clock.minute // 15),
        "30m": (*hour, clock.minute // 30),
        "1h": hour,
        "day": (clock.date(),),
        "week": (week.year, week.week),
        "month": (clock.year, clock.month),
        "total": (),
    }
    return names[interval]
