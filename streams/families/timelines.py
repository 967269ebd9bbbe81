"""From facts to the instants at which a person's state changes (pure, all persons of a batch at once)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from streams.families.last_words import (
    AVAILABLE,
    CALL,
    ENDS_ACW,
    INSIDE,
    PAUSED,
    RINGING,
    Facts,
    Flags,
    LastWords,
    acw_until,
    call_until,
    state_at,
)
from streams.records import Work
from streams.visits import Ints


class Standing(NamedTuple):
    """What holds of persons, one row each; see `last_words.state_at`. `since_ms`: the last instant looked at."""

    call: Ints
    call_until: Ints
    acw_until: Ints
    inside: Ints
    unpaused: Ints
    since_ms: Ints

    def rows(self, rows: Ints) -> Standing:
        """These rows only."""
        return Standing._make(column[rows] for column in self)

    def state(self, at_ms: Ints) -> Ints:
        """The state at an instant behind `since_ms`, if nothing happens before."""
        return state_at(at_ms, self.call, self.call_until, self.acw_until, self.inside, self.unpaused)

    def runs_out(self) -> tuple[Ints, Ints]:
        """The instants at which something runs out by itself, the earlier first; at or before `since_ms`: none."""
        return np.minimum(self.call_until, self.acw_until), np.maximum(self.call_until, self.acw_until)


class Turns(NamedTuple):
    """Instants and the state that each begins, sorted by person and time. The state may be the one that was."""

    person: Ints
    at_ms: Ints
    state: Ints


def running_out(persons: Ints, standing: Standing, until_ms: int) -> Turns:
    """What runs out by itself up to and including `until_ms`, nothing having happened."""
    slots = [
        (instant, standing.state(instant), (instant > standing.since_ms) & (instant <= until_ms))
        for instant in standing.runs_out()
    ]
    return _turns(persons, slots)


def turns(facts: Facts, words: LastWords, standing: Standing) -> tuple[Turns, Standing]:
    """All turns of these facts, and what holds after each fact.

    `facts` are sorted by person, instant and place. `words` and `standing` (one row per fact, of its person) hold
    before the first fact of each person.
    """
    size = facts.person.size
    first = np.append(True, facts.person[1:] != facts.person[:-1])
    start = np.maximum.accumulate(np.where(first, np.arange(size), 0))
    call = CALL[facts.work].astype(np.int64)
    begins_call, begins_acw = _last(call > -2, start), _last(ENDS_ACW[facts.work] > 0, start)
    inside, unpaused = _logins(facts, words)
    after = Standing(
        np.where(begins_call >= 0, call[begins_call], standing.call),
        np.where(begins_call >= 0, call_until(facts)[begins_call], standing.call_until),
        np.where(begins_acw >= 0, acw_until(facts)[begins_acw], standing.acw_until),
        standing.inside + _running(inside, start),
        standing.unpaused + _running(unpaused, start),
        facts.at_ms,
    )
    before = Standing._make(
        np.where(first, old, np.concatenate([old[:1], new[:-1]])) for old, new in zip(standing, after, strict=True)
    )
    slots = []
    known_ms = before.since_ms
    for instant in before.runs_out():
        happens = (instant > before.since_ms) & (instant <= facts.at_ms)
        slots.append((instant, before.state(instant), happens))
        known_ms = np.where(happens, instant, known_ms)
    # Ringing is told when it is over: it began where nothing else was known to happen.
    rings_ms = np.maximum(facts.at_ms - facts.duration_ms, known_ms)
    rang = (facts.work == Work.RANG) | (facts.work == Work.CONNECTED)
    rings = rang & (rings_ms < facts.at_ms) & (before.state(facts.at_ms) == AVAILABLE)
    slots.append((rings_ms, np.full(size, RINGING), rings))
    slots.append((facts.at_ms, after.state(facts.at_ms), np.ones(size, np.bool_)))
    return _turns(facts.person, slots), after


def _turns(persons: Ints, slots: list[tuple[Ints, Ints, Flags]]) -> Turns:
    instants, states, happens = (np.stack(columns, axis=1).reshape(-1) for columns in zip(*slots, strict=True))
    rows = np.flatnonzero(happens)
    return Turns(np.repeat(persons, len(slots))[rows], instants[rows], states[rows])


def _last(said: Flags, start: Ints) -> Ints:
    """For each row the last row up to it that said something, from its start on; -1 where none did."""
    last = np.maximum.accumulate(np.where(said, np.arange(said.size), -1))
    return np.where(last >= start, last, -1)


def _running(change: Ints, start: Ints) -> Ints:
    """The sum of the changes from each row's start up to it."""
    total = np.cumsum(change)
    return total - (total - change)[start]


def _logins(facts: Facts, words: LastWords) -> tuple[Ints, Ints]:
    """By how much each fact changes the number of logins that its person is in, and is in without a pause."""
    order = np.argsort(facts.login, kind="stable")
    login, work = facts.login[order], facts.work[order]
    first = np.append(True, login[1:] != login[:-1])
    start = np.maximum.accumulate(np.where(first, np.arange(login.size), 0))
    values = []
    for table, column in ((INSIDE, words.inside), (PAUSED, words.paused)):
        said = table[work].astype(np.int64)
        last = _last(said > -2, start)
        after = np.where(last >= 0, said[last], column[login])
        values.append((np.where(first, column[login], np.append(0, after[:-1])), after))
    (inside_before, inside), (paused_before, paused) = values
    changes = np.zeros((2, login.size), np.int64)
    changes[0, order] = inside - inside_before
    changes[1, order] = inside * (1 - paused) - inside_before * (1 - paused_before)
    return changes[0], changes[1]
