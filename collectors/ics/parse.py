"""Series of calendar events, each as one line, become facts about shifts and absences (pure)."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import msgspec

from collectors.contract import DUPLICATE, EARLIEST_MS, LONGEST_MS, BadLine, Parsed, Parser, Verdict, Wiring
from collectors.ics.cut import cut_series
from collectors.ics.series import Occurrence, occurrences
from collectors.ics.settings import IcsSettings, read_settings
from collectors.marks import Mark
from collectors.names import check_name
from collectors.roster import KEPT_MS, PlanRow, cell_of
from collectors.roster_parser import RosterParser
from collectors.sources import MarkOf, OpenSource
from collectors.whole_file import WholeFile
from streams.days import SiteClock, business_day
from streams.records import Plan

AGAIN_MS = 3_600_000
"""A calendar that did not change is read again after this time, because new days came nearer."""
_DAY_MS = 86_400_000
_decoder = msgspec.json.Decoder(str)


class IcsOptions:
    """See `ParserOptions` and `ReadsWhole`."""

    rotated = ""

    def __init__(self, settings: IcsSettings) -> None:
        self.settings = settings

    def parser(self, wiring: Wiring) -> IcsParser:
        """See `ParserOptions.parser`."""
        return IcsParser(self.settings, wiring)

    def whole_source(self, path: Path) -> OpenSource:
        """See `ReadsWhole.whole_source`."""

        def opened(parser: Parser, mark_of: MarkOf, resume: Mark | None) -> WholeFile:
            del mark_of  # a file that is replaced is known by its path
            assert isinstance(parser, IcsParser)
            parser.resume(b"" if resume is None else resume.note)
            return WholeFile(path, partial(cut_series, encoding=self.settings.encoding), AGAIN_MS)

        return opened


def read_options(table: Mapping[str, object]) -> IcsOptions:
    """The checked keys. Raises `BadOptions`."""
    return IcsOptions(read_settings(table))


class IcsParser(RosterParser):
    """See `Parser`. What the events say is kept in a `Roster`; a series says something new when an event of it does."""

    header_lines = 0

    def __init__(self, settings: IcsSettings, wiring: Wiring) -> None:
        self._zone = settings.zone or wiring.zone
        super().__init__(wiring.feed, self._zone)
        self._settings = settings
        self._wiring = wiring

    def begin(self, source: str, first_line: bytes, note: bytes) -> None:
        """See `Parser.begin`."""
        del first_line, note
        self._source = source

    def note(self) -> bytes:
        """See `Parser.note`."""
        return self._refused.note() if self._refused else b""

    def parse(self, line: bytes, position: int, now_ms: int, known: bool = False) -> Parsed:
        """See `Parser.parse`."""
        return super().parse(line.removeprefix(codecs.BOM_UTF8) if position == 0 else line, position, now_ms, known)

    def _row(self, line: bytes, position: int, now_ms: int, known: bool) -> Parsed:
        del position
        line = line.removesuffix(b"\r")
        if not line.strip():
            return Parsed(Verdict.SKIPPED, reason="empty")
        try:
            text = _decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            message = f"no JSON text with a calendar: {error}"
            raise BadLine(message) from error
        today_ms, _ = business_day(SiteClock(self._zone.key), now_ms)
        from_ms = today_ms - self._settings.back_days * _DAY_MS
        found = occurrences(text, from_ms, today_ms + self._settings.ahead_days * _DAY_MS, self._zone)
        rows = [row for one in found for row in self._rows(one)]
        if not rows:
            return Parsed(Verdict.SKIPPED, reason="no event near today")
        self._roster.covers(self._source, from_ms)
        facts = [fact for row in rows for fact in self._roster.take(self._source, row, now_ms, known=known)]
        if not facts:
            return DUPLICATE
        first_ms = min(fact.at_ms for fact in facts)
        event_ms = first_ms if first_ms <= now_ms else None
        return Parsed(Verdict.COUNTED, facts, event_ms=event_ms, site=rows[0].cell.site)

    def _rows(self, one: Occurrence) -> Iterator[PlanRow]:
        settings = self._settings
        if not settings.means and one.category in settings.ignored:
            return
        if not settings.means:
            check_name("CATEGORIES", one.category)
        work = settings.means == "work" if settings.means else one.category in settings.work
        longest_ms, longest = (LONGEST_MS, "a day") if work else (KEPT_MS, "400 days")
        if not one.from_ms < one.until_ms <= one.from_ms + longest_ms or one.from_ms < EARLIEST_MS:
            message = f"DTEND: is not after DTSTART, or more than {longest} after it"
            raise BadLine(message)
        queue = one.location if settings.location_is_queue else ""
        if queue:
            check_name("LOCATION", queue)
        people = {"summary": (one.summary,), "attendee": one.attendees, "calendar_name": (one.calendar_name,)}
        for person in people[settings.person] or ("",):
            check_name(settings.person, person)
            agent, cell = self._wiring.pseudonym(person), cell_of(self._wiring, person, queue)
            yield PlanRow(Plan.WORK if work else Plan.ABSENT, one.from_ms, one.until_ms, agent, cell)
