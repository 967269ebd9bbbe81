"""The core: facts in, exact counters out. Pure: time comes in as `now_ms` and nothing else is read.

Every sum is, at any moment, what a recomputation over all known visits would give: `apply` and `tick` look at the
visits that a fact or the clock touched, take away what they counted as before and add what they count as now.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from streams import moments
from streams.codec import encode_cell
from streams.columns import Columns
from streams.counters import COMBINATIONS, ROLLING_SECONDS
from streams.days import SiteClock, business_day
from streams.due import Timetable, distinct
from streams.moments import Moments
from streams.reading import Reading
from streams.records import Cell, Outcome
from streams.visits import NEVER, CellTable, Ints, Slots, VisitTable, without_seen
from streams.windows import Windows, edge

GIVE_UP_MS = 4 * 3600 * 1000
_LOAD_AT_ONCE = 100_000
ClockOf = Callable[[str], SiteClock]


class Engine:
    """All visits, the running windows over them and the clock they stand at.

    `clock_of(site)` gives zone and business-day start of a site; "" is the default site. `give_up_ms`: an open visit
    is given up (unknown_end) this long after its arrival.
    """

    def __init__(self, now_ms: int, clock_of: ClockOf, give_up_ms: int = GIVE_UP_MS) -> None:
        self.now_ms = now_ms
        self.give_up_ms = give_up_ms
        self.cells = CellTable()
        self.visits = VisitTable(self.cells)
        self.windows = Windows()
        self.clock_of = clock_of
        self._timetable = Timetable()
        self._days: dict[SiteClock, tuple[int, int]] = {}

    def apply(self, columns: Columns) -> None:
        """Takes the facts of one batch in. Order, repetition and lateness make no difference to any counter."""
        cells = self.cells.register(columns.cells)
        self._make_room()
        columns = without_seen(columns)
        if columns.visit.size == 0:
            return
        slots = self.visits.slots(columns)
        touched = distinct(slots)
        before = moments.at(self.visits, touched, self.now_ms, self.give_up_ms)
        self.visits.merge(columns, slots, cells)
        after = moments.at(self.visits, touched, self.now_ms, self.give_up_ms)
        self.windows.replace(before, self.now_ms, after, self.now_ms)
        self.visits.open[touched] = after.open
        self._plan(touched, after, before)

    def tick(self, now_ms: int) -> None:
        """Moves the clock: late waiting callers become late, whatever leaves a window falls out, days begin.

        A clock that steps back is ignored until it has caught up.
        """
        if now_ms <= self.now_ms:
            return
        due = self._timetable.pop(now_ms // 1000)
        then_ms = self.now_ms
        before = moments.at(self.visits, due, then_ms, self.give_up_ms)
        # Days begin first: what counted in the old day is gone with it, nothing of it is left to take away.
        self._begin_days(now_ms)
        self.now_ms = now_ms
        self.windows.leave(before, then_ms, now_ms)
        # Of most visits nothing is new but that the window left them behind. The whole second, because what is due
        # later in it was taken from the timetable too and is planned again.
        moved = np.flatnonzero(moments.between(self.visits, due, before, then_ms, now_ms // 1000 * 1000 + 999))
        due, before = due[moved], before.rows(moved)
        after = moments.at(self.visits, due, now_ms, self.give_up_ms)
        self.windows.replace(before, then_ms, after, now_ms)
        self.visits.open[due] = after.open
        self._plan(due, after, before)

    def _plan(self, slots: Slots, after: Moments, before: Moments | None) -> None:
        """Notes when each of these visits has to be looked at again.

        Instants still ahead: in their second. Instants inside the rolling window: when they leave it, unless `before`
        had the same instant, which then is planned already.
        """
        end = self.visits.end(slots)
        talked = np.maximum(self.visits.talked[slots], after.arrived)
        wrapped = np.maximum(self.visits.wrapped(slots), after.arrived)
        unended = end == NEVER
        ahead = (
            after.arrived,
            np.where(end >= after.late_from, after.late_from, NEVER),
            np.where(unended, NEVER, np.maximum(end, after.arrived)),
            np.where(unended | (end > after.given_up), after.given_up, NEVER),
            talked,
            wrapped,
        )
        seconds: list[Ints] = []
        who: list[Slots] = []
        arrives = after.arrived < NEVER
        for instant in ahead:
            rows = np.flatnonzero((instant > self.now_ms) & (instant < NEVER) & arrives)
            if rows.size:
                seconds.append(instant[rows] // 1000)
                who.append(slots[rows])
        since = self.now_ms - (ROLLING_SECONDS + 1) * 1000
        for name in ("arrived", "decided", "ended", "handled"):
            instant = getattr(after, name)
            inside = (instant > since) & (instant <= self.now_ms)
            if before is not None:
                counted_before = before.visit | (before.door >= 0)
                inside &= (instant != getattr(before, name)) | ~counted_before
            if name == "ended":
                inside &= instant != after.decided
            rows = np.flatnonzero(inside)
            if rows.size:
                seconds.append(-(-instant[rows] // 1000) + ROLLING_SECONDS)
                who.append(slots[rows])
        if seconds:
            self._timetable.add(np.concatenate(seconds), np.concatenate(who))

    def _make_room(self) -> None:
        new = self.cells.cells[self.windows.size :]
        if new:
            self.windows.grow([self._day(self.clock_of(cell.site), self.now_ms)[0] for cell in new])

    def _day(self, clock: SiteClock, now_ms: int) -> tuple[int, int]:
        day = self._days.get(clock)
        if day is None or not day[0] <= now_ms < day[1]:
            day = self._days[clock] = business_day(clock, now_ms)
        return day

    def _begin_days(self, now_ms: int) -> None:
        if all(start <= now_ms < end for start, end in self._days.values()):
            return
        starts = np.array([self._day(self.clock_of(cell.site), now_ms)[0] for cell in self.cells.cells], np.int64)
        for start in np.unique(starts).tolist():
            cells = np.flatnonzero((starts == start) & (self.windows.day_start_ms[: starts.size] != start))
            self.windows.start_day(cells, start)

    def forget(self, before_ms: int) -> None:
        """Drops visits that ended, and were handled, before this instant, to bound memory.

        An answered visit whose talk goes on is kept until it would have been given up.

        What they counted in the running windows stays until it would have left them, so choose an instant before
        the start of every site's day and more than 30 minutes ago.
        """
        slots = np.arange(self.visits.size)
        state = moments.at(self.visits, slots, self.now_ms, self.give_up_ms)
        last = np.zeros(slots.size, np.int64)
        table = self.visits
        for instant in (
            table.arrived[slots],
            table.end(slots),
            table.given_up[slots],
            table.talked[slots],
            table.wrapped(slots),
            state.decided,
        ):
            np.maximum(last, np.where(instant == NEVER, 0, instant), out=last)
        in_talk = (state.ended != NEVER) & (state.outcome == Outcome.ANSWERED) & (state.handled == NEVER)
        keep = (last >= before_ms) | state.open | (in_talk & (state.ended + self.give_up_ms > self.now_ms))
        if not keep.all():
            self.visits.keep(keep)
            self._timetable.clear()
            slots = np.arange(self.visits.size)
            self._plan(slots, moments.at(self.visits, slots, self.now_ms, self.give_up_ms), None)

    def readings(self, *, changed_only: bool = False) -> list[Reading]:
        """What every cell reads now; with `changed_only` those that changed since the last such call."""
        windows = self.windows
        if changed_only:
            windows.changed[[number for number in self.cells.take_newly_named() if number < windows.size]] = True
        wanted = np.flatnonzero(windows.changed) if changed_only else np.arange(windows.size)
        if changed_only:
            windows.changed[:] = False
        if wanted.size == 0:
            return []
        self.refresh_maxima(wanted)
        oldest = self._oldest()
        return [self._reading(cell, int(oldest[cell])) for cell in wanted.tolist()]

    def _reading(self, cell: int, oldest: int) -> Reading:
        windows = self.windows
        flat = windows.sums[cell].reshape(-1)
        at = np.flatnonzero(flat)
        profile = [
            [quarter, *counts[cell].tolist()]
            for quarter, counts in sorted(windows.profile.items())
            if counts[cell].any()
        ]
        return Reading(
            self.cells.cells[cell],
            np.stack([at, flat[at]], axis=1).reshape(-1).tolist(),
            windows.wait_max_ms[cell].tolist(),
            [_sparse(windows.histogram[cell, place]) for place in range(len(COMBINATIONS))],
            int(windows.waiting[cell]),
            int(windows.late_waiting[cell]),
            None if oldest == NEVER else oldest,
            int(windows.day_start_ms[cell]),
            profile,
            self.cells.feeds(cell),
        )

    def _oldest(self) -> Ints:
        oldest = np.full(self.windows.size, NEVER, np.int64)
        rows = np.flatnonzero(self.visits.open[: self.visits.size])
        np.minimum.at(oldest, self.visits.cell[rows], self.visits.arrived[rows])
        return oldest

    def refresh_maxima(self, cells: npt.NDArray[np.int64]) -> None:
        """Makes `windows.wait_max_ms` of these cells exact; until then it is an upper bound."""
        windows = self.windows
        stale = np.zeros(len(windows.sums), np.bool_)
        stale[cells] = windows.max_is_stale[cells].any(axis=1)
        if not stale.any():
            return
        slots = self.visits.of_cells(np.flatnonzero(stale))
        state = moments.at(self.visits, slots, self.now_ms, self.give_up_ms)
        rolling_from = edge(self.now_ms)
        ended = state.ended != NEVER
        for (window, basis), place in COMBINATIONS.items():
            redo = np.flatnonzero(stale & windows.max_is_stale[:, place])
            if redo.size == 0:
                continue
            windows.wait_max_ms[redo, place] = 0
            after = rolling_from if window == "30m" else windows.day_start_ms[state.cell] - 1
            inside = ended & ((state.arrived if basis == "arrival" else state.ended) > after)
            np.maximum.at(windows.wait_max_ms[:, place], state.cell[inside], state.wait_ms[inside])
            windows.max_is_stale[redo, place] = False

    def dump(self) -> tuple[list[Cell], dict[str, bytes]]:
        """The state as plain values. Sums are not saved: they follow from the visits."""
        return self.cells.cells, self.visits.dump()

    def load(self, now_ms: int, cells: list[Cell], visits: dict[str, bytes]) -> None:
        """Takes over what `dump` gave, into an empty engine."""
        self.now_ms = now_ms
        self.cells.register([encode_cell(cell) for cell in cells])
        self.visits.load(visits)
        self.count()

    def learn(self, columns: Columns) -> None:
        """Takes the facts of one batch in without counting them: for the past, where many come before one `count`."""
        cells = self.cells.register(columns.cells)
        columns = without_seen(columns)
        if columns.visit.size:
            self.visits.merge(columns, self.visits.slots(columns), cells)

    def count(self) -> None:
        """Fills the empty windows with all visits known, as they stand at the clock."""
        self._make_room()
        now_ms = self.now_ms
        for first in range(0, self.visits.size, _LOAD_AT_ONCE):
            slots = np.arange(first, min(first + _LOAD_AT_ONCE, self.visits.size))
            after = moments.at(self.visits, slots, now_ms, self.give_up_ms)
            self.windows.add(after, now_ms)
            self.visits.open[slots] = after.open
            self._plan(slots, after, None)


def _sparse(values: npt.NDArray[np.int32]) -> list[int]:
    at = np.flatnonzero(values)
    return np.stack([at, values[at]], axis=1).reshape(-1).tolist() if at.size else []
