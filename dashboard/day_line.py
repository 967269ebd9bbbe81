"""The small line of the day: the rolling 30 minutes at every quarter of an hour, drawn against the target band.

The two quarters before a boundary are exactly the 30 minutes that end there, so nothing is approximated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import add

from streams import catalogue
from streams.counters import SERVICE_CLASSES
from streams.reading import Reading, Sums

QUARTER_MS = 900_000
WIDTH, HEIGHT = 240, 34
BAND = 0.35
SHORTEST_QUARTERS = 32
"""The axis spans at least eight hours, so that the morning's line is not stretched over the whole width."""

_NOTHING = (0,) * len(SERVICE_CLASSES)
_SERVICE_LEVEL = catalogue.KPI["service_level"]


@dataclass(frozen=True)
class Point:
    """The rolling service level at a boundary, `quarter` quarters after the day's start; None without cases."""

    quarter: int
    value: float | None
    n: int


@dataclass(frozen=True)
class Axis:
    """The stretch of the day that all lines of a board share: from `first` quarter on, `span` quarters long."""

    first: int
    span: int

    def x(self, quarter: float) -> float:
        """The place of an instant (in quarters since the day's start), in steps of half a unit."""
        return round((quarter - self.first) / self.span * WIDTH * 2) / 2


def day_start(readings: Sequence[Reading]) -> int | None:
    """The earliest start of the business day among the cells, UTC ms; None without cells."""
    return min((reading.day_start_ms for reading in readings), default=None)


def axis(readings: Sequence[Reading], as_of_ms: int) -> Axis:
    """The axis of a board: it begins with the first quarter in which anything was decided."""
    start = day_start(readings)
    if start is None:
        return Axis(0, SHORTEST_QUARTERS)
    firsts = [
        reading.profile[0][0] + (reading.day_start_ms - start) // QUARTER_MS for reading in readings if reading.profile
    ]
    first = min(firsts, default=0)
    gone = (as_of_ms - start) // QUARTER_MS + 1 - first
    return Axis(first, max(SHORTEST_QUARTERS, gone))


def points(readings: Sequence[Reading], as_of_ms: int, options: catalogue.Options) -> list[Point]:
    """The rolling service level at every passed boundary of a quarter, from the second of the day on."""
    start = day_start(readings)
    if start is None:
        return []
    quarters: dict[int, tuple[int, ...]] = {}
    for reading in readings:
        offset = (reading.day_start_ms - start) // QUARTER_MS
        for quarter, *classes in reading.profile:
            known = quarters.get(quarter + offset)
            quarters[quarter + offset] = tuple(classes) if known is None else tuple(map(add, known, classes))
    if not quarters:
        return []
    result = []
    last = min((as_of_ms - start) // QUARTER_MS, max(quarters) + 2)
    for boundary in range(max(2, min(quarters) + 1), last + 1):
        before, after = quarters.get(boundary - 2, _NOTHING), quarters.get(boundary - 1, _NOTHING)
        value = _rolling(before, after, options)
        result.append(Point(boundary, value.value, value.n))
    return result


@lru_cache(maxsize=65_536)
def _rolling(before: tuple[int, ...], after: tuple[int, ...], options: catalogue.Options) -> catalogue.Value:
    # Passed quarters hardly ever change, so most of a day's line is found here.
    sums = Sums(dict(zip(SERVICE_CLASSES, map(add, before, after), strict=True)))
    return catalogue.compute(_SERVICE_LEVEL, sums, (), options)


def below_since(line: Sequence[Point], start_ms: int, as_of_ms: int, target: float, minimum_n: int) -> int | None:
    """Since when at least the value has been below the target at every boundary up to now, UTC ms.

    The truth lies up to a quarter earlier. None where the last boundary was not below: then it is not known.
    """
    since, expected = None, (as_of_ms - start_ms) // QUARTER_MS
    for point in reversed(line):
        if point.quarter != expected or point.value is None or point.n < max(1, minimum_n) or point.value >= target:
            break
        since, expected = start_ms + point.quarter * QUARTER_MS, expected - 1
    return since


def _y(value: float, target: float | None) -> str:
    return f"{HEIGHT * (1 - _height(min(max(value, 0.0), 1.0), target)):.1f}"


def _height(value: float, target: float | None) -> float:
    # The upper 35 % are the band above the target, so that it looks the same in every tile; what is more than 50
    # points below lies on the ground, so that the usual ups and downs are seen.
    if target is None or target >= 1:
        return value
    if value >= target:
        return 1 - BAND + (value - target) / (1 - target) * BAND
    ground = max(0.0, target - 0.5)
    return max(0.0, value - ground) / (target - ground) * (1 - BAND)


def path(line: Sequence[Point], axis_: Axis, target: float | None) -> str:
    """SVG path data of the passed boundaries; it pauses where there were no cases. "M0 0" when nothing is drawn."""
    parts, down = [], False
    for point in line:
        if point.value is None:
            down = False
            continue
        parts.append(f"{'L' if down else 'M'}{axis_.x(point.quarter):g} {_y(point.value, target)}")
        down = True
    return "".join(parts) or "M0 0"


def tip(
    line: Sequence[Point], axis_: Axis, target: float | None, now: float | None, start_ms: int, as_of_ms: int
) -> tuple[str, str]:
    """Path data of the stretch from the last boundary to now, and of the point at its end."""
    if now is None:
        return "M0 0", "M0 0"
    end = f"{axis_.x((as_of_ms - start_ms) / QUARTER_MS):g} {_y(now, target)}"
    last = line[-1] if line else None
    if last is None or last.value is None or as_of_ms - start_ms >= (last.quarter + 1) * QUARTER_MS:
        return "M0 0", f"M{end}h0"
    return f"M{axis_.x(last.quarter):g} {_y(last.value, target)}L{end}", f"M{end}h0"
