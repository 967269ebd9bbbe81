"""Trunks: counts of few trunks whose counters start anew now and then, and their twin over the slow computation."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import msgspec

from streams.records import Cell, Fact, TrunkCounted, identify
from tests.batch import trunks as truth
from tests.batch.count import HALF_HOUR_MS
from tests.machine.centre import BUSINESS_DAYS, partition_of
from tests.machine.visits import Numbers, day_start_of

_TRUNKS = 3
_SITES = ("Berlin", "New York", "")


class Trunks:
    """See `families.Family`."""

    def facts(self, chance: Random, key: bytes, cell: Cell, begins_ms: int) -> list[Fact]:
        """Some counts of one of few trunks."""
        del key
        partition, number = partition_of(cell), chance.randrange(_TRUNKS)
        at_ms = begins_ms
        story: list[Fact] = []
        for _ in range(chance.randrange(1, 4)):
            story.append(_count(partition, number, at_ms, chance.randrange(2)))
            at_ms += chance.choice((1, 1_000, 60_000, 400_000))
        return story

    def correction(self, chance: Random, facts: list[Fact]) -> Fact | None:
        """The same instant of the same trunk, from a source that ranks higher."""
        first = facts[0]
        assert isinstance(first, TrunkCounted)
        return msgspec.structs.replace(
            first, rank=2 + chance.randrange(1 << 40), busy=chance.randrange(50), in_use=chance.randrange(9)
        )

    def numbers(self, known: Iterable[Fact], now_ms: int) -> dict[Cell, Numbers]:
        """What each service number counts in each window; both bases are the same."""
        facts = [fact for fact in known if isinstance(fact, TrunkCounted)]
        counts = [_slow(fact) for fact in facts]
        result: dict[Cell, Numbers] = {}
        for cell in {fact.cell for fact in facts}:
            day_start_ms = day_start_of(cell.site if cell.site in BUSINESS_DAYS else "Berlin", now_ms)
            half_hour_ms = now_ms // 1000 * 1000 - HALF_HOUR_MS
            numbers: Numbers = {("day_start_ms",): day_start_ms}
            for window, first_ms, from_ms in (
                ("30m", half_hour_ms + 1, half_hour_ms),
                ("day", day_start_ms, day_start_ms),
            ):
                for name, value in truth.within(counts, cell, first_ms, from_ms, now_ms).items():
                    if value:
                        numbers[window, "live", name] = numbers[window, "arrival", name] = value
            numbers |= {(name,): value for name, value in truth.now(counts, cell, now_ms).items() if value}
            result[cell] = numbers
        return result

    def between(self, known: Iterable[Fact], from_ms: int, to_ms: int, now_ms: int) -> dict[Cell, dict[str, int]]:
        """See `families.Rows`. What is counted in the very end of a row belongs to the next."""
        facts = [fact for fact in known if isinstance(fact, TrunkCounted)]
        counts = [_slow(fact) for fact in facts if fact.at_ms < to_ms]
        until_ms = min(to_ms, now_ms)
        return {cell: truth.within(counts, cell, from_ms, from_ms, until_ms) for cell in {fact.cell for fact in facts}}

    def edges(self, facts: list[Fact]) -> list[int]:
        """When a trunk is counted, how long that holds, and when it leaves the window."""
        return [
            fact.at_ms + lasts_ms + more
            for fact in facts
            if isinstance(fact, TrunkCounted)
            for lasts_ms in (0, fact.holds_ms)
            for more in (0, HALF_HOUR_MS)
        ]


def _count(partition: int, number: int, at_ms: int, rank: int) -> TrunkCounted:
    """One trunk is counted once at an instant, so equal instants and ranks mean equal counts."""
    chance = Random(f"{partition} {number} {at_ms} {rank}")
    cell = Cell(f"{partition}.{number % 2}", site=_SITES[number], family="trunks")
    channels = chance.randrange(1, 9)
    return TrunkCounted(
        identify("trunk", partition, number),
        at_ms,
        cell,
        channels,
        chance.randrange(channels + 1),
        chance.randrange(50),
        chance.randrange(50),
        chance.randrange(3) > 0,
        chance.choice((1_000, 60_000, 300_000)),
        rank,
    )


def _slow(fact: TrunkCounted) -> truth.Count:
    said = (fact.channels, fact.in_use, fact.busy, fact.blocked, fact.cumulative, fact.holds_ms)
    return truth.Count(fact.cell, fact.trunk.hex(), fact.at_ms, fact.rank, *said)
