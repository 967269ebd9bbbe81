"""Facts about people: what one person did, or what befell them, at one instant.

A person is known by a keyed pseudonym only. Facts of one person have one order, by `at_ms`, then `place`; whichever
way and however often they come, that order decides what the person's state was.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from streams.cell import Cell


class Work(IntEnum):
    """What happened to a person. The numbers are part of the log's encoding: never reuse one."""

    JOINED = 0
    """Logged in, or became a member of a queue."""
    LEFT = 1
    """Logged off, or is no longer a member of that queue."""
    PAUSED = 2
    UNPAUSED = 3
    RANG = 4
    """Rang for `duration_ms` until `at_ms` without an answer."""
    CONNECTED = 5
    """Talks from `at_ms` on, after ringing for `duration_ms`."""
    TALKED = 6
    """The talk ended."""
    WRAPPING = 7
    """After-call work from `at_ms` on for `duration_ms`; whatever comes next ends it earlier."""
    LOST = 8
    """The source restarted: what this person was doing is not known any more, and nobody is logged in."""
    HELD = 9
    """The caller is on hold from `at_ms` on, until CONNECTED or TALKED."""
    DIALLED = 10
    """In an outbound call from `at_ms` on, until TALKED."""


class Worked(msgspec.Struct, frozen=True, tag="worked"):
    """One thing that happened to one person.

    `place` orders facts of the same instant: the position of the line in its source. `login` is what was joined, left
    or paused: a queue of `serves`, or the telephone itself (then `serves` has no hotline). `serves` names the hotline
    with its project and client, `home` the provider, site and team the person belongs to; a person's home is the one
    that the first of their facts with a home states. `reason` is that of a pause.

    `entry` is the row of a source that tells this and may be rewritten: of the facts of one entry those with the
    highest `version` stand. Empty: nothing takes this fact back.
    """

    agent: bytes
    at_ms: int
    work: Work
    place: int
    login: bytes
    serves: Cell
    home: Cell
    duration_ms: int = 0
    reason: str = ""
    entry: bytes = b""
    version: int = 0
