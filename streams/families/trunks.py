"""Trunks and service numbers: busy and blocked calls, and how much of the channels was in use over a window (pure).

A count holds until the next one of its trunk, at most as long as it says; what nobody counted is not filled up. The
bases are the same: nothing here arrives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec
import numpy as np

from streams.counters import FURTHER
from streams.engine import ClockOf
from streams.fact_columns import FactTable
from streams.families.numbered_cells import LONGEST_DAY_MS, NumberedCells
from streams.families.outbound import ids
from streams.families.stretches import Stretches
from streams.reading import Reading, Sums, further
from streams.records import Cell
from streams.visits import Ints
from streams.windows import edge

FAMILY = "trunks"
NAMES = FURTHER[FAMILY].windowed
_Count = tuple[int, int, int, int, int, bool, int, int]
"""Rank, channels, in use, busy, blocked, cumulative, holds_ms, number of the cell."""
_FIELDS = ("rank", "channels", "in_use", "busy", "blocked", "cumulative", "holds_ms")


class Trunks:
    """See `Family`. `now_ms` = where its clock begins."""

    def __init__(self, now_ms: int, clock_of: ClockOf) -> None:
        self.now_ms = now_ms
        self._cells = NumberedCells(clock_of)
        self._counts: dict[bytes, dict[int, _Count]] = {}
        self._stretches: Stretches | None = None
        self._published: dict[Cell, Reading] = {}

    def apply(self, tables: Mapping[str, FactTable], cells: Sequence[bytes]) -> None:
        """See `Family.apply`."""
        table = tables.get("trunk_counted")
        if table is None:
            return
        columns = [table.columns[name].tolist() for name in ("at_ms", "cell", *_FIELDS)]
        for trunk, at_ms, cell, *said in zip(ids(table.columns["trunk"]), *columns, strict=True):
            self._put(trunk, at_ms, (*said, self._cells.number(cells[cell])))
        self._stretches = None

    def tick(self, now_ms: int) -> None:
        """See `Family.tick`."""
        self.now_ms = max(self.now_ms, now_ms)

    def readings(self, *, changed_only: bool = False) -> list[Reading]:
        """See `Family.readings`."""
        day_starts = self._cells.day_starts(self.now_ms)
        rolling = np.full(day_starts.size, edge(self.now_ms))
        by_window = {
            "30m": self._counters(rolling, self.now_ms, rolling + 1, self.now_ms),
            "day": self._counters(day_starts, self.now_ms, day_starts, self.now_ms),
        }
        in_use, channels = self._standing()
        found = {
            cell: further(
                cell,
                int(day_starts[number]),
                {
                    window: dict(zip(NAMES, counted[:, number].tolist(), strict=True))
                    for window, counted in by_window.items()
                },
                {"trunk_in_use": int(in_use[number]), "trunk_channels": int(channels[number])},
            )
            for number, cell in enumerate(self._cells.cells)
        }
        if not changed_only:
            return list(found.values())
        changed = [reading for cell, reading in found.items() if self._published.get(cell) != reading]
        self._published = found
        return changed

    def by_interval(self, edges: list[int]) -> dict[Cell, list[Sums]]:
        """See `Family.by_interval`."""
        rows = []
        for from_ms, to_ms in pairwise(edges):
            since = np.full(len(self._cells.cells), from_ms)
            rows.append(self._counters(since, min(to_ms, self.now_ms), since, min(to_ms - 1, self.now_ms)))
        return {
            cell: [
                Sums(
                    {name: value for name, value in zip(NAMES, row[:, number].tolist(), strict=True) if value},
                    families={FAMILY},
                )
                for row in rows
            ]
            for number, cell in enumerate(self._cells.cells)
        }

    def forget(self, before_ms: int) -> None:
        """See `Family.forget`. The last count before is kept, because the next one goes on from it."""
        before_ms = min(before_ms, self.now_ms - LONGEST_DAY_MS)
        for counts in self._counts.values():
            before = sorted(at_ms for at_ms in counts if at_ms < before_ms)
            for at_ms in before[:-1]:
                del counts[at_ms]
            if before[:-1]:
                self._stretches = None

    def dump(self) -> dict[str, bytes]:
        """See `Family.dump`."""
        counts = [
            (trunk, at_ms, count) for trunk, of_trunk in self._counts.items() for at_ms, count in of_trunk.items()
        ]
        return {"cells": msgspec.msgpack.encode(self._cells.encoded), "counts": msgspec.msgpack.encode(counts)}

    def load(self, parts: Mapping[str, bytes]) -> None:
        """See `Family.load`."""
        for encoded in msgspec.msgpack.decode(parts["cells"], type=list[bytes]):
            self._cells.number(encoded)
        for trunk, at_ms, count in msgspec.msgpack.decode(parts["counts"], type=list[tuple[bytes, int, _Count]]):
            self._put(trunk, at_ms, count)
        self._stretches = None

    def _put(self, trunk: bytes, at_ms: int, count: _Count) -> None:
        counts = self._counts.setdefault(trunk, {})
        before = counts.get(at_ms)
        if before is None or self._order(before) < self._order(count):
            counts[at_ms] = count

    def _order(self, count: _Count) -> tuple[object, ...]:
        # Equal ranks say the same; should two sources disagree, every order must still give one result.
        return (*count[:-1], self._cells.encoded[count[-1]])

    def _counters(self, from_ms: Ints, to_ms: int, first_ms: Ints, last_ms: int) -> Ints:
        """The windowed counters, one row each, in the order of `NAMES`."""
        if self._stretches is None:
            self._stretches = self._built()
        found = self._stretches.within(from_ms, to_ms, first_ms, last_ms)
        return np.concatenate([found.happened, found.spent])

    def _built(self) -> Stretches:
        rows = [row for counts in self._counts.values() for row in _rows(counts)]
        table = np.array(rows, np.int64).reshape(-1, 7)
        at_ms, until_ms, cell, *values = table.T
        return Stretches(at_ms, until_ms, cell, np.array(values[2:]), np.array(values[:2]))

    def _standing(self) -> tuple[Ints, Ints]:
        """Channels in use and channels there are now, by cell."""
        in_use, channels = np.zeros((2, len(self._cells.cells)), np.int64)
        for counts in self._counts.values():
            at_ms = max((at for at in counts if at <= self.now_ms), default=None)
            if at_ms is not None and self.now_ms < at_ms + counts[at_ms][6]:
                in_use[counts[at_ms][7]] += counts[at_ms][2]
                channels[counts[at_ms][7]] += counts[at_ms][1]
        return in_use, channels


def _rows(counts: Mapping[int, _Count]) -> list[tuple[int, ...]]:
    """One trunk's counts in time: from, until, cell, busy and blocked since the count before, in use, channels."""
    order = sorted(counts)
    rows: list[tuple[int, ...]] = []
    for number, at_ms in enumerate(order):
        _, channels, in_use, busy, blocked, cumulative, holds_ms, cell = counts[at_ms]
        until_ms = at_ms + holds_ms
        if number + 1 < len(order):
            until_ms = min(until_ms, order[number + 1])
        if cumulative:
            before = counts[order[number - 1]] if number else None
            busy, blocked = (_since(before, place, value) for place, value in ((3, busy), (4, blocked)))
        rows.append((at_ms, until_ms, cell, busy, blocked, in_use, channels))
    return rows


def _since(before: _Count | None, place: int, value: int) -> int:
    """By how much a cumulative counter went on. Its first count is where it begins, less than before a new start."""
    if before is None or not before[5]:
        return 0
    went_on = value - int(before[place])
    return went_on if went_on >= 0 else value
