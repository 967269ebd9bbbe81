"""Rows of a dialer's log of agents: each tells several things of one person, and is rewritten as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

import msgspec

from streams.records import Cell, Fact, Work, Worked, identify
from tests.machine.centre import partition_of
from tests.machine.visits import Numbers

_PERSONS = 3
_HOMES = (Cell("", "dialer", "Berlin"), Cell("", "dialer", "New York"), Cell("", "dialer", "Berlin", "night"))
_STEPS = ((Work.PAUSED, 0), (Work.UNPAUSED, 0), (Work.DIALLED, 0), (Work.TALKED, 0), (Work.WRAPPING, 400_000))
_AFTER_MS = (0, 1, 4_000, 30_000, 90_000, 1_000_000)
_LAST_VERSION = 1 << 40


class AgentRows:
    """See `families.Family`. What its persons do is counted with what all others do."""

    def facts(self, chance: Random, key: bytes, cell: Cell, begins_ms: int) -> list[Fact]:
        """One row, as far as it was written by some time."""
        partition, number = partition_of(cell), chance.randrange(_PERSONS)
        agent = identify("dialer's person", partition, number)
        login = identify(agent.hex())
        story: list[Fact] = []
        at_ms, place = begins_ms, chance.randrange(1 << 40) * 8
        for step, (work, lasts_ms) in enumerate(_STEPS[: chance.randrange(1, len(_STEPS) + 1)]):
            said = (login, Cell(""), _HOMES[number], lasts_ms, "", key)
            story.append(Worked(agent, at_ms, work, place + step, *said))
            at_ms += chance.choice(_AFTER_MS)
        return story

    def correction(self, chance: Random, facts: list[Fact]) -> Fact | None:
        """The row as it says less and something else, not later than it was; what else it said does not hold."""
        first = min(facts, key=lambda fact: fact.at_ms)
        assert isinstance(first, Worked)
        work, lasts_ms = chance.choice(_STEPS)
        return msgspec.structs.replace(
            first,
            at_ms=first.at_ms - chance.choice((0, 0, 1, 1_000, 60_000)),
            work=work,
            duration_ms=lasts_ms,
            version=chance.randrange(1, _LAST_VERSION),
        )

    def numbers(self, known: Iterable[Fact], now_ms: int) -> dict[Cell, Numbers]:
        """None of its own: see `agents`."""
        return {}

    def edges(self, facts: list[Fact]) -> list[int]:
        """Every instant of these facts, and what runs out after them."""
        own = []
        for fact in facts:
            assert isinstance(fact, Worked)
            own += [fact.at_ms, fact.at_ms + fact.duration_ms]
        return own


def standing(known: Iterable[Fact]) -> Iterator[Worked]:
    """What is said of people and was not taken back."""
    said = [fact for fact in known if isinstance(fact, Worked)]
    highest: dict[bytes, int] = {}
    for fact in said:
        highest[fact.entry] = max(fact.version, highest.get(fact.entry, 0))
    return (fact for fact in said if not fact.entry or fact.version == highest[fact.entry])
