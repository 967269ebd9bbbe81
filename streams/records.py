"""The records that travel from collectors through the log to the core: one immutable *fact* each.

A fact states one thing that happened at one instant (`at_ms`, event time, UTC milliseconds). Facts of one visit are
joined by its id and may arrive in any order, late or twice: the result is the same. Whatever a formula needs is a
fact; nothing here is a counter.

Ids are 16 bytes, made by `identify` from names that are unique per source. The facts of visits stand here, those of
each further family in a file of its own (`records_agents`); `Fact` is any of them.

`hotline` says to which part of the log a fact goes (see `partition`): the hotline of its visit. It is not written to
the log; read from there it is empty.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from streams.cell import ID_BYTES, VISITS, Cell, Supplies, identify
from streams.records_agents import Work, Worked
from streams.records_orders import Ordered
from streams.records_outbound import Attempted, ListCounted, Told
from streams.records_shifts import Plan, Rostered
from streams.records_trunks import TrunkCounted

__all__ = [
    "ID_BYTES",
    "VISITS",
    "Arrived",
    "AtTheDoor",
    "Attempted",
    "Cell",
    "Door",
    "Ended",
    "Fact",
    "GivenUp",
    "Handled",
    "ListCounted",
    "Ordered",
    "Outcome",
    "Plan",
    "Rostered",
    "Seen",
    "Supplies",
    "Told",
    "TrunkCounted",
    "Work",
    "Worked",
    "identify",
]


class Outcome(IntEnum):
    """How a wait ended. The numbers are part of the log's encoding: never reuse one."""

    ANSWERED = 0
    ABANDONED = 1
    FLOW_OUT = 2
    CALLBACK = 3
    ERROR = 4


class Door(IntEnum):
    """What happened to a contact that never became a visit. The numbers are part of the log's encoding."""

    BLOCKED = 0
    BUSY_PLAYED = 1
    CLOSED = 2
    IVR_ABANDON = 3


class Arrived(msgspec.Struct, frozen=True, tag="arrived"):
    """A contact entered a queue: the visit begins and its dimensions are fixed."""

    visit: bytes
    at_ms: int
    cell: Cell


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The wait ended. Of several ends the highest `version` stands, then the earliest."""

    visit: bytes
    at_ms: int
    outcome: Outcome
    agent: bytes = b""
    version: int = 0
    hotline: str = ""


class Handled(msgspec.Struct, frozen=True, tag="handled"):
    """The handling ended. Without `acw_ms`: the talk ended at `at_ms`. With it: the after-call work ended at `at_ms`,
    and the fact repeats the talk; from then on it stands, of several the one with the highest `version`.

    None: this source did not state that part.
    """

    visit: bytes
    at_ms: int
    talk_ms: int
    hold_ms: int | None = None
    acw_ms: int | None = None
    transferred: bool = False
    escalated: bool = False
    agent: bytes = b""
    version: int = 0
    hotline: str = ""


class GivenUp(msgspec.Struct, frozen=True, tag="given_up"):
    """The source restarted while the visit was open: its end is lost unless a real end arrives later."""

    visit: bytes
    at_ms: int
    hotline: str = ""


class AtTheDoor(msgspec.Struct, frozen=True, tag="door"):
    """A contact that never became a visit; `visit` is the event's own id."""

    visit: bytes
    at_ms: int
    door: Door
    cell: Cell


class Seen(msgspec.Struct, frozen=True, tag="seen"):
    """A hotline exists in a source although nothing was counted on it yet."""

    at_ms: int
    cell: Cell


Fact = (
    Arrived
    | Ended
    | Handled
    | GivenUp
    | AtTheDoor
    | Seen
    | Worked
    | Attempted
    | ListCounted
    | Ordered
    | TrunkCounted
    | Rostered
)
