"""Slips that a programmer could have made in the engine, each ready to be planted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest

from streams import days, moments
from streams.codec import ARRIVED, SEEN
from streams.columns import Columns
from streams.days import SiteClock
from streams.engine import ClockOf, Engine
from streams.moments import OPEN_LATE, UNKNOWN_END, Moments
from streams.reading import Reading
from streams.records import Cell
from streams.visits import NEVER, CellTable, Slots, VisitTable
from streams.windows import Windows

Plant = Callable[[pytest.MonkeyPatch], None]


def window_closed_at_its_beginning(patch: pytest.MonkeyPatch) -> None:
    """What happened exactly 30 minutes ago still counts."""
    patch.setattr("streams.windows.ROLLING_SECONDS", 1801)


def day_open_at_its_beginning(patch: pytest.MonkeyPatch) -> None:
    """What happened in the very instant in which the day began does not count in it."""

    def business_day(clock: SiteClock, at_ms: int) -> tuple[int, int]:
        start_ms, end_ms = days.business_day(clock, at_ms)
        return start_ms + 1, end_ms

    patch.setattr("streams.engine.business_day", business_day)


def _thresholds(patch: pytest.MonkeyPatch, note: Callable[[CellTable], None]) -> None:
    right = CellTable._note_thresholds

    def wrong(self: CellTable) -> None:
        right(self)
        note(self)

    patch.setattr(CellTable, "_note_thresholds", wrong)


def threshold_exclusive(patch: pytest.MonkeyPatch) -> None:
    """A wait of exactly T is late."""

    def note(table: CellTable) -> None:
        table.threshold_ms[: len(table.cells)] = [cell.threshold_ms - 1 for cell in table.cells]

    _thresholds(patch, note)


def short_abandon_exclusive(patch: pytest.MonkeyPatch) -> None:
    """A caller who leaves after exactly S is no short abandon."""

    def note(table: CellTable) -> None:
        table.short_abandon_ms[: len(table.cells)] = [cell.short_abandon_ms - 1 for cell in table.cells]

    _thresholds(patch, note)


def threshold_of_the_hotline(patch: pytest.MonkeyPatch) -> None:
    """The first threshold of a hotline holds for it for ever, whatever its later visits came with."""

    def note(table: CellTable) -> None:
        first: dict[str, int] = {}
        for number, cell in enumerate(table.cells):
            table.threshold_ms[number] = first.setdefault(cell.hotline, cell.threshold_ms)

    _thresholds(patch, note)


def duplicate_counted(patch: pytest.MonkeyPatch) -> None:
    """What is read a second time is not recognised by its id."""
    right = Engine.apply
    seen: set[bytes] = set()

    def apply(self: Engine, columns: Columns) -> None:
        key = columns.at_ms.tobytes() + columns.visit.tobytes()
        if key in seen:
            columns = columns._replace(visit=columns.visit ^ np.uint64(1 << 63))
        seen.add(key)
        right(self, columns)

    patch.setattr(Engine, "apply", apply)


def late_visit_dropped(patch: pytest.MonkeyPatch) -> None:
    """Arrivals that become known after the clock has passed them by a minute are thrown away."""
    right = Engine.apply

    def apply(self: Engine, columns: Columns) -> None:
        late = (columns.kind == ARRIVED) & (columns.at_ms < self.now_ms - 60_000)
        right(self, columns._replace(kind=np.where(late, SEEN, columns.kind).astype(np.uint8)))

    patch.setattr(Engine, "apply", apply)


def retraction_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A late waiting caller who ends is added to the new class and not taken from open_late."""
    right = Windows.replace

    def replace(self: Windows, before: Moments, then_ms: int, after: Moments, now_ms: int) -> None:
        ends = before.visit & (before.service_class == OPEN_LATE) & (after.service_class != OPEN_LATE)
        self.add(after.rows(np.flatnonzero(ends)), now_ms)
        others = np.flatnonzero(~ends)
        right(self, before.rows(others), then_ms, after.rows(others), now_ms)

    patch.setattr(Windows, "replace", replace)


def _moments(patch: pytest.MonkeyPatch, change: Callable[[Moments, int], dict[str, Any]]) -> None:
    right = moments.at

    def at(table: VisitTable, slots: Slots, now_ms: int, give_up_ms: int) -> Moments:
        found = right(table, slots, now_ms, give_up_ms)
        return found._replace(**change(found, now_ms))

    patch.setattr(moments, "at", at)


def given_up_kept_waiting(patch: pytest.MonkeyPatch) -> None:
    """Who was given up still stands among the waiting."""
    _moments(patch, lambda found, _: {"open": found.open | (found.visit & (found.service_class == UNKNOWN_END))})


def giving_up_is_for_ever(patch: pytest.MonkeyPatch) -> None:
    """A real end that comes after giving up does not replace it."""

    def change(found: Moments, now_ms: int) -> dict[str, Any]:
        gone = found.visit & (found.given_up <= now_ms) & (found.ended > found.given_up)
        return {
            "service_class": np.where(gone, UNKNOWN_END, found.service_class),
            "decided": np.where(gone, np.minimum(found.given_up, found.late_from), found.decided),
        }

    _moments(patch, change)


def handling_at_the_answer(patch: pytest.MonkeyPatch) -> None:
    """Handling counts when the call was answered."""
    _moments(patch, lambda found, _: {"handled": np.where(found.handled == NEVER, NEVER, found.ended)})


def decided_at_the_end(patch: pytest.MonkeyPatch) -> None:
    """A late visit that ends counts at its end instead of at its late instant."""
    _moments(patch, lambda found, _: {"decided": np.where(found.ended == NEVER, found.decided, found.ended)})


def expiry_a_second_late(patch: pytest.MonkeyPatch) -> None:
    """What leaves the window is looked at one second later."""
    patch.setattr("streams.engine.ROLLING_SECONDS", 1801)


def nobody_looks_at_the_late(patch: pytest.MonkeyPatch) -> None:
    """Passing T is noticed only when something else happens to the visit."""
    right = Engine._plan

    def plan(self: Engine, slots: Slots, after: Moments, before: Moments | None) -> None:
        right(self, slots, after._replace(late_from=np.full(slots.size, NEVER)), before)

    patch.setattr(Engine, "_plan", plan)


def maximum_kept(patch: pytest.MonkeyPatch) -> None:
    """The largest wait stays when it leaves the window."""
    right = Engine.readings
    largest: dict[Cell, list[int]] = {}

    def readings(self: Engine, *, changed_only: bool = False) -> list[Reading]:
        found = []
        for reading in right(self, changed_only=changed_only):
            before = largest.get(reading.cell, reading.wait_max_ms)
            largest[reading.cell] = [max(pair) for pair in zip(before, reading.wait_max_ms, strict=True)]
            found.append(msgspec.structs.replace(reading, wait_max_ms=largest[reading.cell]))
        return found

    patch.setattr(Engine, "readings", readings)


def one_clock_for_all_sites(patch: pytest.MonkeyPatch) -> None:
    """The business day of every site begins with that of the default site."""
    right = Engine.__init__

    def init(self: Engine, now_ms: int, clock_of: ClockOf, *rest: int) -> None:
        def default(_: str) -> SiteClock:
            return clock_of("")

        right(self, now_ms, default, *rest)

    patch.setattr(Engine, "__init__", init)


def day_never_begins(patch: pytest.MonkeyPatch) -> None:
    """Midnight passes and the day goes on."""
    patch.setattr(Engine, "_begin_days", lambda self, now_ms: None)


FAULTS: tuple[Plant, ...] = (
    window_closed_at_its_beginning,
    threshold_exclusive,
    day_open_at_its_beginning,
    duplicate_counted,
    late_visit_dropped,
    retraction_forgotten,
    given_up_kept_waiting,
    expiry_a_second_late,
    handling_at_the_answer,
    threshold_of_the_hotline,
    short_abandon_exclusive,
    giving_up_is_for_ever,
    decided_at_the_end,
    nobody_looks_at_the_late,
    maximum_kept,
    one_clock_for_all_sites,
    day_never_begins,
)
