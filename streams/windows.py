"""The running sums of every cell: for each window (30m, day) and basis (live, arrival) the additive counters.

`(now - 30 min, now]` with its trailing edge at whole seconds; the day from the business-day start, closed, to now.
Sums change only by adding or taking away the moments of visits, so they always equal a recomputation.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streams import waits
from streams.counters import COMBINATIONS, INDEX, ROLLING_SECONDS, SERVICE_CLASSES, WIDTH
from streams.moments import Moments
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

_CLASS = INDEX[SERVICE_CLASSES[0]]
_ENDED = INDEX["answered"]
_WAIT = INDEX["wait_answered_ms"]
_HANDLED = INDEX["handled"]
_DOOR = INDEX["blocked"]


_Span = tuple[int | Ints, int | None]
"""Open at its first instant (one, or one per visit), closed at its last; None: up to now."""
_Spans = dict[str, _Span]


class Windows:
    """Sums, maxima and histograms of waits, by cell. Arrays grow with the number of cells."""

    def __init__(self) -> None:
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

    def add(self, moments: Moments, now_ms: int, sign: int) -> None:
        """Adds (sign 1) or takes away (sign -1) what these visits count as at `now_ms`."""
        moments = _known(moments)
        if moments.cell.size == 0:
            return
        cell = moments.cell.astype(np.int64)
        self.changed[cell] = True
        day_from = self.day_start_ms[cell]
        spans: _Spans = {"30m": (_edge(now_ms), None), "day": (day_from - 1, None)}
        self._add_counters(moments, cell, spans, sign)
        self._add_waits(moments, cell, spans, sign)
        np.add.at(self.waiting, cell[moments.open], sign)
        np.add.at(self.late_waiting, cell[moments.open & (moments.late_from <= now_ms)], sign)
        self._add_profile(moments, cell, day_from, sign)

    def leave(self, moments: Moments, then_ms: int, now_ms: int) -> None:
        """Takes away what the rolling window left behind between `then_ms` and `now_ms`.

        Nothing else about these visits may have changed in between.
        """
        moments = _known(moments)
        if moments.cell.size == 0 or _edge(then_ms) == _edge(now_ms):
            return
        cell = moments.cell.astype(np.int64)
        self.changed[cell] = True
        spans: _Spans = {"30m": (_edge(then_ms), _edge(now_ms))}
        self._add_counters(moments, cell, spans, -1)
        self._add_waits(moments, cell, spans, -1)

    def _add_counters(self, moments: Moments, cell: Ints, spans: _Spans, sign: int) -> None:
        row, column, weight, live = _entries(moments, sign)
        at = cell[row] * _ROW + column
        flat = self.sums.reshape(-1)
        for (window, basis), place in COMBINATIONS.items():
            if window not in spans:
                continue
            inside = _inside(live if basis == "live" else moments.arrived[row], spans[window], row)
            if inside.all():
                np.add.at(flat, at + place * WIDTH, weight)
            elif inside.any():
                np.add.at(flat, at[inside] + place * WIDTH, weight[inside])

    def _add_waits(self, moments: Moments, cell: Ints, spans: _Spans, sign: int) -> None:
        ended = np.flatnonzero(moments.ended != NEVER)
        if ended.size == 0:
            return
        cell, wait_ms = cell[ended], moments.wait_ms[ended]
        at = cell * len(COMBINATIONS) * waits.BINS + waits.bins(wait_ms)
        flat = self.histogram.reshape(-1)
        for (window, basis), place in COMBINATIONS.items():
            if window not in spans:
                continue
            instant = (moments.ended if basis == "live" else moments.arrived)[ended]
            rows = np.flatnonzero(_inside(instant, spans[window], ended))
            if rows.size:
                np.add.at(flat, at[rows] + place * waits.BINS, np.int32(sign))
                self._note_maximum(cell[rows], place, wait_ms[rows], sign)

    def _note_maximum(self, cell: Ints, place: int, wait_ms: Ints, sign: int) -> None:
        largest = self.wait_max_ms[:, place]
        if sign > 0:
            np.maximum.at(largest, cell, wait_ms)
            # The stored maximum is an upper bound; a wait that attains it proves it exact again.
            self.max_is_stale[cell[wait_ms == largest[cell]], place] = False
        else:
            self.max_is_stale[cell[wait_ms == largest[cell]], place] = True

    def _add_profile(self, moments: Moments, cell: Ints, day_from: Ints, sign: int) -> None:
        rows = np.flatnonzero((moments.decided != NEVER) & (moments.decided >= day_from) & moments.visit)
        if rows.size == 0:
            return
        quarters = (moments.decided[rows] - day_from[rows]) // QUARTER_MS
        for quarter in range(int(quarters.min()), int(quarters.max()) + 1):
            at = rows[quarters == quarter]
            if at.size:
                counts = self.profile.setdefault(quarter, np.zeros((len(self.sums), len(SERVICE_CLASSES)), np.int32))
                flat = cell[at] * len(SERVICE_CLASSES) + moments.service_class[at]
                np.add.at(counts.reshape(-1), flat, np.int32(sign))


def _edge(now_ms: int) -> int:
    """The trailing edge of the rolling window: what is dated at or before it is outside."""
    return now_ms // 1000 * 1000 - ROLLING_SECONDS * 1000


def _known(moments: Moments) -> Moments:
    known = moments.visit | (moments.door >= 0)
    return moments if known.all() else moments.rows(np.flatnonzero(known))


def _inside(instant: Ints, span: _Span, rows: Ints) -> npt.NDArray[np.bool_]:
    behind, until = span
    inside = instant > (behind if isinstance(behind, int) else behind[rows])
    if until is not None:
        inside &= instant <= until
    return inside


def _entries(moments: Moments, sign: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Every count of these visits: its row in `moments`, counter, weight and live instant (-1 = arrival basis only)."""
    visit = np.flatnonzero(moments.visit)
    ended = np.flatnonzero(moments.ended != NEVER)
    outcome = moments.outcome[ended].astype(np.int64)
    waited = ended[outcome <= Outcome.ABANDONED]
    handled = np.flatnonzero(moments.handled != NEVER)
    held = handled[moments.hold_ms[handled] > 0]
    wrapped = handled[moments.acw_ms[handled] > 0]
    transferred = handled[moments.flags[handled] & 1 > 0]
    escalated = handled[moments.flags[handled] & 2 > 0]
    door = np.flatnonzero(moments.door >= 0)
    decided = moments.decided[visit]
    one = np.ones(visit.size, np.int64)
    parts: list[tuple[Ints, Ints, Ints, Ints]] = [
        (visit, np.zeros(visit.size, np.int64), one, moments.arrived[visit]),
        (visit, _CLASS + moments.service_class[visit], one, np.where(decided == NEVER, -1, decided)),
    ]

    def part(rows: Ints, column: int | Ints, weight: Ints | None, instant: Ints) -> None:
        if rows.size:
            columns = np.full(rows.size, column, np.int64) if isinstance(column, int) else column
            weights = np.ones(rows.size, np.int64) if weight is None else weight[rows].astype(np.int64)
            parts.append((rows, columns, weights, instant[rows]))

    part(ended, _ENDED + outcome, None, moments.ended)
    part(waited, _WAIT + moments.outcome[waited].astype(np.int64), moments.wait_ms, moments.ended)
    part(handled, _HANDLED, None, moments.handled)
    part(handled, _HANDLED + 1, moments.talk_ms.astype(np.int64), moments.handled)
    part(held, _HANDLED + 2, moments.hold_ms.astype(np.int64), moments.handled)
    part(wrapped, _HANDLED + 3, moments.acw_ms.astype(np.int64), moments.handled)
    part(transferred, _HANDLED + 4, None, moments.handled)
    part(escalated, _HANDLED + 5, None, moments.handled)
    part(door, _DOOR + moments.door[door].astype(np.int64), None, moments.arrived)
    row, column, weight, live = (np.concatenate(column) for column in zip(*parts, strict=True))
    return row, column, weight * sign, live
