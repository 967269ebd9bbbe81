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

UNTOLD = -1
"""Whoever reads everything may publish it: what it says beyond the last changes is told again with the next ones, even
where it is by then what those changes said."""
_NONE = -1


class Serving:
    """What every login serves: a hotline, with the project and client that its queue gives it.

    Who is in several queues of one hotline serves it once, for the smallest of their projects and clients. Nothing
    rests on what other persons do, so that parts of a log, each with its own persons, add up.
    """

    def __init__(self) -> None:
        self._served_by = np.zeros(0, np.int64)
        self._served: dict[tuple[str, str, str], int] = {}
        self._told: Ints = np.zeros((0, 0, OFFLINE + 1), np.int64)
        self._shown: npt.NDArray[np.bool_] = np.zeros((0, 0), np.bool_)

    def meet(self, people: People, login: Ints, serves: npt.NDArray[np.int32], cells: Sequence[bytes]) -> None:
        """Notes what logins serve; `serves` are cells of a batch."""
        more = people.logins - self._served_by.size
        if more:
            self._served_by = np.concatenate([self._served_by, np.full(more, _NONE, np.int64)])
        # What a login serves is said by any of its facts, whichever comes first.
        unsaid = self._served_by[login] == _NONE
        if not unsaid.any():
            return
        for row, number in dict(zip(login[unsaid].tolist(), serves[unsaid].tolist(), strict=True)).items():
            cell = decode_cell(cells[number])
            if cell.hotline:
                served = cell.hotline, cell.project, cell.client
                self._served_by[row] = self._served.setdefault(served, len(self._served))

    def counts(
        self, people: People, homes: Sequence[Cell], day_start_ms: Ints, *, changed_only: bool = False
    ) -> Iterator[tuple[Cell, int, list[int]]]:
        """Every cell of a hotline and a home, its home's `day_start_ms`, and how many distinct persons are in each
        state. Offline ones serve nobody; a cell once shown is shown again, be it empty. `changed_only`: those that
        differ from what any earlier call said.
        """
        found = self._count(people, len(homes))
        self._shown = found.any(axis=2) | _padded(self._shown, found.shape[:2])
        read = np.dstack([found, np.where(self._shown, day_start_ms, 0)])
        before = _padded(self._told, read.shape)
        differs = (read != before).any(axis=2)
        self._told = read if changed_only else np.where(differs[:, :, np.newaxis], UNTOLD, before)
        served = list(self._served)
        for number, home in np.argwhere(differs if changed_only else self._shown).tolist():
            *states, begun_ms = read[number, home].tolist()
            yield _cell(served[number], homes[home]), begun_ms, states

    def _count(self, people: People, homes: int) -> Ints:
        size, served = people.logins, len(self._served)
        rows = np.flatnonzero((people.now.inside[:size] > 0) & (self._served_by >= 0))
        person, number = people.login_person[rows], self._served_by[rows]
        if rows.size and people.logins > people.persons:
            person, number = self._once_a_hotline(person, number)
        there = people.state[person] != OFFLINE
        person, number = person[there], number[there]
        place = (number * homes + people.now.home[person]) * OFFLINE + people.state[person]
        return np.bincount(place, minlength=served * homes * OFFLINE).reshape(served, homes, OFFLINE)

    def _once_a_hotline(self, person: Ints, number: Ints) -> tuple[Ints, Ints]:
        """The first of what each person serves, hotline by hotline."""
        in_order = sorted(self._served)
        numbers = np.array([self._served[one] for one in in_order], np.int64)
        hotlines = [hotline for hotline, _, _ in in_order]
        hotline_of = np.cumsum([before != own for before, own in zip([None, *hotlines], hotlines, strict=False)])
        rank = np.argsort(numbers)
        person, placed = np.divmod(np.unique(person * numbers.size + rank[number]), numbers.size)
        hotline = hotline_of[placed]
        first = np.append(True, (person[1:] != person[:-1]) | (hotline[1:] != hotline[:-1]))
        return person[first], numbers[placed[first]]

    def dump(self) -> list[Any]:
        """The state as plain values."""
        return [self._served_by.tolist(), list(self._served)]

    def load(self, saved: list[Any]) -> None:
        """Takes over what `dump` gave."""
        served_by, served = saved
        self._served_by = np.array(served_by, np.int64)
        self._served = {(hotline, project, client): number for number, (hotline, project, client) in enumerate(served)}


def _cell(served: tuple[str, str, str], home: Cell) -> Cell:
    hotline, project, client = served
    return Cell(hotline, home.provider, home.site, home.team, project=project, client=client, family="serving")


def _padded(values: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """The values with more rows of zeros: hotlines and homes are only ever added."""
    return np.pad(values, [(0, wanted - had) for wanted, had in zip(shape, values.shape, strict=True)])
