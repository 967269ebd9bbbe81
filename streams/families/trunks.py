"""Trunks and service numbers: busy and blocked calls, and how much of the channels was in use over a window (pure).

A count holds until the next one of its trunk, at most as long as it says; what nobody counted is not filled up. The
bases are the same: nothing here arrives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
from streams.records import Cell
from streams.visits import Ints

FAMILY = "trunks"
NAMES = FURTHER[FAMILY].windowed
_FIELDS = ("rank", "channels", "in_use", "busy", "blocked", "cumulative", "holds_ms")
_TRUNK, _AT, _CELL, _RANK, _CHANNELS, _IN_USE, _BUSY, _BLOCKED, _CUMULATIVE, _HOLDS = range(10)


class Trunks:
    """See `Family`. `now_ms` = where its clock begins.

    The counts are rows of one table: a trunk's number, the instant, its cell's number and what was said.
    """

    def __init__(self, now_ms: int, clock_of: ClockOf) -> None:
        self.now_ms = now_ms
        self._cells = NumberedCells(clock_of)
        self._numbers: dict[bytes, int] = {}
        self._table: Ints = np.zeros((0, 10), np.int64)
        self._until: Ints = np.zeros(0, np.int64)
        self._new: list[Ints] = []
        self._stretches: Stretches | None = None
        self._told = Told()

    def apply(self, tables: Mapping[str, FactTable], cells: Sequence[bytes]) -> None:
        """See `Family.apply`."""
        table = tables.get("trunk_counted")
        if table is None:
            return
        trunks = [self._numbers.setdefault(trunk, len(self._numbers)) for trunk in ids(table.columns["trunk"])]
        numbers = {cell: self._cells.number(cells[cell]) for cell in np.unique(table.columns["cell"]).tolist()}
        of_cells = [numbers[cell] for cell in table.columns["cell"].tolist()]
        said = [table.columns[name] for name in _FIELDS]
        self._new.append(np.column_stack([trunks, table.columns["at_ms"], of_cells, *said]).astype(np.int64))
        self._stretches = None

    def tick(self, now_ms: int) -> None:
        """See `Family.tick`."""
        self.now_ms = max(self.now_ms, now_ms)

    def readings(self, *, changed_only: bool = False) -> list[Reading]:
        """See `Family.readings`."""
        day_starts = self._cells.day_starts(self.now_ms)
        windows = by_window(self._counters, NAMES, day_starts, self.now_ms)
        in_use, channels = self._standing()
        found = {
            cell: further(
                cell,
                int(day_starts[number]),
                within,
                {"trunk_in_use": int(in_use[number]), "trunk_channels": int(channels[number])},
            )
            for number, (cell, within) in enumerate(zip(self._cells.cells, windows, strict=True))
        }
        return self._told.readings(found, changed_only=changed_only)

    def by_interval(self, edges: list[int]) -> dict[Cell, list[Sums]]:
        """See `Family.by_interval`."""
        return by_interval(self._counters, NAMES, FAMILY, self._cells.cells, edges, self.now_ms)

    def forget(self, before_ms: int) -> None:
        """See `Family.forget`. The last count before is kept, because the next one goes on from it."""
        before_ms = min(before_ms, self.now_ms - LONGEST_DAY_MS)
        self._built()
        following = _shifted(self._table, -1)
        is_last = following[:, _TRUNK] != self._table[:, _TRUNK]
        kept = (self._table[:, _AT] >= before_ms) | is_last | (following[:, _AT] >= before_ms)
        if not kept.all():
            self._table, self._stretches = self._table[kept], None

    def dump(self) -> dict[str, bytes]:
        """See `Family.dump`."""
        self._built()
        return {
            "cells": msgspec.msgpack.encode(self._cells.encoded),
            "trunks": msgspec.msgpack.encode(list(self._numbers)),
            "counts": self._table.astype("<i8").tobytes(),
        }

    def load(self, parts: Mapping[str, bytes]) -> None:
        """See `Family.load`."""
        for encoded in msgspec.msgpack.decode(parts["cells"], type=list[bytes]):
            self._cells.number(encoded)
        for trunk in msgspec.msgpack.decode(parts["trunks"], type=list[bytes]):
            self._numbers.setdefault(trunk, len(self._numbers))
        self._new.append(np.frombuffer(parts["counts"], "<i8").reshape(-1, 10).astype(np.int64))
        self._stretches = None

    def _counters(self, from_ms: Ints, to_ms: int, first_ms: Ints, last_ms: int) -> Ints:
        """The windowed counters, one row each, in the order of `NAMES`."""
        found = self._built().within(from_ms, to_ms, first_ms, last_ms)
        return np.concatenate([found.happened, found.spent])

    def _built(self) -> Stretches:
        if self._stretches is None:
            self._settle()
            table, before = self._table, _shifted(self._table, 1)
            went_on = table[:, (_BUSY, _BLOCKED)].copy()
            grows = table[:, _CUMULATIVE] == 1
            follows = grows & (before[:, _TRUNK] == table[:, _TRUNK]) & (before[:, _CUMULATIVE] == 1)
            went_on[grows] = 0
            went_on[follows] = _growth(before[follows][:, (_BUSY, _BLOCKED)], table[follows][:, (_BUSY, _BLOCKED)])
            self._until = _until(table, _shifted(table, -1))
            rates = table[:, (_IN_USE, _CHANNELS)].T
            self._stretches = Stretches(table[:, _AT], self._until, table[:, _CELL], rates, went_on.T)
        return self._stretches

    def _settle(self) -> None:
        """Takes the new counts into the table: by trunk and instant, of each the one with the highest rank."""
        table = np.concatenate([self._table, *self._new])
        self._new.clear()
        # Equal ranks say the same; should two sources disagree, every order must still give one result.
        names = sorted(range(len(self._cells.cells)), key=lambda number: self._cells.encoded[number])
        name = np.argsort(names)[table[:, _CELL]] if names else table[:, _CELL]
        keys = (name, *(table[:, column] for column in range(_HOLDS, _RANK - 1, -1)), table[:, _AT], table[:, _TRUNK])
        table = table[np.lexsort(keys)]
        following = _shifted(table, -1)
        same = (following[:, _TRUNK] == table[:, _TRUNK]) & (following[:, _AT] == table[:, _AT])
        self._table = table[~same]

    def _standing(self) -> tuple[Ints, Ints]:
        """Channels in use and channels there are now, by cell."""
        self._built()
        there = self._table[(self._table[:, _AT] <= self.now_ms) & (self.now_ms < self._until)]
        in_use, channels = np.zeros((2, len(self._cells.cells)), np.int64)
        np.add.at(in_use, there[:, _CELL], there[:, _IN_USE])
        np.add.at(channels, there[:, _CELL], there[:, _CHANNELS])
        return in_use, channels


def _shifted(table: Ints, by: int) -> Ints:
    """Beside each row the one before it (1) or behind it (-1); where there is none, a row of no trunk."""
    none = np.full((min(1, len(table)), table.shape[1]), -1, np.int64)
    return np.concatenate([none, table[:-1]] if by == 1 else [table[1:], none])


def _until(table: Ints, following: Ints) -> Ints:
    """How long each count holds: until the next one of its trunk, at most as long as it says."""
    ends_ms = table[:, _AT] + table[:, _HOLDS]
    same = following[:, _TRUNK] == table[:, _TRUNK]
    return np.where(same, np.minimum(ends_ms, following[:, _AT]), ends_ms)


def _growth(before: Ints, now: Ints) -> Ints:
    """By how much counters went on; what is less than before began anew at 0."""
    return np.where(now >= before, now - before, now)
