"""VICIdial's tables as a source of lines: polled again and again, each row given when it is new or says something new.

No table carries a time of change, so a poll reads the rows since the newest call minus 15 minutes and those that were
not final, and once after a day was closed the whole day, archive included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from collectors.contract import SourceTrouble
from collectors.lines import RawLine
from collectors.marks import Mark
from collectors.sources import Chunk, Days
from collectors.vicidial.connection import Database, Flags
from collectors.vicidial.parse import VicidialParser, digest
from collectors.vicidial.progress import Progress
from collectors.vicidial.queries import (
    OUTBOUND,
    ReadTable,
    Statement,
    callbacks,
    campaigns,
    hopper,
    recycling,
    since,
    stock,
    whole_day,
)
from collectors.vicidial.redial import Redial, redial
from collectors.vicidial.rows import OutboundRow, as_line
from collectors.vicidial.settings import VicidialSettings
from collectors.vicidial.stock import list_rows
from streams.days import business_day, closes_at, from_ms
from streams.records import identify

OVERLAP_MS = 900_000
_ALL = 10_000
_EVER = "9999-12-31 23:59:59"
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 1_000, 60_000


class VicidialSource:
    """See `Source`. `resume` = where the last run stopped."""

    live = True
    ended = False

    def __init__(
        self, settings: VicidialSettings, zone: ZoneInfo, days: Days, parser: VicidialParser, resume: Mark | None
    ) -> None:
        self._settings = settings
        self._zone = settings.zone or zone
        self._days = days
        self._parser = parser
        self._database = Database(settings)
        self._mark = resume or Mark(identify("vicidial", settings.place), settings.place)
        if resume is not None:
            parser.resume(resume.note)
        self._given: dict[str, dict[bytes, bytes]] = {}
        self._poll: Iterator[list[RawLine]] | None = None
        self._trouble: SourceTrouble | None = None
        self._pause_ms = 0
        self._not_before_ms = 0
        self._stock_at_ms = 0
        self._position = self._mark.offset

    def close(self) -> None:
        """See `Source.close`."""
        self._poll = None
        self._database.close()

    def read(self, limit: int, now_ms: int) -> Chunk | None:
        """See `Source.read`."""
        if now_ms < self._not_before_ms:
            if self._trouble is not None:
                raise self._trouble
            return None
        try:
            self._poll = self._poll or self._new_poll(limit, now_ms)
            lines = next(self._poll, None)
        except SourceTrouble as error:
            self._poll = None
            self._pause_ms = min(max(2 * self._pause_ms, FIRST_PAUSE_MS), LONGEST_PAUSE_MS)
            self._not_before_ms = now_ms + self._pause_ms
            # The driver has a new word for every attempt; the first one said what happened.
            if self._trouble is None or str(error).partition(":")[0] != str(self._trouble).partition(":")[0]:
                self._trouble = error
            raise self._trouble from error
        if lines is None:
            self._poll, self._trouble, self._pause_ms = None, None, 0
            self._not_before_ms = now_ms + self._settings.poll_seconds * 1000
            return None
        before = msgspec.structs.replace(self._mark, note=self._parser.note(), anchors=[], read_ms=now_ms)
        self._mark = before.advanced(lines)
        return Chunk(before, b"", lines, 0, repeats=True)

    @property
    def _progress(self) -> Progress:
        return self._parser.progress

    def _new_poll(self, limit: int, now_ms: int) -> Iterator[list[RawLine]]:
        progress = self._progress
        if not progress.days_read_ms:
            first, _ = business_day(self._days.clock, now_ms)
            for _ in range(self._settings.backfill_days):
                first, _ = business_day(self._days.clock, first - 1)
            progress.days_read_ms = first
        flags = self._database.flags()
        for read in self._database.tables:
            newest_ms = progress.newest_ms.get(read.name)
            from_ms_ = progress.days_read_ms if newest_ms is None else newest_ms - OVERLAP_MS
            statement = since(read, self._wall_text(from_ms_, now_ms), list(progress.open.get(read.name, ())))
            yield from self._rows(read, statement, flags, limit)
            progress.polled(read.name)
        if now_ms >= self._stock_at_ms:
            yield from self._stock(flags, now_ms)
            self._stock_at_ms = now_ms + self._settings.list_seconds * 1000
        start_ms, end_ms = business_day(self._days.clock, progress.days_read_ms)
        if closes_at(self._days.clock, start_ms, self._days.closes_minutes) <= now_ms:
            for read in self._database.tables:
                archive = read.name in self._database.archives
                from_text, to_text = self._wall_text(start_ms, start_ms), self._wall_text(end_ms, end_ms)
                yield from self._rows(read, whole_day(read, from_text, to_text, archive=archive), flags, limit)
                progress.polled(read.name)
            progress.days_read_ms = end_ms

    def _stock(self, flags: Flags, now_ms: int) -> Iterator[list[RawLine]]:
        rules = self._redial()
        called_before = [self._wall_text(now_ms - seconds * 1000, now_ms) for seconds in rules.waits]
        # Whoever need not wait was called at any time.
        called_before[0] = _EVER
        counted = self._all(stock(called_before, with_resets=bool(self._database.late["vicidial_list"])))
        ready = {row[0]: row[1] for row in self._all(hopper())}
        promised = {}
        if "vicidial_callbacks" in self._database.rules:
            overdue = self._wall_text(now_ms - self._settings.overdue_seconds * 1000, now_ms)
            asked = callbacks(self._wall_text(now_ms, now_ms), overdue)
            promised = {row[0]: row[1:] for row in self._all(asked)}
        rows = list_rows(counted, rules, flags, ready, promised, now_ms // 1000)
        if rows:
            yield [self._line(as_line(row)) for row in rows]

    def _redial(self) -> Redial:
        there, settings = self._database.rules, self._settings
        dialled = (
            self._all(campaigns(self._database.late["vicidial_campaigns"])) if "vicidial_campaigns" in there else []
        )
        recycled = self._all(recycling()) if "vicidial_lead_recycle" in there else []
        return redial(settings.attempt_maximum, settings.recycle_seconds, dialled, recycled)

    def _all(self, statement: Statement) -> list[Sequence[Any]]:
        return [row for rows in self._database.read(statement, _ALL) for row in rows]

    def _line(self, line: bytes) -> RawLine:
        self._position += len(line) + 1
        return RawLine(int.from_bytes(digest(line)) >> 12, line, self._position)

    def _rows(self, read: ReadTable, statement: Statement, flags: Flags, limit: int) -> Iterator[list[RawLine]]:
        """The rows of a statement that are not what was given before, as lines."""
        given, now_there = self._given.setdefault(read.name, {}), {}
        for rows in self._database.read(statement, limit):
            lines = []
            for row in rows:
                line = as_line(self._row(read, row, flags))
                key = digest(str(row[0]).encode())
                now_there[key] = content = digest(line)
                if given.get(key) == content:
                    continue
                given[key] = content
                if content not in self._progress.dead:
                    lines.append(self._line(line))
            if lines:
                yield lines
        self._given[read.name] = now_there

    @staticmethod
    def _row(read: ReadTable, row: Sequence[Any], flags: Flags) -> Any:
        if read.name != OUTBOUND.name:
            return read.row(*row)
        outbound = OutboundRow(*row)
        of_campaign, of_system = flags.get((outbound.campaign_id, outbound.status)), flags.get(("", outbound.status))
        if of_campaign is None and of_system is None:
            return outbound
        flagged = sorted({*(of_campaign or ()), *(of_system or ())})
        return msgspec.structs.replace(outbound, flags=flagged)

    def _wall_text(self, at_ms: int, until_ms: int) -> str:
        """The local time of `at_ms` as the tables write it, or an earlier one.

        Where the clock was set back between `at_ms` and `until_ms`, rows written since then carry earlier times.
        """
        start, until = from_ms(at_ms, self._zone.key), from_ms(until_ms, self._zone.key)
        offset, later_offset = start.utcoffset(), until.utcoffset()
        assert offset is not None
        assert later_offset is not None
        wall = start.replace(tzinfo=None) - max(timedelta(), offset - later_offset)
        return wall.isoformat(" ", "seconds")
