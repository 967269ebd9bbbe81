"""Orders and cancellations, each counted when it was taken or arrived (pure).

Orders are few, so a cell in which something changes is counted anew from its orders.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

import msgspec

from streams.codec import decode_cell, encode_cell
from streams.counters import CURRENCIES, ROLLING_SECONDS
from streams.days import SiteClock, business_day
from streams.engine import ClockOf
from streams.fact_columns import FactTable
from streams.families.outbound import ids
from streams.reading import Reading, Sums, further
from streams.records import ID_BYTES, Cell

FAMILY = "orders"
_NO_ORDER = bytes(ID_BYTES)


class _Order(NamedTuple):
    """Its fields are in the order that says which of two facts about one order stands: the greater."""

    version: int
    at_ms: int
    cancellation: bool
    revenue_minor: int
    currency: str
    cell: bytes


class Orders:
    """See `Family`. `now_ms` = where its clock begins."""

    def __init__(self, now_ms: int, clock_of: ClockOf) -> None:
        self.now_ms = now_ms
        self._clock_of = clock_of
        self._orders: dict[bytes, _Order] = {}
        self._of_cell: dict[bytes, set[bytes]] = {}
        self._cells: dict[bytes, Cell] = {}
        self._of_clock: dict[SiteClock, set[bytes]] = {}
        self._changed: set[bytes] = set()
        self._turning: list[tuple[int, bytes]] = []
        """When a cell must be counted anew by the clock alone: an order of the future, or one that leaves a window."""

    def apply(self, tables: Mapping[str, FactTable], cells: Sequence[bytes]) -> None:
        """See `Family.apply`."""
        table = tables.get("ordered")
        if table is None:
            return
        column = table.columns
        # Older programs write the same cell in other bytes.
        same = {number: encode_cell(decode_cell(cells[number])) for number in set(column["cell"].tolist())}
        rows = zip(
            ids(column["order"]),
            column["version"].tolist(),
            column["at_ms"].tolist(),
            ids(column["cancels"]),
            column["revenue_minor"].tolist(),
            column["currency"].tolist(),
            column["cell"].tolist(),
            strict=True,
        )
        for identity, version, at_ms, cancels, revenue_minor, currency, cell in rows:
            order = _Order(version, at_ms, cancels != _NO_ORDER, revenue_minor, table.texts[currency], same[cell])
            self._put(identity, order)

    def _put(self, identity: bytes, order: _Order) -> None:
        before = self._orders.get(identity)
        self._know(order.cell)
        self._changed.add(order.cell)
        if before is not None:
            if order <= before:
                return
            self._of_cell[before.cell].discard(identity)
            self._changed.add(before.cell)
        self._orders[identity] = order
        self._of_cell[order.cell].add(identity)
        for turns_ms in (order.at_ms, -(-order.at_ms // 1000) * 1000 + ROLLING_SECONDS * 1000):
            if turns_ms > self.now_ms:
                heappush(self._turning, (turns_ms, order.cell))

    def _know(self, encoded: bytes) -> None:
        if encoded not in self._cells:
            cell = self._cells[encoded] = decode_cell(encoded)
            self._of_cell[encoded] = set()
            self._of_clock.setdefault(self._clock_of(cell.site), set()).add(encoded)

    def tick(self, now_ms: int) -> None:
        """See `Family.tick`."""
        if now_ms <= self.now_ms:
            return
        for clock, cells in self._of_clock.items():
            if business_day(clock, self.now_ms) != business_day(clock, now_ms):
                self._changed |= cells
        self.now_ms = now_ms
        while self._turning and self._turning[0][0] <= now_ms:
            self._changed.add(heappop(self._turning)[1])

    def readings(self, *, changed_only: bool = False) -> list[Reading]:
        """See `Family.readings`."""
        wanted = sorted(self._changed) if changed_only else list(self._cells)
        if changed_only:
            self._changed = set()
        return [self._reading(encoded) for encoded in wanted]

    def _reading(self, encoded: bytes) -> Reading:
        cell = self._cells[encoded]
        day_start_ms, _ = business_day(self._clock_of(cell.site), self.now_ms)
        edge_ms = (self.now_ms // 1000 - ROLLING_SECONDS) * 1000
        past = [order for order in self._all_of(encoded) if order.at_ms <= self.now_ms]
        windows = {
            "30m": _counted(cell, (order for order in past if order.at_ms > edge_ms)),
            "day": _counted(cell, (order for order in past if order.at_ms >= day_start_ms)),
        }
        return further(cell, day_start_ms, windows, {})

    def _all_of(self, encoded: bytes) -> Iterable[_Order]:
        return (self._orders[identity] for identity in self._of_cell[encoded])

    def by_interval(self, edges: list[int]) -> dict[Cell, list[Sums]]:
        """See `Family.by_interval`."""
        result = {}
        for encoded, cell in self._cells.items():
            rows: list[list[_Order]] = [[] for _ in edges[1:]]
            for order in self._all_of(encoded):
                place = bisect_right(edges, order.at_ms) - 1
                if 0 <= place < len(rows) and order.at_ms <= self.now_ms:
                    rows[place].append(order)
            result[cell] = [Sums(_counted(cell, row), families={FAMILY}) for row in rows]
        return result

    def forget(self, before_ms: int) -> None:
        """See `Family.forget`."""
        edge_ms = (self.now_ms // 1000 - ROLLING_SECONDS) * 1000
        for encoded, identities in self._of_cell.items():
            day_start_ms, _ = business_day(self._clock_of(self._cells[encoded].site), self.now_ms)
            kept_from_ms = min(before_ms, edge_ms, day_start_ms)
            gone = [identity for identity in identities if self._orders[identity].at_ms < kept_from_ms]
            identities.difference_update(gone)
            for identity in gone:
                del self._orders[identity]

    def dump(self) -> dict[str, bytes]:
        """See `Family.dump`."""
        return {
            "orders": msgspec.msgpack.encode(self._orders),
            "cells": msgspec.msgpack.encode(list(self._cells)),
        }

    def load(self, parts: Mapping[str, bytes]) -> None:
        """See `Family.load`."""
        for encoded in msgspec.msgpack.decode(parts["cells"], type=list[bytes]):
            self._know(encoded)
            self._changed.add(encoded)
        saved = msgspec.msgpack.decode(parts["orders"], type=dict[bytes, tuple[int, int, bool, int, str, bytes]])
        for identity, order in saved.items():
            self._put(identity, _Order(*order))


def _counted(cell: Cell, orders: Iterable[_Order]) -> dict[str, int]:
    """The counters of these orders that are not zero."""
    counts = {"orders": 0, "cancellations": 0, **{f"order_revenue_{name.lower()}_minor": 0 for name in CURRENCIES}}
    for order in orders:
        counts["cancellations" if order.cancellation else "orders"] += 1
        counts[f"order_revenue_{order.currency.lower()}_minor"] += order.revenue_minor
    if not cell.configured:
        counts["orders_unassigned"] = counts["orders"] + counts["cancellations"]
    return {name: value for name, value in counts.items() if value}
