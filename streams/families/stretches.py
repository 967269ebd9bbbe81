"""Stretches of time, each of one cell: how much of them, and of what happens at their begins, is in a window (pure)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from streams.visits import Ints


class Within(NamedTuple):
    """`spent`: one row for each rate, `happened`: one row for each amount, both one column for each cell. `rows`: the
    stretches of which something lies in the window.
    """

    spent: Ints
    happened: Ints
    rows: Ints


class Stretches:
    """Stretches [at, until) of cells (numbers), in any order.

    `rates` (one row each) go on as long as a stretch, per millisecond; `amounts` (one row each) happen at its begin.
    """

    def __init__(self, at_ms: Ints, until_ms: Ints, cell: Ints, rates: Ints, amounts: Ints) -> None:
        order = np.argsort(at_ms, kind="stable")
        self.order = order
        self._at, self._until, self._cell = at_ms[order], until_ms[order], cell[order]
        self._rates, self._amounts = rates[:, order], amounts[:, order]
        self._longest_ms = int((until_ms - at_ms).max(initial=0))

    def within(self, from_ms: Ints, to_ms: int, first_ms: Ints, last_ms: int) -> Within:
        """What lies in a window: time in [from, to], begins in [first, last]; `from_ms` and `first_ms` by cell."""
        cells = from_ms.size
        low = np.searchsorted(self._at, min(from_ms.min(initial=to_ms), first_ms.min(initial=to_ms)) - self._longest_ms)
        rows = np.arange(low, np.searchsorted(self._at, to_ms, side="right"))
        at, cell = self._at[rows], self._cell[rows]
        lasts = np.maximum(np.minimum(self._until[rows], to_ms) - np.maximum(at, from_ms[cell]), 0)
        begins = (at >= first_ms[cell]) & (at <= last_ms)
        spent = np.array([_by_cell(rate[rows] * lasts, cell, cells) for rate in self._rates])
        happened = np.array([_by_cell(amount[rows] * begins, cell, cells) for amount in self._amounts])
        some = (lasts > 0) & self._rates[:, rows].any(axis=0) | begins & self._amounts[:, rows].any(axis=0)
        return Within(spent, happened, self.order[rows[some]])


def _by_cell(values: Ints, cell: Ints, cells: int) -> Ints:
    # Sums in floating point are exact below 2**53: channels times milliseconds of a day stay far below.
    return np.bincount(cell, weights=values, minlength=cells).astype(np.int64)
