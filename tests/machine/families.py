"""What the machine makes happen and how each kind is counted slowly. A new family joins with one entry here.

A family brings a generator (stories: the facts of one thing that happens, in the order in which they happen) and its
batch twin: the same numbers, computed from the known facts without any code of the running core. The numbers of all
families together must be all that the core reads, so a counter without a twin is found at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from streams.records import Cell, Fact
from tests.machine import agent_rows, agents, billing, orders, outbound, shifts, trunks, visits

Number = tuple[str | int, ...]
Numbers = dict[Number, int]
"""Every number of one cell by its name; absent = 0."""


@dataclass
class Story:
    """One thing that happens, from its first fact on, and which of its facts the source has not told yet."""

    family: str
    cell: Cell
    begins_ms: int
    facts: list[Fact]
    untold: list[Fact] = field(default_factory=list)


class Family(Protocol):
    """Generator and batch twin of one family of counters."""

    def facts(self, chance: Random, key: bytes, cell: Cell, begins_ms: int) -> list[Fact]:
        """The facts of one story in the order in which they happen."""
        ...

    def correction(self, chance: Random, facts: list[Fact]) -> Fact | None:
        """A fact that replaces one of these, as a source states it that knows better now; None where none fits."""
        ...

    def numbers(self, known: Iterable[Fact], now_ms: int) -> dict[Cell, Numbers]:
        """What each cell that these facts name must read at `now_ms`, computed slowly."""
        ...

    def edges(self, facts: list[Fact]) -> list[int]:
        """The instants (UTC ms) at which some number of this story changes in some window."""
        ...


class Rows(Protocol):
    """A twin that also knows rows of intervals."""

    def between(self, known: Iterable[Fact], from_ms: int, to_ms: int, now_ms: int) -> dict[Cell, dict[str, int]]:
        """What each cell counts in [from, to), as known at `now_ms`."""
        ...


FAMILIES: dict[str, Family] = {
    "visits": visits.Visits(),
    "agents": agents.Agents(),
    "agent_rows": agent_rows.AgentRows(),
    "billing": billing.Billing(),
    "orders": orders.Orders(),
    "outbound": outbound.Outbound(),
    "lists": outbound.Lists(),
    "trunks": trunks.Trunks(),
    "shifts": shifts.Shifts(),
}

ROWS: dict[str, Rows] = {
    "agents": agents.Agents(),
    "orders": orders.Orders(),
    "outbound": outbound.Outbound(),
    "trunks": trunks.Trunks(),
    "shifts": shifts.Shifts(),
}


def expected(known: Iterable[Fact], now_ms: int, names: Iterable[str] = tuple(FAMILIES)) -> dict[Cell, Numbers]:
    """The numbers of these families together."""
    facts = list(known)
    total: dict[Cell, Numbers] = {}
    for family in map(FAMILIES.__getitem__, names):
        for cell, numbers in family.numbers(facts, now_ms).items():
            into = total.setdefault(cell, {})
            for name, value in numbers.items():
                into[name] = into.get(name, 0) + value
    return total
