"""Which telling of a source's rows stands: of the facts of one row those of its highest version (pure).

A row that only grew tells what is new with the version that it had; one that was rewritten tells everything anew with a
higher one. What was told of the time before the last `forget` cannot be taken back any more.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from streams.families.last_words import Facts, Flags
from streams.id_table import Halves, IdTable, halves
from streams.visits import Ints

_UNTOLD = -1


class Entries:
    """Rows of sources by number. Number 0 stands for facts that no row tells."""

    def __init__(self) -> None:
        self._begin(IdTable(np.zeros((1, 2), np.uint64)), np.zeros(1, np.int64))

    def _begin(self, ids: IdTable, version: Ints) -> None:
        self._ids, self._version = ids, version

    def rows(self, ids: Halves) -> Ints:
        """The numbers of these rows; new ones get the next."""
        if not ids.any():
            return np.zeros(len(ids), np.int64)
        numbers = self._ids.rows(ids)
        more = self._ids.size - self._version.size
        if more > 0:
            room = np.full(more + self._ids.size // 4, _UNTOLD, np.int64)
            self._version = np.concatenate([self._version, room])
        return numbers

    def learn(self, facts: Facts) -> bool:
        """Takes note of the versions of these facts; True where they replace something."""
        told = facts.entry > 0
        entry = facts.entry[told]
        before = self._version[entry]
        np.maximum.at(self._version, entry, facts.version[told])
        return bool(((before != _UNTOLD) & (self._version[entry] > before)).any())

    def stand(self, facts: Facts) -> Flags:
        """Which of these facts are not replaced."""
        stands: Flags = (facts.entry == 0) | (facts.version == self._version[facts.entry])
        return stands

    def forget(self, *kept: Facts) -> list[Facts]:
        """Drops the rows of which no fact is kept; the facts that are, with the numbers that hold from now on."""
        numbers = np.unique(np.concatenate([np.zeros(1, np.int64), *(facts.entry for facts in kept)]))
        self._begin(IdTable(self._ids.ids()[numbers]), self._version[numbers])
        return [facts._replace(entry=np.searchsorted(numbers, facts.entry)) for facts in kept]

    def dump(self) -> dict[str, bytes]:
        """The state as plain values."""
        return {"entries": self._ids.ids().tobytes(), "versions": self._version[: self._ids.size].tobytes()}

    def load(self, parts: Mapping[str, bytes]) -> None:
        """Takes over what `dump` gave."""
        if "entries" in parts:
            self._begin(IdTable(halves(parts["entries"])), np.frombuffer(parts["versions"], np.int64).copy())
