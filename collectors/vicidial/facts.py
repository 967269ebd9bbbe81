"""One row becomes facts (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import msgspec

from collectors.contract import BadLine, Wiring
from collectors.leads import lead_names
from collectors.names import check_name
from collectors.vicidial.agent_log import AgentLog
from collectors.vicidial.rows import AgentRow, InboundRow, ListRow, LoginRow, OutboundRow, Row
from collectors.vicidial.statuses import Meanings
from collectors.vicidial.times import RowTimes, decimal_ms, epoch_ms, length_ms
from streams.records import Arrived, AtTheDoor, Cell, Door, Ended, Fact, Handled, Outcome, identify
from streams.records_outbound import Attempted, ListCounted, Told

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
        self._times = RowTimes(zone)
        self._agent_log = AgentLog(wiring, self._times)
        self._lead = lead_names(wiring.pseudonym)
        self._cells: dict[tuple[str, bool], Cell] = {}
        self._told: dict[tuple[str, tuple[str, ...] | None], Told] = {}

    def of(self, row: Row) -> tuple[Sequence[Fact], str, int, bool]:
        """The facts of a row, its key, its instant in ms, and whether it is open. Raises `BadLine`."""
        if isinstance(row, OutboundRow):
            return self._attempt(row)
        if isinstance(row, ListRow):
            return self._list(row)
        if isinstance(row, AgentRow):
            return self._agent_log.round(row)
        if isinstance(row, LoginRow):
            return self._agent_log.login(row)
        return self._visit(row)

    def _attempt(self, row: OutboundRow) -> tuple[list[Fact], str, int, bool]:
        if not _UNIQUE_ID.fullmatch(row.uniqueid):
            message = "uniqueid: not 1 to 40 visible ASCII characters"
            raise BadLine(message)
        at_ms = self._times.instant("start_epoch", row.start_epoch, "call_date", row.call_date)
        lasts_ms = length_ms("length_in_sec", row.length_in_sec)
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
            length_ms=-1 if lasts_ms is None else lasts_ms,
        )
        return [attempt], row.uniqueid, at_ms, bool(told & Told.OPEN)

    def _visit(self, row: InboundRow) -> tuple[list[Fact], str, int, bool]:
        at_ms = self._times.instant("start_epoch", row.start_epoch, "call_date", row.call_date)
        cell = self._cell(row.campaign_id, campaign=False)
        key = str(row.closecallid)
        visit = identify(self._wiring.feed, "vicidial_closer_log", key)
        status = _status(row.status)
        if status == CLOSED:
            return [AtTheDoor(visit, at_ms, Door.CLOSED, cell)], key, at_ms, False
        facts: list[Fact] = [Arrived(visit, at_ms, cell)]
        if status in OPEN_INBOUND:
            return facts, key, at_ms, True
        wait_ms = decimal_ms("queue_seconds", row.queue_seconds)
        if status in ABANDONED or status in FLOW_OUTS:
            outcome = Outcome.ABANDONED if status in ABANDONED else Outcome.FLOW_OUT
            return [*facts, Ended(visit, at_ms + wait_ms, outcome, hotline=cell.hotline)], key, at_ms, False
        agent = self._agent(row.user)
        facts.append(Ended(visit, at_ms + wait_ms, Outcome.ANSWERED, agent, hotline=cell.hotline))
        lasts_ms = length_ms("length_in_sec", row.length_in_sec)
        if status == "INCALL" or lasts_ms is None:
            return facts, key, at_ms, status == "INCALL"
        # Some versions state the length without the wait; a talk is never shorter than nothing.
        talk_ms = max(0, lasts_ms - wait_ms)
        facts.append(Handled(visit, at_ms + wait_ms + talk_ms, talk_ms, agent=agent, hotline=cell.hotline))
        return facts, key, at_ms, False

    def _list(self, row: ListRow) -> tuple[list[Fact], str, int, bool]:
        counts = (row.touched, row.terminal, row.lost, row.dialable)
        if not all(0 <= count <= row.leads for count in counts) or row.lost > row.terminal:
            message = "a list counts more of its leads than it has"
            raise BadLine(message)
        if not 0 <= row.callbacks_overdue <= row.callbacks_due <= row.callbacks:
            message = "a list counts more of its callbacks than it has"
            raise BadLine(message)
        if min(row.attempts, row.remaining_attempts, row.hopper) < 0:
            message = "a list counts less than nothing"
            raise BadLine(message)
        cell = msgspec.structs.replace(self._cell(row.campaign_id, campaign=True), family="lists")
        key, at_ms = str(row.list_id), epoch_ms("read_epoch", row.read_epoch)
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
            row.callbacks,
            row.callbacks_due,
            row.callbacks_overdue,
        )
        return [counted], key, at_ms, False

    def _agent(self, user: str | None) -> bytes:
        if not user or user in ("VDCL", "VDAD"):
            return b""
        check_name("user", user)
        return self._wiring.pseudonym(user)

    def _cell(self, name: str, *, campaign: bool) -> Cell:
        cell = self._cells.get((name, campaign))
        if cell is None:
            check_name("campaign_id", name)
            route = self._wiring.route_campaign if campaign else self._wiring.route
            cell = self._cells[name, campaign] = route(name)
        return cell


def _status(text: str) -> str:
    if text and (len(text) > 20 or not text.isprintable() or text != text.strip()):
        message = "status: not up to 20 visible characters"
        raise BadLine(message)
    return text
