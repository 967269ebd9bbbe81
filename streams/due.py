"""Which visits must be looked at again, and in which second: an exact, compact timetable.

An entry is one integer, the second above the slot, so that sorting entries sorts by time. Entries come in sorted
runs; a heap knows the run with the earliest entry. A quiet cell has no entries and costs nothing. Looking at a visit
too often is harmless, so entries are never withdrawn.
"""

from __future__ import annotations

import heapq
from itertools import count

import numpy as np

from streams.visits import Ints, Slots

_MERGE_ABOVE = 256
_KEEP_APART = 16
_SLOT_BITS = 32
_SLOT_MASK = (1 << _SLOT_BITS) - 1


def distinct(slots: Slots) -> Slots:
    """The slots in ascending order, each once."""
    slots = np.sort(slots)
    return slots[np.append(True, slots[1:] != slots[:-1])] if slots.size else slots


class Timetable:
    """Seconds (UTC epoch) and the slots due in them."""

    def __init__(self) -> None:
        self._runs: list[tuple[int, int, Ints]] = []
        self._number = count()

    def add(self, seconds: Ints, slots: Slots) -> None:
        """Each slot is due in its second."""
        if seconds.size == 0:
            return
        self._push(np.sort((seconds << _SLOT_BITS) | slots))
        if len(self._runs) > _MERGE_ABOVE:
            self._merge()

    def _push(self, run: Ints) -> None:
        heapq.heappush(self._runs, (int(run[0]), next(self._number), run))

    def _merge(self) -> None:
        """Joins all but the largest runs, so that their number stays bounded whatever the batch size."""
        runs = sorted(self._runs, key=lambda run: run[2].size)
        self._runs = runs[-_KEEP_APART:]
        heapq.heapify(self._runs)
        self._push(np.sort(np.concatenate([run for _, _, run in runs[:-_KEEP_APART]])))

    def pop(self, second: int) -> Slots:
        """Takes out and returns the distinct slots due in or before this second."""
        behind = (second + 1) << _SLOT_BITS
        due: list[Ints] = []
        while self._runs and self._runs[0][0] < behind:
            _, _, run = heapq.heappop(self._runs)
            end = int(np.searchsorted(run, behind))
            due.append(run[:end])
            if end < run.size:
                self._push(run[end:])
        if not due:
            return np.zeros(0, np.int64)
        return distinct(np.concatenate(due) & _SLOT_MASK)

    def clear(self) -> None:
        """Forgets every entry."""
        self._runs.clear()
