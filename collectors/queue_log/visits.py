"""What a queue_log parser remembers of the visits it met: a plain value, small and bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum

import msgspec

from streams.records import Arrived, Ended, Fact, GivenUp, Handled, Outcome, identify


class Stage(IntEnum):
    """How far a visit has come. The numbers are stored: never reuse one."""

    OPEN = 0
    GIVEN_UP = 1
    ANSWERED = 2
    HANDLED = 3
    WRAPPED = 4
    LEFT = 5


class Visit(msgspec.Struct, array_like=True):
    """One visit. `touched_ms` = the newest event time that spoke of it.

    `handled_ms`, `talk_ms`, `transferred` are of its handling. `acw_ms` and `wrapped_ms` are after-call work that was
    stated before the end of the talk, and wait for it; 0 = none. `hotline` is what its arrival said.
    """

    arrival_ms: int
    touched_ms: int
    stage: Stage = Stage.OPEN
    handled_ms: int = 0
    talk_ms: int = 0
    transferred: bool = False
    acw_ms: int = 0
    wrapped_ms: int = 0
    hotline: str = ""

    @property
    def waiting(self) -> bool:
        """True while a real end of its wait may come."""
        return self.stage in (Stage.OPEN, Stage.GIVEN_UP)


class _Saved(msgspec.Struct, array_like=True):
    visits: dict[bytes, Visit]
    last_of_agent: dict[bytes, bytes]
    latest_ms: int


class Visits:
    """All remembered visits of one feed, by id."""

    def __init__(self, feed: str) -> None:
        self._feed = feed
        self._visits: dict[bytes, Visit] = {}
        self._open: set[bytes] = set()
        self._wrapped_early: set[bytes] = set()
        self._last_of_agent: dict[bytes, bytes] = {}
        self._latest_ms = 0
        self._line_ms = 0

    def __len__(self) -> int:
        return len(self._visits)

    def clock(self, at_ms: int) -> None:
        """A line of this time was read. One line alone, dated far ahead, makes nothing old."""
        self._latest_ms, self._line_ms = min(self._line_ms, at_ms), at_ms

    def entries(self, call: str, queue: str) -> tuple[int, bytes]:
        """How many entries of this pair are remembered, and the id of the last (empty where there is none)."""
        number, last = 0, b""
        while (visit := identify(self._feed, call, queue, number + 1)) in self._visits:
            number, last = number + 1, visit
        return number, last

    def get(self, visit: bytes) -> Visit:
        """A remembered visit."""
        return self._visits[visit]

    def open_since(self, at_ms: int) -> Iterator[bytes]:
        """Ids of the visits that arrived at or before `at_ms` and are still open, in order of arrival."""
        found = [(self._visits[visit].arrival_ms, visit) for visit in self._open]
        return (visit for arrival_ms, visit in sorted(found) if arrival_ms <= at_ms)

    def last_of(self, agent: bytes) -> bytes | None:
        """The visit that this agent handled last."""
        visit = self._last_of_agent.get(agent)
        return visit if visit in self._visits else None

    def wrap_early(self, visit: bytes, acw_ms: int, wrapped_ms: int) -> None:
        """After-call work was stated while the talk goes on: it waits for the end of that."""
        known = self._visits[visit]
        known.acw_ms, known.wrapped_ms = acw_ms, wrapped_ms
        self._wrapped_early.add(visit)

    def unsaid(self) -> bytes:
        """The after-call work that waits, for `recall`; empty where none does."""
        waiting = {visit: self._visits[visit] for visit in sorted(self._wrapped_early)}
        if not waiting:
            return b""
        return msgspec.msgpack.encode({visit: (known.acw_ms, known.wrapped_ms) for visit, known in waiting.items()})

    def recall(self, unsaid: bytes) -> None:
        """Takes in what `unsaid` gave. Raises ValueError."""
        said = msgspec.msgpack.decode(unsaid, type=dict[bytes, tuple[int, int]]) if unsaid else {}
        for visit, (acw_ms, wrapped_ms) in said.items():
            if visit in self._visits and self._visits[visit].stage == Stage.ANSWERED:
                self.wrap_early(visit, acw_ms, wrapped_ms)

    def learn(self, facts: Sequence[Fact]) -> None:
        """Takes in what was stated about visits; parsing and restoring learn the same way."""
        for fact in facts:
            if isinstance(fact, Arrived):
                self._visits[fact.visit] = Visit(fact.at_ms, fact.at_ms, hotline=fact.cell.hotline)
                self._open.add(fact.visit)
                self._wrapped_early.discard(fact.visit)
                continue
            if not isinstance(fact, Ended | Handled | GivenUp):
                continue
            visit = self._visits.get(fact.visit)
            if visit is None:
                continue
            visit.touched_ms = max(visit.touched_ms, fact.at_ms)
            self._open.discard(fact.visit)
            if isinstance(fact, GivenUp):
                visit.stage = Stage.GIVEN_UP
                continue
            if isinstance(fact, Ended):
                visit.stage = Stage.ANSWERED if fact.outcome == Outcome.ANSWERED else Stage.LEFT
            else:
                visit.stage = Stage.WRAPPED if fact.version else Stage.HANDLED
                self._wrapped_early.discard(fact.visit)
                visit.handled_ms, visit.talk_ms, visit.transferred = fact.at_ms, fact.talk_ms, fact.transferred
            if fact.agent:
                self._last_of_agent[fact.agent] = fact.visit

    def forget(self, keep_ms: int) -> None:
        """Drops the visits that nothing spoke of for `keep_ms` of the source's own time."""
        before_ms = self._latest_ms - keep_ms
        for visit in [visit for visit, what in self._visits.items() if what.touched_ms < before_ms]:
            del self._visits[visit]
            self._open.discard(visit)
            self._wrapped_early.discard(visit)
        self._last_of_agent = {agent: visit for agent, visit in self._last_of_agent.items() if visit in self._visits}

    def dump(self) -> bytes:
        """Everything, for `load`."""
        return msgspec.msgpack.encode(_Saved(self._visits, self._last_of_agent, self._latest_ms))

    def load(self, state: bytes) -> None:
        """Takes the place of the visits that `dump` wrote. Raises ValueError."""
        saved = msgspec.msgpack.decode(state, type=_Saved)
        self._visits, self._last_of_agent = saved.visits, saved.last_of_agent
        self._latest_ms = self._line_ms = saved.latest_ms
        self._open = {visit for visit, what in saved.visits.items() if what.stage == Stage.OPEN}
        self._wrapped_early = {
            visit for visit, what in saved.visits.items() if what.stage == Stage.ANSWERED and what.wrapped_ms
        }
