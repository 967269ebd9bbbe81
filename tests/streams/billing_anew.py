"""What calls are billed by, summed anew over all of an engine's visits whenever somebody asks: slow and plain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from streams.cell import Cell
from streams.counters import BILLING_STEPS, FURTHER
from streams.engine import Engine
from streams.families.told import Told
from streams.reading import Reading, Sums, added, further
from streams.visits import Ints
from streams.windows import edge

Flags = npt.NDArray[np.bool_]
FAMILY = "billing"
NAMES = FURTHER[FAMILY].windowed


class BillingAnew:
    """As `streams.families.billing.Billing`, without running sums."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._told = Told()

    def readings(self, *, changed_only: bool = False) -> list[Reading]:
        """See `Family.readings`."""
        engine = self._engine
        cell, ended_ms, billed = _finished(engine)
        cells = len(engine.cells.cells)
        day_start_ms = engine.windows.day_start_ms[:cells]
        within = {
            "30m": _sums(cell, billed, ended_ms > edge(engine.now_ms), cells),
            "day": _sums(cell, billed, ended_ms >= day_start_ms[cell], cells),
        }
        found: dict[Cell, Reading] = {}
        for number, visits in enumerate(engine.cells.cells):
            by_window = {
                window: dict(zip(NAMES, sums[number].tolist(), strict=True)) for window, sums in within.items()
            }
            place = _place(visits)
            reading = further(place, int(day_start_ms[number]), by_window, {})
            # Cells of visits that differ in their thresholds only are billed as one.
            found[place] = added([found[place], reading]) if place in found else reading
        return self._told.readings(found, changed_only=changed_only)

    def by_interval(self, edges: Sequence[int]) -> dict[Cell, list[Sums]]:
        """See `Family.by_interval`."""
        cell, ended_ms, billed = _finished(self._engine)
        cells, rows = len(self._engine.cells.cells), len(edges) - 1
        row = np.searchsorted(np.array(edges, np.int64), ended_ms, side="right") - 1
        inside = (row >= 0) & (row < rows)
        sums = _sums(cell * rows + row, billed, inside, cells * rows)
        result: dict[Cell, list[Sums]] = {}
        for number, visits in enumerate(self._engine.cells.cells):
            into = result.setdefault(_place(visits), [Sums(families={FAMILY}) for _ in range(rows)])
            for interval, total in enumerate(into):
                values = sums[number * rows + interval].tolist()
                total.add(Sums({name: value for name, value in zip(NAMES, values, strict=True) if value}))
        return result


def _finished(engine: Engine) -> tuple[Ints, Ints, Ints]:
    """Of every visit whose handling ended by now: its cell, when that was, and a column of what it counts as."""
    table, now_ms = engine.visits, engine.now_ms
    slots = np.arange(table.size)
    arrived = table.arrived[: table.size]
    wrapped = np.maximum(table.wrapped(slots), arrived)
    ended = np.where(wrapped <= now_ms, wrapped, np.maximum(table.talked[: table.size], arrived))
    rows = np.flatnonzero((arrived <= now_ms) & (table.door[: table.size] < 0) & (ended <= now_ms))
    length_ms = table.talk_ms[rows].astype(np.int64) + np.maximum(table.hold_ms[rows], 0)
    steps = [-(-length_ms // (step * 1000)) for step in BILLING_STEPS]
    billed = np.stack([np.ones(rows.size, np.int64), length_ms, *steps])
    return table.cell[rows].astype(np.int64), ended[rows], billed


def _sums(place: Ints, billed: Ints, inside: Flags, places: int) -> Ints:
    """The sum of these rows at each place; sums of floats are exact here, far below 2**53, and much faster."""
    where, counted = place[inside], billed[:, inside]
    return np.stack([np.bincount(where, column, places) for column in counted], axis=1).astype(np.int64)


def _place(visits: Cell) -> Cell:
    """The cell of what is billed: where the visits were, whatever thresholds held."""
    return Cell(
        visits.hotline,
        visits.provider,
        visits.site,
        visits.team,
        visits.project,
        visits.client,
        visits.channel,
        visits.segment,
        visits.reason,
        configured=visits.configured,
        family=FAMILY,
        campaign=visits.campaign,
    )
