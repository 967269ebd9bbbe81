"""What a family has told of its cells, so that only news is told again (pure)."""

from __future__ import annotations

from collections.abc import Mapping

from streams.reading import Reading
from streams.records import Cell


class Told:
    """The readings that were told as changes, by cell."""

    def __init__(self) -> None:
        self._told: dict[Cell, Reading] = {}

    def readings(self, found: Mapping[Cell, Reading], *, changed_only: bool) -> list[Reading]:
        """Of all that the cells read now, what is to be told: everything, or what differs from any earlier telling."""
        if not changed_only:
            # Whoever reads everything may publish it: what differs here is told again with the next changes.
            self._told = {cell: told for cell, told in self._told.items() if found[cell] == told}
            return list(found.values())
        self._told = {cell: told for cell, told in self._told.items() if cell in found}
        return self.news(found)

    def news(self, found: Mapping[Cell, Reading]) -> list[Reading]:
        """Of what these cells read now, what differs from any earlier telling; nothing is said of other cells."""
        changed = [reading for cell, reading in found.items() if self._told.get(cell) != reading]
        self._told |= found
        return changed
