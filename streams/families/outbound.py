"""What dialers do: attempts by campaign, counted at their own time, and the stock of leads as last stated (pure).

The bases are the same: an attempt has one instant, that at which it began.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

import msgspec
import numpy as np

from streams.codec import decode_cell
from streams.counters import ROLLING_SECONDS
from streams.days import SiteClock, business_day
from streams.engine import ClockOf
from streams.fact_columns import FactTable
from streams.families import attempts as of_attempts
from streams.families.attempts import NO_LEAD, Attempt, CellSums
from streams.reading import Reading, Sums, further
from streams.records import ID_BYTES, Cell

FAMILY = "outbound"
_ROLLING, _DAY = 0, 1
_NAMES = {_ROLLING: "30m", _DAY: "day"}


class Outbound:
    """See `Family`. `now_ms` = where its clock begins."""

    def __init__(self, now_ms: int, clock_of: ClockOf) -> None:
        self.now_ms = now_ms
        self._clock_of = clock_of
        self._cells: list[Cell] = []
        self._encoded: list[bytes] = []
        self._numbers: dict[bytes, int] = {}
        self._attempts: dict[bytes, Attempt] = {}
        self._sums: list[tuple[CellSums, CellSums]] = []
        self._changed: set[int] = set()
        self._due: list[tuple[int, bytes]] = []
        self._leaving: list[tuple[int, bytes]] = []
        self._days: dict[SiteClock, tuple[int, int]] = {}

    def apply(self, tables: Mapping[str, FactTable], cells: Sequence[bytes]) -> None:
        """See `Family.apply`."""
        table = tables.get("attempted")
        if table is None:
            return
        columns = table.columns
        numbers = [self._number(cells[ref]) if (columns["cell"] == ref).any() else -1 for ref in range(len(cells))]
        rows = zip(
            ids(columns["attempt"]),
            columns["at_ms"].tolist(),
            columns["cell"].tolist(),
            columns["told"].tolist(),
            columns["count"].tolist(),
            ids(columns["lead"]),
            columns["version"].tolist(),
            strict=True,
        )
        for identity, at_ms, ref, told, count, lead, version in rows:
            # Equal versions say the same; should two sources disagree, every order must still give one result.
            rank = (version, at_ms, told, count, lead, cells[ref])
            whose = identity if lead == NO_LEAD else lead
            self._put(identity, Attempt(at_ms, numbers[ref], told, count, whose, rank))

    def tick(self, now_ms: int) -> None:
        """See `Family.tick`."""
        if now_ms <= self.now_ms:
            return
        self.now_ms = now_ms
        while self._due and self._due[0][0] <= now_ms:
            at_ms, identity = heappop(self._due)
            attempt = self._attempts.get(identity)
            if attempt is not None and attempt.at_ms == at_ms:
                self._count(identity, attempt)
        edge_ms = self._edge_ms()
        while self._leaving and self._leaving[0][0] <= edge_ms:
            at_ms, identity = heappop(self._leaving)
            attempt = self._attempts.get(identity)
            if attempt is not None and attempt.at_ms == at_ms:
                self._take_out(attempt, _ROLLING)
        self._begin_days()

    def readings(self, *, changed_only: bool = False) -> list[Reading]:
        """See `Family.readings`."""
        numbers = sorted(self._changed) if changed_only else range(len(self._cells))
        if changed_only:
            self._changed = set()
        return [
            further(
                self._cells[number],
                self._day(self._cells[number])[0],
                {_NAMES[window]: self._sums[number][window].named() for window in _NAMES},
                {"attempts_last_30m": self._sums[number][_ROLLING].counts[0]},
            )
            for number in numbers
        ]

    def by_interval(self, edges: list[int]) -> dict[Cell, list[Sums]]:
        """See `Family.by_interval`."""
        past = (attempt for attempt in self._attempts.values() if attempt.at_ms <= self.now_ms)
        counted = of_attempts.by_interval(past, edges)
        return {
            self._cells[number]: [
                Sums({name: value for name, value in row.named().items() if value}, families={FAMILY}) for row in rows
            ]
            for number, rows in counted.items()
        }

    def forget(self, before_ms: int) -> None:
        """See `Family.forget`."""
        gone = [
            identity
            for identity, attempt in self._attempts.items()
            if attempt.at_ms < before_ms and not attempt.windows
        ]
        for identity in gone:
            del self._attempts[identity]

    def dump(self) -> dict[str, bytes]:
        """See `Family.dump`."""
        rows = list(of_attempts.packed(self._attempts))
        return {"cells": msgspec.msgpack.encode(self._encoded), "attempts": msgspec.msgpack.encode(rows)}

    def load(self, parts: Mapping[str, bytes]) -> None:
        """See `Family.load`."""
        for encoded in msgspec.msgpack.decode(parts["cells"], type=list[bytes]):
            self._number(encoded)
        rows = msgspec.msgpack.decode(
            parts["attempts"],
            type=list[tuple[bytes, int, int, int, int, bytes, tuple[int, int, int, int, bytes, bytes]]],
        )
        for identity, at_ms, cell, told, count, lead, rank in rows:
            self._put(identity, Attempt(at_ms, cell, told, count, lead, rank))

    def _number(self, encoded: bytes) -> int:
        number = self._numbers.get(encoded)
        if number is None:
            number = self._numbers[encoded] = len(self._cells)
            self._cells.append(decode_cell(encoded))
            self._encoded.append(encoded)
            self._sums.append((CellSums(), CellSums()))
            self._changed.add(number)
        return number

    def _put(self, identity: bytes, attempt: Attempt) -> None:
        before = self._attempts.get(identity)
        if before is not None:
            if attempt.rank <= before.rank:
                return
            for window in _NAMES:
                self._take_out(before, window)
        self._attempts[identity] = attempt
        if attempt.at_ms > self.now_ms:
            heappush(self._due, (attempt.at_ms, identity))
        else:
            self._count(identity, attempt)

    def _count(self, identity: bytes, attempt: Attempt) -> None:
        """An attempt that is not in the future goes into the windows that hold it."""
        if attempt.at_ms > self._edge_ms() and not attempt.windows & 1 << _ROLLING:
            self._put_in(attempt, _ROLLING)
            heappush(self._leaving, (attempt.at_ms, identity))
        if attempt.at_ms >= self._day(self._cells[attempt.cell])[0] and not attempt.windows & 1 << _DAY:
            self._put_in(attempt, _DAY)

    def _put_in(self, attempt: Attempt, window: int) -> None:
        attempt.windows |= 1 << window
        self._sums[attempt.cell][window].add(attempt, 1)
        self._changed.add(attempt.cell)

    def _take_out(self, attempt: Attempt, window: int) -> None:
        if attempt.windows & 1 << window:
            attempt.windows &= ~(1 << window)
            self._sums[attempt.cell][window].add(attempt, -1)
            self._changed.add(attempt.cell)

    def _edge_ms(self) -> int:
        """What is dated at or before it is out of the rolling window; it moves at whole seconds."""
        return (self.now_ms // 1000 - ROLLING_SECONDS) * 1000

    def _day(self, cell: Cell) -> tuple[int, int]:
        clock = self._clock_of(cell.site)
        if clock not in self._days:
            self._days[clock] = business_day(clock, self.now_ms)
        return self._days[clock]

    def _begin_days(self) -> None:
        ended = {clock for clock, (_, end_ms) in self._days.items() if self.now_ms >= end_ms}
        if not ended:
            return
        for clock in ended:
            self._days[clock] = business_day(clock, self.now_ms)
        begun = {number for number, cell in enumerate(self._cells) if self._clock_of(cell.site) in ended}
        self._changed |= begun
        for attempt in self._attempts.values():
            if attempt.cell in begun and attempt.at_ms < self._day(self._cells[attempt.cell])[0]:
                self._take_out(attempt, _DAY)


def ids(column: np.ndarray) -> list[bytes]:
    """A column of ids as bytes."""
    found: list[bytes] = np.ascontiguousarray(column).view(f"V{ID_BYTES}").reshape(-1).tolist()
    return found
