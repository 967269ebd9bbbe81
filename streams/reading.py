"""What a cell reads at an instant: the same value whether it comes from the live store or from a recomputation.

`Sums` is one row of counters for one window and basis; sums of several cells merge by `merge`. `Reading` is a whole
cell, in the compact form in which it is published.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from streams.counters import COMBINATIONS, FURTHER, windowed
from streams.records import VISITS, Cell


class Reading(msgspec.Struct, array_like=True, frozen=True):
    """One cell. `counts` and `waits` are sparse: number, value, number, value ...

    `counts` numbers run over (window, basis, counter); `waits` has one such list of histogram bins per (window,
    basis), `wait_max_ms` one maximum. `profile` are the day's quarters of an hour since its start: quarter, then the
    service classes (live basis), one list each. `feeds` are those that ever named the cell; none: that is not known.

    Of a further family, `counts` run over its own counters, `now` are its counters without a window, in their order,
    and all that speaks of waits or of feeds is empty.
    """

    cell: Cell
    counts: list[int]
    wait_max_ms: list[int]
    waits: list[list[int]]
    waiting: int
    late_waiting: int
    oldest_arrival_ms: int | None
    day_start_ms: int
    profile: list[list[int]]
    feeds: tuple[str, ...] = ()
    now: list[int] = []


def further(
    cell: Cell, day_start_ms: int, by_window: Mapping[str, Mapping[str, int]], now: Mapping[str, int]
) -> Reading:
    """The reading of a family whose counters are the same on both bases: {window: {counter: value}} and those of now.

    Zeros may stand in them or be left out.
    """
    names = windowed(cell.family)
    counts = []
    for (window, _), place in COMBINATIONS.items():
        values = by_window.get(window, {})
        for number, name in enumerate(names):
            if values.get(name, 0):
                counts += [place * len(names) + number, values[name]]
    of_now = [now.get(name, 0) for name in FURTHER[cell.family].now]
    return Reading(
        cell, counts, [0] * len(COMBINATIONS), [[]] * len(COMBINATIONS), 0, 0, None, day_start_ms, [], now=of_now
    )


def added(readings: Sequence[Reading]) -> Reading:
    """One cell of a further family as several parts of a log read it, each of its own persons, lists or campaigns."""
    first, *more = readings
    if not more:
        return first
    counts: dict[int, int] = {}
    for reading in readings:
        for number, value in _sparse(reading.counts).items():
            counts[number] = counts.get(number, 0) + value
    return msgspec.structs.replace(
        first,
        counts=[number_or_value for pair in sorted(counts.items()) if pair[1] for number_or_value in pair],
        day_start_ms=max(reading.day_start_ms for reading in readings),
        now=[sum(values) for values in zip(*(reading.now for reading in readings), strict=True)],
    )


def of_all_parts(parts: Iterable[Iterable[Reading]]) -> list[Reading]:
    """Every cell once: those of visits are in one part each, those of further families are added."""
    found: list[Reading] = []
    spread: dict[Cell, list[Reading]] = {}
    for readings in parts:
        for reading in readings:
            if reading.cell.family == VISITS:
                found.append(reading)
            else:
                spread.setdefault(reading.cell, []).append(reading)
    return found + [added(of_cell) for of_cell in spread.values()]


_Name = TypeVar("_Name")


def _add(into: dict[_Name, int], more: dict[_Name, int]) -> None:
    if not into:
        into.update(more)
        return
    for name, value in more.items():
        into[name] = into.get(name, 0) + value


@dataclass(slots=True)
class Sums:
    """Counters of one window and basis, summed over any cells. `wait_max_ms` is a maximum, `waits` a histogram.

    `families`: which further families had a cell in it. `of_now`: counters without a window are among `counts`.
    `suppressed`: families of which too few persons are in it; their counters of the window are taken out.
    """

    counts: dict[str, int] = field(default_factory=dict)
    wait_max_ms: int = 0
    waits: dict[int, int] = field(default_factory=dict)
    families: set[str] = field(default_factory=set)
    of_now: bool = False
    suppressed: set[str] = field(default_factory=set)

    def add(self, other: Sums) -> None:
        """Merges another row into this one."""
        _add(self.counts, other.counts)
        self.wait_max_ms = max(self.wait_max_ms, other.wait_max_ms)
        _add(self.waits, other.waits)
        self.families |= other.families
        self.of_now |= other.of_now
        self.suppressed |= other.suppressed

    @property
    def is_empty(self) -> bool:
        """True when nothing was counted."""
        return not (self.counts or self.waits or self.wait_max_ms or self.families or self.suppressed)

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)


def sums(reading: Reading, window: str, basis: str) -> Sums:
    """The row of one window and basis of a cell."""
    place = COMBINATIONS[window, basis]
    names = windowed(reading.cell.family)
    low, high = place * len(names), (place + 1) * len(names)
    # A screen's board reads thousands of these a second: only the numbers of this row are looked at.
    numbers = reading.counts[::2]
    first, end = bisect_left(numbers, low), bisect_left(numbers, high)
    values = reading.counts[2 * first + 1 : 2 * end : 2]
    found = Sums(
        {names[number - low]: value for number, value in zip(numbers[first:end], values, strict=True)},
        reading.wait_max_ms[place],
        _sparse(reading.waits[place]),
    )
    if reading.cell.family != VISITS:
        found.families.add(reading.cell.family)
        found.of_now = True
        of_now = zip(FURTHER[reading.cell.family].now, reading.now, strict=True)
        found.counts |= {name: value for name, value in of_now if value}
    return found


def _sparse(pairs: list[int]) -> dict[int, int]:
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def merge(rows: Iterable[Sums]) -> Sums:
    """The sum of rows: counters and histograms add, the maximum is the largest."""
    total = Sums()
    for row in rows:
        total.add(row)
    return total
