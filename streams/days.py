"""Business days and local intervals: calendar-aware, so days of 23 and 25 hours come out right."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

INTERVALS = ("15m", "30m", "1h", "day", "week", "month", "total")
_MINUTES = {"15m": 15, "30m": 30, "1h": 60}


class SiteClock(NamedTuple):
    """The IANA zone of a site and the local minute at which its business day starts (0 = midnight)."""

    zone: str = "UTC"
    day_start_minutes: int = 0


def to_ms(moment: datetime) -> int:
    """UTC milliseconds of an aware datetime; finer fractions are cut."""
    delta = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return delta // timedelta(milliseconds=1)


def from_ms(at_ms: int, zone: str = "UTC") -> datetime:
    """The aware local datetime of UTC milliseconds."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).astimezone(ZoneInfo(zone))


def start_of(clock: SiteClock, day: date) -> int:
    """When this business day starts, UTC milliseconds."""
    wall = time(clock.day_start_minutes // 60, clock.day_start_minutes % 60)
    return to_ms(datetime.combine(day, wall, ZoneInfo(clock.zone)))


def business_date(clock: SiteClock, at_ms: int) -> date:
    """The date of the business day that holds the instant; its start belongs to it."""
    day = from_ms(at_ms, clock.zone).date()
    return day - timedelta(days=1) if start_of(clock, day) > at_ms else day


def business_day(clock: SiteClock, at_ms: int) -> tuple[int, int]:
    """[start, start of the next) of the business day that holds the instant, UTC milliseconds."""
    day = business_date(clock, at_ms)
    return start_of(clock, day), start_of(clock, day + timedelta(days=1))


def closes_at(clock: SiteClock, at_ms: int, close_minutes: int = 360) -> int:
    """When the business day of the instant is closed: at the first `close_minutes` (06:00), site time, at or after
    the end of the business day.
    """
    following = business_date(clock, at_ms) + timedelta(days=1)
    if close_minutes < clock.day_start_minutes:
        following += timedelta(days=1)
    return start_of(SiteClock(clock.zone, close_minutes), following)


def _floor(moment: datetime, interval: str, clock: SiteClock) -> datetime:
    """The local start of the interval that holds the moment. Minutes are cut in absolute time within the hour."""
    if interval in _MINUTES:
        minutes = _MINUTES[interval]
        return moment.replace(minute=moment.minute // minutes * minutes, second=0, microsecond=0)
    day = business_date(clock, to_ms(moment))
    if interval == "week":
        day -= timedelta(days=day.weekday())
    elif interval == "month":
        day = day.replace(day=1)
    return from_ms(start_of(clock, day), clock.zone)


def _next(start: datetime, interval: str, clock: SiteClock) -> datetime:
    if interval in _MINUTES:
        # Through UTC, so that the repeated hour of October is two hours and the missing one of March none.
        ahead = (start.astimezone(UTC) + timedelta(minutes=_MINUTES[interval])).astimezone(start.tzinfo)
        return _floor(ahead, interval, clock)
    day = business_date(clock, to_ms(start))
    if interval == "day":
        day += timedelta(days=1)
    elif interval == "week":
        day += timedelta(days=7)
    else:
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return from_ms(start_of(clock, day), clock.zone)


def interval_edges(from_ms_: int, to_ms_: int, interval: str, clock: SiteClock) -> list[int]:
    """Edges of the intervals cut at the local clock within [from, to); the first and last are clipped to it.

    k intervals have k + 1 edges. Raises ValueError for an unknown interval or an empty range.
    """
    if interval not in INTERVALS:
        message = f"interval {interval!r} is none of {', '.join(INTERVALS)}"
        raise ValueError(message)
    if from_ms_ >= to_ms_:
        message = f"from {from_ms_} is not before to {to_ms_}"
        raise ValueError(message)
    edges = [from_ms_]
    if interval != "total":
        edge = _floor(from_ms(from_ms_, clock.zone), interval, clock)
        while True:
            edge = _next(edge, interval, clock)
            if to_ms(edge) >= to_ms_:
                break
            if to_ms(edge) > edges[-1]:
                edges.append(to_ms(edge))
    return [*edges, to_ms_]
