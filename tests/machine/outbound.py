"""Outbound: attempts whose dispositions are rewritten, and their twin over the slow batch computation."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from random import Random

import msgspec

from streams.records import Attempted, Cell, Fact, ListCounted, Told, identify
from tests.batch import outbound as truth
from tests.batch.count import HALF_HOUR_MS
from tests.machine.centre import BUSINESS_DAYS, partition_of
from tests.machine.visits import Numbers, day_start_of

_LEADS = 5
_SITES = ("Berlin", "New York", "")
_TOLD = (
    Told.OPEN,
    Told.NOTHING,
    Told.UNKNOWN,
    Told.MACHINE,
    Told.DROPPED | Told.DIALER_DROP | Told.DIALER_ANSWER,
    Told.DROPPED | Told.DIALER_ANSWER,
    Told.HUMAN | Told.DIALER_ANSWER,
    Told.HUMAN | Told.RIGHT_PARTY | Told.TERMINAL,
    Told.HUMAN | Told.RIGHT_PARTY | Told.SUCCESS | Told.TERMINAL | Told.UNDATED,
)
_LAST_VERSION = 1 << 40


class Outbound:
    """See `families.Family`."""

    def facts(self, chance: Random, key: bytes, cell: Cell, begins_ms: int) -> list[Fact]:
        """One attempt of one of few campaigns on one of few leads, in one reading or two."""
        partition = partition_of(cell)
        number = chance.randrange(len(_SITES))
        campaign = Cell("", site=_SITES[number], family="outbound", campaign=f"{partition}.{number}")
        lead = identify("lead", partition, number, chance.randrange(_LEADS)) if chance.randrange(4) else b""
        first = Attempted(key, begins_ms, campaign, int(chance.choice(_TOLD)), chance.choice((1, 1, 3)), lead)
        return [first, self._again(chance, first)] if chance.randrange(2) else [first]

    def correction(self, chance: Random, facts: list[Fact]) -> Fact | None:
        """A later reading of the same row, mostly at the same time."""
        first = facts[0]
        assert isinstance(first, Attempted)
        return self._again(chance, first)

    def numbers(self, known: Iterable[Fact], now_ms: int) -> dict[Cell, Numbers]:
        """What each campaign counts in each window; both bases are the same."""
        result: dict[Cell, Numbers] = {}
        for cell, attempts in _by_campaign(known).items():
            day_start_ms = day_start_of(cell.site if cell.site in BUSINESS_DAYS else "Berlin", now_ms)
            numbers: Numbers = {("day_start_ms",): day_start_ms}
            windows = {"30m": now_ms // 1000 * 1000 - HALF_HOUR_MS, "day": day_start_ms - 1}
            for window, after_ms in windows.items():
                for name, value in truth.within(attempts, after_ms, now_ms).items():
                    numbers[window, "live", name] = numbers[window, "arrival", name] = value
            if numbers.get(("30m", "live", "attempts")):
                numbers["attempts_last_30m",] = numbers["30m", "live", "attempts"]
            result[cell] = numbers
        return result

    def between(self, known: Iterable[Fact], from_ms: int, to_ms: int, now_ms: int) -> dict[Cell, dict[str, int]]:
        """See `families.Rows`."""
        return {
            cell: truth.within(attempts, from_ms - 1, min(to_ms - 1, now_ms))
            for cell, attempts in _by_campaign(known).items()
        }

    def edges(self, facts: list[Fact]) -> list[int]:
        """When an attempt begins, and when it leaves the window."""
        return [fact.at_ms + more for fact in facts for more in (0, HALF_HOUR_MS)]

    @staticmethod
    def _again(chance: Random, first: Attempted) -> Attempted:
        moved_ms = chance.choice((0, 0, 0, 1, 1_000, 60_000))
        return msgspec.structs.replace(
            first,
            at_ms=first.at_ms + moved_ms,
            told=int(chance.choice(_TOLD)),
            version=chance.randrange(1, _LAST_VERSION),
        )


def _by_campaign(known: Iterable[Fact]) -> dict[Cell, list[truth.Attempt]]:
    """The attempts of each campaign as the last word on each tells it."""
    last: dict[bytes, Attempted] = {}
    found: dict[Cell, list[truth.Attempt]] = {}
    for fact in known:
        if isinstance(fact, Attempted):
            found.setdefault(fact.cell, [])
            if fact.attempt not in last or last[fact.attempt].version < fact.version:
                last[fact.attempt] = fact
    for fact in last.values():
        found[fact.cell].append(_attempt(fact))
    return found


def _attempt(fact: Attempted) -> truth.Attempt:
    return truth.Attempt(fact.cell, fact.at_ms, (fact.lead or fact.attempt).hex(), _said(fact.told), fact.count)


@cache
def _said(told: int) -> frozenset[str]:
    return frozenset(str(one.name).lower() for one in Told if one & told)


_COUNTS = (
    *("leads", "touched", "attempts", "terminal", "lost", "dialable", "remaining_attempts", "hopper"),
    *("callbacks", "callbacks_due", "callbacks_overdue"),
)


class Lists:
    """See `families.Family`. Counts of few call lists, of which the newest stands."""

    def facts(self, chance: Random, key: bytes, cell: Cell, begins_ms: int) -> list[Fact]:
        """One or two counts of one of few lists."""
        del key
        partition, number = partition_of(cell), chance.randrange(4)
        campaign = Cell("", site=_SITES[number % 3], family="lists", campaign=f"{partition}.{number % 3}")
        call_list = identify("list", partition, number)
        story: list[Fact] = []
        for later_ms in (0, chance.choice((1, 1_000, 300_000)))[: chance.randrange(1, 3)]:
            at_ms = begins_ms + later_ms
            # One list is counted once at an instant, so equal instants mean equal counts.
            counts = [Random(f"{at_ms} {number} {name}").randrange(100) for name in _COUNTS]
            story.append(ListCounted(call_list, at_ms, campaign, *counts))
        return story

    def correction(self, chance: Random, facts: list[Fact]) -> Fact | None:
        """What stood in a list is never stated anew."""
        return None

    def numbers(self, known: Iterable[Fact], now_ms: int) -> dict[Cell, Numbers]:
        """The newest count of each list, summed by campaign."""
        newest: dict[bytes, ListCounted] = {}
        result: dict[Cell, Numbers] = {}
        for fact in known:
            if not isinstance(fact, ListCounted):
                continue
            day = fact.cell.site if fact.cell.site in BUSINESS_DAYS else "Berlin"
            result[fact.cell] = {("day_start_ms",): day_start_of(day, now_ms)}
            if fact.at_ms <= now_ms and (fact.call_list not in newest or newest[fact.call_list].at_ms < fact.at_ms):
                newest[fact.call_list] = fact
        for fact in newest.values():
            numbers = result[fact.cell]
            for name in _COUNTS:
                there = numbers.get((f"list_{name}",), 0) + int(getattr(fact, name))
                if there:
                    numbers[f"list_{name}",] = there
        return result

    def edges(self, facts: list[Fact]) -> list[int]:
        """When a list is counted."""
        return [fact.at_ms for fact in facts]
