"""Orders and cancellations, some stated anew, and their twin over the slow batch computation."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import msgspec

from streams.records import Cell, Fact, Ordered
from tests.batch import orders as truth
from tests.batch.count import HALF_HOUR_MS
from tests.machine.centre import partition_of
from tests.machine.visits import Numbers, day_start_of


class Orders:
    """See `families.Family`."""

    def facts(self, chance: Random, key: bytes, cell: Cell, begins_ms: int) -> list[Fact]:
        """An order of one of few campaigns or of nobody, often cancelled some time later."""
        partition, number = partition_of(cell), chance.randrange(3)
        campaign = f"{partition}.{number}" if number else ""
        place = Cell("", campaign=campaign, project=str(partition), family="orders", configured=bool(number))
        cents, currency = chance.choice((0, 1, 1_999, 100_000)), chance.choice(("EUR", "EUR", "CHF"))
        story: list[Fact] = [Ordered(key, begins_ms, place, b"", cents, currency)]
        if chance.randrange(2):
            later_ms = begins_ms + chance.choice((0, 1, 60_000, HALF_HOUR_MS, 30 * 3_600_000))
            story.append(Ordered(bytes(reversed(key)), later_ms, place, key, -cents, currency))
        return story

    def correction(self, chance: Random, facts: list[Fact]) -> Fact | None:
        """The same order with other revenue."""
        first = facts[0]
        assert isinstance(first, Ordered)
        version = chance.randrange(1, 1 << 40)
        return msgspec.structs.replace(first, revenue_minor=chance.randrange(5_000), version=version)

    def numbers(self, known: Iterable[Fact], now_ms: int) -> dict[Cell, Numbers]:
        """What each place sold in each window; both bases are the same."""
        result: dict[Cell, Numbers] = {}
        for cell, orders in _by_place(known).items():
            day_start_ms = day_start_of("Berlin", now_ms)
            numbers = result[cell] = {("day_start_ms",): day_start_ms}
            windows = {"30m": now_ms // 1000 * 1000 - HALF_HOUR_MS, "day": day_start_ms - 1}
            for window, after_ms in windows.items():
                for name, value in truth.within(orders, after_ms, now_ms).items():
                    numbers[window, "live", name] = numbers[window, "arrival", name] = value
        return result

    def between(self, known: Iterable[Fact], from_ms: int, to_ms: int, now_ms: int) -> dict[Cell, dict[str, int]]:
        """See `families.Rows`."""
        return {
            cell: truth.within(orders, from_ms - 1, min(to_ms - 1, now_ms)) for cell, orders in _by_place(known).items()
        }

    def edges(self, facts: list[Fact]) -> list[int]:
        """When an order is taken, and when it leaves the window."""
        return [fact.at_ms + more for fact in facts for more in (0, HALF_HOUR_MS)]


def _by_place(known: Iterable[Fact]) -> dict[Cell, list[truth.Order]]:
    """The orders of each place as the last word on each tells it."""
    last: dict[bytes, Ordered] = {}
    found: dict[Cell, list[truth.Order]] = {}
    for fact in known:
        if isinstance(fact, Ordered):
            found.setdefault(fact.cell, [])
            if fact.order not in last or last[fact.order].version < fact.version:
                last[fact.order] = fact
    for one in last.values():
        known_place = one.cell.configured
        found[one.cell].append(truth.Order(one.at_ms, bool(one.cancels), one.revenue_minor, one.currency, known_place))
    return found
