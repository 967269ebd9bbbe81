"""The one list of the families that are counted beside visits. A further one joins with one entry here."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from streams.codec import FURTHER
from streams.columns import Columns
from streams.engine import ClockOf
from streams.families.agents import Agents
from streams.families.family import Family
from streams.families.lists import Lists
from streams.families.orders import Orders
from streams.families.outbound import Outbound
from streams.families.shifts import Shifts
from streams.families.trunks import Trunks


class Entry(NamedTuple):
    """`facts`: the tags of the facts that it takes in (`codec.FURTHER`). `begin(now_ms, clock_of)` makes it."""

    facts: frozenset[str]
    begin: Callable[[int, ClockOf], Family]


FAMILIES: dict[str, Entry] = {
    "agents": Entry(frozenset({"worked"}), Agents),
    "lists": Entry(frozenset({"list_counted"}), Lists),
    "orders": Entry(frozenset({"ordered"}), Orders),
    "outbound": Entry(frozenset({"attempted"}), Outbound),
    "shifts": Entry(frozenset({"rostered"}), Shifts),
    "trunks": Entry(frozenset({"trunk_counted"}), Trunks),
}


def take_in(families: dict[str, Family], columns: Columns, now_ms: int, clock_of: ClockOf) -> None:
    """Gives every family its facts; one that has none yet begins with its first. Raises IndexError for a fact that
    names what its batch does not have.
    """
    for name, entry in FAMILIES.items():
        tables = {tag: table for tag, table in columns.further.items() if tag in entry.facts}
        if tables:
            for tag, table in tables.items():
                FURTHER[tag].check(table, len(columns.further_cells))
            if name not in families:
                families[name] = entry.begin(now_ms, clock_of)
            families[name].apply(tables, columns.further_cells)
