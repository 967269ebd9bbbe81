"""How long how many were in each state, exactly, over windows that move on: sums of changes.

A *change* says that at an instant one more (+1) or one fewer (-1) is in a place, which is a state of a cell. The time
spent in a place up to t is the sum of sign * (t - instant) over the changes up to t, which is count * t - weighted
instants: so a window is the difference of two such sums, and the clock costs nothing.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from streams.counters import ROLLING_SECONDS
from streams.due import Timetable
from streams.visits import Ints
from streams.windows import edge

Mask = npt.NDArray[np.bool_]
_COLUMNS = (("at_ms", np.int64), ("person", np.int32), ("place", np.int32), ("sign", np.int8))


class _Upto:
    """Of all changes up to some instant: how many are in each place, and the sum of sign * instant."""

    def __init__(self) -> None:
        self.count = np.zeros(0, np.int64)
        self.weighted = np.zeros(0, np.int64)

    def grow(self, places: int) -> None:
        more = np.zeros(places - self.count.size, np.int64)
        self.count, self.weighted = np.concatenate([self.count, more]), np.concatenate([self.weighted, more])

    def add(self, at_ms: Ints, place: Ints, sign: Ints) -> None:
        np.add.at(self.count, place, sign)
        np.add.at(self.weighted, place, sign * at_ms)

    def spent_ms(self, until_ms: int | Ints) -> Ints:
        return self.count * until_ms - self.weighted


class StateSums:
    """All changes, the rolling 30 minutes and the day of every place. The clock stands at `now_ms`.

    Changes must not be dated behind the clock. Places are numbered from 0; `day_start_ms` is that of each.
    """

    at_ms: Ints
    person: npt.NDArray[np.int32]
    place: npt.NDArray[np.int32]
    sign: npt.NDArray[np.int8]

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self.size = 0
        self.day_start_ms = np.zeros(0, np.int64)
        for name, kind in _COLUMNS:
            setattr(self, name, np.zeros(0, kind))
        self._now, self._edge, self._day = _Upto(), _Upto(), _Upto()
        self._leaving = Timetable()

    def grow(self, day_start_ms: Ints) -> None:
        """Adds one place per day start given."""
        self.day_start_ms = np.concatenate([self.day_start_ms, day_start_ms])
        for upto in (self._now, self._edge, self._day):
            upto.grow(self.day_start_ms.size)

    def add(self, at_ms: Ints, person: Ints, place: Ints, sign: Ints) -> None:
        """Takes changes in, in any order."""
        if at_ms.size == 0:
            return
        first, self.size = self.size, self.size + at_ms.size
        if self.size > self.at_ms.size:
            room = max(1024, self.size + self.size // 4)
            for name, kind in _COLUMNS:
                grown: npt.NDArray[np.signedinteger[npt.NBitBase]] = np.zeros(room, kind)
                grown[:first] = getattr(self, name)[:first]
                setattr(self, name, grown)
        rows = slice(first, self.size)
        self.at_ms[rows], self.person[rows], self.place[rows], self.sign[rows] = at_ms, person, place, sign
        self._count(at_ms, place, sign)
        ahead = np.flatnonzero(at_ms > edge(self.now_ms))
        self._leaving.add(-(-at_ms[ahead] // 1000) + ROLLING_SECONDS, first + ahead)

    def _count(self, at_ms: Ints, place: Ints, sign: Ints) -> None:
        self._now.add(at_ms, place, sign)
        behind = at_ms <= edge(self.now_ms)
        if behind.any():
            self._edge.add(at_ms[behind], place[behind], sign[behind])
        behind = at_ms <= self.day_start_ms[place]
        if behind.any():
            self._day.add(at_ms[behind], place[behind], sign[behind])

    def withdraw(self, persons: Mask) -> None:
        """Takes back every change of these persons (one flag per person)."""
        rows = np.flatnonzero(persons[self.person[: self.size]] & (self.sign[: self.size] != 0))
        self._count(self.at_ms[rows], self.place[rows].astype(np.int64), -self.sign[rows].astype(np.int64))
        # What is still to leave the window then leaves it without a trace.
        self.sign[rows] = 0

    def tick(self, now_ms: int) -> None:
        """Moves the clock on."""
        self.now_ms = now_ms
        rows = self._leaving.pop(now_ms // 1000)
        if rows.size:
            self._edge.add(self.at_ms[rows], self.place[rows].astype(np.int64), self.sign[rows].astype(np.int64))

    def start_day(self, places: Mask, day_start_ms: int) -> None:
        """A business day began in these places (one flag each)."""
        self.day_start_ms[places] = day_start_ms
        self._day.count[places] = self._day.weighted[places] = 0
        place = self.place[: self.size]
        rows = np.flatnonzero(places[place] & (self.at_ms[: self.size] <= day_start_ms))
        self._day.add(self.at_ms[rows], place[rows].astype(np.int64), self.sign[rows].astype(np.int64))

    def counts(self) -> Ints:
        """How many are in each place now."""
        return self._now.count

    def windows(self) -> dict[str, Ints]:
        """Milliseconds spent in each place within the rolling 30 minutes and the day, all persons together."""
        until_now = self._now.spent_ms(self.now_ms)
        return {
            "30m": until_now - self._edge.spent_ms(edge(self.now_ms)),
            "day": until_now - self._day.spent_ms(self.day_start_ms),
        }

    def within(self, edges: list[int]) -> list[Ints]:
        """Milliseconds spent in each place within each [edge, next edge), up to now."""
        at_ms, place, sign = self.at_ms[: self.size], self.place[: self.size], self.sign[: self.size]
        upto = []
        for edge_ms in edges:
            until_ms = min(edge_ms, self.now_ms)
            rows = np.flatnonzero(at_ms < until_ms)
            spent = np.zeros(self.day_start_ms.size, np.int64)
            np.add.at(spent, place[rows], sign[rows] * (until_ms - at_ms[rows]))
            upto.append(spent)
        return [later - earlier for earlier, later in pairwise(upto)]

    def presence(self) -> tuple[Ints, Ints, Ints]:
        """When each person was in any place: person, from and to (UTC ms, up to now), never empty."""
        live = np.flatnonzero(self.sign[: self.size])
        order = live[np.lexsort((self.at_ms[live], self.person[live]))]
        person, at_ms = self.person[order].astype(np.int64), self.at_ms[order]
        level = np.cumsum(self.sign[order].astype(np.int64))
        first = np.append(True, person[1:] != person[:-1]) if person.size else np.zeros(0, np.bool_)
        before = np.concatenate([[0], level[:-1]]) if level.size else level
        level = level - before[np.maximum.accumulate(np.where(first, np.arange(level.size), 0))]
        last = np.append(first[1:], True) if person.size else first
        until = np.where(last, self.now_ms, np.append(at_ms[1:], 0)) if person.size else at_ms
        there = np.flatnonzero((level > 0) & (until > at_ms))
        return person[there], at_ms[there], until[there]
