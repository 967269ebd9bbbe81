"""What calls are billed by: finished calls and their length in started steps, from the table of visits (pure).

A call is billed when its handling ended, on either basis: an included volume is used up in the order in which calls
end. Whatever the engine adds to its windows or takes away from them, because of facts (late, twice, rewritten) or of
the clock, is added here or taken away as well. Nothing of it is saved: it follows from the visits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from streams import moments
from streams.cell import Cell
from streams.counters import BILLING_STEPS, FURTHER, WINDOWS
from streams.engine import Engine
from streams.families.told import Told
from streams.moments import Moments
from streams.reading import Reading, Sums, further
from streams.visits import NEVER, Ints
from streams.windows import Flags

FAMILY = "billing"
NAMES = FURTHER[FAMILY].windowed
_STEPS_MS = np.array(BILLING_STEPS, np.int64)[:, None] * 1000
_COLUMNS = np.arange(len(NAMES))
_VISITS_AT_ONCE = 200_000


class Billing:
    """The running sums of one engine's visits. Raises ValueError when the engine has some already."""

    def __init__(self, engine: Engine) -> None:
        if engine.visits.size:
            message = f"{engine.visits.size} visits were counted before anybody billed them"
            raise ValueError(message)
        self._engine = engine
        self._told = Told()
        self._places: list[Cell] = []
        self._first_cell: list[int] = []
        """By place, the first cell of visits there: its business day is that of all of them."""
        self._place_of = np.zeros(0, np.int64)
        self._numbers: dict[Cell, int] = {}
        self._sums = np.zeros((0, len(WINDOWS), len(NAMES)), np.int64)
        self._changed = np.zeros(0, np.bool_)
        engine.windows.beside = self

    def add(self, handled: Moments, inside: dict[str, Flags], sign: Ints) -> None:
        """See `windows.Beside.add`."""
        self._note_cells()
        place = self._place_of[handled.cell]
        self._changed[place] = True
        billed = _billed(handled) * sign
        flat = self._sums.reshape(-1)
        for number, window in enumerate(WINDOWS):
            if window in inside:
                rows = np.flatnonzero(inside[window])
                row = (place[rows] * len(WINDOWS) + number) * len(NAMES)
                np.add.at(flat, (row + _COLUMNS[:, None]).reshape(-1), billed[:, rows].reshape(-1))

    def start_day(self, cells: Ints) -> None:
        """See `windows.Beside.start_day`."""
        self._note_cells()
        place = self._place_of[cells]
        self._sums[place, WINDOWS.index("day")] = 0
        self._changed[place] = True

    def _note_cells(self) -> None:
        """Takes note of the cells that the engine has met since; those that differ in thresholds only are one place."""
        cells = self._engine.cells.cells
        known = self._place_of.size
        if known == len(cells):
            return
        new = []
        for number, visits in enumerate(cells[known:], start=known):
            place = _place(visits)
            new.append(self._numbers.setdefault(place, len(self._places)))
            if new[-1] == len(self._places):
                self._places.append(place)
                self._first_cell.append(number)
        self._place_of = np.append(self._place_of, np.array(new, np.int64))
        capacity, size = len(self._sums), len(self._places)
        if size > capacity:
            # A quarter more, so that cells met one by one are cheap.
            more = max(64, size + size // 4) - capacity
            self._sums = np.append(self._sums, np.zeros((more, *self._sums.shape[1:]), np.int64), axis=0)
            self._changed = np.append(self._changed, np.ones(more, np.bool_))

    def readings(self, *, changed_only: bool = False) -> list[Reading]:
        """See `Family.readings`. A cell has a reading once it has visits or doors."""
        self._note_cells()
        size = len(self._places)
        wanted = np.flatnonzero(self._changed[:size]).tolist() if changed_only else range(size)
        found = {self._places[number]: self._reading(number) for number in wanted}
        if not changed_only:
            return self._told.readings(found, changed_only=False)
        self._changed[:size] = False
        return self._told.news(found)

    def _reading(self, number: int) -> Reading:
        day_start_ms = int(self._engine.windows.day_start_ms[self._first_cell[number]])
        by_window = {
            window: dict(zip(NAMES, values, strict=True))
            for window, values in zip(WINDOWS, self._sums[number].tolist(), strict=True)
        }
        return further(self._places[number], day_start_ms, by_window, {})

    def by_interval(self, edges: Sequence[int]) -> dict[Cell, list[Sums]]:
        """See `Family.by_interval`."""
        self._note_cells()
        engine, rows = self._engine, len(edges) - 1
        cuts = np.array(edges, np.int64)
        sums = np.zeros((len(self._places) * rows, len(NAMES)), np.int64)
        for first in range(0, engine.visits.size, _VISITS_AT_ONCE):
            slots = np.arange(first, min(first + _VISITS_AT_ONCE, engine.visits.size))
            state = moments.at(engine.visits, slots, engine.now_ms, engine.give_up_ms)
            inside = (state.handled != NEVER) & (state.handled >= cuts[0]) & (state.handled < cuts[-1])
            handled = state.rows(np.flatnonzero(inside))
            interval = np.searchsorted(cuts, handled.handled, side="right") - 1
            np.add.at(sums, self._place_of[handled.cell] * rows + interval, _billed(handled).T)
        return {
            place: [
                Sums(
                    {name: value for name, value in zip(NAMES, line, strict=True) if value},
                    families={FAMILY},
                )
                for line in sums[number * rows : (number + 1) * rows].tolist()
            ]
            for number, place in enumerate(self._places)
        }


def _billed(handled: Moments) -> Ints:
    """What each of these visits, whose handling has ended, counts as: a row for each of `NAMES`."""
    length_ms = handled.talk_ms.astype(np.int64) + np.maximum(handled.hold_ms, 0)
    return np.concatenate([np.ones((1, length_ms.size), np.int64), length_ms[None], -(-length_ms // _STEPS_MS)])


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
