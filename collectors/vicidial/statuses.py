"""What a VICIdial status says of an attempt (pure).

Flags come from `vicidial_statuses` and the campaign's own statuses; a flag of either counts, as VICIdial does it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from streams.records_outbound import Told

FLAGS = (
    "human_answered",
    "sale",
    "dnc",
    "customer_contact",
    "not_interested",
    "unworkable",
    "scheduled_callback",
    "completed",
)
TERMINAL_FLAGS = frozenset({"sale", "dnc", "not_interested", "unworkable", "completed"})
LOST_FLAGS = frozenset({"dnc", "unworkable"})
"""A lead that ended so was never to be won: a wrong number, or not to be called. Neutral losses of a list."""

DIALER_DROPS = frozenset({"DROP", "XDROP"})
"""What VICIdial's own figures count as dropped; PDROP is among its answers and not among its drops."""

DROPPED = ("DROP", "XDROP", "PDROP")
MACHINES = ("A", "AA", "AM", "AL", "AFAX")
NOT_FINAL = ("INCALL", "QUEUE", "LIVE", "NEW", "DISPO", "")


@dataclass(frozen=True)
class Meanings:
    """The statuses to which the settings give a meaning that no flag has."""

    dropped: frozenset[str] = frozenset(DROPPED)
    machines: frozenset[str] = frozenset(MACHINES)
    not_final: frozenset[str] = frozenset(NOT_FINAL)

    def told(self, status: str, flags: Sequence[str] | None) -> Told:
        """What the status says. `flags` None: no table defines it."""
        told = Told.NOTHING
        if status in self.not_final:
            told |= Told.OPEN
        elif flags is None:
            told |= Told.UNKNOWN
        named: Collection[str] = flags or ()
        if status in DIALER_DROPS:
            told |= Told.DIALER_DROP
        if "human_answered" in named:
            told |= Told.DIALER_ANSWER
        if status in self.dropped:
            return told | Told.DROPPED
        if status in self.machines:
            told |= Told.MACHINE
        # The flags as delivered give SALE no customer_contact, and a contact need not be flagged as answered.
        right_party = "sale" in named or "customer_contact" in named
        if right_party or "human_answered" in named:
            told |= Told.HUMAN
        if right_party:
            told |= Told.RIGHT_PARTY
        if "sale" in named:
            told |= Told.SUCCESS
        if TERMINAL_FLAGS.intersection(named):
            told |= Told.TERMINAL
        return told
