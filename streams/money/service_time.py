"""How long a contract's service ran within a stretch of time, right on the days on which the clock changes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from streams.days import SiteClock, business_date, from_ms, start_of, to_ms
from streams.money.contract import Service

_DAY = timedelta(days=1)


def month_of(clock: SiteClock, at_ms: int) -> tuple[int, int]:
    """[start, end) of the month of business days that holds the instant."""
    first = business_date(clock, at_ms).replace(day=1)
    return start_of(clock, first), start_of(clock, (first + 32 * _DAY).replace(day=1))


@lru_cache(maxsize=4096)
def service_ms(service: Service, clock: SiteClock, from_ms_: int, to_ms_: int) -> int:
    """Milliseconds of service within [from, to)."""
    total = 0
    day = from_ms(from_ms_, clock.zone).date() - _DAY
    last = from_ms(to_ms_, clock.zone).date()
    while day <= last:
        if day.weekday() in service.weekdays:
            end_day = day if service.until > service.begins else day + _DAY
            begins, ends = _at(clock, day, service.begins), _at(clock, end_day, service.until)
            total += max(0, min(ends, to_ms_) - max(begins, from_ms_))
        day += _DAY
    return total


def _at(clock: SiteClock, day: date, minutes: int) -> int:
    return to_ms(datetime.combine(day, time(minutes // 60, minutes % 60), ZoneInfo(clock.zone)))
