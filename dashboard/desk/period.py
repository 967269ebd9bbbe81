"""The stretch of time that a page of the desk shows: read from its address, written into it, moved, compared.

Days are business days of the site's clock, so the days of the clock change have 23 and 25 hours. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from streams.days import SiteClock, business_date, from_ms, start_of, to_ms

Kind = Literal["now", "day", "week", "month", "range"]
KINDS: tuple[Kind, ...] = ("now", "day", "week", "month", "range")
LONGEST_DAYS = 366
"""A stretch from one day to another has at most so many days."""

QUARTER_MS = 900_000
NOW_QUARTERS = 16
"""Of "now" a page shows the running quarter of an hour and so many before it."""

_MINUTE_MS = 60_000


@dataclass(frozen=True)
class Period:
    """[from_ms, to_ms), cut into `interval`s. `first` and `last` are business days, both within.

    `running`: it is not over; then `to_ms` is the last whole minute. `comes`: there is a next one.
    """

    kind: Kind
    first: date
    last: date
    from_ms: int
    to_ms: int
    interval: str
    running: bool
    comes: bool
    clock: SiteClock

    @property
    def lives(self) -> bool:
        """True where the live windows are a part of it: now and today."""
        return self.running and self.kind in {"now", "day"}

    def query(self) -> dict[str, str]:
        """What the address says of it."""
        if self.kind == "now":
            return {}
        if self.kind == "range":
            return {"period": "range", "from": self.first.isoformat(), "to": self.last.isoformat()}
        return {"period": self.kind, "date": self.first.isoformat()}

    def before(self) -> dict[str, str]:
        """The address of the one before it; of "now" that is the day before."""
        if self.kind == "now":
            return {"period": "day", "date": (self.last - timedelta(days=1)).isoformat()}
        return self._moved(-1)

    def after(self) -> dict[str, str] | None:
        """The address of the next one; None where that has not begun."""
        return self._moved(1) if self.comes else None

    def _moved(self, steps: int) -> dict[str, str]:
        first = _step(self.first, self.kind, steps * ((self.last - self.first).days + 1))
        if self.kind == "range":
            last = first + (self.last - self.first)
            return {"period": "range", "from": first.isoformat(), "to": last.isoformat()}
        return {"period": self.kind, "date": first.isoformat()}

    def in_kind(self, kind: Kind) -> dict[str, str]:
        """The address of the period of another kind at the same place."""
        if kind == "now":
            return {}
        if kind == "range":
            return {"period": "range", "from": self.first.isoformat(), "to": self.last.isoformat()}
        # Whoever comes from a stretch that is not over means the part of it that is.
        day = business_date(self.clock, self.to_ms - 1) if self.running else self.first
        return {"period": kind, "date": day.isoformat()}

    def compared(self) -> tuple[int, int]:
        """[from, to) of what it is held against: the same weekdays before, of a month the month before.

        Of what is running only as much as has passed of it, by the clock on the wall.
        """
        if self.kind == "month":
            begins = start_of(self.clock, _step(self.first, "month", -1))
            if not self.running:
                return begins, self.from_ms
            passed = from_ms(self.to_ms, self.clock.zone).replace(tzinfo=None) - _wall(self.clock, self.first)
            reached = from_ms(begins, self.clock.zone) + passed
            return begins, min(self.from_ms, to_ms(reached))
        days = ((self.last - self.first).days + 7) // 7 * 7
        return self._back(self.from_ms, days), self._back(self.to_ms, days)

    def _back(self, at_ms: int, days: int) -> int:
        # Taken off the clock on the wall, so that over a change of the clock noon stays noon.
        return to_ms(from_ms(at_ms, self.clock.zone) - timedelta(days=days))


def read_period(query: Mapping[str, str], clock: SiteClock, now_ms: int) -> Period:
    """The period that an address asks for; what it says wrongly, or of the future, is as if it were not said."""
    kind = query.get("period", "now")
    today = business_date(clock, now_ms)
    if kind == "range":
        first, last = _date(query.get("from", "")), _date(query.get("to", ""))
        if first is not None and last is not None and first <= last and first <= today:
            first = max(first, last - timedelta(days=LONGEST_DAYS - 1))
            return _days("range", first, last, clock, now_ms)
    if kind in {"day", "week", "month"}:
        day = _date(query.get("date", "")) or today
        return _of_kind(
            "day" if kind == "day" else "week" if kind == "week" else "month", min(day, today), clock, now_ms
        )
    whole_ms = now_ms // _MINUTE_MS * _MINUTE_MS
    begins = whole_ms // QUARTER_MS * QUARTER_MS - NOW_QUARTERS * QUARTER_MS
    ends = max(whole_ms, begins + NOW_QUARTERS * QUARTER_MS)
    return Period("now", business_date(clock, begins), today, begins, ends, "15m", True, False, clock)


def _of_kind(kind: Literal["day", "week", "month"], day: date, clock: SiteClock, now_ms: int) -> Period:
    if kind == "week":
        day -= timedelta(days=day.weekday())
    elif kind == "month":
        day = day.replace(day=1)
    return _days(kind, day, _step(day, kind, 1) - timedelta(days=1), clock, now_ms)


def _days(kind: Kind, first: date, last: date, clock: SiteClock, now_ms: int) -> Period:
    begins, ends = start_of(clock, first), start_of(clock, last + timedelta(days=1))
    running = now_ms < ends
    count = (last - first).days + 1
    interval = "15m" if count <= 2 else "1h" if kind == "range" and count <= 4 else "day"
    # A page of what is running is asked for again and again: within a minute it is the same question.
    until = max(begins + _MINUTE_MS, now_ms // _MINUTE_MS * _MINUTE_MS) if running else ends
    return Period(kind, first, last, begins, until, interval, running, not running, clock)


def _step(day: date, kind: Kind, steps: int) -> date:
    """`day` moved by so many months, weeks, or days; of a range by days."""
    if kind == "month":
        months = day.year * 12 + day.month - 1 + (1 if steps > 0 else -1)
        return date(months // 12, months % 12 + 1, 1)
    if kind == "week":
        return day + timedelta(days=7 if steps > 0 else -7)
    return day + timedelta(days=steps)


def _wall(clock: SiteClock, day: date) -> datetime:
    return from_ms(start_of(clock, day), clock.zone).replace(tzinfo=None)


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(1971, 1, 1) <= found < date(2200, 1, 1) else None
