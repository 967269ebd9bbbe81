"""Everybody that facts speak of: their facts, what holds of them now, and the changes of their state. Pure.

Facts that come in order cost only themselves. Of who has a fact that comes late, all is worked out anew from what held
at `forgotten_ms`, the instant before which only the last words are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from streams.due import Timetable
from streams.families.entries import Entries
from streams.families.last_words import OFFLINE, Facts, Flags, LastWords
from streams.families.state_sums import StateSums
from streams.families.timelines import Standing, Turns, running_out, turns
from streams.id_table import Halves, IdTable, halves
from streams.visits import Ints

STATES = OFFLINE
"""So many states are counted, from 0 on; offline is none of them."""
_PARTS = 256
_BY_PERSON = ("state", "since_ms", "last_at", "last_place", "on_since_ms", "off_ms", "known")


class People:
    """Persons and logins by row, and the sums of their states by cell.

    A place in `sums` is `cell * STATES + state`; the cell is a person's home (`now.home`), 0 where none is known.
    """

    state: Ints
    since_ms: Ints
    last_at: Ints
    last_place: Ints
    on_since_ms: Ints
    off_ms: Ints
    known: Ints
    """1 for whoever has a fact dated at or before the clock."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self.forgotten_ms = 0
        self.sums = StateSums(now_ms)
        self.login_person = np.zeros(0, np.int64)
        self.now = LastWords()
        self.entries = Entries()
        self._ids, self._logins = IdTable(), IdTable()
        self._before = LastWords()
        self._inside, self._unpaused = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self._facts = [Facts.none()]
        self._ahead = Facts.none()
        self._running_out = Timetable()
        for name in _BY_PERSON:
            setattr(self, name, np.zeros(0, np.int64))

    @property
    def persons(self) -> int:
        """How many persons there are."""
        return self._ids.size

    @property
    def logins(self) -> int:
        """How many logins of persons there are."""
        return self._logins.size

    def rows(self, persons: Halves, logins: Halves) -> tuple[Ints, Ints]:
        """The rows of these ids, pair by pair; new ones get the next."""
        person, login = self._ids.rows(persons), self._logins.rows(logins)
        if self.login_person.size < self.logins:
            room = np.zeros(self.logins - self.login_person.size, np.int64)
            self.login_person = np.concatenate([self.login_person, room])
            self.login_person[login] = person
        self._grow()
        return person, login

    def _grow(self) -> None:
        if self.state.size < self.persons:
            more = self.persons + self.persons // 4 + 16 - self.state.size
            empty = {"state": OFFLINE, "last_at": -1, "last_place": -1, "off_ms": -1}
            for name in _BY_PERSON:
                room = np.full(more, empty.get(name, 0), np.int64)
                setattr(self, name, np.concatenate([getattr(self, name), room]))
            for name in ("_inside", "_unpaused"):
                setattr(self, name, np.concatenate([getattr(self, name), np.zeros(more, np.int64)]))
        self.now.grow(self.persons, self.logins)
        self._before.grow(self.persons, self.logins)

    def take(self, facts: Facts) -> None:
        """Takes in facts; those dated behind the clock wait for it."""
        anew = np.zeros(self.persons, np.bool_)
        if facts.entry.any():
            facts = self._rewritten(facts, anew)
        facts = self._due(facts).in_order()
        old = facts.at_ms < self.forgotten_ms
        if old.any():
            before = facts.rows(old)
            self._before.learn(before)
            self._before.settle(before)
            anew[before.person] = True
            facts = facts.rows(~old)
        first = np.append(True, facts.person[1:] != facts.person[:-1])[: facts.person.size]
        who, at_ms = facts.person[first], facts.at_ms[first]
        late = (at_ms < self.since_ms[who]) | (
            (at_ms == self.last_at[who]) & (facts.place[first] <= self.last_place[who])
        )
        anew[who[late]] = True
        anew[self.now.settle(facts)] = True
        self._facts.append(facts)
        if len(self._facts) > _PARTS:
            self._facts = [_together(self._facts)]
        ordered = ~anew[facts.person]
        self._go_on(facts if ordered.all() else facts.rows(ordered))
        if anew.any():
            self.redo(anew)

    def _due(self, facts: Facts) -> Facts:
        ahead = facts.at_ms > self.now_ms
        if not ahead.any():
            return facts
        self._ahead = _together([self._ahead, facts.rows(ahead)])
        return facts.rows(~ahead)

    def _rewritten(self, facts: Facts, anew: Flags) -> Facts:
        """Takes back what these facts replace, and flags whose that was; returns those of the facts that stand."""
        if self.entries.learn(facts):
            for number, part in enumerate(self._facts):
                stands = self.entries.stand(part)
                anew[part.person[~stands]] = True
                self._facts[number] = part.rows(stands)
            self._ahead = self._ahead.rows(self.entries.stand(self._ahead))
        return facts.rows(self.entries.stand(facts))

    def redo(self, anew: Flags) -> None:
        """Works out anew all that is known of these persons (one flag each)."""
        self.sums.withdraw(anew)
        self.now.copy(self._before, anew, anew[self.login_person])
        facts = _together([part.rows(anew[part.person]) for part in self._facts]).in_order()
        self.now.settle(facts)
        self._count_logins(anew)
        who = np.flatnonzero(anew)
        self.state[who] = OFFLINE
        self.last_at[who] = self.last_place[who] = self.off_ms[who] = -1
        self.on_since_ms[who] = self.since_ms[who] = self.forgotten_ms
        opening = self._standing(who).state(np.full(who.size, self.forgotten_ms))
        self._turn(Turns(who, np.full(who.size, self.forgotten_ms), opening))
        self.known[who] = opening != OFFLINE
        self._go_on(facts)
        self._run_out(who)

    def _count_logins(self, who: Flags) -> None:
        inside = self.now.inside[: self.logins]
        unpaused = inside * (1 - self.now.paused[: self.logins])
        for counts, of_logins in ((self._inside, inside), (self._unpaused, unpaused)):
            total = np.bincount(self.login_person, of_logins, self.persons).astype(np.int64)
            counts[: self.persons][who] = total[who]

    def _standing(self, persons: Ints) -> Standing:
        words = self.now
        return Standing(
            words.call[persons],
            words.call_until[persons],
            words.acw_until[persons],
            self._inside[persons],
            self._unpaused[persons],
            self.since_ms[persons],
        )

    def _go_on(self, facts: Facts) -> None:
        """Takes in sorted facts that are all behind what is known of their persons."""
        if facts.person.size == 0:
            return
        turned, after = turns(facts, self.now, self._standing(facts.person))
        self._turn(turned)
        self.now.learn(facts)
        last = np.flatnonzero(np.append(facts.person[1:] != facts.person[:-1], True))
        who = facts.person[last]
        self.known[who] = 1
        self._inside[who], self._unpaused[who] = after.inside[last], after.unpaused[last]
        self.since_ms[who] = self.last_at[who] = facts.at_ms[last]
        self.last_place[who] = facts.place[last]
        self._run_out(who)

    def _run_out(self, who: Ints) -> None:
        """Ends what has run out by now, and notes what is to."""
        standing = self._standing(who)
        self._turn(running_out(who, standing, self.now_ms))
        for instant in standing.runs_out():
            over = (instant > standing.since_ms) & (instant <= self.now_ms)
            np.maximum.at(self.since_ms, who[over], instant[over])
            ahead = np.flatnonzero(instant > self.now_ms)
            self._running_out.add(instant[ahead] // 1000, who[ahead])

    def _turn(self, turned: Turns) -> None:
        """Notes where the state really changes. Turns are sorted by person and time."""
        person, at_ms, state = turned
        if person.size == 0:
            return
        first = np.append(True, person[1:] != person[:-1])
        before = np.where(first, self.state[person], np.append(0, state[:-1]))
        rows = np.flatnonzero(before != state)
        if rows.size == 0:
            return
        person, at_ms, before, state = person[rows], at_ms[rows], before[rows], state[rows]
        self.state[person] = state
        self._note_presence(person, at_ms, before, state)
        place = self.now.home[person] * STATES
        for states, sign in ((before, -1), (state, 1)):
            counted = np.flatnonzero(states != OFFLINE)
            who = person[counted]
            self.sums.add(at_ms[counted], who, place[counted] + states[counted], np.full(who.size, sign))

    def _note_presence(self, person: Ints, at_ms: Ints, before: Ints, state: Ints) -> None:
        first = np.append(True, person[1:] != person[:-1])
        start = np.maximum.accumulate(np.where(first, np.arange(person.size), 0))
        comes = before == OFFLINE
        last = np.maximum.accumulate(np.where(comes, np.arange(person.size), -1))
        since = np.where(last >= start, at_ms[last], self.on_since_ms[person])
        goes = np.flatnonzero((state == OFFLINE) & (at_ms > since))
        np.maximum.at(self.off_ms, person[goes], at_ms[goes])
        self.on_since_ms[person[comes]] = at_ms[comes]

    def tick(self, now_ms: int) -> None:
        """Moves the clock on."""
        self.now_ms = now_ms
        self.sums.tick(now_ms)
        # Facts come first: what has run out before them ends when they are taken in.
        if self._ahead.person.size and self._ahead.at_ms.min() <= now_ms:
            ahead, self._ahead = self._ahead, Facts.none()
            self.take(ahead)
        due = self._running_out.pop(now_ms // 1000)
        if due.size:
            self._run_out(due)

    def present(self, since_ms: Ints) -> Flags:
        """Who was logged in for some time after this instant, given for each person."""
        size = self.persons
        there = (self.state[:size] != OFFLINE) & (np.maximum(self.on_since_ms[:size], since_ms) < self.now_ms)
        found: Flags = there | (self.off_ms[:size] > since_ms)
        return found

    def forget(self, before_ms: int) -> None:
        """Keeps of what happened before this instant only the last words."""
        if before_ms <= self.forgotten_ms:
            return
        facts = _together(self._facts).in_order()
        old = facts.at_ms < before_ms
        self._before.learn(facts.rows(old))
        self._before.settle(facts.rows(old))
        self._facts = [facts.rows(~old)]
        self._facts[0], self._ahead = self.entries.forget(self._facts[0], self._ahead)
        self.forgotten_ms = before_ms
        day_start_ms = self.sums.day_start_ms
        self.sums = StateSums(self.now_ms)
        self.sums.grow(day_start_ms)
        self._running_out.clear()
        self.redo(np.ones(self.persons, np.bool_))

    def dump(self) -> dict[str, bytes]:
        """The state as plain values. Changes are not saved: they follow from the facts."""
        facts = _together([*self._facts, self._ahead])
        saved = {f"before {name}": column for name, column in self._before.dump().items()}
        saved |= {f"fact {name}": column.tobytes() for name, column in facts._asdict().items()}
        return saved | {
            **self.entries.dump(),
            "persons": self._ids.ids().tobytes(),
            "logins": self._logins.ids().tobytes(),
            "login_person": self.login_person.tobytes(),
            "forgotten_ms": str(self.forgotten_ms).encode(),
        }

    def load(self, parts: Mapping[str, bytes]) -> None:
        """Takes over what `dump` gave. Homes must be there already."""
        self._ids, self._logins = IdTable(halves(parts["persons"])), IdTable(halves(parts["logins"]))
        self.login_person = np.frombuffer(parts["login_person"], np.int64).copy()
        self.forgotten_ms = int(parts["forgotten_ms"])
        self._before.load({name[7:]: column for name, column in parts.items() if name.startswith("before ")})
        size = len(parts["fact person"])
        # A state from before facts could be taken back has no entries.
        columns = [np.frombuffer(parts.get(f"fact {name}", bytes(size)), np.int64) for name in Facts._fields]
        self.entries.load(parts)
        self._facts = [self._due(Facts(*columns))]
        self._grow()
        self.redo(np.ones(self.persons, np.bool_))


def _together(facts: Sequence[Facts]) -> Facts:
    return Facts._make(np.concatenate(columns) for columns in zip(*facts, strict=True))
