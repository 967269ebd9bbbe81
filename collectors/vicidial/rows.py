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


class ListRow(_Row, frozen=True, tag="vicidial_list"):
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


Row = OutboundRow | InboundRow | ListRow

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
