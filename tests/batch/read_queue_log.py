"""Asterisk's queue_log becomes visits, line by line in file order, as contract section 5 says."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.batch.visits import Door, Reading, Visit

# Where an event states its seconds: (index of the wait, index of the talk or None).
STATED_SECONDS: dict[str, tuple[int | None, int | None]] = {
    "CONNECT": (0, None),
    "COMPLETECALLER": (0, 1),
    "COMPLETEAGENT": (0, 1),
    "TRANSFER": (2, 3),
    "BLINDTRANSFER": (2, 3),
    "ATTENDEDTRANSFER": (2, 3),
    "ABANDON": (2, None),
    "EXITWITHTIMEOUT": (2, None),
    "EXITWITHKEY": (3, None),
    "EXITEMPTY": (2, None),
    "LEAVEEMPTY": (2, None),
    "WITHDRAW": (2, None),
    "SYSCOMPAT": (None, None),
}
LEFT_THE_QUEUE = {
    "ABANDON": "abandoned",
    "EXITWITHTIMEOUT": "flow_out",
    "EXITWITHKEY": "flow_out",
    "EXITEMPTY": "flow_out",
    "LEAVEEMPTY": "flow_out",
    "WITHDRAW": "flow_out",
    "SYSCOMPAT": "error",
}
TALK_ENDED = ("COMPLETECALLER", "COMPLETEAGENT", "TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER")
FAILED_ATTEMPT = ("AGENTDUMP", "RINGNOANSWER", "RINGCANCELED")
TURNED_AWAY = {"FULL": "busy_played", "CLOSED": "closed"}
OF_AGENTS = (
    "AGENTLOGIN", "AGENTLOGOFF", "AGENTCALLBACKLOGIN", "AGENTCALLBACKLOGOFF", "ADDMEMBER", "REMOVEMEMBER",
    "PAUSE", "UNPAUSE", "PAUSEALL", "UNPAUSEALL", "PENALTY", "RINGINUSE",
)  # fmt: skip
EPOCH = re.compile(r"(\d{1,11})(?:\.(\d+))?")


class QueueLog:
    """One source's lines so far. Feed it every line in file order with `take`; `reading` holds what they mean."""

    def __init__(self) -> None:
        self.reading = Reading()
        self._entries: dict[tuple[str, str], list[Visit]] = {}
        self._last_visit_of_agent: dict[str, Visit] = {}

    def take(self, line: str) -> None:
        """One line, with or without its line end."""
        self.reading.received += 1
        fields = line.rstrip("\r\n").split("|")
        epoch = EPOCH.fullmatch(fields[0])
        if epoch is None or len(fields) < 5:
            self.reading.dead += 1
            return
        at_ms = int(epoch[1]) * 1000 + int(((epoch[2] or "") + "000")[:3])
        call, queue, agent, event = fields[1:5]
        arguments = fields[5:]

        if event == "ENTERQUEUE":
            self._enter(call, queue, at_ms)
        elif event == "JOINEMPTY" or event.startswith("DIVERT_"):
            self._enter(call, queue, at_ms).end("flow_out", at_ms)
        elif event in TURNED_AWAY:
            self.reading.doors.append(Door(queue, at_ms, TURNED_AWAY[event]))
        elif event == "CONNECT":
            self._connect(call, queue, agent, at_ms, arguments)
        elif event in TALK_ENDED:
            self._end_talk(event, call, queue, agent, at_ms, arguments)
        elif event in LEFT_THE_QUEUE:
            self._leave(event, call, queue, at_ms, arguments)
        elif event == "WRAPUPSTART":
            self._wrap_up(agent, at_ms, arguments)
        elif event in FAILED_ATTEMPT or event in OF_AGENTS:
            pass
        else:
            if event == "QUEUESTART":
                self._restart(at_ms)
            self.reading.skip(f"event:{event}")

    def _enter(self, call: str, queue: str, at_ms: int) -> Visit:
        visit = Visit(queue, at_ms)
        self._entries.setdefault((call, queue), []).append(visit)
        self.reading.visits.append(visit)
        return visit

    def _visit(self, event: str, call: str, queue: str, at_ms: int, arguments: list[str]) -> Visit:
        """The pair's latest entry; without one the arrival is the line's time - wait - talk."""
        if (call, queue) in self._entries:
            return self._entries[call, queue][-1]
        wait_ms, talk_ms = stated_ms(event, arguments)
        return self._enter(call, queue, at_ms - (wait_ms or 0) - (talk_ms or 0))

    def _connect(self, call: str, queue: str, agent: str, at_ms: int, arguments: list[str]) -> None:
        visit = self._visit("CONNECT", call, queue, at_ms, arguments)
        if visit.outcome is not None:
            self.reading.conflicts += 1
            return
        visit.end("answered", end_of_wait("CONNECT", visit, at_ms, arguments))
        self._answers(visit, agent)

    def _end_talk(self, event: str, call: str, queue: str, agent: str, at_ms: int, arguments: list[str]) -> None:
        visit = self._visit(event, call, queue, at_ms, arguments)
        if visit.outcome not in (None, "answered") or visit.talk_end_ms is not None:
            self.reading.conflicts += 1
            return
        if visit.outcome is None:
            visit.end("answered", end_of_wait(event, visit, at_ms, arguments))
        self._answers(visit, agent)
        visit.talk_end_ms = at_ms
        visit.talk_ms = stated_ms(event, arguments)[1] or 0
        visit.transferred = event.endswith("TRANSFER")

    def _leave(self, event: str, call: str, queue: str, at_ms: int, arguments: list[str]) -> None:
        visit = self._visit(event, call, queue, at_ms, arguments)
        if visit.outcome is not None:
            self.reading.conflicts += 1
            return
        visit.end(LEFT_THE_QUEUE[event], end_of_wait(event, visit, at_ms, arguments))

    def _answers(self, visit: Visit, agent: str) -> None:
        if agent not in ("", "NONE"):
            visit.agent = agent
            self._last_visit_of_agent[agent] = visit

    def _wrap_up(self, agent: str, at_ms: int, arguments: list[str]) -> None:
        visit = self._last_visit_of_agent.get(agent)
        seconds = whole_seconds(arguments, 0)
        if visit is None or visit.acw_end_ms is not None or seconds is None:
            return
        visit.acw_ms = seconds * 1000
        visit.acw_end_ms = at_ms + visit.acw_ms

    def _restart(self, at_ms: int) -> None:
        for visit in self.reading.visits:
            if visit.outcome is None and visit.given_up_ms is None:
                visit.given_up_ms = max(at_ms, visit.arrival_ms)


def stated_ms(event: str, arguments: list[str]) -> tuple[int | None, int | None]:
    """(wait, talk) that the event itself states; None where it does not."""
    wait_at, talk_at = STATED_SECONDS[event]
    if event == "ATTENDEDTRANSFER" and arguments[:1] == ["LINK"]:
        wait_at, talk_at = 3, 4
    wait, talk = whole_seconds(arguments, wait_at), whole_seconds(arguments, talk_at)
    return None if wait is None else wait * 1000, None if talk is None else talk * 1000


def whole_seconds(arguments: list[str], index: int | None) -> int | None:
    """The number of seconds at this place, None when it is missing or no number."""
    if index is None or index >= len(arguments) or not re.fullmatch(r"[0-9]+", arguments[index]):
        return None
    return int(arguments[index])


def end_of_wait(event: str, visit: Visit, at_ms: int, arguments: list[str]) -> int:
    """Arrival + stated wait; where none is stated, the line's time."""
    wait_ms = stated_ms(event, arguments)[0]
    return at_ms if wait_ms is None else visit.arrival_ms + wait_ms


def read_queue_log(lines: Iterable[str]) -> Reading:
    """All lines of one source, in file order (the lines of rotated files one after the other, oldest file first)."""
    log = QueueLog()
    for line in lines:
        log.take(line)
    return log.reading
