"""Counters by interval on the basis of arrivals: what contracts and planning read.

Rows are [from, to). A visit belongs to the row of its arrival; its outcome counts there as known at the engine's
clock, even when it came after the row's end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from streams import moments, waits
from streams.counters import SERVICE_CLASSES
from streams.engine import Engine
from streams.reading import Sums
from streams.records import Cell, Door, Outcome
from streams.visits import NEVER, Ints

_HANDLING = ("talk_ms", "hold_ms", "acw_ms")


def by_interval(engine: Engine, edges: list[int]) -> dict[Cell, list[Sums]]:
    """For every cell one `Sums` per interval between consecutive `edges` (UTC ms, ascending)."""
    rows = len(edges) - 1
    cells = engine.cells.cells
    result = {cell: [Sums() for _ in range(rows)] for cell in cells}
    table = engine.visits
    arrived = table.arrived[: table.size]
    slots = np.flatnonzero((arrived >= edges[0]) & (arrived < edges[-1]))
    state = moments.at(table, slots, engine.now_ms, engine.give_up_ms)
    state = state.rows(np.flatnonzero(state.visit | (state.door >= 0)))
    row = np.searchsorted(np.array(edges), state.arrived, side="right") - 1
    group = state.cell.astype(np.int64) * rows + row

    def total(places: Ints, name: str, weight: npt.NDArray[np.integer[Any]] | None = None) -> None:
        values = np.ones(places.size, np.int64) if weight is None else weight[places].astype(np.int64)
        keys, inverse = np.unique(group[places], return_inverse=True)
        sums = np.zeros(keys.size, np.int64)
        np.add.at(sums, inverse, values)
        for key, value in zip(keys.tolist(), sums.tolist(), strict=True):
            if value:
                result[cells[key // rows]][key % rows].counts[name] = value

    visit = np.flatnonzero(state.visit)
    total(visit, "offered")
    for number, name in enumerate(SERVICE_CLASSES):
        total(visit[state.service_class[visit] == number], name)
    ended = np.flatnonzero(state.ended != NEVER)
    for outcome in Outcome:
        total(ended[state.outcome[ended] == outcome], outcome.name.lower())
    for outcome in (Outcome.ANSWERED, Outcome.ABANDONED):
        total(ended[state.outcome[ended] == outcome], f"wait_{outcome.name.lower()}_ms", state.wait_ms)
    handled = np.flatnonzero(state.handled != NEVER)
    total(handled, "handled")
    for name in _HANDLING:
        total(handled, name, np.maximum(getattr(state, name), 0))
    total(handled[state.flags[handled] & 1 > 0], "transferred")
    total(handled[state.flags[handled] & 2 > 0], "escalated")
    for door in Door:
        total(np.flatnonzero(state.door == door), door.name.lower())
    _add_waits(result, cells, rows, group[ended].tolist(), state.wait_ms[ended].tolist())
    return result


def _add_waits(
    result: dict[Cell, list[Sums]], cells: list[Cell], rows: int, groups: list[int], wait_ms: list[int]
) -> None:
    for key, wait, number in zip(groups, wait_ms, waits.bins(np.array(wait_ms, np.int64)).tolist(), strict=True):
        sums = result[cells[key // rows]][key % rows]
        sums.wait_max_ms = max(sums.wait_max_ms, wait)
        sums.waits[number] = sums.waits.get(number, 0) + 1
