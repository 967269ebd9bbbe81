"""Texts that name an instant by themselves, with date and clock, become UTC milliseconds (pure)."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from collectors.clocks import Readings, format_fault, states_day
from collectors.contract import BadLine
from collectors.options import Options
from collectors.wall_clock import DAY_MS, WallClock


class Instants:
    """Reads texts of one format. `zone` is where the source's clock hangs, for texts that state no offset."""

    def __init__(self, format_: str, zone: ZoneInfo) -> None:
        self._readings = Readings(format_)
        self._wall = WallClock(zone)

    def of(self, text: str, not_before_ms: int | None = None, days_later: int = 0) -> int:
        """UTC ms; in the repeated hour see `WallClock.instant`. A mere date is its midnight, or that of the day so many
        days later. Raises `BadLine`.
        """
        said = self._readings[text]
        if said.instant_ms is not None:
            return said.instant_ms
        if said.day is None:
            message = f"{text[:40]!r} states no day"
            raise BadLine(message)
        clock_ms = said.clock_ms or 0
        if said.offset_ms is not None:
            return said.day * DAY_MS + clock_ms - said.offset_ms
        return self._wall.instant(said.day + days_later, clock_ms, not_before_ms)


def read_format(options: Options, key: str, default: str) -> str:
    """The format of dates and times under this key; it must state a day. Faults are noted in the options."""
    text = options.text(key, default)
    fault = format_fault(text) or ("" if states_day(text) else "states no day")
    if fault:
        options.fault(key, fault, 'write for example "%Y-%m-%d %H:%M:%S"')
        return default
    return text


def read_zone(options: Options) -> ZoneInfo | None:
    """The zone of the source's clock; None: that of the site. Faults are noted in the options."""
    text = options.text("zone", "")
    try:
        return ZoneInfo(text) if text else None
    except (ValueError, OSError, KeyError):
        options.fault("zone", f"is {text!r}, no zone", 'write a name such as "Europe/Berlin"')
        return None


def read_day(options: Options, key: str) -> date | None:
    """The day under this key; None where there is none. Faults are noted in the options."""
    text = options.text(key, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        options.fault(key, f"is {text!r}, no day", 'write for example "2026-01-31"')
        return None
