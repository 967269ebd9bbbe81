"""The cells of a family by number, and the business day that each of them has now (pure)."""

from __future__ import annotations

import numpy as np

from streams.codec import decode_cell
from streams.days import SiteClock, business_day
from streams.engine import ClockOf
from streams.records import Cell
from streams.visits import Ints

LONGEST_DAY_MS = 26 * 3_600_000
"""A day of every clock must be kept, because a cell that becomes known later has its own."""


class NumberedCells:
    """`cells` and their encoded forms, in the order in which they were met."""

    def __init__(self, clock_of: ClockOf) -> None:
        self.cells: list[Cell] = []
        self.encoded: list[bytes] = []
        self._clock_of = clock_of
        self._numbers: dict[bytes, int] = {}
        self._days: dict[SiteClock, tuple[int, int]] = {}

    def number(self, encoded: bytes) -> int:
        """The number of this cell."""
        number = self._numbers.setdefault(encoded, len(self.cells))
        if number == len(self.cells):
            self.cells.append(decode_cell(encoded))
            self.encoded.append(encoded)
        return number

    def day_starts(self, now_ms: int) -> Ints:
        """When the business day of each cell began, UTC ms."""
        return np.array([self._day_start(cell, now_ms) for cell in self.cells], np.int64)

    def _day_start(self, cell: Cell, now_ms: int) -> int:
        clock = self._clock_of(cell.site)
        day = self._days.get(clock)
        if day is None or not day[0] <= now_ms < day[1]:
            day = self._days[clock] = business_day(clock, now_ms)
        return day[0]
