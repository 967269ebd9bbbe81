"""Slips that a programmer could have made in the engine, each ready to be planted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from streams import moments, windows
from streams.codec import ARRIVED, SEEN, Columns
from streams.days import SiteClock
from streams.engine import ClockOf, Engine
from streams.moments import OPEN_LATE, UNKNOWN_END, Moments
from streams.visits import NEVER, CellTable, Ints, Slots, VisitTable
from streams.windows import Windows

Plant = Callable[[pytest.MonkeyPatch], None]


def window_closed_at_its_beginning(patch: pytest.MonkeyPatch) -> None:
    """[now - 30 min, now] instead of (now - 30 min, now]."""
    right = windows._edge
    patch.setattr(windows, "_edge", lambda now_ms: right(now_ms) - 1)


def day_open_at_its_beginning(patch: pytest.MonkeyPatch) -> None:
    """(start of the day, now] instead of [start of the day, now]."""
    right = windows._inside

    def inside(instant: Ints, span: windows._Span, rows: Ints) -> npt.NDArray[np.bool_]:
        behind, until = span
        return right(instant, (behind if isinstance(behind, int) else behind + 1, until), rows)

    patch.setattr(windows, "_inside", inside)


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
    right = Windows.add

    def add(self: Windows, moments: Moments, now_ms: int, sign: int) -> None:
        if sign < 0:
            moments = moments.rows(np.flatnonzero(moments.service_class != OPEN_LATE))
        right(self, moments, now_ms, sign)

    patch.setattr(Windows, "add", add)


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
    right = Windows._note_maximum

    def note(self: Windows, cell: Ints, place: int, wait_ms: Ints, sign: int) -> None:
        if sign > 0:
            right(self, cell, place, wait_ms, sign)

    patch.setattr(Windows, "_note_maximum", note)


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
