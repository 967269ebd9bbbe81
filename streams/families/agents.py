"""Agents by state: distinct persons by their home, and who serves which hotline.

Two families of counters come from the same facts. `agents`: a person counts once, at home. `serving`: a person counts
once for every hotline of which they are in a queue, so it must not be summed over hotlines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from streams.codec import decode_cell, encode_cell
from streams.counters import COMBINATIONS, FURTHER, STATES
from streams.days import SiteClock, business_day
from streams.engine import ClockOf
from streams.fact_columns import FactTable
from streams.families.last_words import OFFLINE, Facts
from streams.families.people import People
from streams.families.serving import UNTOLD, Serving
from streams.id_table import Halves
from streams.reading import Reading, Sums, further
from streams.records import Cell
from streams.visits import Ints
from streams.windows import edge

_LONGEST_DAY_MS = 26 * 3_600_000
_STATES_MS = tuple(f"agents_{state}_ms" for state in STATES)


class Agents:
    """See `Family`. The clock stands at `now_ms`; `clock_of(site)` gives a site's zone and business-day start."""

    def __init__(self, now_ms: int, clock_of: ClockOf) -> None:
        self._clock_of = clock_of
        self._people = People(now_ms)
        self._serving = Serving()
        self._homes: list[Cell] = []
        self._number: dict[Cell, int] = {}
        self._days: dict[SiteClock, tuple[int, int]] = {}
        self._told: Ints = np.zeros((0, 3 * OFFLINE + 3), np.int64)
        self._shown: set[int] = set()
        self._home(Cell(""))

    def apply(self, tables: Mapping[str, FactTable], cells: Sequence[bytes]) -> None:
        """See `Family.apply`."""
        for table in tables.values():
            self._take(table, cells)

    def _take(self, table: FactTable, cells: Sequence[bytes]) -> None:
        column = table.columns
        agents: Halves = column["agent"]
        person, login = self._people.rows(agents, column["login"])
        self._serving.meet(self._people, login, column["serves"], cells)
        homes = np.zeros(len(cells), np.int64)
        for number in np.unique(column["home"]).tolist():
            homes[number] = self._home(decode_cell(cells[number]))
        work, home = column["work"].astype(np.int64), homes[column["home"]]
        entry = self._people.entries.rows(column["entry"])
        when, lasts = (column["at_ms"], column["place"]), column["duration_ms"]
        self._people.take(Facts(person, *when, work, login, lasts, home, entry, column["version"]))

    def _home(self, home: Cell) -> int:
        cell = Cell("", home.provider, home.site, home.team, family="agents")
        number = self._number.setdefault(cell, len(self._homes))
        if number == len(self._homes):
            self._homes.append(cell)
            self._people.sums.grow(np.full(OFFLINE, self._day(cell)[0]))
        return number

    def _day(self, cell: Cell) -> tuple[int, int]:
        clock = self._clock_of(cell.site)
        day = self._days.get(clock)
        if day is None or not day[0] <= self._people.now_ms < day[1]:
            day = self._days[clock] = business_day(clock, self._people.now_ms)
        return day

    def tick(self, now_ms: int) -> None:
        """See `Family.tick`."""
        if now_ms <= self._people.now_ms:
            return
        self._people.tick(now_ms)
        self._begin_days()

    def _begin_days(self) -> None:
        if all(day[0] <= self._people.now_ms < day[1] for day in self._days.values()):
            return
        sums = self._people.sums
        starts = np.repeat(np.array([self._day(cell)[0] for cell in self._homes], np.int64), OFFLINE)
        for start in np.unique(starts[starts != sums.day_start_ms]).tolist():
            sums.start_day((starts == start) & (sums.day_start_ms != start), start)

    def readings(self, *, changed_only: bool = False) -> list[Reading]:
        """See `Family.readings`."""
        people, cells = self._people, len(self._homes)
        starts = people.sums.day_start_ms[::OFFLINE]
        home = people.now.home[: people.persons]
        since = {"30m": np.full(people.persons, edge(people.now_ms)), "day": starts[home]}
        spent = people.sums.windows()
        read = np.empty((cells, 3 * OFFLINE + 3), np.int64)
        read[:, :OFFLINE] = people.sums.counts().reshape(cells, OFFLINE)
        for number, (window, instant) in enumerate(since.items(), start=1):
            read[:, number * OFFLINE : (number + 1) * OFFLINE] = spent[window].reshape(cells, OFFLINE)
            read[:, 3 * OFFLINE + number - 1] = np.bincount(home[people.present(instant)], minlength=cells)
        read[:, -1] = starts
        self._note_shown()
        wanted = sorted(self._shown)
        told = np.pad(self._told, ((0, cells - len(self._told)), (0, 0)), constant_values=UNTOLD)
        differs = (read != told).any(axis=1)
        if changed_only:
            wanted = [number for number in wanted if differs[number]]
            told[wanted] = read[wanted]
        else:
            told[differs] = UNTOLD
        self._told = told
        found = [self._reading(self._homes[number], *read[number].tolist()) for number in wanted]
        serving = self._serving.counts(people, self._homes, starts, changed_only=changed_only)
        return found + [further(cell, start, {}, _now("serving", states)) for cell, start, states in serving]

    def _reading(self, cell: Cell, *read: int) -> Reading:
        *values, present_30m, present_day, day_start_ms = read
        now, within_30m, within_day = (values[at : at + OFFLINE] for at in range(0, len(values), OFFLINE))
        by_window = {"30m": _spent(within_30m, present_30m), "day": _spent(within_day, present_day)}
        return further(cell, day_start_ms, by_window, _now("agents", now))

    def _note_shown(self) -> None:
        """A home has a row once somebody was there; a row once shown stays, be it empty."""
        people = self._people
        known = people.known[: people.persons] > 0
        self._shown.update(np.unique(people.now.home[: people.persons][known]).tolist())

    def by_interval(self, edges: list[int]) -> dict[Cell, list[Sums]]:
        """See `Family.by_interval`. Counters of now do not stand in it."""
        people, rows = self._people, len(edges) - 1
        within = people.sums.within(edges)
        who, from_ms, to_ms = people.sums.presence()
        first = np.maximum(np.searchsorted(edges, from_ms, side="right") - 1, 0)
        last = np.minimum(np.searchsorted(edges, to_ms, side="left") - 1, rows - 1)
        seen = {
            (person, row)
            for person, low, high in zip(who.tolist(), first.tolist(), last.tolist(), strict=True)
            for row in range(low, high + 1)
        }
        present = np.zeros((len(self._homes), rows), np.int64)
        for person, row in seen:
            present[people.now.home[person], row] += 1
        result = {}
        self._note_shown()
        for number in sorted(self._shown):
            cell = self._homes[number]
            place = slice(number * OFFLINE, (number + 1) * OFFLINE)
            result[cell] = [
                Sums(
                    {
                        name: value
                        for name, value in _spent(within[row][place].tolist(), int(present[number, row])).items()
                        if value
                    },
                    families={cell.family},
                )
                for row in range(rows)
            ]
        return result

    def forget(self, before_ms: int) -> None:
        """See `Family.forget`. A day of every clock is kept, because a home that becomes known later has its own."""
        self._people.forget(min(before_ms, self._people.now_ms - _LONGEST_DAY_MS))

    def dump(self) -> dict[str, bytes]:
        """See `Family.dump`."""
        mine = {
            "homes": [encode_cell(cell) for cell in self._homes],
            "serving": self._serving.dump(),
        }
        return self._people.dump() | {"agents": msgspec.msgpack.encode(mine)}

    def load(self, parts: Mapping[str, bytes]) -> None:
        """See `Family.load`."""
        mine = msgspec.msgpack.decode(parts["agents"])
        for encoded in mine["homes"]:
            self._home(decode_cell(encoded))
        self._people.load({name: part for name, part in parts.items() if name != "agents"})
        self._serving.load(mine["serving"])


def _spent(states_ms: list[int], present: int) -> dict[str, int]:
    spent = dict(zip(_STATES_MS, states_ms, strict=True))
    return spent | {"agents_logged_in_ms": sum(states_ms), "agents_present": present}


def _now(family: str, states: Sequence[int]) -> dict[str, int]:
    return dict(zip(FURTHER[family].now, [*states, sum(states)], strict=True))


assert len(COMBINATIONS) == 4, "both windows on both bases: state times read the same on either basis"
