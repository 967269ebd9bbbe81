"""What every family beside visits is to the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from streams.fact_columns import FactTable
from streams.reading import Reading, Sums
from streams.records import Cell


class Family(Protocol):
    """Facts of some types in, readings out. Pure: time comes in by `tick` only.

    Order, repetition and lateness of facts make no difference to any counter. At any instant only facts dated at or
    before it count. Nothing exists before the first fact, so who has no such feed pays nothing.
    """

    def apply(self, tables: Mapping[str, FactTable], cells: Sequence[bytes]) -> None:
        """Takes in the facts of one batch, by tag; `cells` are those that they name, in the log's encoding."""
        ...

    def tick(self, now_ms: int) -> None:
        """Moves the clock; one that steps back is ignored."""
        ...

    def readings(self, *, changed_only: bool = False) -> list[Reading]:
        """What every cell reads now; with `changed_only` those that differ from what any earlier call said."""
        ...

    def by_interval(self, edges: list[int]) -> dict[Cell, list[Sums]]:
        """For every cell one `Sums` per interval [edge, next edge), as known now."""
        ...

    def forget(self, before_ms: int) -> None:
        """Drops what no window that begins at or behind this instant needs."""
        ...

    def dump(self) -> dict[str, bytes]:
        """The state as plain values."""
        ...

    def load(self, parts: Mapping[str, bytes]) -> None:
        """Takes over what `dump` gave, into a family that has no fact yet."""
        ...
