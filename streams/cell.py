"""The cell, the smallest place at which anything is counted, and how ids are made."""

from __future__ import annotations

import hashlib
from enum import IntFlag

import msgspec

ID_BYTES = 16
VISITS = "visits"
"""The family that every cell belongs to unless it says otherwise: visits to queues and what happens at the door."""


class Supplies(IntFlag):
    """What the feed behind a cell can know. A KPI over something not supplied is null, never 0."""

    NOTHING = 0
    DOOR = 1
    TALK = 2
    HOLD = 4
    ACW = 8


class Cell(msgspec.Struct, frozen=True):
    """One combination of dimensions, with the thresholds that held when its visits arrived.

    An empty name means that this level is not known. `threshold_ms` (T) and `short_abandon_ms` (S, at most T) belong
    to the cell so that a changed threshold never reaches back: it makes a new cell. `family`: whose counters stand in
    it (see `counters`); cells of two families are never the same cell.
    """

    hotline: str
    provider: str = ""
    site: str = ""
    team: str = ""
    project: str = ""
    client: str = ""
    channel: str = "phone"
    segment: str = ""
    reason: str = ""
    threshold_ms: int = 20_000
    short_abandon_ms: int = 5_000
    supplies: int = int(Supplies.TALK)
    configured: bool = True
    family: str = VISITS
    campaign: str = ""


def identify(*names: str | int) -> bytes:
    """The 16-byte id of something named by `names` (a source, a call id, a queue, a count ...).

    128 bits of BLAKE2b: two of a billion ids are equal with a chance below 10**-20.
    """
    text = "\x1f".join(str(name) for name in names)
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=ID_BYTES).digest()
