"""Rows of VICIdial's tables, each as one line of canonical JSON, become facts (pure).

The tables carry no time of change, so the same row comes again and again. The facts of a row are digested; the same
row again is a duplicate, a changed one is counted again with a higher version.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Sequence
from itertools import groupby

import msgspec

from collectors.contract import DUPLICATE, BadLine, Parsed, SaysAllAtOnce, Verdict, Wiring, dead
from collectors.remembered import Remembered
from collectors.vicidial import progress as progress_of
from collectors.vicidial.facts import RowFacts
from collectors.vicidial.progress import Progress
from collectors.vicidial.rows import AgentRow, LoginRow, of_line
from collectors.vicidial.settings import VicidialSettings
from collectors.vicidial.tellings import Tellings
from streams.records import Arrived, Attempted, AtTheDoor, Ended, Fact, Handled, ListCounted, Worked

DIGEST_BYTES = 8
_VERSION_BYTES = 8
_LATEST_VISIT_VERSION = 255
_encoder = msgspec.msgpack.Encoder()


class VicidialParser(SaysAllAtOnce):
    """See `Parser`. `progress` says how far the tables were read; it travels as the source's note."""

    header_lines = 0
    keyed = True

    def __init__(self, settings: VicidialSettings, wiring: Wiring) -> None:
        self.progress = Progress()
        self._wiring = wiring
        self._facts = RowFacts(wiring, settings.zone or wiring.zone, settings.meanings)
        self._remembered = Remembered(settings.keep_hours * 3_600_000, bytes)
        self._tellings = Tellings(self._remembered)

    def begin(self, source: str, first_line: bytes, note: bytes) -> None:
        """See `Parser.begin`. What the note says is taken over by `resume` alone, because letters are read too."""

    def resume(self, note: bytes) -> None:
        """The tables were read as far as this note says."""
        self.progress = progress_of.decode(note)

    def note(self) -> bytes:
        """See `Parser.note`."""
        return progress_of.encode(self.progress)

    def parse(self, line: bytes, position: int, now_ms: int, known: bool = False) -> Parsed:
        """See `Parser.parse`."""
        line = line.removesuffix(b"\r")
        if position == 0:
            line = line.removeprefix(codecs.BOM_UTF8)
        if not line.strip():
            return Parsed(Verdict.SKIPPED, reason="empty")
        try:
            return self._parse(line, now_ms, known)
        except BadLine as error:
            self.progress.note_dead(digest(line))
            return dead(str(error))

    def _parse(self, line: bytes, now_ms: int, known: bool) -> Parsed:
        row = of_line(line)
        facts, key, at_ms, is_open = self._facts.of(row)
        if not facts:
            assert isinstance(row, LoginRow), "every other row says something"
            return Parsed(Verdict.SKIPPED, reason=f"event:{row.event[:40]}")
        newest_ms = max([fact.at_ms for fact in facts])
        if newest_ms > now_ms + self._wiring.skew_ms:
            message = "time: in the future"
            raise BadLine(message)
        if isinstance(row, AgentRow) and isinstance(facts[0], Worked):
            self.progress.note_round(facts[0].agent, row.agent_log_id, at_ms, goes_on=is_open)
        else:
            tag = type(row).__struct_config__.tag
            self.progress.note_row(tag, key, at_ms, is_open=is_open)  # type: ignore[arg-type]
        if isinstance(facts[0], Worked):
            people = [fact for fact in facts if isinstance(fact, Worked)]
            added = [] if known else self._tellings.new(people, now_ms)
            return Parsed(Verdict.COUNTED, added, event_ms=at_ms, site=people[0].home.site) if added else DUPLICATE
        identity = _identity(facts[0])
        content = _content(facts)
        remembered = self._remembered.get(identity)
        if known or (remembered is not None and remembered[:DIGEST_BYTES] == content):
            return DUPLICATE
        previous = -1 if remembered is None else int.from_bytes(remembered[DIGEST_BYTES:])
        facts, version = _with_version(facts, previous, now_ms)
        self._remembered.put(identity, content + version.to_bytes(_VERSION_BYTES), now_ms)
        return Parsed(Verdict.COUNTED, facts, event_ms=at_ms, site=_site(facts))

    def restore(self, facts: Sequence[Fact], collected_ms: int) -> None:
        """See `Parser.restore`."""
        self.progress.forget(collected_ms)
        self._tellings.restore([fact for fact in facts if isinstance(fact, Worked)], collected_ms)
        said = {}
        for identity, group in groupby([fact for fact in facts if not isinstance(fact, Worked)], key=_identity):
            of_row = list(group)
            version = max(_version(fact) for fact in of_row)
            said[identity] = _content(of_row) + version.to_bytes(_VERSION_BYTES)
        self._remembered.restore(said, collected_ms)

    def forget(self, now_ms: int) -> None:
        """See `Parser.forget`."""
        self.progress.forget(now_ms)
        self._remembered.forget(now_ms)

    def dump_state(self) -> bytes:
        """See `Parser.dump_state`."""
        return self._remembered.dump()

    def load_state(self, state: bytes) -> None:
        """See `Parser.load_state`."""
        self._remembered.load(state)


def digest(line: bytes) -> bytes:
    """What a row's line is known by."""
    return hashlib.blake2b(line, digest_size=DIGEST_BYTES).digest()


def _site(facts: Sequence[Fact]) -> str:
    return next(
        (fact.cell.site for fact in facts if isinstance(fact, Arrived | AtTheDoor | Attempted | ListCounted)), ""
    )


def _identity(fact: Fact) -> bytes:
    if isinstance(fact, Attempted):
        return fact.attempt
    if isinstance(fact, ListCounted):
        return fact.call_list
    assert isinstance(fact, Arrived | AtTheDoor | Ended | Handled)
    return fact.visit


def _version(fact: Fact) -> int:
    return fact.version if isinstance(fact, Attempted | Ended | Handled) else 0


def _content(facts: Sequence[Fact]) -> bytes:
    """What the facts say, but for their versions and cells: a changed setting is no changed row."""
    said: list[object] = []
    for fact in facts:
        if isinstance(fact, Attempted):
            said.append((fact.at_ms, fact.told, fact.lead, fact.disposition, fact.length_ms))
        elif isinstance(fact, ListCounted):
            said.append(msgspec.structs.astuple(fact)[3:])
        elif isinstance(fact, Ended):
            said.append((fact.at_ms, int(fact.outcome), fact.agent))
        elif isinstance(fact, Handled):
            said.append((fact.at_ms, fact.talk_ms, fact.agent))
        else:
            said.append((fact.at_ms, type(fact).__name__))
    return digest(_encoder.encode(said))


def _with_version(facts: Sequence[Fact], previous: int, now_ms: int) -> tuple[Sequence[Fact], int]:
    """The facts with a version above the previous one (-1: none), so that the newest reading stands.

    That of an attempt is the time of reading, so that it also stands above one that was forgotten.
    """
    if isinstance(facts[0], Attempted):
        version = max(previous + 1, now_ms)
        return [msgspec.structs.replace(facts[0], version=version)], version
    version = min(previous + 1, _LATEST_VISIT_VERSION)
    if version == 0:
        return facts, 0
    return [
        msgspec.structs.replace(fact, version=version) if isinstance(fact, Ended | Handled) else fact for fact in facts
    ], version
