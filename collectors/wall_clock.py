"""The clock on the wall of one zone: local times become instants (pure)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from collectors.contract import BadLine

DAY_MS = 86_400_000
_MOST_REMEMBERED = 100_000


class WallClock:
    """The clock on the wall of one zone. Remembers each day, since most days have one offset only."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._days: dict[int, int | None] = {}

    def midnight(self, day: int) -> int | None:
        """The UTC ms at which this day begins; None on a day on which the clock changes."""
        if day not in self._days:
            if len(self._days) >= _MOST_REMEMBERED:
                self._days.clear()
            first, last = self._passes(day, 0)[0], self._passes(day, DAY_MS - 1)[1]
            self._days[day] = first if last - first == DAY_MS - 1 else None
        return self._days[day]

    def instant(self, day: int, clock_ms: int, not_before_ms: int | None = None) -> int:
        """UTC ms of a wall time; `clock_ms` may run on into the next day.

        In the repeated hour it is the first pass, unless that is before `not_before_ms` and the second is not.
        Raises `BadLine` in the hour that a clock change leaves out.
        """
        day, clock_ms = day + clock_ms // DAY_MS, clock_ms % DAY_MS
        midnight_ms = self.midnight(day)
        if midnight_ms is not None:
            return midnight_ms + clock_ms
        first, second = self._passes(day, clock_ms)
        if first > second:
            message = f"{self._text(day, clock_ms)} does not exist in {self._zone.key}: the clock was put forward"
            raise BadLine(message)
        return second if not_before_ms is not None and first < not_before_ms <= second else first

    def _passes(self, day: int, clock_ms: int) -> tuple[int, int]:
        """Both instants that the wall time can mean; equal on most days, the first later in a gap."""
        wall = datetime(1970, 1, 1) + timedelta(days=day, milliseconds=clock_ms)  # noqa: DTZ001 - the zone follows
        first, second = (wall.replace(tzinfo=self._zone, fold=fold).utcoffset() for fold in (0, 1))
        assert first is not None
        assert second is not None
        wall_ms = day * DAY_MS + clock_ms
        return wall_ms - first // timedelta(milliseconds=1), wall_ms - second // timedelta(milliseconds=1)

    @staticmethod
    def _text(day: int, clock_ms: int) -> str:
        return f"{datetime.fromtimestamp(day * 86_400 + clock_ms // 1000, UTC):%Y-%m-%d %H:%M:%S}"
