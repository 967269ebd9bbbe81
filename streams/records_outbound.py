"""The facts of outbound work: one attempt to reach somebody, as a dialer's row states it.

Like all facts they are commutative: of several about one attempt the one with the highest `version` stands, so a
disposition that changes after the call replaces the earlier one whenever it arrives.
"""

from __future__ import annotations

from enum import IntFlag

import msgspec

from streams.cell import Cell


class Told(IntFlag):
    """What the disposition of an attempt says. The numbers are part of the log's encoding: never reuse one.

    HUMAN: a person answered and was talked to. DROPPED: a person answered and nobody talked to him. DIALER_DROP and
    DIALER_ANSWER: what the dialer itself counts as dropped and as answered by a person. OPEN: not final yet.
    UNKNOWN: a disposition that nobody defined. UNDATED: the source states no date, the map's day stands for it.
    """

    NOTHING = 0
    MACHINE = 1
    HUMAN = 2
    RIGHT_PARTY = 4
    SUCCESS = 8
    DROPPED = 16
    TERMINAL = 32
    OPEN = 64
    UNKNOWN = 128
    UNDATED = 256
    DIALER_DROP = 512
    DIALER_ANSWER = 1024


class Attempted(msgspec.Struct, frozen=True, tag="attempted"):
    """Somebody was dialled at `at_ms`; `told` is a sum of `Told`.

    `count`: the row stands for so many attempts on the lead, at least 1, of which `told` describes the last. `lead` is
    a one-way name of who was dialled, empty where the source does not say. `length_ms` -1: not stated.
    """

    attempt: bytes
    at_ms: int
    cell: Cell
    told: int
    count: int = 1
    lead: bytes = b""
    disposition: str = ""
    length_ms: int = -1
    version: int = 0


class ListCounted(msgspec.Struct, frozen=True, tag="list_counted"):
    """What stood in one call list at `at_ms`; of several counts of one list the newest stands.

    `leads` all leads, `touched` those with an attempt, `attempts` all attempts on them, `terminal` those that will not
    be called again, of which `lost` are neutral losses (wrong number, not to be called). `dialable` could be called
    now, `remaining_attempts` is what the dialer may still try on leads that are not terminal, `hopper` what is ready.
    `callbacks` are promised and not made, of which `callbacks_due` should have begun and `callbacks_overdue` long ago.
    """

    call_list: bytes
    at_ms: int
    cell: Cell
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
