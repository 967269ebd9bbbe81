"""What a cell reads at an instant: the same value whether it comes from the live store or from a recomputation.

`Sums` is one row of counters for one window and basis; sums of several cells merge by `merge`. `Reading` is a whole
cell, in the compact form in which it is published.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from streams.counters import COMBINATIONS, COUNTERS, WIDTH
from streams.records import Cell


class Reading(msgspec.Struct, array_like=True, frozen=True):
    """One cell. `counts` and `waits` are sparse: number, value, number, value ...

    `counts` numbers run over (window, basis, counter); `waits` has one such list of histogram bins per (window,
    basis), `wait_max_ms` one maximum. `profile` are the day's quarters of an hour since its start: quarter, then the
    service classes (live basis), one list each.
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


_Name = TypeVar("_Name")


def _add(into: dict[_Name, int], more: dict[_Name, int]) -> None:
    if not into:
        into.update(more)
        return
    for name, value in more.items():
        into[name] = into.get(name, 0) + value


@dataclass(slots=True)
class Sums:
    """Counters of one window and basis, summed over any cells. `wait_max_ms` is a maximum, `waits` a histogram."""

    counts: dict[str, int] = field(default_factory=dict)
    wait_max_ms: int = 0
    waits: dict[int, int] = field(default_factory=dict)

    def add(self, other: Sums) -> None:
        """Merges another row into this one."""
        _add(self.counts, other.counts)
        self.wait_max_ms = max(self.wait_max_ms, other.wait_max_ms)
        _add(self.waits, other.waits)

    @property
    def is_empty(self) -> bool:
        """True when nothing was counted."""
        return not self.counts and not self.waits and not self.wait_max_ms

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)


def sums(reading: Reading, window: str, basis: str) -> Sums:
    """The row of one window and basis of a cell."""
    place = COMBINATIONS[window, basis]
    low, high = place * WIDTH, (place + 1) * WIDTH
    pairs = zip(reading.counts[::2], reading.counts[1::2], strict=True)
    return Sums(
        {COUNTERS[number - low]: value for number, value in pairs if low <= number < high},
        reading.wait_max_ms[place],
        _sparse(reading.waits[place]),
    )


def _sparse(pairs: list[int]) -> dict[int, int]:
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def merge(rows: Iterable[Sums]) -> Sums:
    """The sum of rows: counters and histograms add, the maximum is the largest."""
    total = Sums()
    for row in rows:
        total.add(row)
    return total
