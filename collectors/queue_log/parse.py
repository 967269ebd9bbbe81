"""Lines of an Asterisk queue_log become facts (pure)."""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec import structs

from collectors.contract import DUPLICATE, BadLine, Parsed, Verdict, Wiring, dead
from collectors.options import Options
from collectors.queue_log import events
from collectors.queue_log.events import Event, read_event
from collectors.queue_log.people import People, both, halves
from collectors.queue_log.visits import Stage, Visits
from streams.records import (
    Arrived,
    AtTheDoor,
    Cell,
    Door,
    Ended,
    Fact,
    GivenUp,
    Handled,
    Outcome,
    Seen,
    identify,
)

MOST_UNKNOWN_NAMES = 100
ENCODINGS = ("utf-8", "latin-1", "cp1252")
_DOORS = {"FULL": Door.BUSY_PLAYED, "CLOSED": Door.CLOSED}


@dataclass(frozen=True)
class QueueLogOptions:
    """The keys of a queue_log feed. `keep_hours`: a visit is remembered so long after the last word of it."""

    encoding: str = "utf-8"
    keep_hours: int = 48
    rotated: str = ""

    def parser(self, wiring: Wiring) -> QueueLogParser:
        """See `ParserOptions.parser`."""
        return QueueLogParser(self, wiring)


def read_options(table: Mapping[str, object]) -> QueueLogOptions:
    """The checked keys. Raises `BadOptions`."""
    options = Options(table)
    read = QueueLogOptions(
        options.text("encoding", "utf-8", ENCODINGS),
        options.whole("keep_hours", 48, 1, 8_760),
        options.text("rotated", ""),
    )
    options.end()
    options.raise_faults()
    return read


class QueueLogParser:
    """See `Parser`. Keeps file order: one event may rest on any line before it."""

    header_lines = 0
    keyed = False

    def __init__(self, options: QueueLogOptions, wiring: Wiring) -> None:
        self._options = options
        self._wiring = wiring
        self._visits = Visits(wiring.feed)
        self._cells: dict[str, Cell] = {}
        self._people = People(wiring, self._cell)
        self._unknown: set[str] = set()
        self._source = ""

    def begin(self, source: str, first_line: bytes, note: bytes) -> None:  # noqa: ARG002 - the contract's signature
        """See `Parser.begin`."""
        self._source = source

    def parse(self, line: bytes, position: int, now_ms: int, known: bool = False) -> Parsed:
        """See `Parser.parse`."""
        if position == 0:
            line = line.removeprefix(codecs.BOM_UTF8)
        line = line.removesuffix(b"\r")
        if not line.strip():
            return Parsed(Verdict.SKIPPED, reason="empty")
        try:
            event = read_event(line, self._options.encoding, now_ms + self._wiring.skew_ms)
        except BadLine as error:
            return dead(str(error))
        if known:
            skipped = self._skipped(event, ())
            return skipped or DUPLICATE
        self._visits.clock(event.at_ms)
        parsed = self._read(event, position)
        people = self._people.facts(event, position)
        if not people:
            return parsed
        self._people.learn(people)
        return parsed._replace(facts=(*parsed.facts, *people))

    def _read(self, event: Event, position: int) -> Parsed:
        name = event.name
        if name in events.ENTRY:
            return self._counted(event, self._enter(event, event.at_ms)[1:])
        if name in events.ANSWERED:
            return self._connect(event)
        if name in events.TALK_ENDED:
            return self._talk_ended(event)
        if name in events.LEFT:
            return self._left(event)
        if name in events.SENT_AWAY or name.startswith("DIVERT_"):
            visit, arrived = self._enter(event, event.at_ms)
            return self._counted(
                event, (arrived, Ended(visit, event.at_ms, Outcome.FLOW_OUT, hotline=arrived.cell.hotline))
            )
        if name in events.AT_THE_DOOR:
            visit = identify(self._wiring.feed, "door", self._source, position)
            door = AtTheDoor(visit, event.at_ms, _DOORS[name], self._cell(event.queue))
            return self._counted(event, (door,))
        if name in events.AFTER_CALL:
            return self._after_call(event)
        if name in events.FAILED_ATTEMPT:
            return self._counted(event, ())
        if name in events.OF_PEOPLE:
            return self._counted(event, self._seen(event))
        given_up = (
            [
                GivenUp(visit, event.at_ms, self._visits.get(visit).hotline)
                for visit in self._visits.open_since(event.at_ms)
            ]
            if name == "QUEUESTART"
            else []
        )
        skipped = self._skipped(event, given_up)
        assert skipped is not None, f"{name} is in no table of events"
        self._visits.learn(given_up)
        return skipped

    def _skipped(self, event: Event, facts: Sequence[Fact]) -> Parsed | None:
        name = event.name
        if name not in events.SKIPPED:
            if name in events.SHAPES or name.startswith("DIVERT_"):
                return None
            if name not in self._unknown:
                if len(self._unknown) >= MOST_UNKNOWN_NAMES:
                    name = "(others)"
                else:
                    self._unknown.add(name)
        return Parsed(Verdict.SKIPPED, facts, f"event:{name}", event.at_ms)

    def _counted(self, event: Event, facts: Sequence[Fact]) -> Parsed:
        self._visits.learn(facts)
        return Parsed(Verdict.COUNTED, facts, event_ms=event.at_ms, site=self._site(event))

    def _conflict(self, event: Event) -> Parsed:
        return Parsed(Verdict.COUNTED, event_ms=event.at_ms, site=self._site(event), conflict=True)

    def _site(self, event: Event) -> str:
        return "" if event.queue in events.NO_QUEUE else self._wiring.route(event.queue).site

    def _enter(self, event: Event, arrival_ms: int) -> tuple[bytes, Arrived]:
        number, _ = self._visits.entries(event.call, event.queue)
        visit = identify(self._wiring.feed, event.call, event.queue, number + 1)
        return visit, Arrived(visit, arrival_ms, self._cell(event.queue))

    def _current(self, event: Event) -> tuple[bytes, str, int, list[Fact]]:
        """The visit that the event speaks of, its hotline and arrival, and the arrival's fact if its entry was lost."""
        _, visit = self._visits.entries(event.call, event.queue)
        if visit:
            known = self._visits.get(visit)
            return visit, known.hotline, known.arrival_ms, []
        arrival_ms = event.at_ms - (event.wait_ms or 0) - (event.talk_ms or 0)
        visit, arrived = self._enter(event, arrival_ms)
        return visit, arrived.cell.hotline, arrival_ms, [arrived]

    def _waited_until(self, event: Event, arrival_ms: int) -> int:
        return max(arrival_ms, event.at_ms if event.wait_ms is None else arrival_ms + event.wait_ms)

    def _connect(self, event: Event) -> Parsed:
        visit, hotline, arrival_ms, facts = self._current(event)
        if not facts and not self._visits.get(visit).waiting:
            return self._conflict(event)
        end_ms = self._waited_until(event, arrival_ms)
        facts.append(Ended(visit, end_ms, Outcome.ANSWERED, self._agent(event), hotline=hotline))
        return self._counted(event, facts)

    def _talk_ended(self, event: Event) -> Parsed:
        visit, hotline, arrival_ms, facts = self._current(event)
        answered = not facts and self._visits.get(visit).stage == Stage.ANSWERED
        if not answered:
            if not facts and not self._visits.get(visit).waiting:
                return self._conflict(event)
            end_ms = self._waited_until(event, arrival_ms)
            facts.append(Ended(visit, end_ms, Outcome.ANSWERED, self._agent(event), hotline=hotline))
        transferred = event.name.endswith("TRANSFER")
        handled = Handled(
            visit,
            event.at_ms,
            event.talk_ms or 0,
            transferred=transferred,
            agent=self._agent(event),
            hotline=hotline,
        )
        facts.append(handled)
        early = self._visits.get(visit) if answered else None
        if early is not None and early.wrapped_ms:
            facts.append(_wrapped(handled, early.wrapped_ms, early.acw_ms))
        return self._counted(event, facts)

    def _left(self, event: Event) -> Parsed:
        visit, hotline, arrival_ms, facts = self._current(event)
        if not facts and not self._visits.get(visit).waiting:
            return self._conflict(event)
        end_ms = self._waited_until(event, arrival_ms)
        facts.append(Ended(visit, end_ms, events.OUTCOMES[event.name], hotline=hotline))
        return self._counted(event, facts)

    def _after_call(self, event: Event) -> Parsed:
        agent = self._agent(event)
        visit = self._visits.last_of(agent)
        if visit is None or event.seconds_ms is None:
            return self._counted(event, ())
        handling = self._visits.get(visit)
        wrapped_ms = event.at_ms + event.seconds_ms
        if handling.stage == Stage.ANSWERED and not handling.wrapped_ms:
            self._visits.wrap_early(visit, event.seconds_ms, wrapped_ms)
            return self._counted(event, ())
        if handling.stage != Stage.HANDLED:
            return self._conflict(event)
        talk = Handled(
            visit,
            handling.handled_ms,
            handling.talk_ms,
            transferred=handling.transferred,
            agent=agent,
            hotline=handling.hotline,
        )
        return self._counted(event, (_wrapped(talk, wrapped_ms, event.seconds_ms),))

    def _seen(self, event: Event) -> Sequence[Fact]:
        if event.queue in events.NO_QUEUE or event.queue in self._cells:
            return ()
        return (Seen(event.at_ms, self._cell(event.queue)),)

    def _agent(self, event: Event) -> bytes:
        return self._wiring.pseudonym(event.agent) if event.agent else b""

    def _cell(self, queue: str) -> Cell:
        cell = self._cells.get(queue)
        if cell is None:
            cell = self._cells[queue] = self._wiring.route(queue)
        return cell

    def note(self) -> bytes:
        """See `Parser.note`."""
        return b""

    def unsaid(self) -> bytes:
        """See `Parser.unsaid`: after-call work that was stated before the end of its talk."""
        return self._visits.unsaid()

    def recall(self, unsaid: bytes) -> None:
        """See `Parser.recall`."""
        self._visits.recall(unsaid)

    def restore(self, facts: Sequence[Fact], collected_ms: int) -> None:  # noqa: ARG002 - the contract's signature
        """See `Parser.restore`."""
        self._visits.learn(facts)
        self._people.learn(facts)

    def forget(self, now_ms: int) -> None:  # noqa: ARG002 - visits grow old by their own clock
        """See `Parser.forget`."""
        self._visits.forget(self._options.keep_hours * 3_600_000)
        self._people.forget(self._options.keep_hours * 3_600_000)

    def dump_state(self) -> bytes:
        """See `Parser.dump_state`."""
        return both(self._visits.dump(), self._people.dump())

    def load_state(self, state: bytes) -> None:
        """See `Parser.load_state`."""
        visits, people = halves(state)
        self._visits.load(visits)
        self._people.load(people)


def _wrapped(talk: Handled, wrapped_ms: int, acw_ms: int) -> Handled:
    """The fact that the after-call work behind this talk has ended."""
    return structs.replace(talk, at_ms=wrapped_ms, acw_ms=acw_ms, version=1)
