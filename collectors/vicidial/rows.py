"""The rows that are read, as the lines they become: one canonical JSON object each (pure).

Only the columns that matter are read, so a change in any other column is no change. DATETIME stays text, because
0000-00-00 is one too; `flags` is what the tables of statuses say of the row's status, None where they do not know it.
"""

from __future__ import annotations

import msgspec

from collectors.contract import BadLine


class _Row(msgspec.Struct, frozen=True, tag_field="table", forbid_unknown_fields=True):
    """One row of one table."""


class OutboundRow(_Row, frozen=True, tag="vicidial_log"):
    """One attempt."""

    uniqueid: str
    lead_id: int
    campaign_id: str
    call_date: str | None
    start_epoch: int | None
    length_in_sec: int | None
    status: str
    flags: list[str] | None = None


class InboundRow(_Row, frozen=True, tag="vicidial_closer_log"):
    """One visit in an in-group; `campaign_id` is the in-group."""

    closecallid: int
    campaign_id: str
    call_date: str | None
    start_epoch: int | None
    length_in_sec: int | None
    status: str
    queue_seconds: str | None
    user: str | None


class AgentRow(_Row, frozen=True, tag="vicidial_agent_log"):
    """One round of an agent. `disposed`: it has a status, so nothing follows in it."""

    agent_log_id: int
    user: str | None
    campaign_id: str | None
    event_time: str | None
    pause_epoch: int | None
    pause_sec: int | None
    wait_epoch: int | None
    wait_sec: int | None
    talk_epoch: int | None
    talk_sec: int | None
    dispo_epoch: int | None
    dispo_sec: int | None
    dead_epoch: int | None
    sub_status: str | None
    disposed: bool = False
    inbound: bool = False


class LoginRow(_Row, frozen=True, tag="vicidial_user_log"):
    """An agent logged in or out."""

    user_log_id: int
    user: str | None
    campaign_id: str | None
    event_date: str | None
    event_epoch: int | None
    event: str


class ListRow(_Row, frozen=True, tag="vicidial_list", omit_defaults=True):
    """What stood in one list at `read_epoch`, counted by the database."""

    list_id: int
    campaign_id: str
    read_epoch: int
    leads: int
    touched: int
    attempts: int
    terminal: int
    lost: int
    dialable: int
    remaining_attempts: int
    hopper: int
    callbacks: int = 0
    callbacks_due: int = 0
    callbacks_overdue: int = 0


Row = OutboundRow | InboundRow | AgentRow | LoginRow | ListRow

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Row)


def as_line(row: Row) -> bytes:
    """The row as a line; equal rows are equal lines."""
    return _encoder.encode(row)


def of_line(line: bytes) -> Row:
    """The row of a line. Raises `BadLine` for anything that `as_line` would not have written."""
    try:
        row: Row = _decoder.decode(line)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, ValueError) as error:
        message = f"no row: {str(error)[:160]}"
        raise BadLine(message) from error
    if as_line(row) != line:
        message = "no canonical row: it holds a key twice, spaces or another order of keys"
        raise BadLine(message)
    return row
