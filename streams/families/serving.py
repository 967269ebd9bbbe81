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
        self._told: Ints = np.zeros((0, 0, OFFLINE), np.int64)
        self._shown: npt.NDArray[np.bool_] = np.zeros((0, 0), np.bool_)

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

    def counts(
        self, people: People, homes: Sequence[Cell], *, changed_only: bool = False
    ) -> Iterator[tuple[Cell, list[int]]]:
        """Every cell of a hotline and a home, and how many distinct persons are in each state. Offline ones serve
        nobody; a cell once shown is shown again, be it empty. `changed_only`: those that changed since the last such
        call.
        """
        found = self._count(people, len(homes))
        before = _padded(self._told, found.shape)
        shown = before.any(axis=2) | found.any(axis=2) | _padded(self._shown, found.shape[:2])
        self._shown = shown
        rows = np.argwhere((found != before).any(axis=2) if changed_only else shown)
        if changed_only:
            self._told = found
        for hotline, home in rows.tolist():
            yield self._cell(hotline, homes[home]), found[hotline, home].tolist()

    def _count(self, people: People, homes: int) -> Ints:
        size, hotlines = people.logins, len(self._hotlines)
        rows = np.flatnonzero((people.now.inside[:size] > 0) & (self._hotline_of >= 0))
        person, hotline = people.login_person[rows], self._hotline_of[rows]
        if rows.size and people.logins > people.persons:
            # Somebody in two queues of one hotline serves it once.
            person, hotline = np.divmod(np.unique(person * hotlines + hotline), hotlines)
        there = people.state[person] != OFFLINE
        person, hotline = person[there], hotline[there]
        place = (hotline * homes + people.now.home[person]) * OFFLINE + people.state[person]
        return np.bincount(place, minlength=hotlines * homes * OFFLINE).reshape(hotlines, homes, OFFLINE)

    def _cell(self, number: int, home: Cell) -> Cell:
        hotline = self._hotlines[number]
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


def _padded(values: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """The values with more rows of zeros: hotlines and homes are only ever added."""
    return np.pad(values, [(0, wanted - had) for wanted, had in zip(shape, values.shape, strict=True)])
