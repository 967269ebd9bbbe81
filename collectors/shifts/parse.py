"""Rows of shifts and absences become facts (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from collectors.contract import DUPLICATE, EARLIEST_MS, LONGEST_MS, BadLine, Parsed, Parser, Verdict, Wiring
from collectors.delimited import HeadedRows
from collectors.instants import Instants
from collectors.marks import Mark
from collectors.names import check_name
from collectors.roster import KEPT_MS, PlanRow, cell_of
from collectors.roster_parser import RosterParser
from collectors.shifts.settings import ShiftsSettings, read_settings
from collectors.sources import MarkOf, OpenSource
from collectors.whole_file import WholeFile, cut_lines
from streams.records import Plan

MOST_HOURS = 9_999
_HOURS = re.compile(r"([0-9]{1,4})(?:[.,]([0-9]{1,4}))?")


class ShiftsOptions:
    """See `ParserOptions` and `ReadsWhole`."""

    rotated = ""

    def __init__(self, settings: ShiftsSettings) -> None:
        self.settings = settings

    def parser(self, wiring: Wiring) -> ShiftsParser:
        """See `ParserOptions.parser`."""
        return ShiftsParser(self.settings, wiring)

    def whole_source(self, path: Path) -> OpenSource:
        """See `ReadsWhole.whole_source`."""

        def opened(parser: Parser, mark_of: MarkOf, resume: Mark | None) -> WholeFile:
            del mark_of  # a file that is replaced is known by its path
            assert isinstance(parser, ShiftsParser)
            parser.resume(b"" if resume is None else resume.note)
            return WholeFile(path, cut_lines)

        return opened


def read_options(table: Mapping[str, object]) -> ShiftsOptions:
    """The checked keys. Raises `BadOptions`."""
    return ShiftsOptions(read_settings(table))


class ShiftsParser(RosterParser):
    """See `Parser`. What the rows say is kept in a `Roster`; two equal rows of one file are two rows."""

    header_lines = 1

    def __init__(self, settings: ShiftsSettings, wiring: Wiring) -> None:
        super().__init__(wiring.feed, settings.zone or wiring.zone)
        self._settings = settings
        self._wiring = wiring
        self._instants = Instants(settings.time_format, settings.zone or wiring.zone)
        self._midnights = Instants("%Y-%m-%d", settings.zone or wiring.zone)
        self._rows = HeadedRows(settings.splitter, settings.columns)

    def begin(self, source: str, first_line: bytes, note: bytes) -> None:
        """See `Parser.begin`."""
        self._source = source
        self._rows.begin(first_line, b"" if self._refused else note)

    def note(self) -> bytes:
        """See `Parser.note`."""
        return self._refused.note() if self._refused else self._rows.note

    def _row(self, line: bytes, position: int, now_ms: int, known: bool) -> Parsed:
        row = self._rows.read(line, position)
        return row if isinstance(row, Parsed) else self._read(row, now_ms, known)

    def _read(self, row: Mapping[str, str], now_ms: int, known: bool) -> Parsed:
        kind = row[self._settings.kind] if self._settings.kind else ""
        if kind and kind in self._settings.ignored:
            return Parsed(Verdict.SKIPPED, reason="ignored kind")
        if self._settings.kind:
            check_name(self._settings.kind, kind)
        work = kind in self._settings.work if self._settings.kind else self._settings.means == "work"
        said = self._plan(row, work=work)
        if said.from_ms < EARLIEST_MS or said.until_ms > now_ms + KEPT_MS:
            message = "time: before 2000, or more than 400 days ahead"
            raise BadLine(message)
        facts = self._roster.take(self._source, said, now_ms, known=known)
        if not facts:
            return DUPLICATE
        event_ms = said.from_ms if said.from_ms <= now_ms else None
        return Parsed(Verdict.COUNTED, facts, event_ms=event_ms, site=said.cell.site)

    def _plan(self, row: Mapping[str, str], *, work: bool) -> PlanRow:
        settings = self._settings
        person, queue = row[settings.person], row[settings.queue] if settings.queue else ""
        for column, name in ((settings.person, person), (settings.queue, queue)):
            if column and (name or column == settings.person):
                check_name(column, name)
        agent, cell = self._wiring.pseudonym(person), cell_of(self._wiring, person, queue)
        hours_ms = self._hours_ms(row)
        undated = not (settings.begin and row[settings.begin])
        if undated:
            if settings.undated is None or hours_ms is None:
                message = f"{settings.begin or settings.hours}: states neither when nor how long"
                raise BadLine(message)
            from_ms = self._midnights.of(settings.undated.isoformat())
        else:
            from_ms = self._instants.of(row[settings.begin])
        if hours_ms is not None:
            if work:
                message = f"{settings.hours}: planned work needs times, hours are for absences"
                raise BadLine(message)
            return PlanRow(Plan.ABSENT_HOURS, from_ms, from_ms, agent, cell, hours_ms, undated)
        if not settings.end:
            message = f"{settings.hours}: is empty"
            raise BadLine(message)
        until_ms = self._until_ms(row[settings.end], from_ms)
        if not from_ms < until_ms <= from_ms + (LONGEST_MS if work else KEPT_MS):
            longest = "a day" if work else "400 days"
            message = f"{settings.end}: is not after {settings.begin}, or more than {longest} after it"
            raise BadLine(message)
        return PlanRow(Plan.WORK if work else Plan.ABSENT, from_ms, until_ms, agent, cell)

    def _until_ms(self, text: str, from_ms: int) -> int:
        if not self._settings.whole_days:
            return self._instants.of(text, from_ms)
        # The last day is part of the absence: it ends with the midnight behind it, on whatever clock.
        return self._instants.of(text, days_later=1)

    def _hours_ms(self, row: Mapping[str, str]) -> int | None:
        column = self._settings.hours
        if not column or not row[column]:
            return None
        match = _HOURS.fullmatch(row[column])
        if match is None or (match[2] and self._settings.decimal not in row[column]):
            message = f"{column}: {row[column][:40]!r} is no number of hours from 0 to {MOST_HOURS}"
            raise BadLine(message)
        return int(match[1]) * 3_600_000 + int((match[2] or "0").ljust(4, "0")) * 360
