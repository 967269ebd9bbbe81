"""What changed between two versions of a day. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from streams.counters import COUNTERS
from streams.reading import Sums
from streams.records import Cell


class Change(NamedTuple):
    """One counter of one cell that is not the same in both versions."""

    cell: Cell
    basis: str
    counter: str
    before: int
    after: int


def changes(before: Mapping[Cell, Sequence[Sums]], after: Mapping[Cell, Sequence[Sums]], basis: str) -> list[Change]:
    """Every counter that changed, by cell in the order of its dimensions; each cell has one row for the whole day."""
    found = []
    for cell in sorted(
        {*before, *after}, key=lambda cell: (cell.hotline, cell.provider, cell.site, cell.team, repr(cell))
    ):
        old, new = (rows[cell][0] if cell in rows else Sums() for rows in (before, after))
        found += [Change(cell, basis, name, old[name], new[name]) for name in COUNTERS if old[name] != new[name]]
        if old.wait_max_ms != new.wait_max_ms:
            found.append(Change(cell, basis, "wait_max_ms", old.wait_max_ms, new.wait_max_ms))
        for number in sorted({*old.waits, *new.waits}):
            if old.waits.get(number, 0) != new.waits.get(number, 0):
                name = f"waits[{number}]"
                found.append(Change(cell, basis, name, old.waits.get(number, 0), new.waits.get(number, 0)))
    return found
