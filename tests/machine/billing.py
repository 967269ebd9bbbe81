"""Billing: calls of all lengths, and their twin over the slow batch computation."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import msgspec

from streams.records import Cell, Fact, Handled
from tests.batch.billing import billed
from tests.batch.count import HALF_HOUR_MS
from tests.machine.visits import Numbers, Visits, day_start_of

_LENGTHS_MS = (0, 1, 999, 1_000, 1_001, 6_000, 30_001, 59_999, 60_000, 60_001, 600_000)


class Billing:
    """See `families.Family`. Its stories are visits whose lengths lie on and beside the steps of bills."""

    def __init__(self) -> None:
        self._visits = Visits()

    def facts(self, chance: Random, key: bytes, cell: Cell, begins_ms: int) -> list[Fact]:
        """A visit, mostly one that is handled."""
        story = self._visits.facts(chance, key, cell, begins_ms)
        talk_ms = chance.choice(_LENGTHS_MS)
        return [msgspec.structs.replace(fact, talk_ms=talk_ms) if isinstance(fact, Handled) else fact for fact in story]

    def correction(self, chance: Random, facts: list[Fact]) -> Fact | None:
        """As of any visit."""
        return self._visits.correction(chance, facts)

    def numbers(self, known: Iterable[Fact], now_ms: int) -> dict[Cell, Numbers]:
        """What is billed of each place in each window; both bases are the same."""
        result: dict[Cell, Numbers] = {}
        for cell, (visits, _) in self._visits.slow(known).items():
            # Thresholds make no bill.
            place = Cell(cell.hotline, cell.provider, cell.site, cell.team, family="billing")
            day_start_ms = day_start_of(cell.site, now_ms)
            numbers = result.setdefault(place, {("day_start_ms",): day_start_ms})
            windows = {"30m": now_ms // 1000 * 1000 - HALF_HOUR_MS, "day": day_start_ms - 1}
            for visit in visits:
                for name, amount, at_ms in billed(visit, now_ms):
                    for window in [window for window, after_ms in windows.items() if at_ms > after_ms and amount]:
                        for basis in ("live", "arrival"):
                            numbers[window, basis, name] = numbers.get((window, basis, name), 0) + amount
        return result

    def edges(self, facts: list[Fact]) -> list[int]:
        """When a call is finished, and when it leaves the window."""
        return [fact.at_ms + more for fact in facts if isinstance(fact, Handled) for more in (0, HALF_HOUR_MS)]
