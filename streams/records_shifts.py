"""The facts of shifts and absences: when one person is planned to work, and when they are absent.

What kind of absence it is never becomes a fact: sick leave exists inside a total only.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from streams.cell import Cell


class Plan(IntEnum):
    """What a plan says. The numbers are part of the log's encoding: never reuse one."""

    WORK = 0
    """Planned to work in [`at_ms`, `until_ms`)."""
    ABSENT = 1
    """Absent in [`at_ms`, `until_ms`): whatever work is planned then is not done."""
    ABSENT_HOURS = 2
    """Absent for `amount_ms`, counted at `at_ms`; the source states hours and no times."""
    WITHDRAWN = 3
    """The source does not say this any more."""


class Rostered(msgspec.Struct, frozen=True, tag="rostered"):
    """What a plan says of one person; of several facts with the same `entry` and `at_ms` the highest `version` stands.

    `cell` is where the person belongs (provider, site, team), with the hotline that the work is planned for. Where two
    plans of work of a person overlap, the later one begins where the earlier ends. `undated`: the source states no
    date, the map's day stands for it.
    """

    entry: bytes
    at_ms: int
    until_ms: int
    agent: bytes
    cell: Cell
    plan: Plan
    amount_ms: int = 0
    undated: bool = False
    version: int = 0
