"""Counters by interval, on both bases: what contracts and planning read, and what the history keeps.

Rows are [from, to). By arrival a visit belongs to the row of its arrival; its outcome counts there as known at the
engine's clock, even when it came after the row's end. Live, every counter belongs to the row of its own instant.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from streams import moments, waits
from streams.counters import COUNTERS, WIDTH
from streams.engine import Engine
from streams.moments import all_parts
from streams.reading import Sums
from streams.records import Cell
from streams.visits import Ints
from streams.windows import entries

_VISITS_AT_ONCE = 200_000


class Counted(NamedTuple):
    """Every row in which something happened: `cell` numbers the engine's cells, `row` the intervals, both ascending.

    `counts` has one line per row, in the order of `COUNTERS`. The histogram is sparse: `waits_of` says to which line
    each pair of `waits_bin` and `waits_count` belongs, ascending.
    """

    cell: Ints
    row: Ints
    counts: Ints
    wait_max_ms: Ints
    waits_of: Ints
    waits_bin: Ints
    waits_count: Ints


def count_intervals(engine: Engine, edges: list[int], basis: str = "arrival") -> Counted:
    """The counters of every interval between consecutive `edges` (UTC ms, ascending) on this basis."""
    rows = len(edges) - 1
    cuts = np.array(edges, np.int64)
    table = engine.visits
    arrived = table.arrived[: table.size]
    slots = (
        np.flatnonzero((arrived >= edges[0]) & (arrived < edges[-1])) if basis == "arrival" else np.arange(table.size)
    )
    places: list[Ints] = []
    weights: list[Ints] = []
    wait_keys: list[Ints] = []
    wait_ms: list[Ints] = []
    for first in range(0, slots.size, _VISITS_AT_ONCE):
        state = moments.at(table, slots[first : first + _VISITS_AT_ONCE], engine.now_ms, engine.give_up_ms)
        parts = all_parts(state.cell.size).within(state)
        row, column, weight, live = entries(state, parts)
        group = state.cell.astype(np.int64) * rows
        instant = state.arrived[row] if basis == "arrival" else live
        inside = np.flatnonzero((instant >= cuts[0]) & (instant < cuts[-1]))
        key = group[row[inside]] + np.searchsorted(cuts, instant[inside], side="right") - 1
        place, total = _summed(key * WIDTH + column[inside], weight[inside])
        places.append(place)
        weights.append(total)
        ended = np.flatnonzero(parts.end)
        instant = state.arrived[ended] if basis == "arrival" else state.ended[ended]
        inside = np.flatnonzero((instant >= cuts[0]) & (instant < cuts[-1]))
        wait_keys.append(group[ended[inside]] + np.searchsorted(cuts, instant[inside], side="right") - 1)
        wait_ms.append(state.wait_ms[ended[inside]])
    place, total = _summed(_joined(places), _joined(weights))
    keys, wait_key, waited = np.unique(place // WIDTH), _joined(wait_keys), _joined(wait_ms)
    counts = np.zeros((keys.size, WIDTH), np.int64)
    counts[np.searchsorted(keys, place // WIDTH), place % WIDTH] = total
    line = np.searchsorted(keys, wait_key)
    wait_max_ms = np.zeros(keys.size, np.int64)
    np.maximum.at(wait_max_ms, line, waited)
    pair, amount = _summed(line * waits.BINS + waits.bins(waited), np.ones(line.size, np.int64))
    return Counted(keys // rows, keys % rows, counts, wait_max_ms, pair // waits.BINS, pair % waits.BINS, amount)


def by_interval(engine: Engine, edges: list[int], basis: str = "arrival") -> dict[Cell, list[Sums]]:
    """For every cell one `Sums` per interval between consecutive `edges` (UTC ms, ascending)."""
    cells = engine.cells.cells
    result = {cell: [Sums() for _ in edges[1:]] for cell in cells}
    counted = count_intervals(engine, edges, basis)
    lines: list[Sums] = []
    for cell, row, counts, longest in zip(
        counted.cell.tolist(), counted.row.tolist(), counted.counts, counted.wait_max_ms.tolist(), strict=True
    ):
        sums = result[cells[cell]][row]
        sums.counts = {COUNTERS[place]: int(counts[place]) for place in np.flatnonzero(counts).tolist()}
        sums.wait_max_ms = longest
        lines.append(sums)
    pairs = zip(counted.waits_of.tolist(), counted.waits_bin.tolist(), counted.waits_count.tolist(), strict=True)
    for line, number, amount in pairs:
        lines[line].waits[number] = amount
    return result


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _summed(keys: Ints, weights: npt.NDArray[np.int64]) -> tuple[Ints, Ints]:
    """The distinct keys, ascending, and the sum of the weights of each."""
    distinct, inverse = np.unique(keys, return_inverse=True)
    sums = np.zeros(distinct.size, np.int64)
    np.add.at(sums, inverse, weights)
    return distinct, sums
