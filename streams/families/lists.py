"""The stock of leads: of every call list the newest count stands, summed by campaign (pure).

Stocks have no window and no history: rows of intervals have none of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from streams.codec import decode_cell
from streams.counters import FURTHER
from streams.days import business_day
from streams.engine import ClockOf
from streams.fact_columns import FactTable
from streams.families.outbound import ids
from streams.families.told import Told
from streams.reading import Reading, Sums, further
from streams.records import Cell

FAMILY = "lists"
NAMES = FURTHER[FAMILY].now
_Count = tuple[int, tuple[int, ...], bytes]
"""When it was counted, what there was (in the order of `NAMES`), and the encoded cell."""


class Lists:
    """See `Family`. `now_ms` = where its clock begins."""

    def __init__(self, now_ms: int, clock_of: ClockOf) -> None:
        self.now_ms = now_ms
        self._clock_of = clock_of
        self._counts: dict[bytes, list[_Count]] = {}
        self._told = Told()
        self._cells: dict[bytes, Cell] = {}

    def apply(self, tables: Mapping[str, FactTable], cells: Sequence[bytes]) -> None:
        """See `Family.apply`."""
        table = tables.get("list_counted")
        if table is None:
            return
        columns = {name: column.tolist() for name, column in table.columns.items() if name != "call_list"}
        for number, call_list in enumerate(ids(table.columns["call_list"])):
            values = tuple(columns[name.removeprefix("list_")][number] for name in NAMES)
            self._put(call_list, (columns["at_ms"][number], values, cells[columns["cell"][number]]))

    def tick(self, now_ms: int) -> None:
        """See `Family.tick`."""
        self.now_ms = max(self.now_ms, now_ms)

    def readings(self, *, changed_only: bool = False) -> list[Reading]:
        """See `Family.readings`."""
        sums = {cell: [0] * len(NAMES) for cell in self._cells.values()}
        for counts in self._counts.values():
            standing = max((count for count in counts if count[0] <= self.now_ms), default=None)
            if standing is not None:
                of_cell = sums[self._cells[standing[2]]]
                for number, value in enumerate(standing[1]):
                    of_cell[number] += value
        found = {cell: self._reading(cell, values) for cell, values in sums.items()}
        return self._told.readings(found, changed_only=changed_only)

    def by_interval(self, edges: list[int]) -> dict[Cell, list[Sums]]:
        """See `Family.by_interval`."""
        del edges
        return {}

    def forget(self, before_ms: int) -> None:
        """See `Family.forget`."""
        for call_list, counts in self._counts.items():
            standing = max((count for count in counts if count[0] <= before_ms), default=None)
            if standing is not None:
                self._counts[call_list] = [count for count in counts if count >= standing]

    def dump(self) -> dict[str, bytes]:
        """See `Family.dump`."""
        return {"counts": msgspec.msgpack.encode(self._counts), "cells": msgspec.msgpack.encode(list(self._cells))}

    def load(self, parts: Mapping[str, bytes]) -> None:
        """See `Family.load`."""
        self._cells = {
            encoded: decode_cell(encoded) for encoded in msgspec.msgpack.decode(parts["cells"], type=list[bytes])
        }
        self._counts = msgspec.msgpack.decode(parts["counts"], type=dict[bytes, list[_Count]])

    def _put(self, call_list: bytes, count: _Count) -> None:
        counts = self._counts.setdefault(call_list, [])
        if count not in counts:
            counts.append(count)
        if count[2] not in self._cells:
            self._cells[count[2]] = decode_cell(count[2])

    def _reading(self, cell: Cell, values: Sequence[int]) -> Reading:
        day_start_ms, _ = business_day(self._clock_of(cell.site), self.now_ms)
        return further(cell, day_start_ms, {}, dict(zip(NAMES, values, strict=True)))
