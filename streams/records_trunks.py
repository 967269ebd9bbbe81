"""The facts of trunks and service numbers: what a carrier, SBC or exchange says of one of them at one instant."""

from __future__ import annotations

import msgspec

from streams.cell import Cell


class TrunkCounted(msgspec.Struct, frozen=True, tag="trunk_counted"):
    """How one trunk of a service number stood at `at_ms`. What it says holds until the next count of this trunk, at
    most for `holds_ms`.

    `channels` there are, of which `in_use` carry a call. `busy` calls heard the busy tone, `blocked` found no channel:
    counted since the source began (`cumulative`), so what is less than before began anew at 0; else since the count
    before. `rank` decides between two counts of one instant: the highest stands.
    """

    trunk: bytes
    at_ms: int
    cell: Cell
    channels: int
    in_use: int
    busy: int
    blocked: int
    cumulative: bool
    holds_ms: int
    rank: int = 0
