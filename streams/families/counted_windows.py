"""From counters over a stretch of time to what cells read in their windows and in intervals (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from streams.reading import Sums
from streams.records import Cell
from streams.visits import Ints
from streams.windows import edge

Counters = Callable[[Ints, int, Ints, int], Ints]
"""One row for each counter, one column for each cell: time in [from, to], what happens in [first, last]; `from` and
`first` by cell.
"""


def by_window(
    counters: Counters, names: Sequence[str], day_starts: Ints, now_ms: int
) -> Iterator[Mapping[str, Mapping[str, int]]]:
    """For each cell, in their order, {window: {counter: value}} of the last 30 minutes and of its business day."""
    rolling = np.full(day_starts.size, edge(now_ms))
    counted = {
        "30m": counters(rolling, now_ms, rolling + 1, now_ms),
        "day": counters(day_starts, now_ms, day_starts, now_ms),
    }
    for number in range(day_starts.size):
        yield {window: dict(zip(names, rows[:, number].tolist(), strict=True)) for window, rows in counted.items()}


def by_interval(
    counters: Counters, names: Sequence[str], family: str, cells: Sequence[Cell], edges: Sequence[int], now_ms: int
) -> dict[Cell, list[Sums]]:
    """For every cell one `Sums` per interval [edge, next edge), as far as the clock has come."""
    rows = []
    for from_ms, to_ms in pairwise(edges):
        since = np.full(len(cells), from_ms)
        rows.append(counters(since, min(to_ms, now_ms), since, min(to_ms - 1, now_ms)))
    return {
        cell: [
            Sums(
                {name: value for name, value in zip(names, row[:, number].tolist(), strict=True) if value},
                families={family},
            )
            for row in rows
        ]
        for number, cell in enumerate(cells)
    }
