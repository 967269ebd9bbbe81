"""When a row happened, and how long what it tells lasted (pure)."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

from collectors.contract import EARLIEST_MS, LONGEST_MS, BadLine
from collectors.wall_clock import WallClock

_DATETIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2}) ([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.[0-9]{1,6})?"
)
_SECONDS = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,3})[0-9]*)?")
_EPOCH = date(1970, 1, 1)
_LATEST_MS = 7_258_118_400_000


class RowTimes:
    """Reads times of rows whose local times hang on the wall of `zone`."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._wall = WallClock(zone)

    def instant(self, epoch_name: str, epoch: int | None, text_name: str, text: str | None) -> int:
        """A row's instant in ms: its epoch where it has one, because a local time means two instants in October.

        Raises `BadLine`, which names the columns.
        """
        if epoch:
            return epoch_ms(epoch_name, epoch)
        text = text or ""
        match = _DATETIME.fullmatch(text)
        try:
            if match is None:
                raise ValueError
            year, month, day, hour, minute, second = map(int, match.groups())
            days = (date(year, month, day) - _EPOCH).days
        except ValueError:
            message = f"{text_name} {text[:40]!r} is no date, and there is no {epoch_name}"
            raise BadLine(message) from None
        at_ms = self._wall.instant(days, ((hour * 60 + minute) * 60 + second) * 1000)
        if not EARLIEST_MS <= at_ms < _LATEST_MS:
            message = f"{text_name} {text!r} is no time of a call"
            raise BadLine(message)
        return at_ms


def epoch_ms(name: str, seconds: int) -> int:
    """Seconds since 1970 as an instant in ms. Raises `BadLine`."""
    if not EARLIEST_MS <= seconds * 1000 < _LATEST_MS:
        message = f"{name} {seconds} is no time of a call"
        raise BadLine(message)
    return seconds * 1000


def length_ms(name: str, seconds: int | None) -> int | None:
    """A length in ms, None where none is stated. Raises `BadLine`."""
    if seconds is None:
        return None
    if not 0 <= seconds * 1000 <= LONGEST_MS:
        message = f"{name}: {seconds} is no length from 0 to a day"
        raise BadLine(message)
    return seconds * 1000


def decimal_ms(name: str, text: str | None) -> int:
    """A length that is written as decimal seconds, in ms; none is 0. Raises `BadLine`."""
    match = _SECONDS.fullmatch(text or "0")
    found_ms = -1 if match is None else int(match[1]) * 1000 + int(f"{match[2] or ''}000"[:3])
    if not 0 <= found_ms <= LONGEST_MS:
        message = f"{name}: {(text or '')[:40]!r} is no length from 0 to a day"
        raise BadLine(message)
    return found_ms
