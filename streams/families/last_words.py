"""What holds of each person and each login: of the facts about one thing, the last by (instant, place) stands.

So order, repetition and lateness of facts make no difference. A person is in a call or not, has after-call work left
or not; of each login (a queue, or the telephone) they are in or not, and paused or not. The state at an instant
follows from these (`state_at`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from streams.counters import STATES
from streams.records import Work
from streams.visits import Ints

Flags = npt.NDArray[np.bool_]

OFFLINE = len(STATES)
AVAILABLE, RINGING, TALKING, HOLD, ACW, OUTBOUND, PAUSE = range(OFFLINE)
LONGEST_TALK_MS = 4 * 3_600_000
"""A talk whose end never comes is over so long after its beginning."""
NO_CALL = -1


def _table(values: dict[Work, int], other: int) -> npt.NDArray[np.int8]:
    return np.array([values.get(work, other) for work in Work], np.int8)


_UNTOUCHED = -2
CALL = _table(
    {Work.CONNECTED: TALKING, Work.HELD: HOLD, Work.DIALLED: OUTBOUND, Work.TALKED: NO_CALL, Work.LOST: NO_CALL},
    _UNTOUCHED,
)
"""The call that a fact begins; NO_CALL: it ends it; below that: says nothing of it."""
ENDS_ACW = _table({Work.WRAPPING: 1, Work.CONNECTED: 1, Work.DIALLED: 1, Work.LOST: 1}, 0)
INSIDE = _table(
    {
        **dict.fromkeys((Work.JOINED, Work.PAUSED, Work.UNPAUSED, Work.RANG, Work.CONNECTED), 1),
        **dict.fromkeys((Work.LEFT, Work.LOST), 0),
    },
    _UNTOUCHED,
)
"""Whether somebody is in the login that the fact names. Nobody rings, answers or pauses who is not in."""
PAUSED = _table({Work.PAUSED: 1, Work.UNPAUSED: 0, Work.LEFT: 0, Work.LOST: 0}, _UNTOUCHED)


class Facts(NamedTuple):
    """Facts as arrays; `person` and `login` are row numbers, `duration_ms` of ringing or after-call work.

    `home` is the number of a cell, 0 where the fact says nothing of it, `entry` that of the row that tells the fact, 0
    where nothing takes it back (see `entries`).
    """

    person: Ints
    at_ms: Ints
    place: Ints
    work: Ints
    login: Ints
    duration_ms: Ints
    home: Ints
    entry: Ints
    version: Ints

    def rows(self, rows: Ints | Flags) -> Facts:
        """These facts only."""
        return Facts._make(column[rows] for column in self)

    def in_order(self) -> Facts:
        """Sorted by person, instant and place, each fact once."""
        if _rises(self.at_ms, self.place):
            # What one source tells in its order is in order already, person by person.
            return self.rows(np.argsort(self.person, kind="stable"))
        least_first = (self.entry, self.home, self.duration_ms, self.login, self.work, self.place, self.at_ms)
        rows = np.lexsort((*least_first, self.person))
        facts = self.rows(rows)
        if rows.size < 2:
            return facts
        new = np.ones(rows.size, np.bool_)
        new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in facts])
        return facts if new.all() else facts.rows(new)

    @classmethod
    def none(cls) -> Facts:
        """No facts."""
        return cls(*(np.zeros(0, np.int64) for _ in cls._fields))


def _rises(at_ms: Ints, place: Ints) -> bool:
    later = at_ms[1:] > at_ms[:-1]
    return bool((later | ((at_ms[1:] == at_ms[:-1]) & (place[1:] > place[:-1]))).all())


def acw_until(facts: Facts) -> Ints:
    """Until when each fact's after-call work lasts; 0 where it ends it."""
    return np.where(facts.work == Work.WRAPPING, facts.at_ms + facts.duration_ms, 0)


def call_until(facts: Facts) -> Ints:
    """Until when each fact's call lasts at most; 0 where it ends it."""
    return np.where(CALL[facts.work] >= 0, facts.at_ms + LONGEST_TALK_MS, 0)


_NEVER = 1 << 62
_OF_PERSONS = (
    *(("call", NO_CALL), ("call_until", 0), ("call_at", -1), ("call_place", -1)),
    *(("acw_until", 0), ("acw_at", -1), ("acw_place", -1)),
    *(("home", 0), ("home_at", _NEVER), ("home_place", _NEVER)),
)
_OF_LOGINS = (
    *(("inside", 0), ("inside_at", -1), ("inside_place", -1)),
    *(("paused", 0), ("paused_at", -1), ("paused_place", -1)),
)


class LastWords:
    """What holds after some set of facts, with the fact that said so."""

    call: Ints
    call_until: Ints
    call_at: Ints
    call_place: Ints
    acw_until: Ints
    acw_at: Ints
    acw_place: Ints
    home: Ints
    home_at: Ints
    home_place: Ints
    inside: Ints
    inside_at: Ints
    inside_place: Ints
    paused: Ints
    paused_at: Ints
    paused_place: Ints

    def __init__(self) -> None:
        for name, _ in (*_OF_PERSONS, *_OF_LOGINS):
            setattr(self, name, np.zeros(0, np.int64))

    def grow(self, persons: int, logins: int) -> None:
        """Room for so many persons and logins."""
        for columns, size in ((_OF_PERSONS, persons), (_OF_LOGINS, logins)):
            for name, empty in columns:
                column = getattr(self, name)
                if column.size < size:
                    room = np.full(size + size // 4 + 16 - column.size, empty, np.int64)
                    setattr(self, name, np.concatenate([column, room]))

    def learn(self, facts: Facts) -> None:
        """Takes in facts that are sorted by person, instant and place."""
        call = CALL[facts.work].astype(np.int64)
        said = {"call": call, "call_until": call_until(facts)}
        self._stand("call", facts, facts.person, np.flatnonzero(call > _UNTOUCHED), said)
        rows = np.flatnonzero(ENDS_ACW[facts.work])
        self._stand("acw", facts, facts.person, rows, {"acw_until": acw_until(facts)})
        for name, table in (("inside", INSIDE), ("paused", PAUSED)):
            value = table[facts.work].astype(np.int64)
            self._stand(name, facts, facts.login, np.flatnonzero(value > _UNTOUCHED), {name: value})

    def settle(self, facts: Facts) -> Ints:
        """Gives persons their home, what the first of their facts with a home says; returns whose home is another now.

        `facts` are sorted by person, instant and place.
        """
        rows = np.flatnonzero(facts.home)
        rows = rows[np.append(True, facts.person[rows[1:]] != facts.person[rows[:-1]])[: rows.size]]
        who, at_ms, place = facts.person[rows], facts.at_ms[rows], facts.place[rows]
        earlier = (at_ms < self.home_at[who]) | ((at_ms == self.home_at[who]) & (place < self.home_place[who]))
        rows, who = rows[earlier], who[earlier]
        self.home_at[who], self.home_place[who] = facts.at_ms[rows], facts.place[rows]
        moved: Ints = who[self.home[who] != facts.home[rows]]
        self.home[who] = facts.home[rows]
        return moved

    def _stand(self, of: str, facts: Facts, who: Ints, rows: Ints, said: dict[str, Ints]) -> None:
        if rows.size == 0:
            return
        at, place = getattr(self, f"{of}_at"), getattr(self, f"{of}_place")
        one, at_ms, line = who[rows], facts.at_ms[rows], facts.place[rows]
        newer = (at_ms > at[one]) | ((at_ms == at[one]) & (line >= place[one]))
        rows, one = rows[newer], one[newer]
        # Of several, the last in order is written last and stays. A login belongs to one person, so it is in order.
        at[one], place[one] = facts.at_ms[rows], facts.place[rows]
        for name, values in said.items():
            getattr(self, name)[one] = values[rows]

    def copy(self, other: LastWords, persons: Flags, logins: Flags) -> None:
        """Takes over what holds of these persons and logins (one flag each)."""
        for columns, flags in ((_OF_PERSONS, persons), (_OF_LOGINS, logins)):
            for name, _ in columns:
                getattr(self, name)[: flags.size][flags] = getattr(other, name)[: flags.size][flags]

    def dump(self) -> dict[str, bytes]:
        """The columns as bytes."""
        return {name: getattr(self, name).tobytes() for name, _ in (*_OF_PERSONS, *_OF_LOGINS)}

    def load(self, parts: dict[str, bytes]) -> None:
        """Takes over what `dump` gave."""
        for name, column in parts.items():
            setattr(self, name, np.frombuffer(column, np.int64).copy())


def state_at(at_ms: Ints, call: Ints, call_until_ms: Ints, acw_until_ms: Ints, inside: Ints, unpaused: Ints) -> Ints:
    """The one primary state at these instants.

    `inside`: so many logins is somebody in; `unpaused`: of so many of them not paused. Talk stands before everything,
    then after-call work of somebody who is logged in, then being free for at least one queue.
    """
    state = np.where(unpaused > 0, AVAILABLE, np.where(inside > 0, PAUSE, OFFLINE))
    state = np.where((acw_until_ms > at_ms) & (inside > 0), ACW, state)
    return np.where((call >= 0) & (call_until_ms > at_ms), call, state)
