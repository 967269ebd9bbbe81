"""What a visit counts as, at an instant: the heart of the contract's section 1, as one pure function over columns.

`at(table, slots, now_ms, give_up_ms)` sees only facts dated <= now, whenever they were received, and gives the moments
at which the visit is counted: arrival, decision (service class), end of wait, end of handling. Windows and bases
only choose which of these moments lie inside them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from streams.counters import SERVICE_CLASSES
from streams.records import Outcome
from streams.visits import NEVER, Ints, Slots, VisitTable

Flags = npt.NDArray[np.bool_]

OPEN_LATE = SERVICE_CLASSES.index("open_late")
UNKNOWN_END = SERVICE_CLASSES.index("unknown_end")
OPEN_IN_TIME = SERVICE_CLASSES.index("open_in_time")
_ABANDONED_SHORT = SERVICE_CLASSES.index("abandoned_short")
_IN_TIME = np.array([SERVICE_CLASSES.index(f"{outcome.name.lower()}_in_time") for outcome in Outcome], dtype=np.int64)
"""The class of a wait that ended in time, by outcome; the late class of the same outcome stands right behind it."""


class Moments(NamedTuple):
    """One row per slot. Instants are UTC ms, NEVER where the moment is not there (yet).

    `visit`: arrived by now and not a door event. `decided` is NEVER while open and in time. `ended`, `handled`: by
    now. `open`: waiting now. `late_from` is arrival + T + 1 ms. `given_up` is when an open visit is given up.
    """

    cell: npt.NDArray[np.int32]
    visit: Flags
    door: npt.NDArray[np.int8]
    arrived: Ints
    service_class: Ints
    decided: Ints
    ended: Ints
    wait_ms: Ints
    outcome: npt.NDArray[np.int8]
    handled: Ints
    talk_ms: npt.NDArray[np.int32]
    hold_ms: npt.NDArray[np.int32]
    acw_ms: npt.NDArray[np.signedinteger[Any]]
    flags: npt.NDArray[np.uint8]
    open: Flags
    late_from: Ints
    given_up: Ints

    def rows(self, places: Ints) -> Moments:
        """The moments at these places only."""
        return Moments._make(column[places] for column in self)

    def and_then(self, more: Moments) -> Moments:
        """These rows, then those."""
        return Moments._make(np.concatenate([one, other]) for one, other in zip(self, more, strict=True))


class Parts(NamedTuple):
    """Which parts of what a visit counts as are meant, one flag per row each.

    `arrival`: offered, or the event at the door. `decision`: the service class. `end`: the end of the wait and the
    wait itself. `handling`: what counts when the handling has ended.
    """

    arrival: Flags
    decision: Flags
    end: Flags
    handling: Flags

    def within(self, moments: Moments) -> Parts:
        """Of these parts those that are there."""
        return Parts(
            self.arrival & (moments.visit | (moments.door >= 0)),
            self.decision & moments.visit,
            self.end & (moments.ended != NEVER),
            self.handling & (moments.handled != NEVER),
        )


def all_parts(rows: int) -> Parts:
    """Every part of so many visits."""
    return Parts(*np.ones((4, rows), np.bool_))


def differing(before: Moments, after: Moments) -> Parts:
    """In which parts the same visits count differently before and after; who counts elsewhere differs in all."""

    def differ(*names: str) -> Flags:
        flags: Flags = np.logical_or.reduce([getattr(before, name) != getattr(after, name) for name in names])
        return flags

    arrival = differ("visit", "door", "arrived", "cell")
    return Parts(
        arrival,
        arrival | differ("service_class", "decided"),
        arrival | differ("ended", "outcome"),
        arrival | differ("handled", "talk_ms", "hold_ms", "acw_ms", "flags"),
    )


def at(table: VisitTable, slots: Slots, now_ms: int, give_up_ms: int) -> Moments:
    """The moments of these visits as known at `now_ms` (facts dated <= now_ms)."""
    cell = table.cell[slots]
    arrived = table.arrived[slots]
    door = table.door[slots]
    known = arrived <= now_ms
    visit = known & (door < 0)
    end = table.end(slots)
    outcome = table.outcome[slots]
    # An end may be stated before the arrival (clocks differ): a wait is never below zero.
    end = np.where(end == NEVER, NEVER, np.maximum(end, arrived))
    ended = visit & (end <= now_ms)
    wait_ms = np.where(ended, end - arrived, 0)
    late_from = arrived + table.cells.threshold_ms[cell] + 1
    short_ms = table.cells.short_abandon_ms[cell]
    given_up = np.minimum(np.maximum(table.given_up[slots], arrived), arrived + give_up_ms)
    gone = visit & ~ended & (given_up <= now_ms)
    open_now = visit & ~ended & ~gone

    service_class = np.where(late_from <= now_ms, OPEN_LATE, OPEN_IN_TIME)
    service_class[gone] = UNKNOWN_END
    late = end >= late_from
    in_time_class = _IN_TIME[outcome]
    by_outcome = in_time_class + late
    short = (outcome == Outcome.ABANDONED) & (end - arrived <= short_ms)
    by_outcome[short] = _ABANDONED_SHORT
    service_class = np.where(ended, by_outcome, service_class)

    left = np.where(ended, end, np.where(gone, given_up, NEVER))
    decided = np.minimum(left, np.where(late_from <= now_ms, late_from, NEVER))
    wrapped = np.maximum(table.wrapped(slots), arrived)
    is_wrapped = wrapped <= now_ms
    # Until the after-call work has ended, the handling counts at the end of talk.
    handled = np.where(is_wrapped, wrapped, np.maximum(table.talked[slots], arrived))
    return Moments(
        cell=cell,
        visit=visit,
        door=np.where(known, door, -1).astype(np.int8),
        arrived=arrived,
        service_class=service_class,
        decided=np.where(visit, decided, NEVER),
        ended=np.where(ended, end, NEVER),
        wait_ms=wait_ms,
        outcome=outcome,
        handled=np.where(visit & (handled <= now_ms), handled, NEVER),
        talk_ms=table.talk_ms[slots],
        hold_ms=table.hold_ms[slots],
        acw_ms=np.where(is_wrapped, table.acw_ms[slots], -1),
        flags=table.flags[slots],
        open=open_now,
        late_from=late_from,
        given_up=given_up,
    )


def between(table: VisitTable, slots: Slots, state: Moments, after_ms: int, until_ms: int) -> Flags:
    """Where anything happens in (after, until]; elsewhere the moments are the same from one to the other.

    `state` are the moments of these slots as at any instant.
    """
    result = np.zeros(slots.size, np.bool_)
    for instant in (
        state.arrived,
        table.end(slots),
        state.late_from,
        state.given_up,
        table.talked[slots],
        table.wrapped(slots),
    ):
        result |= (instant > after_ms) & (instant <= until_ms)
    return result
