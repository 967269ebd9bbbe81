"""The one list of the families that are counted beside visits. A further one joins with one entry here."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from streams.engine import ClockOf
from streams.families.agents import Agents
from streams.families.family import Family
from streams.families.lists import Lists
from streams.families.orders import Orders
from streams.families.outbound import Outbound


class Entry(NamedTuple):
    """`facts`: the tags of the facts that it takes in (`codec.FURTHER`). `begin(now_ms, clock_of)` makes it."""

    facts: frozenset[str]
    begin: Callable[[int, ClockOf], Family]


FAMILIES: dict[str, Entry] = {
    "agents": Entry(frozenset({"worked"}), Agents),
    "lists": Entry(frozenset({"list_counted"}), Lists),
    "orders": Entry(frozenset({"ordered"}), Orders),
    "outbound": Entry(frozenset({"attempted"}), Outbound),
}
