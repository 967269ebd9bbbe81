"""Inbound visits: stories with waits on and beside every edge, and their twin over the slow batch computation."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import time
from functools import lru_cache
from random import Random

from streams.records import (
    Arrived,
    Attempted,
    AtTheDoor,
    Cell,
    Door,
    Ended,
    Fact,
    GivenUp,
    Handled,
    ListCounted,
    Ordered,
    Outcome,
    Rostered,
    Seen,
    TrunkCounted,
    Worked,
)
from tests.batch import visits as truth
from tests.batch.compare import edges_ms
from tests.batch.count import HALF_HOUR_MS, HIGHEST_COUNTS, Rules, end_is_known, facts, giving_up_ms, in_time
from tests.batch.local_days import business_day_start_ms
from tests.machine.centre import BUSINESS_DAYS, GIVE_UP_MS

Numbers = dict[tuple[str | int, ...], int]

_QUARTER_MS = 900_000
_UNKNOWN_MS = 1 << 46
_LOWER_EDGES_MS = [second * 1000 for second in range(100)] + [round(100_000 * 1.04**power) for power in range(240)]
"""Lower edges of the bins of waits: whole seconds below 100 s, then 4 % wide."""


class Visits:
    """See `families.Family`."""

    def facts(self, chance: Random, key: bytes, cell: Cell, begins_ms: int) -> list[Fact]:
        """A door event or a visit: ended or not, handled or not, given up or not."""
        if chance.randrange(10) == 0:
            return [AtTheDoor(key, begins_ms, chance.choice(list(Door)), cell)]
        story: list[Fact] = [Arrived(key, begins_ms, cell)]
        if chance.randrange(10) == 0:
            story.append(GivenUp(key, begins_ms + chance.choice((3_000, cell.threshold_ms + 1, 90_000))))
        if chance.randrange(8) == 0:
            return story
        edges = (0, cell.short_abandon_ms, cell.short_abandon_ms + 1, cell.threshold_ms, cell.threshold_ms + 1)
        wait_ms = chance.choice((*edges, -2_000, 61_000, chance.randrange(400_000)))
        outcome = chance.choice((Outcome.ANSWERED, Outcome.ANSWERED, Outcome.ABANDONED, *Outcome))
        story.append(Ended(key, begins_ms + wait_ms, outcome))
        if outcome is Outcome.ANSWERED and chance.randrange(6):
            story += _handling(chance, key, begins_ms + max(0, wait_ms))
        return story

    def correction(self, chance: Random, facts: list[Fact]) -> Fact | None:
        """Another end, another after-call work, or an earlier arrival of the same visit."""
        fact = chance.choice(facts)
        match fact:
            case Arrived():
                return Arrived(fact.visit, fact.at_ms - chance.choice((1, 1_000, 20_000)), fact.cell)
            case Ended():
                version = max(one.version for one in facts if isinstance(one, Ended)) + 1
                at_ms = fact.at_ms + chance.choice((-1_000, 0, 1, 30_000))
                return Ended(fact.visit, at_ms, chance.choice(list(Outcome)), fact.agent, version)
            case Handled(acw_ms=int(acw_ms)):
                version = max(one.version for one in facts if isinstance(one, Handled)) + 1
                more_ms = chance.choice((1_000, 45_000))
                flags = (fact.transferred, fact.escalated, fact.agent, version)
                return Handled(fact.visit, fact.at_ms + more_ms, fact.talk_ms, fact.hold_ms, acw_ms + more_ms, *flags)
        return None

    def slow(self, known: Iterable[Fact]) -> dict[Cell, tuple[list[truth.Visit], list[truth.Door]]]:
        """The visits and doors that these facts tell of, by cell, as the slow computation wants them."""
        result: dict[Cell, tuple[list[truth.Visit], list[truth.Door]]] = {}
        for told, first in _by_visit(known):
            visits, doors = result.setdefault(first.cell, ([], []))
            if isinstance(first, Arrived):
                visits.append(_visit(told, first))
            else:
                doors.append(truth.Door(first.cell.hotline, first.at_ms, first.door.name.lower()))
        return result

    def numbers(self, known: Iterable[Fact], now_ms: int) -> dict[Cell, Numbers]:
        """The contract's counters of both windows and bases, waits by bin, the day's quarters and who waits now."""
        facts = list(known)
        result: dict[Cell, Numbers] = {fact.cell: {} for fact in facts if isinstance(fact, Arrived | AtTheDoor | Seen)}
        for told, first in _by_visit(facts):
            if first.at_ms <= now_ms:
                _count(result[first.cell], told, first, now_ms)
        for cell, numbers in result.items():
            numbers["day_start_ms",] = _day_start_ms(cell, now_ms)
        return result

    def edges(self, facts: list[Fact]) -> list[int]:
        """Of the visit as the whole story tells it."""
        first = facts[0]
        if not isinstance(first, Arrived):
            return [first.at_ms, first.at_ms + HALF_HOUR_MS]
        return edges_ms(_visit(facts, first), rules_of(first.cell))


def _handling(chance: Random, key: bytes, answered_ms: int) -> list[Fact]:
    talk_ms, hold_ms = chance.choice((1, 30_000, chance.randrange(600_000))), chance.choice((None, 0, 7_000))
    flags = (chance.randrange(5) == 0, chance.randrange(9) == 0)
    talked_ms = answered_ms + talk_ms
    handling: list[Fact] = [Handled(key, talked_ms, talk_ms, hold_ms, None, *flags)]
    if chance.randrange(2):
        acw_ms = chance.choice((0, 15_000, chance.randrange(90_000)))
        handling.append(Handled(key, talked_ms + acw_ms, talk_ms, hold_ms, acw_ms, *flags, version=1))
    return handling


def _by_visit(known: Iterable[Fact]) -> Iterator[tuple[list[Fact], Arrived | AtTheDoor]]:
    """All that is told of each visit or door event, and its beginning. Without a beginning there is none yet."""
    by_visit: dict[bytes, list[Fact]] = {}
    for fact in known:
        if not isinstance(fact, Seen | Worked | Attempted | ListCounted | Ordered | TrunkCounted | Rostered):
            by_visit.setdefault(fact.visit, []).append(fact)
    for told in by_visit.values():
        first = min((fact for fact in told if isinstance(fact, Arrived | AtTheDoor)), key=_at, default=None)
        if first is not None:
            yield told, first


def _at(fact: Fact) -> int:
    return fact.at_ms


def _latest_word(fact: Ended | Handled) -> tuple[int, int]:
    return -fact.version, fact.at_ms


def rules_of(cell: Cell) -> Rules:
    """What a cell is measured by, in the words of the slow computation."""
    zone, day_begins = BUSINESS_DAYS[cell.site]
    return Rules(cell.threshold_ms, cell.short_abandon_ms, GIVE_UP_MS, zone, day_begins)


@lru_cache(4096)
def _start(now_ms: int, zone: str, day_begins: time) -> int:
    return business_day_start_ms(now_ms, zone, day_begins)


def _day_start_ms(cell: Cell, now_ms: int) -> int:
    return day_start_of(cell.site, now_ms)


def day_start_of(site: str, now_ms: int) -> int:
    """When the business day of a site that holds this instant began."""
    return _start(now_ms, *BUSINESS_DAYS[site])


def _visit(told: list[Fact], first: Arrived) -> truth.Visit:
    """One visit as these facts tell it: of several ends the highest version, then the earliest; and so on."""
    visit = truth.Visit(first.cell.hotline, first.at_ms)
    end = min((fact for fact in told if isinstance(fact, Ended)), key=_latest_word, default=None)
    if end is not None:
        visit.end(end.outcome.name.lower(), end.at_ms)
    gone = [fact.at_ms for fact in told if isinstance(fact, GivenUp)]
    if gone:
        visit.given_up_ms = max(min(gone), visit.arrival_ms)
    handled = [fact for fact in told if isinstance(fact, Handled)]
    talked = min((fact for fact in handled if fact.acw_ms is None), key=_at, default=None)
    wrapped = min((fact for fact in handled if fact.acw_ms is not None), key=_latest_word, default=None)
    stands = wrapped or talked
    if stands is not None:
        visit.talk_ms, visit.hold_ms = stands.talk_ms, stands.hold_ms or 0
        visit.transferred, visit.escalated = stands.transferred, stands.escalated
        visit.talk_end_ms = _UNKNOWN_MS if talked is None else max(talked.at_ms, visit.arrival_ms)
    if wrapped is not None:
        visit.acw_end_ms, visit.acw_ms = max(wrapped.at_ms, visit.arrival_ms), wrapped.acw_ms or 0
    return visit


def _count(numbers: Numbers, told: list[Fact], first: Arrived | AtTheDoor, now_ms: int) -> None:
    after_ms = now_ms // 1000 * 1000 - HALF_HOUR_MS
    day_start_ms = _day_start_ms(first.cell, now_ms)

    def take(name: str, amount: int, at_ms: int, basis: str) -> None:
        for window, inside in (("30m", after_ms < at_ms), ("day", day_start_ms <= at_ms)):
            if inside and name == "wait":
                bin_ = window, basis, "waits", bisect_right(_LOWER_EDGES_MS, amount) - 1
                numbers[bin_] = numbers.get(bin_, 0) + 1
            elif inside:
                _into(numbers, (window, basis, name), amount)

    if isinstance(first, AtTheDoor):
        for basis in ("live", "arrival"):
            take(first.door.name.lower(), 1, first.at_ms, basis)
        return
    rules = rules_of(first.cell)
    visit = _visit(told, first)
    for place, (name, amount, live_ms) in enumerate(facts(visit, now_ms, rules)):
        take(name, amount, visit.arrival_ms, "arrival")
        if live_ms is not None:
            take(name, amount, live_ms, "live")
            if place == 1 and live_ms >= day_start_ms:
                _into(numbers, ("profile", (live_ms - day_start_ms) // _QUARTER_MS, name), 1)
    if not end_is_known(visit, now_ms) and giving_up_ms(visit, rules) > now_ms:
        _into(numbers, ("waiting",), 1)
        _into(numbers, ("late_waiting",), int(not in_time(now_ms - visit.arrival_ms, rules.threshold_ms)))
        numbers["oldest_arrival_ms",] = min(numbers.get(("oldest_arrival_ms",), visit.arrival_ms), visit.arrival_ms)


def _into(numbers: Numbers, name: tuple[str | int, ...], amount: int) -> None:
    if not amount:
        return
    add: Callable[[int, int], int] = max if name[-1] in HIGHEST_COUNTS else int.__add__
    numbers[name] = add(numbers.get(name, 0), amount)
