"""From 16-byte ids to row numbers, for thousands of ids at once: open addressing over numpy arrays.

A dict of as many ids would take five times the memory and ten times the time per id. Rows are numbered from 0 in the
order in which ids were first seen, batch by batch. Ids must be well mixed, as `records.identify` makes them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Halves = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]

_EMPTY = -1
_FULL = 0.5


def halves(ids: bytes) -> Halves:
    """Concatenated 16-byte ids as an array of shape (n, 2)."""
    return np.frombuffer(ids, "<u8").reshape(-1, 2)


class IdTable:
    """A set of ids that only grows; each has a row number."""

    def __init__(self, keys: Halves | None = None) -> None:
        self._keys = np.zeros((0, 2), np.uint64) if keys is None else keys.copy()
        self.size = len(self._keys)
        self._table = np.zeros(0, np.int32)
        self._rebuild(max(1024, self.size * 4))

    def _rebuild(self, room: int) -> None:
        capacity = 1 << (room - 1).bit_length()
        self._table = np.full(capacity, _EMPTY, np.int32)
        mask = np.uint64(capacity - 1)
        place = (self._keys[: self.size, 0] & mask).astype(np.int64)
        pending = np.arange(self.size)
        while pending.size:
            at = place[pending]
            free = np.flatnonzero(self._table[at] == _EMPTY)
            self._table[at[free]] = pending[free]
            pending = pending[self._table[at] != pending]
            place[pending] = (place[pending] + 1) & (capacity - 1)

    def _reserve(self, more: int) -> None:
        if (self.size + more) > len(self._table) * _FULL:
            self._rebuild((self.size + more) * 3)
        if self.size + more > len(self._keys):
            grown = np.zeros((self.size + more + self.size // 4, 2), np.uint64)
            grown[: self.size] = self._keys[: self.size]
            self._keys = grown

    def rows(self, ids: Halves) -> Rows:
        """The row of each id; ids not seen before get the next rows. The same id may stand in `ids` repeatedly."""
        self._reserve(len(ids))
        wrap = len(self._table) - 1
        result = np.full(len(ids), _EMPTY, np.int64)
        place = (ids[:, 0] & np.uint64(wrap)).astype(np.int64)
        pending = np.arange(len(ids))
        while pending.size:
            at = place[pending]
            row = self._table[at]
            free = np.flatnonzero(row == _EMPTY)
            if free.size:
                self._claim(ids, pending[free], at[free])
                row = self._table[at]
            same = (self._keys[row, 0] == ids[pending, 0]) & (self._keys[row, 1] == ids[pending, 1])
            result[pending[same]] = row[same]
            pending = pending[~same]
            place[pending] = (place[pending] + 1) & wrap
        return result

    def _claim(self, ids: Halves, wanting: Rows, free: Rows) -> None:
        """Gives each free place to one of the ids that want it."""
        # Several ids may want one place: all write, the last stays, and only that one gets a row.
        self._table[free] = wanting
        winners = self._table[free] == wanting
        taken = free[winners]
        new = np.arange(self.size, self.size + taken.size)
        self._keys[new] = ids[wanting[winners]]
        self._table[taken] = new
        self.size += taken.size

    def ids(self) -> Halves:
        """All ids in row order."""
        return self._keys[: self.size]
