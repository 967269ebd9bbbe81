"""Lines become facts and a tally: what one batch says, without reading or writing anything."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from collectors.contract import Parsed, Parser, Verdict, dead
from collectors.deadletters import Letter
from collectors.lines import HEAD_BYTES, RawLine
from collectors.sources import Chunk
from streams.batch import Tally
from streams.records import Fact

_MINUTE_MS = 60_000
_MOST_MINUTES = 100_000
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass
class Read:
    """What some lines of one source became. The first and last event times are of accepted lines."""

    lines: Sequence[RawLine] = ()
    tally: Tally = field(default_factory=Tally)
    facts: list[Fact] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    first_event_ms: int | None = None
    last_event_ms: int | None = None
    note: bytes = b""
    retried: list[str] = field(default_factory=list)


@dataclass
class Pace:
    """Event time may run `speed` times as fast as `now`, beginning with the first event."""

    speed: float
    first_event_ms: int | None = None
    started_ms: int = 0

    def allows(self, event_ms: int, now_ms: int) -> bool:
        """True when an event of this time is due."""
        if self.first_event_ms is None:
            self.first_event_ms, self.started_ms = event_ms, now_ms
        return event_ms <= self.first_event_ms + (now_ms - self.started_ms) * self.speed


class Lines:
    """Reads the lines of one feed through its parser and counts each exactly once.

    `held` = the rest of a chunk that the pace does not allow yet. `trouble` = what is wrong with the source as a
    whole, until a line comes through again.
    """

    def __init__(self, feed: str, parser: Parser, closes_at: Callable[[str, int], int]) -> None:
        self.pace: Pace | None = None
        self.held: Chunk | None = None
        self.trouble = ""
        self._feed = feed
        self._parser = parser
        self._closes_at = closes_at
        self._closes: dict[tuple[str, int], int] = {}
        self._parser_at: tuple[bytes, int] | None = None
        self._held_back: Parsed | None = None

    def take(self, chunk: Chunk, now_ms: int, live: bool) -> Read:
        """What the lines of this chunk say, as far as the pace allows."""
        before = chunk.before
        if self._parser_at != (before.identity, before.offset):
            self._parser.begin(before.identity.hex(), chunk.first_line, before.note)
        read = Read()
        waiting = None
        if chunk is self.held:
            waiting, self.held, self._held_back = self._held_back, None, None
        tally = read.tally
        count = 0
        for line in chunk.lines:
            parsed, waiting = waiting or self._parse(line, chunk, now_ms), None
            if self.pace and not live and parsed.event_ms is not None and not self.pace.allows(parsed.event_ms, now_ms):
                self._held_back = parsed
                break
            count += 1
            if parsed.verdict is Verdict.HEADER or (chunk.repeats and parsed.verdict is Verdict.DUPLICATE):
                read.facts += parsed.facts
                continue
            tally.received += 1
            if parsed.verdict is Verdict.COUNTED and live and self._is_late(parsed, now_ms):
                tally.late += 1
                self._add(read, parsed)
            else:
                self._count(read, parsed)
            if parsed.verdict is Verdict.DEAD:
                opening = chunk.first_line[:HEAD_BYTES] if self._parser.header_lines else b""
                whole = not line.fault and len(line.data) <= HEAD_BYTES
                read.letters.append(
                    Letter(
                        self._feed,
                        before.name,
                        before.identity.hex(),
                        line.position,
                        now_ms,
                        parsed.reason,
                        line.data,
                        whole,
                        opening,
                    )
                )
        read.lines = chunk.lines[:count]
        read.note = self._parser.note()
        end = read.lines[-1].end if read.lines else before.offset
        self._parser_at = (before.identity, end)
        if count < len(chunk.lines):
            rest = chunk.lines[count:]
            self.held = chunk._replace(before=before.advanced(read.lines), lines=rest)
            self.held.before.note = read.note
        return read

    def take_letters(self, letters: Sequence[Letter], now_ms: int) -> Read:
        """What these dead letters say now. Those that are still dead count for nothing."""
        read = Read()
        self._parser_at = None
        for letter in letters:
            self._parser.begin(letter.identity, letter.opening, b"")
            parsed = self._safely(letter.data, letter.position, now_ms, False)
            if parsed.verdict in (Verdict.DEAD, Verdict.HEADER):
                continue
            read.tally.dead -= 1
            read.tally.retried += 1
            self._count(read, parsed)
            read.retried.append(letter.id)
        return read

    def _parse(self, line: RawLine, chunk: Chunk, now_ms: int) -> Parsed:
        if line.fault:
            return dead(line.fault)
        if chunk.first_line[:2] in _UTF_16 and (line.position == 0 or b"\0" in line.data):
            return dead("the file is UTF-16: write it as UTF-8")
        known = line.position < chunk.known_up_to
        if known and line.end > chunk.known_up_to + 1:
            return dead("the line goes on behind what was read of it before it was finished")
        return self._safely(line.data, line.position, now_ms, known)

    def _safely(self, data: bytes, position: int, now_ms: int, known: bool) -> Parsed:
        try:
            return self._parser.parse(data, position, now_ms, known)
        except Exception as error:
            return dead(f"fault in the collector, please report it: {type(error).__name__}: {error}")

    def _is_late(self, parsed: Parsed, now_ms: int) -> bool:
        if parsed.event_ms is None:
            return False
        minute = parsed.site, parsed.event_ms // _MINUTE_MS
        if minute not in self._closes:
            if len(self._closes) >= _MOST_MINUTES:
                self._closes.clear()
            self._closes[minute] = self._closes_at(parsed.site, minute[1] * _MINUTE_MS)
        return self._closes[minute] <= now_ms

    def _count(self, read: Read, parsed: Parsed) -> None:
        tally = read.tally
        match parsed.verdict:
            case Verdict.COUNTED:
                tally.counted += 1
                self._add(read, parsed)
            case Verdict.SKIPPED:
                tally.skipped += 1
                tally.skip_reasons[parsed.reason] = tally.skip_reasons.get(parsed.reason, 0) + 1
                read.facts += parsed.facts
            case Verdict.DUPLICATE:
                tally.duplicate += 1
            case _:
                tally.dead += 1
                self.trouble = parsed.trouble or self.trouble

    def _add(self, read: Read, parsed: Parsed) -> None:
        read.facts += parsed.facts
        read.tally.conflicts += parsed.conflict
        self.trouble = ""
        if parsed.event_ms is None:
            return
        if read.first_event_ms is None or read.last_event_ms is None:
            read.first_event_ms = read.last_event_ms = parsed.event_ms
        read.first_event_ms = min(read.first_event_ms, parsed.event_ms)
        read.last_event_ms = max(read.last_event_ms, parsed.event_ms)
