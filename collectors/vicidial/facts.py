"""One row becomes facts (pure)."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from collectors.contract import EARLIEST_MS, LONGEST_MS, BadLine, Wiring
from collectors.leads import lead_names
from collectors.names import bad_name
from collectors.vicidial.rows import InboundRow, ListRow, OutboundRow, Row
from collectors.vicidial.statuses import Meanings
from collectors.wall_clock import WallClock
from streams.records import Arrived, AtTheDoor, Cell, Door, Ended, Fact, Handled, Outcome, identify
from streams.records_outbound import Attempted, ListCounted, Told

_DATETIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2}) ([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.[0-9]{1,6})?"
)
_SECONDS = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,3})[0-9]*)?")
_EPOCH = date(1970, 1, 1)
_LATEST_MS = 7_258_118_400_000
_MOST_STATUSES = 10_000
_UNIQUE_ID = re.compile(r"[!-~]{1,40}")

OPEN_INBOUND = frozenset({"QUEUE", "LIVE", "INBND", ""})
ABANDONED = frozenset({"DROP", "XDROP"})
FLOW_OUTS = frozenset({"TIMEOT", "HOLDTO", "HXFER", "NANQUE", "QVMAIL"})
CLOSED = "AFTHRS"


class RowFacts:
    """Turns rows into facts. Rows whose zone is `zone` state local times only where they have no epoch."""

    def __init__(self, wiring: Wiring, zone: ZoneInfo, meanings: Meanings) -> None:
        self._wiring = wiring
        self._meanings = meanings
        self._wall = WallClock(zone)
        self._lead = lead_names(wiring.pseudonym)
        self._cells: dict[tuple[str, bool], Cell] = {}
        self._told: dict[tuple[str, tuple[str, ...] | None], Told] = {}

    def of(self, row: Row) -> tuple[list[Fact], str, int, bool]:
        """The facts of a row, its key, its instant in ms, and whether it is open. Raises `BadLine`."""
        if isinstance(row, OutboundRow):
            return self._attempt(row)
        if isinstance(row, ListRow):
            return self._list(row)
        return self._visit(row)

    def _attempt(self, row: OutboundRow) -> tuple[list[Fact], str, int, bool]:
        if not _UNIQUE_ID.fullmatch(row.uniqueid):
            message = "uniqueid: not 1 to 40 visible ASCII characters"
            raise BadLine(message)
        at_ms = self._at(row)
        length_ms = _length("length_in_sec", row.length_in_sec)
        said = row.status, None if row.flags is None else tuple(row.flags)
        told = self._told.get(said)
        if told is None:
            told = self._meanings.told(_status(row.status), row.flags)
            if len(self._told) < _MOST_STATUSES:
                self._told[said] = told
        attempt = Attempted(
            identify(self._wiring.feed, "vicidial_log", row.uniqueid),
            at_ms,
            self._cell(row.campaign_id, campaign=True),
            int(told),
            lead=self._lead(str(row.lead_id)),
            disposition=row.status,
            length_ms=-1 if length_ms is None else length_ms,
        )
        return [attempt], row.uniqueid, at_ms, bool(told & Told.OPEN)

    def _visit(self, row: InboundRow) -> tuple[list[Fact], str, int, bool]:
        at_ms = self._at(row)
        cell = self._cell(row.campaign_id, campaign=False)
        key = str(row.closecallid)
        visit = identify(self._wiring.feed, "vicidial_closer_log", key)
        status = _status(row.status)
        if status == CLOSED:
            return [AtTheDoor(visit, at_ms, Door.CLOSED, cell)], key, at_ms, False
        facts: list[Fact] = [Arrived(visit, at_ms, cell)]
        if status in OPEN_INBOUND:
            return facts, key, at_ms, True
        wait_ms = _seconds("queue_seconds", row.queue_seconds)
        if status in ABANDONED or status in FLOW_OUTS:
            outcome = Outcome.ABANDONED if status in ABANDONED else Outcome.FLOW_OUT
            return [*facts, Ended(visit, at_ms + wait_ms, outcome, hotline=cell.hotline)], key, at_ms, False
        agent = self._agent(row.user)
        facts.append(Ended(visit, at_ms + wait_ms, Outcome.ANSWERED, agent, hotline=cell.hotline))
        length_ms = _length("length_in_sec", row.length_in_sec)
        if status == "INCALL" or length_ms is None:
            return facts, key, at_ms, status == "INCALL"
        # Some versions state the length without the wait; a talk is never shorter than nothing.
        talk_ms = max(0, length_ms - wait_ms)
        facts.append(Handled(visit, at_ms + wait_ms + talk_ms, talk_ms, agent=agent, hotline=cell.hotline))
        return facts, key, at_ms, False

    def _list(self, row: ListRow) -> tuple[list[Fact], str, int, bool]:
        counts = (row.touched, row.terminal, row.lost, row.dialable)
        if not all(0 <= count <= row.leads for count in counts) or row.lost > row.terminal:
            message = "a list counts more of its leads than it has"
            raise BadLine(message)
        if min(row.attempts, row.remaining_attempts, row.hopper) < 0:
            message = "a list counts less than nothing"
            raise BadLine(message)
        cell = msgspec.structs.replace(self._cell(row.campaign_id, campaign=True), family="lists")
        key, at_ms = str(row.list_id), _epoch_ms("read_epoch", row.read_epoch)
        counted = ListCounted(
            identify(self._wiring.feed, "vicidial_list", key),
            at_ms,
            cell,
            row.leads,
            row.touched,
            row.attempts,
            row.terminal,
            row.lost,
            row.dialable,
            row.remaining_attempts,
            row.hopper,
        )
        return [counted], key, at_ms, False

    def _agent(self, user: str | None) -> bytes:
        if not user or user in ("VDCL", "VDAD"):
            return b""
        if reason := bad_name(user):
            message = f"user: {reason}"
            raise BadLine(message)
        return self._wiring.pseudonym(user)

    def _cell(self, name: str, *, campaign: bool) -> Cell:
        cell = self._cells.get((name, campaign))
        if cell is None:
            if reason := bad_name(name):
                message = f"campaign_id: {reason}"
                raise BadLine(message)
            route = self._wiring.route_campaign if campaign else self._wiring.route
            cell = self._cells[name, campaign] = route(name)
        return cell

    def _at(self, row: OutboundRow | InboundRow) -> int:
        """The row's instant: its epoch where it has one, because a local time means two instants in October."""
        if row.start_epoch:
            return _epoch_ms("start_epoch", row.start_epoch)
        text = row.call_date or ""
        match = _DATETIME.fullmatch(text)
        try:
            if match is None:
                raise ValueError
            year, month, day, hour, minute, second = map(int, match.groups())
            days = (date(year, month, day) - _EPOCH).days
        except ValueError:
            message = f"call_date {text[:40]!r} is no date, and there is no start_epoch"
            raise BadLine(message) from None
        at_ms = self._wall.instant(days, ((hour * 60 + minute) * 60 + second) * 1000)
        if not EARLIEST_MS <= at_ms < _LATEST_MS:
            message = f"call_date {text!r} is no time of a call"
            raise BadLine(message)
        return at_ms


def _epoch_ms(name: str, seconds: int) -> int:
    if not EARLIEST_MS <= seconds * 1000 < _LATEST_MS:
        message = f"{name} {seconds} is no time of a call"
        raise BadLine(message)
    return seconds * 1000


def _status(text: str) -> str:
    if text and (len(text) > 20 or not text.isprintable() or text != text.strip()):
        message = "status: not up to 20 visible characters"
        raise BadLine(message)
    return text


def _length(name: str, seconds: int | None) -> int | None:
    if seconds is None:
        return None
    if not 0 <= seconds * 1000 <= LONGEST_MS:
        message = f"{name}: {seconds} is no length from 0 to a day"
        raise BadLine(message)
    return seconds * 1000


def _seconds(name: str, text: str | None) -> int:
    match = _SECONDS.fullmatch(text or "0")
    length_ms = -1 if match is None else int(match[1]) * 1000 + int(f"{match[2] or ''}000"[:3])
    if not 0 <= length_ms <= LONGEST_MS:
        message = f"{name}: {(text or '')[:40]!r} is no length from 0 to a day"
        raise BadLine(message)
    return length_ms
