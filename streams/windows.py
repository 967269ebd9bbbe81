"""The running sums of every cell: for each window (30m, day) and basis (live, arrival) the additive counters.

`(now - 30 min, now]` with its trailing edge at whole seconds; the day from the business-day start, closed, to now.
Sums change only by adding or taking away the moments of visits, so they always equal a recomputation.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from streams import waits
from streams.counters import COMBINATIONS, INDEX, OFFERED, ROLLING_SECONDS, SERVICE_CLASSES, WIDTH
from streams.moments import Moments, Parts, all_parts, differing
from streams.records import Outcome
from streams.visits import NEVER, Ints

_ROW = len(COMBINATIONS) * WIDTH
QUARTER_MS = 900_000
_BY_CELL = (
    "sums",
    "wait_max_ms",
    "max_is_stale",
    "histogram",
    "waiting",
    "late_waiting",
    "day_start_ms",
    "changed",
)

_OFFERED = INDEX[OFFERED]
_CLASS = INDEX[SERVICE_CLASSES[0]]
_ENDED = INDEX["answered"]
_WAIT = INDEX["wait_answered_ms"]
_HANDLED = INDEX["handled"]
_DOOR = INDEX["blocked"]


_Span = tuple[Ints, int | None]
"""Open at its first instant (one per visit), closed at its last; None: up to now."""
_Spans = dict[str, _Span]
Flags = npt.NDArray[np.bool_]


class Beside(Protocol):
    """Further running sums of what ended handlings count as, told whenever the windows change theirs."""

    def add(self, handled: Moments, inside: dict[str, Flags], sign: Ints) -> None:
        """Adds (sign 1) or takes away (-1) these visits, whose handling has ended, from each window where `inside`."""
        ...

    def start_day(self, cells: Ints) -> None:
        """A new business day began for these cells: nothing counts in it yet."""
        ...


class Windows:
    """Sums, maxima and histograms of waits, by cell. Arrays grow with the number of cells.

    `beside`: who counts more of ended handlings.
    """

    def __init__(self) -> None:
        self.beside: Beside | None = None
        self.size = 0
        self.sums = np.zeros((0, len(COMBINATIONS), WIDTH), np.int64)
        self.wait_max_ms = np.zeros((0, len(COMBINATIONS)), np.int64)
        self.max_is_stale = np.zeros((0, len(COMBINATIONS)), np.bool_)
        self.histogram = np.zeros((0, len(COMBINATIONS), waits.BINS), np.int32)
        self.waiting = np.zeros(0, np.int64)
        self.late_waiting = np.zeros(0, np.int64)
        self.day_start_ms = np.zeros(0, np.int64)
        self.changed = np.zeros(0, np.bool_)
        self.profile: dict[int, npt.NDArray[np.int32]] = {}
        """Service classes (live basis) of the day by quarter of an hour since its start, [cell, class] each."""

    def grow(self, day_start_ms: list[int]) -> None:
        """Adds one cell per day start given. Rooms grow by a quarter at a time, so adding cells one by one is cheap."""
        old, self.size = self.size, self.size + len(day_start_ms)
        capacity = len(self.sums)
        if self.size > capacity:
            room = max(64, self.size + self.size // 4)
            for name in _BY_CELL:
                values = getattr(self, name)
                grown = np.zeros((room, *values.shape[1:]), values.dtype)
                grown[:capacity] = values
                setattr(self, name, grown)
            for quarter, counts in self.profile.items():
                self.profile[quarter] = np.zeros((room, counts.shape[1]), np.int32)
                self.profile[quarter][:capacity] = counts
        self.changed[old : self.size] = True
        self.day_start_ms[old : self.size] = day_start_ms

    def start_day(self, cells: npt.NDArray[np.int64], day_start_ms: int) -> None:
        """Empties the day of these cells: a new business day began."""
        for (window, _), place in COMBINATIONS.items():
            if window == "day":
                self.sums[cells, place] = 0
                self.wait_max_ms[cells, place] = 0
                self.max_is_stale[cells, place] = False
                self.histogram[cells, place] = 0
        for quarter in self.profile.values():
            quarter[cells] = 0
        self.day_start_ms[cells] = day_start_ms
        self.changed[cells] = True
        if self.beside is not None:
            self.beside.start_day(cells)

    def add(self, moments: Moments, now_ms: int) -> None:
        """Adds what these visits count as at `now_ms`."""
        size = moments.cell.size
        self._change(moments, all_parts(size), np.full(size, now_ms), np.ones(size, np.int64), edge(now_ms))

    def replace(self, before: Moments, then_ms: int, after: Moments, now_ms: int) -> None:
        """Takes away what some visits counted as at `then_ms` and adds what they count as at `now_ms`.

        What the window left behind in between must have been taken away before (`leave`).
        """
        size = before.cell.size
        parts = differing(before, after)
        at_ms, sign = np.full(2 * size, now_ms), np.ones(2 * size, np.int64)
        at_ms[:size], sign[:size] = then_ms, -1
        self._change(before.and_then(after), Parts._make(np.tile(part, 2) for part in parts), at_ms, sign, edge(now_ms))

    def _change(self, moments: Moments, parts: Parts, at_ms: Ints, sign: Ints, edge_ms: int) -> None:
        moments, parts, rows = _meant(moments, parts)
        if rows.size == 0:
            return
        at_ms, sign = at_ms[rows], sign[rows]
        cell = moments.cell.astype(np.int64)
        self.changed[cell] = True
        day_from = self.day_start_ms[cell]
        spans: _Spans = {"30m": (np.full(cell.size, edge_ms), None), "day": (day_from - 1, None)}
        self._add_counters(moments, parts, cell, spans, sign)
        self._add_waits(moments, parts, cell, spans, sign)
        # Who begins or ends to wait, or becomes late, changes its class.
        waiting = np.flatnonzero(parts.decision & moments.open)
        np.add.at(self.waiting, cell[waiting], sign[waiting])
        late = waiting[moments.late_from[waiting] <= at_ms[waiting]]
        np.add.at(self.late_waiting, cell[late], sign[late])
        self._add_profile(moments, parts, cell, day_from, sign)

    def leave(self, moments: Moments, then_ms: int, now_ms: int) -> None:
        """Takes away what the rolling window left behind from `then_ms` to `now_ms`; `moments` are as at `then_ms`."""
        behind, until = edge(then_ms), edge(now_ms)
        moments, parts, rows = _meant(moments, all_parts(moments.cell.size))
        if rows.size == 0 or behind == until:
            return
        cell = moments.cell.astype(np.int64)
        self.changed[cell] = True
        spans: _Spans = {"30m": (np.full(cell.size, behind), until)}
        away = np.full(cell.size, -1)
        self._add_counters(moments, parts, cell, spans, away)
        self._add_waits(moments, parts, cell, spans, away)

    def _add_counters(self, moments: Moments, parts: Parts, cell: Ints, spans: _Spans, sign: Ints) -> None:
        row, column, weight, live = entries(moments, parts)
        weight *= sign[row]
        at = cell[row] * _ROW + column
        arrived = moments.arrived[row]
        flat = self.sums.reshape(-1)
        for window, (behind, until) in spans.items():
            behind_entry = behind[row]
            for basis, instant in (("live", live), ("arrival", arrived)):
                inside = np.flatnonzero(_inside(instant, behind_entry, until))
                if inside.size:
                    np.add.at(flat, at[inside] + COMBINATIONS[window, basis] * WIDTH, weight[inside])
        if self.beside is not None:
            rows = np.flatnonzero(parts.handling)
            if rows.size:
                ended = moments.handled[rows]
                within = {name: _inside(ended, behind[rows], until) for name, (behind, until) in spans.items()}
                self.beside.add(moments.rows(rows), within, sign[rows])

    def _add_waits(self, moments: Moments, parts: Parts, cell: Ints, spans: _Spans, sign: Ints) -> None:
        ended = np.flatnonzero(parts.end)
        if ended.size == 0:
            return
        cell, wait_ms, sign = cell[ended], moments.wait_ms[ended], sign[ended]
        at = cell * len(COMBINATIONS) * waits.BINS + waits.bins(wait_ms)
        flat = self.histogram.reshape(-1)
        for window, (behind, until) in spans.items():
            for basis, instant in (("live", moments.ended[ended]), ("arrival", moments.arrived[ended])):
                rows = np.flatnonzero(_inside(instant, behind[ended], until))
                if rows.size:
                    place = COMBINATIONS[window, basis]
                    np.add.at(flat, at[rows] + place * waits.BINS, sign[rows].astype(np.int32))
                    self._note_maximum(cell[rows], place, wait_ms[rows], sign[rows])

    def _note_maximum(self, cell: Ints, place: int, wait_ms: Ints, sign: Ints) -> None:
        largest = self.wait_max_ms[:, place]
        gone = (sign < 0) & (wait_ms == largest[cell])
        self.max_is_stale[cell[gone], place] = True
        added = np.flatnonzero(sign > 0)
        cell, wait_ms = cell[added], wait_ms[added]
        np.maximum.at(largest, cell, wait_ms)
        # The stored maximum is an upper bound; a wait that attains it proves it exact again.
        self.max_is_stale[cell[wait_ms == largest[cell]], place] = False

    def _add_profile(self, moments: Moments, parts: Parts, cell: Ints, day_from: Ints, sign: Ints) -> None:
        rows = np.flatnonzero(parts.decision & (moments.decided != NEVER) & (moments.decided >= day_from))
        if rows.size == 0:
            return
        quarters = (moments.decided[rows] - day_from[rows]) // QUARTER_MS
        for quarter in range(int(quarters.min()), int(quarters.max()) + 1):
            at = rows[quarters == quarter]
            if at.size:
                counts = self.profile.setdefault(quarter, np.zeros((len(self.sums), len(SERVICE_CLASSES)), np.int32))
                flat = cell[at] * len(SERVICE_CLASSES) + moments.service_class[at]
                np.add.at(counts.reshape(-1), flat, sign[at].astype(np.int32))


def edge(now_ms: int) -> int:
    """The trailing edge of the rolling window: what is dated at or before it is outside."""
    return now_ms // 1000 * 1000 - ROLLING_SECONDS * 1000


def _inside(instant: Ints, behind: Ints, until: int | None) -> Flags:
    return instant > behind if until is None else (instant > behind) & (instant <= until)


def _meant(moments: Moments, parts: Parts) -> tuple[Moments, Parts, Ints]:
    """The rows that have any of these parts, and their places."""
    parts = parts.within(moments)
    rows = np.flatnonzero(parts.arrival | parts.decision | parts.end | parts.handling)
    if rows.size < moments.cell.size:
        moments, parts = moments.rows(rows), Parts._make(part[rows] for part in parts)
    return moments, parts, rows


def entries(moments: Moments, parts: Parts) -> tuple[Ints, Ints, Ints, Ints]:
    """Every count of these parts: its row in `moments`, counter, weight and live instant (-1 = arrival basis only)."""
    visit = np.flatnonzero(parts.arrival & moments.visit)
    classed = np.flatnonzero(parts.decision)
    ended = np.flatnonzero(parts.end)
    outcome = moments.outcome[ended].astype(np.int64)
    waited = ended[outcome <= Outcome.ABANDONED]
    handled = np.flatnonzero(parts.handling)
    held = handled[moments.hold_ms[handled] > 0]
    wrapped = handled[moments.acw_ms[handled] > 0]
    transferred = handled[moments.flags[handled] & 1 > 0]
    escalated = handled[moments.flags[handled] & 2 > 0]
    door = np.flatnonzero(parts.arrival & (moments.door >= 0))
    entries: list[tuple[Ints, Ints, Ints, Ints]] = []

    def part(rows: Ints, column: int | Ints, weight: Ints | None, instant: Ints) -> None:
        if rows.size:
            columns = np.full(rows.size, column, np.int64) if isinstance(column, int) else column
            weights = np.ones(rows.size, np.int64) if weight is None else weight[rows].astype(np.int64)
            entries.append((rows, columns, weights, instant[rows]))

    part(visit, _OFFERED, None, moments.arrived)
    part(
        classed, _CLASS + moments.service_class[classed], None, np.where(moments.decided == NEVER, -1, moments.decided)
    )
    part(ended, _ENDED + outcome, None, moments.ended)
    part(waited, _WAIT + moments.outcome[waited].astype(np.int64), moments.wait_ms, moments.ended)
    part(handled, _HANDLED, None, moments.handled)
    part(handled, _HANDLED + 1, moments.talk_ms.astype(np.int64), moments.handled)
    part(held, _HANDLED + 2, moments.hold_ms.astype(np.int64), moments.handled)
    part(wrapped, _HANDLED + 3, moments.acw_ms.astype(np.int64), moments.handled)
    part(transferred, _HANDLED + 4, None, moments.handled)
    part(escalated, _HANDLED + 5, None, moments.handled)
    part(door, _DOOR + moments.door[door].astype(np.int64), None, moments.arrived)
    if not entries:
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing, nothing
    row, column, weight, live = (np.concatenate(column) for column in zip(*entries, strict=True))
    return row, column, weight, live
