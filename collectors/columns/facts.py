"""A row that a case fits becomes facts (pure)."""

from __future__ import annotations

import re
from datetime import date

from collectors.columns.language import ATTEMPT_RESULTS, ColumnMap
from collectors.columns.rows import Binding, BoundCase, Readers, Row
from collectors.contract import LONGEST_MS, BadLine, Wiring
from collectors.leads import lead_names
from collectors.names import check_name
from streams.records import Arrived, AtTheDoor, Cell, Door, Ended, Fact, Handled, Outcome
from streams.records_outbound import Attempted, Told

MOST_ATTEMPTS = 9_999
_COUNT = re.compile(r"[1-9][0-9]{0,3}")
_EPOCH = date(1970, 1, 1)
_OUTCOMES = {outcome.name.lower(): outcome for outcome in Outcome}
_DOORS = {door.name.lower(): door for door in Door}


class RowFacts:
    """Makes the facts of rows; names that occurred before are looked up."""

    def __init__(self, column_map: ColumnMap, wiring: Wiring, readers: Readers) -> None:
        self._map = column_map
        self._wiring = wiring
        self._cells: dict[str, Cell] = {}
        self._lead = lead_names(wiring.pseudonym)
        self._campaigns: dict[str, Cell] = {}
        self._agents: dict[str, bytes] = {"": b""} | dict.fromkeys(column_map.no_agent, b"")
        day = column_map.undated
        self._undated_ms = None if day is None else readers.wall.instant((day - _EPOCH).days, 0)

    def of(self, binding: Binding, case: BoundCase, row: Row, identity: bytes) -> list[Fact]:
        """The facts of a row that the case fits; `identity` names them. Raises `BadLine`."""
        if case.result in ATTEMPT_RESULTS:
            return [self._attempt(binding, case, row, identity)]
        assert binding.hotline is not None
        assert case.arrival is not None
        cell = self._cell(row[binding.hotline])
        arrival_ms = case.arrival(row)
        if case.end is None:
            return [AtTheDoor(identity, arrival_ms, _DOORS[case.result], cell)]
        end_ms = case.end(row)
        _in_a_day("wait", end_ms - arrival_ms)
        agent = self._agent(row[binding.agent]) if binding.agent is not None and case.result == "answered" else b""
        facts: list[Fact] = [
            Arrived(identity, arrival_ms, cell),
            Ended(identity, end_ms, _OUTCOMES[case.result], agent, hotline=cell.hotline),
        ]
        if case.talk is not None and case.handled is not None:
            handled_ms = case.handled(row)
            if handled_ms < end_ms:
                message = "the handling ends before the wait"
                raise BadLine(message)
            facts.append(
                Handled(
                    identity,
                    handled_ms,
                    _in_a_day("talk", case.talk(row)),
                    None if case.hold is None else _in_a_day("hold", case.hold(row)),
                    None if case.acw is None else _in_a_day("after-call work", case.acw(row)),
                    case.transferred,
                    agent=agent,
                    hotline=cell.hotline,
                )
            )
        return facts

    def _attempt(self, binding: Binding, case: BoundCase, row: Row, attempt: bytes) -> Attempted:
        told = ATTEMPT_RESULTS[case.result]
        if case.arrival is not None:
            at_ms = case.arrival(row)
        else:
            assert self._undated_ms is not None
            at_ms, told = self._undated_ms, told | Told.UNDATED
        count = 1
        if binding.attempts is not None:
            text = row[binding.attempts]
            if not _COUNT.fullmatch(text):
                message = f"{self._map.attempts}: {text[:40]!r} is no number of attempts from 1 to {MOST_ATTEMPTS}"
                raise BadLine(message)
            count = int(text)
        disposition = row[binding.disposition] if binding.disposition is not None else case.result
        check_name(self._map.disposition, disposition)
        return Attempted(
            attempt,
            at_ms,
            self._campaign(self._map.campaign_name if binding.campaign is None else row[binding.campaign]),
            int(told),
            count,
            self._lead(chr(31).join(row[index] for index in binding.lead)) if binding.lead else b"",
            disposition,
            -1 if case.talk is None else _in_a_day("talk", case.talk(row)),
        )

    def _campaign(self, name: str) -> Cell:
        cell = self._campaigns.get(name)
        if cell is None:
            check_name(self._map.campaign, name)
            cell = self._campaigns[name] = self._wiring.route_campaign(name)
        return cell

    def _cell(self, name: str) -> Cell:
        cell = self._cells.get(name)
        if cell is None:
            check_name(self._map.hotline, name)
            cell = self._cells[name] = self._wiring.route(name)
        return cell

    def _agent(self, name: str) -> bytes:
        agent = self._agents.get(name)
        if agent is None:
            check_name(self._map.agent, name)
            agent = self._agents[name] = self._wiring.pseudonym(name)
        return agent


def _in_a_day(what: str, length_ms: int) -> int:
    if not 0 <= length_ms <= LONGEST_MS:
        message = f"{what} of {length_ms / 1000:g} s is not from 0 to a day"
        raise BadLine(message)
    return length_ms
