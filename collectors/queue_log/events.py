"""One line of a queue_log as an event, or the reason why it is none (pure).

`epoch|call id|queue|agent|EVENT|argument|...`; nothing is escaped, so a bar inside a name shifts the fields.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from collectors.contract import EARLIEST_MS, LONGEST_MS, BadLine
from collectors.names import bad_call_id, check_name
from streams.records import Outcome

NO_QUEUE = ("", "NONE")
"""What stands for the queue where a line speaks of none."""


class Shape(NamedTuple):
    """Where an event states its seconds, and with how many arguments it may come."""

    fewest: int
    most: int
    wait: int | None = None
    talk: int | None = None


ENTRY = {"ENTERQUEUE": Shape(0, 12)}  # url, number, position, caller name: free text that nothing here uses
SENT_AWAY = {"JOINEMPTY": Shape(0, 5)}
AT_THE_DOOR = {"FULL": Shape(0, 5), "CLOSED": Shape(0, 5)}
ANSWERED = {"CONNECT": Shape(0, 5, wait=0)}
TALK_ENDED = {
    "COMPLETECALLER": Shape(2, 4, wait=0, talk=1),
    "COMPLETEAGENT": Shape(2, 4, wait=0, talk=1),
    "TRANSFER": Shape(2, 5, wait=2, talk=3),
    "BLINDTRANSFER": Shape(4, 5, wait=2, talk=3),
    "ATTENDEDTRANSFER": Shape(4, 5, wait=2, talk=3),
}
TRANSFER_TO_LINK = Shape(5, 6, wait=3, talk=4)
LEFT = {
    "ABANDON": Shape(0, 3, wait=2),
    "EXITWITHTIMEOUT": Shape(0, 3, wait=2),
    "EXITWITHKEY": Shape(0, 4, wait=3),
    "EXITEMPTY": Shape(0, 3, wait=2),
    "LEAVEEMPTY": Shape(0, 3, wait=2),
    "WITHDRAW": Shape(0, 4, wait=2),
    "SYSCOMPAT": Shape(0, 2),
}
OUTCOMES = dict.fromkeys(LEFT, Outcome.FLOW_OUT) | {
    "ABANDON": Outcome.ABANDONED,
    "SYSCOMPAT": Outcome.ERROR,
}
FAILED_ATTEMPT = {"AGENTDUMP": Shape(0, 2), "RINGNOANSWER": Shape(0, 3), "RINGCANCELED": Shape(0, 3)}
RINGS = (*ANSWERED, "RINGNOANSWER", "RINGCANCELED")
AFTER_CALL = {"WRAPUPSTART": Shape(1, 2)}
OF_PEOPLE = {
    name: Shape(0, 6)
    for name in (
        "AGENTLOGIN",
        "AGENTLOGOFF",
        "AGENTCALLBACKLOGIN",
        "AGENTCALLBACKLOGOFF",
        "ADDMEMBER",
        "REMOVEMEMBER",
        "PAUSE",
        "UNPAUSE",
        "PAUSEALL",
        "UNPAUSEALL",
        "PENALTY",
        "RINGINUSE",
    )
}
SKIPPED = {"QUEUESTART": Shape(0, 3), "CONFIGRELOAD": Shape(0, 3)}
OF_A_VISIT = ENTRY | SENT_AWAY | AT_THE_DOOR | ANSWERED | TALK_ENDED | LEFT | FAILED_ATTEMPT
SHAPES = OF_A_VISIT | AFTER_CALL | OF_PEOPLE | SKIPPED

_EPOCH = re.compile(r"([0-9]{9,10})(?:\.([0-9]{1,9}))?")
_RING = re.compile(r"[0-9]{1,8}")
_SECONDS = re.compile(r"[0-9]{1,6}")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_EVENT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{1,39}")


class Event(NamedTuple):
    """One event. `wait_ms` and `talk_ms` are what the line states, None where it does not.

    `seconds_ms` is after-call work, `ring_ms` how long the agent's telephone rang, `detail` the first argument of an
    event about people: a reason, or that a member is paused.
    """

    at_ms: int
    call: str
    queue: str
    agent: str
    name: str
    wait_ms: int | None = None
    talk_ms: int | None = None
    seconds_ms: int | None = None
    ring_ms: int | None = None
    detail: str = ""


def read_event(line: bytes, encoding: str, latest_ms: int) -> Event:
    """The event of one line. `latest_ms`: the last instant (closed) that a line may bear. Raises `BadLine`."""
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"not {encoding}: byte {error.start}"
        raise BadLine(message) from error
    if _CONTROL.search(text):
        message = "holds control characters"
        raise BadLine(message)
    fields = text.split("|")
    if len(fields) < 6:
        message = f"{len(fields)} fields, at least 6 expected"
        raise BadLine(message)
    at_ms = _instant(fields[0], latest_ms)
    call, queue, agent, name = fields[1:5]
    arguments = fields[5:]
    shape = SHAPES.get(name)
    if shape is None and not name.startswith("DIVERT_"):
        _refuse_shifted(name, arguments)
        return Event(at_ms, call, queue, agent, name)
    if name == "ATTENDEDTRANSFER" and arguments[0] == "LINK":
        shape = TRANSFER_TO_LINK
    shape = shape or SENT_AWAY["JOINEMPTY"]
    given = 0 if arguments == [""] else len(arguments)
    if not shape.fewest <= given <= shape.most:
        message = f"{name} with {given} arguments, {shape.fewest} to {shape.most} expected"
        raise BadLine(message)
    if any(argument in SHAPES for argument in arguments[4:]):
        message = "two lines in one: the end of the first is lost"
        raise BadLine(message)
    _refuse_names(name, call, queue, agent)
    return Event(
        at_ms,
        call,
        queue,
        "" if agent == "NONE" else agent,
        name,
        _seconds(name, "wait", arguments, shape.wait),
        _seconds(name, "talk", arguments, shape.talk),
        _seconds(name, "after-call work", arguments, 0) if name in AFTER_CALL else None,
        _ring_ms(name, arguments),
        arguments[0] if name in OF_PEOPLE else "",
    )


def _instant(text: str, latest_ms: int) -> int:
    match = _EPOCH.fullmatch(text)
    if match is None:
        message = "time: not whole seconds since 1970"
        raise BadLine(message)
    at_ms = int(match[1]) * 1000 + int(((match[2] or "") + "000")[:3])
    if at_ms < EARLIEST_MS:
        message = "time: before the year 2000"
        raise BadLine(message)
    if at_ms > latest_ms:
        message = "time: in the future"
        raise BadLine(message)
    return at_ms


def _refuse_shifted(name: str, arguments: list[str]) -> None:
    if name in ("", "NONE") or any(argument in SHAPES for argument in arguments[:4]):
        message = "fields are shifted: a name holds a bar"
        raise BadLine(message)
    if not _EVENT_NAME.fullmatch(name):
        message = "event name: not 2 to 40 letters, digits or _.:-"
        raise BadLine(message)


def _refuse_names(name: str, call: str, queue: str, agent: str) -> None:
    if name in OF_A_VISIT:
        reason = bad_call_id(call)
        if reason:
            raise BadLine(reason)
        if queue == "NONE":
            message = f"{name} without a queue"
            raise BadLine(message)
    if queue not in NO_QUEUE or name in OF_A_VISIT:
        check_name("queue", queue)
    if agent not in ("", "NONE"):
        check_name("agent", agent)


def _ring_ms(name: str, arguments: list[str]) -> int | None:
    """How long it rang, None where nothing sensible is stated: no call's figure rests on it."""
    place, unit_ms = (2, 1000) if name in ANSWERED else (0, 1)
    if name not in RINGS or len(arguments) <= place or not _RING.fullmatch(arguments[place]):
        return None
    return min(int(arguments[place]) * unit_ms, LONGEST_MS)


def _seconds(name: str, what: str, arguments: list[str], index: int | None) -> int | None:
    if index is None or index >= len(arguments) or arguments[index] == "":
        return None
    text = arguments[index]
    if not _SECONDS.fullmatch(text) or int(text) * 1000 > LONGEST_MS:
        message = f"{name}: {what} is no number of seconds from 0 to {LONGEST_MS // 1000}"
        raise BadLine(message)
    return int(text) * 1000
