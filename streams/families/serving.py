"""Who serves which hotline now: the persons who are in a queue of it, by their primary state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.codec import decode_cell
from streams.families.last_words import OFFLINE
from streams.families.people import People
from streams.records import Cell
from streams.visits import Ints

_NONE = -1


class Serving:
    """The hotline of every login. A hotline's project and client are the smallest names that its queues gave it."""

    def __init__(self) -> None:
        self._hotline_of = np.zeros(0, np.int64)
        self._hotlines: list[str] = []
        self._belongs: dict[str, tuple[str, str]] = {}
        self._shown: set[Cell] = set()

    def meet(self, people: People, login: Ints, serves: npt.NDArray[np.int32], cells: Sequence[bytes]) -> None:
        """Notes the hotlines of logins; `serves` are cells of a batch."""
        more = people.logins - self._hotline_of.size
        if more:
            self._hotline_of = np.concatenate([self._hotline_of, np.full(more, _NONE, np.int64)])
        # What a login serves is said by any of its facts, whichever comes first.
        unsaid = self._hotline_of[login] == _NONE
        if not unsaid.any():
            return
        for row, number in dict(zip(login[unsaid].tolist(), serves[unsaid].tolist(), strict=True)).items():
            cell = decode_cell(cells[number])
            if cell.hotline:
                self._hotline_of[row] = self._number(cell)

    def _number(self, cell: Cell) -> int:
        belongs = cell.project, cell.client
        if cell.hotline not in self._belongs:
            self._hotlines.append(cell.hotline)
        self._belongs[cell.hotline] = min(self._belongs.get(cell.hotline, belongs), belongs)
        return self._hotlines.index(cell.hotline)

    def counts(self, people: People, homes: Sequence[Cell]) -> Iterator[tuple[Cell, list[int]]]:
        """Every cell of a hotline and a home, and how many distinct persons are in each state. Offline ones serve
        nobody; a cell once shown is shown again, be it empty.
        """
        size = people.logins
        rows = np.flatnonzero((people.now.inside[:size] > 0) & (self._hotline_of >= 0))
        person, hotline = people.login_person[rows], self._hotline_of[rows]
        pairs = np.unique(person * max(1, len(self._hotlines)) + hotline)
        person, hotline = np.divmod(pairs, max(1, len(self._hotlines)))
        there = people.state[person] != OFFLINE
        person, hotline = person[there], hotline[there]
        place = (hotline * len(homes) + people.now.home[person]) * OFFLINE + people.state[person]
        found = np.bincount(place, minlength=len(self._hotlines) * len(homes) * OFFLINE).reshape(-1, OFFLINE)
        counted = {self._cell(at, homes): found[at].tolist() for at in np.flatnonzero(found.any(axis=1)).tolist()}
        self._shown.update(counted)
        for cell in sorted(self._shown, key=_name):
            yield cell, counted.get(cell, [0] * OFFLINE)

    def _cell(self, at: int, homes: Sequence[Cell]) -> Cell:
        hotline, home = self._hotlines[at // len(homes)], homes[at % len(homes)]
        project, client = self._belongs[hotline]
        return Cell(hotline, home.provider, home.site, home.team, project=project, client=client, family="serving")

    def dump(self) -> list[Any]:
        """The state as plain values."""
        return [
            self._hotline_of.tolist(),
            self._hotlines,
            [[name, *belongs] for name, belongs in self._belongs.items()],
        ]

    def load(self, saved: list[Any]) -> None:
        """Takes over what `dump` gave."""
        hotline_of, self._hotlines, belongs = saved
        self._hotline_of = np.array(hotline_of, np.int64)
        self._belongs = {name: (project, client) for name, project, client in belongs}


def _name(cell: Cell) -> tuple[str, ...]:
    return cell.hotline, cell.provider, cell.site, cell.team, cell.project, cell.client
