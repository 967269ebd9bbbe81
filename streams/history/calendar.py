"""When business days are closed, and what their clocks are called. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from streams.days import SiteClock, business_day, closes_at, to_ms
from streams.engine import ClockOf

REACH_MS = 2 * 86_400_000
"""How far apart the facts of one visit may lie and still make one visit in a closed day."""
_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Calendar:
    """The clocks of all sites and when their days are closed.

    `closes`: the local minute of `site.closes`. A day is closed when that is over and none of its visits can be open
    any more, that is `give_up_ms` after its end.
    """

    clocks: tuple[SiteClock, ...]
    clock_of: ClockOf
    closes: int
    give_up_ms: int

    @property
    def reach_ms(self) -> int:
        """How far apart in event time the facts of one visit may lie."""
        return max(REACH_MS, self.give_up_ms + _DAY_MS)

    def closed_at(self, clock: SiteClock, at_ms: int) -> int:
        """When the business day of this instant is closed, UTC ms."""
        return max(closes_at(clock, at_ms, self.closes), business_day(clock, at_ms)[1] + self.give_up_ms)


def clock_name(clock: SiteClock) -> str:
    """How a clock is called in the names of files."""
    hours, minutes = divmod(clock.day_start_minutes, 60)
    return f"{clock.zone.replace('/', '_')}_{hours:02}{minutes:02}"


def bounds(clock: SiteClock, day: str) -> tuple[int, int]:
    """[start, end) of the business day of this date, UTC ms."""
    noon = datetime.combine(date.fromisoformat(day), time(12), ZoneInfo(clock.zone))
    before_noon = clock.day_start_minutes <= 12 * 60
    start_ms, end_ms = business_day(clock, to_ms(noon))
    return (start_ms, end_ms) if before_noon else business_day(clock, end_ms)
