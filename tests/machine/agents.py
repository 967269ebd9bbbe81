"""Agents: stretches of working days of a few persons, and their twin over the slow batch computation."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from streams.records import Cell, Fact, Work, Worked, identify
from tests.batch import agents as truth
from tests.batch.count import HALF_HOUR_MS
from tests.machine.agent_rows import standing
from tests.machine.centre import BUSINESS_DAYS, partition_of
from tests.machine.visits import Numbers, day_start_of

_PERSONS = 4
_HOMES = (
    Cell(""),
    Cell("", "in-house", "Berlin", "day"),
    Cell("", "in-house", "Berlin", "night"),
    Cell("", "partner", "New York"),
)
_CLIENTS = ("", "Versicherung", "Bank")
_AFTER_MS = (0, 1, 4_000, 30_000, 90_000, 1_000_000)


class Agents:
    """See `families.Family`."""

    def facts(self, chance: Random, key: bytes, cell: Cell, begins_ms: int) -> list[Fact]:
        """Some things that befall one of few persons, at instants that often are the same."""
        number = chance.randrange(_PERSONS)
        agent = identify("person", partition_of(cell), number)
        story: list[Fact] = []
        at_ms = begins_ms
        for _ in range(chance.randrange(1, 6)):
            work = chance.choice((Work.JOINED, Work.CONNECTED, Work.TALKED, *Work))
            # A person of whom a home is not known at first must still have one.
            home, queue, lasts = chance.choice((number, number, 0)), chance.randrange(3), chance.randrange(5)
            serves = Cell(cell.hotline, client=_CLIENTS[queue]) if queue else Cell("")
            login = identify(agent.hex(), serves.hotline, queue)
            # One line of a source says one thing, so equal instants and places mean equal facts.
            place = ((chance.randrange(2) * 100 + work) * 10 + queue) * 100 + home * 10 + lasts
            duration_ms = _LASTS_MS[lasts] if work in _LASTING else 0
            story.append(Worked(agent, at_ms, work, place, login, serves, _HOMES[home], duration_ms))
            at_ms += chance.choice(_AFTER_MS)
        return story

    def correction(self, chance: Random, facts: list[Fact]) -> Fact | None:
        """What happened to a person is never stated anew."""
        return None

    def numbers(self, known: Iterable[Fact], now_ms: int) -> dict[Cell, Numbers]:
        """Who is in which state now, by home and by hotline, and the time in each state by home."""
        result: dict[Cell, Numbers] = {}
        for home, members in _at_home(known, now_ms).items():
            cell = Cell("", *home, family="agents")
            numbers = result[cell] = _numbers(truth.now(members, "agents"))
            day_start_ms = _day_start_ms(cell, now_ms)
            windows = {"30m": now_ms // 1000 * 1000 - HALF_HOUR_MS, "day": day_start_ms}
            for window, from_ms in windows.items():
                for name, value in truth.within(members, from_ms, now_ms).items():
                    if value:
                        numbers[window, "live", name] = numbers[window, "arrival", name] = value
            numbers["day_start_ms",] = day_start_ms
            for served in {served for one in members for served in one.hotlines.items()}:
                serving = [one for one in members if served in one.hotlines.items()]
                there = Cell(served[0], *home, client=served[1], family="serving")
                result[there] = _numbers(truth.now(serving, "serving")) | {("day_start_ms",): day_start_ms}
        return result

    def between(self, known: Iterable[Fact], from_ms: int, to_ms: int, now_ms: int) -> dict[Cell, dict[str, int]]:
        """See `families.Rows`."""
        return {
            Cell("", *home, family="agents"): truth.within(members, from_ms, to_ms)
            for home, members in _at_home(known, now_ms).items()
        }

    def edges(self, facts: list[Fact]) -> list[int]:
        """Every instant of these facts, what runs out after them, and when it leaves the window."""
        own = []
        for fact in facts:
            assert isinstance(fact, Worked)
            own += [fact.at_ms, fact.at_ms - fact.duration_ms, fact.at_ms + fact.duration_ms]
        return [at + more for at in own for more in (0, HALF_HOUR_MS, truth.LONGEST_CALL_MS)]


_LASTS_MS = (0, 1, 5_000, 30_000, 400_000)
_LASTING = (Work.RANG, Work.CONNECTED, Work.WRAPPING)


def _at_home(known: Iterable[Fact], now_ms: int) -> dict[tuple[str, str, str], list[truth.Person]]:
    events: dict[bytes, list[truth.Event]] = {}
    for fact in standing(known):
        if fact.at_ms <= now_ms:
            events.setdefault(fact.agent, []).append(_event(fact))
    return truth.by_home(truth.person(own, now_ms) for own in events.values())


def _event(fact: Worked) -> truth.Event:
    home = (fact.home.provider, fact.home.site, fact.home.team)
    kind = fact.work.name.lower()
    served = fact.serves
    return truth.Event(
        fact.at_ms, fact.place, kind, fact.login.hex(), served.hotline, home, fact.duration_ms, served.client
    )


def _numbers(counted: dict[str, int]) -> Numbers:
    return {(name,): value for name, value in counted.items() if value}


def _day_start_ms(cell: Cell, now_ms: int) -> int:
    return day_start_of(cell.site if cell.site in BUSINESS_DAYS else "Berlin", now_ms)
