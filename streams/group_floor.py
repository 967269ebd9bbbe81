"""Which groups of people are large enough to be shown, so that no difference of two shown rows is a small group. Pure.

The smallest places (provider, site, team, and hotline where a cell has one) are joined into blocks of at least `floor`
distinct persons each; a row is shown only where it is made of whole blocks. Then the difference of any two shown rows
is made of whole blocks, too: neither a filter nor a total less its other parts gives a smaller group away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from streams.records import Cell

FLOOR = 8
Block = frozenset[Cell]


class Blocks:
    """The blocks of one family in one window. `persons`: distinct persons of each cell with something to hide; a person
    is in one cell, so a cell may be left with none of its own.
    """

    def __init__(self, persons: Mapping[Cell, int], floor: int = FLOOR) -> None:
        self._persons = dict(persons)
        self._floor = floor
        self._block_of = {cell: block for block in self._joined() for cell in block}

    def shows(self, cells: Iterable[Cell]) -> bool:
        """True when figures summed over these cells may be shown. Cells that hide nothing make no difference."""
        asked = {cell for cell in cells if cell in self._persons}
        return all(
            self._size(block) >= self._floor and block <= asked for block in map(self._block_of.get, asked) if block
        )

    def _joined(self) -> set[Block]:
        blocks = {Block([cell]) for cell in self._persons}
        # From the nearest relatives outwards: hotlines of a team, teams of a site, sites of a provider, providers.
        for depth in (3, 2, 1, 0):
            related: defaultdict[tuple[str, ...], list[Block]] = defaultdict(list)
            for block in blocks:
                related[_place(block)[:depth]].append(block)
            blocks = {joined for group in related.values() for joined in self._join_small(group)}
        return blocks

    def _join_small(self, group: list[Block]) -> Iterable[Block]:
        small = [block for block in group if self._size(block) < self._floor]
        if not small:
            return group
        large = sorted((block for block in group if block not in small), key=lambda one: (self._size(one), _place(one)))
        joined = Block().union(*small)
        if self._size(joined) < self._floor and large:
            joined |= large.pop(0)
        return [joined, *large]

    def _size(self, block: Block) -> int:
        return sum(self._persons[cell] for cell in block)


def _place(block: Block) -> tuple[str, str, str, str]:
    return min((cell.provider, cell.site, cell.team, cell.hotline) for cell in block)
