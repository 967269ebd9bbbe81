"""Shifts and absences: of a person's planned work, how much is covered by an absence (pure).

Facts about one row of a plan are ranked by version, so a plan that is replaced counts as it stands. A person's work
that is planned twice counts once, in the row that begins first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec
import numpy as np

from streams.counters import FURTHER
from streams.engine import ClockOf
from streams.fact_columns import FactTable
from streams.families.counted_windows import by_interval, by_window
from streams.families.numbered_cells import LONGEST_DAY_MS, NumberedCells
from streams.families.outbound import ids
from streams.families.stretches import Stretches
from streams.families.told import Told
from streams.reading import Reading, Sums, further
from streams.records import Cell, Plan
from streams.visits import Ints

FAMILY = "shifts"
NAMES = FURTHER[FAMILY].windowed
_Said = tuple[int, int, int, int, bool, bytes, int]
"""Version, until_ms, plan, amount_ms, undated, the person, number of the cell."""
_FIELDS = ("version", "until_ms", "plan", "amount_ms", "undated")
_Row = tuple[int, int, int, int, int, int, int]
"""From, until, cell, 1 for work, 1 for absence, stated hours of absence (ms), those without a date."""


class Shifts:
    """See `Family`. `now_ms` = where its clock begins."""

    def __init__(self, now_ms: int, clock_of: ClockOf) -> None:
        self.now_ms = now_ms
        self._cells = NumberedCells(clock_of)
        self._said: dict[tuple[bytes, int], _Said] = {}
        self._of_person: dict[bytes, set[tuple[bytes, int]]] = {}
        self._rows: dict[bytes, Ints] = {}
        self._changed: set[bytes] = set()
        self._stretches: Stretches | None = None
        self._person = np.zeros(0, np.int64)
        self._cell_of_row = np.zeros(0, np.int64)
        self._told = Told()

    def apply(self, tables: Mapping[str, FactTable], cells: Sequence[bytes]) -> None:
        """See `Family.apply`."""
        table = tables.get("rostered")
        if table is None:
            return
        columns = [table.columns[name].tolist() for name in ("at_ms", "cell", *_FIELDS)]
        people = ids(table.columns["agent"])
        for entry, agent, at_ms, cell, *said in zip(ids(table.columns["entry"]), people, *columns, strict=True):
            # An absence takes from work wherever that is planned, so it has no cell of its own.
            counted = said[2] in (Plan.WORK, Plan.ABSENT_HOURS)
            number = self._cells.number(cells[cell]) if counted else -1
            self._put((entry, at_ms), (*said, agent, number))

    def tick(self, now_ms: int) -> None:
        """See `Family.tick`."""
        self.now_ms = max(self.now_ms, now_ms)

    def readings(self, *, changed_only: bool = False) -> list[Reading]:
        """See `Family.readings`."""
        day_starts = self._cells.day_starts(self.now_ms)
        windows = by_window(self._counters, NAMES, day_starts, self.now_ms)
        found = {
            cell: further(cell, start_ms, within, {})
            for cell, start_ms, within in zip(self._cells.cells, day_starts.tolist(), windows, strict=True)
        }
        return self._told.readings(found, changed_only=changed_only)

    def by_interval(self, edges: list[int]) -> dict[Cell, list[Sums]]:
        """See `Family.by_interval`."""
        return by_interval(self._counters, NAMES, FAMILY, self._cells.cells, edges, self.now_ms)

    def forget(self, before_ms: int) -> None:
        """See `Family.forget`."""
        before_ms = min(before_ms, self.now_ms - LONGEST_DAY_MS)
        for key, said in list(self._said.items()):
            if max(said[1], key[1]) < before_ms:
                del self._said[key]
                self._of_person[said[5]].discard(key)
                self._changed.add(said[5])

    def dump(self) -> dict[str, bytes]:
        """See `Family.dump`."""
        said = [(*key, value) for key, value in self._said.items()]
        return {"cells": msgspec.msgpack.encode(self._cells.encoded), "said": msgspec.msgpack.encode(said)}

    def load(self, parts: Mapping[str, bytes]) -> None:
        """See `Family.load`."""
        for encoded in msgspec.msgpack.decode(parts["cells"], type=list[bytes]):
            self._cells.number(encoded)
        for entry, at_ms, said in msgspec.msgpack.decode(parts["said"], type=list[tuple[bytes, int, _Said]]):
            self._put((entry, at_ms), said)

    def _put(self, key: tuple[bytes, int], said: _Said) -> None:
        before = self._said.get(key)
        if before is not None:
            if self._order(said) <= self._order(before):
                return
            self._of_person[before[5]].discard(key)
            self._changed.add(before[5])
        self._said[key] = said
        self._of_person.setdefault(said[5], set()).add(key)
        self._changed.add(said[5])

    def _order(self, said: _Said) -> tuple[object, ...]:
        # Equal versions say the same; should two sources disagree, every order must still give one result.
        return (*said[:-1], self._cells.encoded[said[-1]] if said[-1] >= 0 else b"")

    def _counters(self, from_ms: Ints, to_ms: int, first_ms: Ints, last_ms: int) -> Ints:
        """The windowed counters, one row each, in the order of `NAMES`."""
        found = self._built().within(from_ms, to_ms, first_ms, last_ms)
        planned, absent = found.spent
        stated, undated = found.happened
        return np.array([planned, absent + stated, undated, self._persons(found.rows)])

    def _persons(self, rows: Ints) -> Ints:
        """Distinct persons by cell. Who is in several is counted in the first by name, so that cells can be added."""
        rank = np.argsort(sorted(range(len(self._cells.cells)), key=lambda number: _name(self._cells.cells[number])))
        counted = np.zeros(len(self._cells.cells), np.int64)
        person, cell = self._person[rows], self._cell_of_row[rows]
        order = np.lexsort((rank[cell] if rows.size else cell, person))
        _, first = np.unique(person[order], return_index=True)
        np.add.at(counted, cell[order][first], 1)
        return counted

    def _built(self) -> Stretches:
        if self._stretches is None or self._changed:
            for agent in self._changed:
                said = ((key[1], self._said[key]) for key in self._of_person[agent])
                self._rows[agent] = np.array(_rows(said, self._cells.cells), np.int64).reshape(-1, 7)
            self._changed.clear()
            table = np.concatenate([np.zeros((0, 7), np.int64), *self._rows.values()])
            at_ms, until_ms, self._cell_of_row, *values = table.T
            self._person = np.repeat(np.arange(len(self._rows)), [len(rows) for rows in self._rows.values()])
            self._stretches = Stretches(at_ms, until_ms, self._cell_of_row, np.array(values[:2]), np.array(values[2:]))
        return self._stretches


def _name(cell: Cell) -> tuple[object, ...]:
    return msgspec.structs.astuple(cell)


def _rows(said: Iterable[tuple[int, _Said]], cells: Sequence[Cell]) -> list[_Row]:
    """What one person's plan comes to: stretches of work that do not overlap, cut where an absence begins or ends."""
    work, absent, rows = [], [], []
    for at_ms, (_, until_ms, plan, amount_ms, undated, _, cell) in said:
        if plan == Plan.WORK:
            work.append((at_ms, until_ms, _name(cells[cell]), cell))
        elif plan == Plan.ABSENT:
            absent.append((at_ms, until_ms))
        elif plan == Plan.ABSENT_HOURS:
            rows.append((at_ms, at_ms, cell, 0, 0, amount_ms, amount_ms if undated else 0))
    edges = sorted({edge_ms for stretch in absent for edge_ms in stretch})
    behind_ms = 0
    for at_ms, until_ms, _, cell in sorted(work):
        begin_ms = max(at_ms, behind_ms)
        behind_ms = max(behind_ms, until_ms)
        cuts = [begin_ms, *(cut for cut in edges if begin_ms < cut < until_ms), until_ms]
        for from_ms, to_ms in pairwise(cuts):
            if from_ms < to_ms:
                away = any(begin <= from_ms and to_ms <= end for begin, end in absent)
                rows.append((from_ms, to_ms, cell, 1, int(away), 0, 0))
    return rows
