"""What the lines of a queue_log say about people (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from collectors.contract import Wiring
from collectors.queue_log.events import TALK_ENDED, Event
from streams.records import Cell, Fact, Work, Worked, identify

_TELEPHONE = ""
"""Instead of a queue: who logs in to the telephone without saying for which queue."""
_EVERYWHERE = {"PAUSEALL": Work.PAUSED, "UNPAUSEALL": Work.UNPAUSED}
_OF_A_LOGIN = {
    "ADDMEMBER": Work.JOINED,
    "REMOVEMEMBER": Work.LEFT,
    "PAUSE": Work.PAUSED,
    "UNPAUSE": Work.UNPAUSED,
    "AGENTLOGIN": Work.JOINED,
    "AGENTCALLBACKLOGIN": Work.JOINED,
    "CONNECT": Work.CONNECTED,
    "RINGNOANSWER": Work.RANG,
    "RINGCANCELED": Work.RANG,
    "WRAPUPSTART": Work.WRAPPING,
    **dict.fromkeys(TALK_ENDED, Work.TALKED),
}
_LOGGED_OFF = ("AGENTLOGOFF", "AGENTCALLBACKLOGOFF")
_LOGS_OUT = (Work.LEFT, Work.LOST)
_SAYS_REASON = (Work.PAUSED, Work.UNPAUSED)
_FIELDS_OF_VISITS_ALONE = 3


class _Person(msgspec.Struct, array_like=True):
    """The logins of a person by id, with what they serve, and the newest event time that spoke of them.

    A call and after-call work go on behind the log-off.
    """

    touched_ms: int
    logins: dict[bytes, Cell]
    in_call: bool = False
    wraps_until_ms: int = 0

    def busy(self, at_ms: int) -> bool:
        """True while a restart would cut off something that has no end of its own."""
        return bool(self.logins) or self.in_call or self.wraps_until_ms > at_ms


class People:
    """Whoever is logged in as far as the lines say: needed to know whom a line without a queue concerns.

    What a line says about a person holds whether or not its call is known.
    """

    NOBODY = msgspec.msgpack.encode(({}, 0))
    """What `dump` gives where nobody was met."""

    def __init__(self, wiring: Wiring, cell_of: Callable[[str], Cell]) -> None:
        self._wiring = wiring
        self._cell_of = cell_of
        self._people: dict[bytes, _Person] = {}
        self._serves: dict[str, Cell] = {}
        self._latest_ms = self._line_ms = 0

    def __len__(self) -> int:
        return len(self._people)

    def facts(self, event: Event, place: int) -> list[Fact]:
        """The facts of one line at this position of its source."""
        if event.name == "QUEUESTART":
            return list(self._lost(event.at_ms, place))
        if not event.agent or (event.name not in _OF_A_LOGIN and event.name not in (*_EVERYWHERE, *_LOGGED_OFF)):
            return []
        agent = self._wiring.pseudonym(event.agent)
        queue = _TELEPHONE if event.queue in ("", "NONE") else event.queue
        home = self._wiring.home(event.agent, queue)
        if event.name in _OF_A_LOGIN and (queue or event.name not in ("PAUSE", "UNPAUSE")):
            works = [_OF_A_LOGIN[event.name]]
            if event.name == "ADDMEMBER" and event.detail == "PAUSED":
                works.append(Work.PAUSED)
            logins = {self._login(agent, queue): self._served(queue)}
        else:
            works = [_EVERYWHERE.get(event.name) or _OF_A_LOGIN.get(event.name, Work.LEFT)]
            known = self._people.get(agent)
            logins = dict(known.logins) if known else {}
            logins = logins or {self._login(agent, _TELEPHONE): self._served(_TELEPHONE)}
        return [self._fact(agent, event, work, place, login, logins[login], home) for work in works for login in logins]

    def _fact(
        self, agent: bytes, event: Event, work: Work, place: int, login: bytes, serves: Cell, home: Cell
    ) -> Worked:
        lasts_ms = event.ring_ms if work in (Work.RANG, Work.CONNECTED) else event.seconds_ms
        reason = event.detail if work in _SAYS_REASON and event.name != "ADDMEMBER" else ""
        return Worked(agent, event.at_ms, work, place, login, serves, home, lasts_ms or 0, reason)

    def _lost(self, at_ms: int, place: int) -> Iterator[Worked]:
        for agent, person in sorted(self._people.items()):
            if not person.busy(at_ms):
                continue
            # Whoever logged off in the middle of a call is lost with the call.
            logins = person.logins or {self._login(agent, _TELEPHONE): self._served(_TELEPHONE)}
            for login, serves in sorted(logins.items()):
                yield Worked(agent, at_ms, Work.LOST, place, login, serves, Cell(""))

    def _login(self, agent: bytes, queue: str) -> bytes:
        return identify(self._wiring.feed, "login", agent.hex(), queue)

    def _served(self, queue: str) -> Cell:
        serves = self._serves.get(queue)
        if serves is None:
            cell = self._cell_of(queue) if queue else Cell("")
            serves = self._serves[queue] = Cell(cell.hotline, project=cell.project, client=cell.client)
        return serves

    def learn(self, facts: Iterable[Fact]) -> None:
        """Takes in what was stated; parsing and restoring learn the same way."""
        for fact in facts:
            if not isinstance(fact, Worked):
                continue
            if fact.at_ms != self._line_ms:
                # One line alone, dated far ahead, makes nobody old.
                self._latest_ms, self._line_ms = min(self._line_ms, fact.at_ms), fact.at_ms
            person = self._people.setdefault(fact.agent, _Person(fact.at_ms, {}))
            person.touched_ms = max(person.touched_ms, fact.at_ms)
            if fact.work in (Work.CONNECTED, Work.TALKED):
                person.in_call = fact.work is Work.CONNECTED
            elif fact.work is Work.WRAPPING:
                person.wraps_until_ms = fact.at_ms + fact.duration_ms
            if fact.work in _LOGS_OUT:
                person.logins.pop(fact.login, None)
                if fact.work is Work.LOST and not person.logins:
                    del self._people[fact.agent]
            elif fact.work is not Work.TALKED:
                person.logins[fact.login] = fact.serves

    def forget(self, keep_ms: int) -> None:
        """Drops whom nothing spoke of for `keep_ms` of the source's own time."""
        before_ms = self._latest_ms - keep_ms
        for agent in [agent for agent, person in self._people.items() if person.touched_ms < before_ms]:
            del self._people[agent]

    def dump(self) -> bytes:
        """Everything, for `load`."""
        return msgspec.msgpack.encode((self._people, self._latest_ms))

    def load(self, state: bytes) -> None:
        """Takes the place of the people that `dump` wrote. Raises ValueError."""
        self._people, self._latest_ms = msgspec.msgpack.decode(state, type=tuple[dict[bytes, _Person], int])
        self._line_ms = self._latest_ms


def both(visits: bytes, people: bytes) -> bytes:
    """The two halves of what a parser remembers, as one state."""
    return msgspec.msgpack.encode((visits, people))


def halves(state: bytes) -> Sequence[bytes]:
    """What `both` joined. A state from before people were known is one of visits alone. Raises ValueError."""
    if len(msgspec.msgpack.decode(state, type=list[msgspec.Raw])) == _FIELDS_OF_VISITS_ALONE:
        return state, People.NOBODY
    return msgspec.msgpack.decode(state, type=tuple[bytes, bytes])
