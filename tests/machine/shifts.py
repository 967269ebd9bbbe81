"""Shifts and absences of few persons, replaced and withdrawn, and their twin over the slow computation."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import msgspec

from streams.records import Cell, Fact, Plan, Rostered, identify
from tests.batch import shifts as truth
from tests.batch.count import HALF_HOUR_MS
from tests.machine.centre import BUSINESS_DAYS, partition_of
from tests.machine.visits import Numbers, day_start_of

_PERSONS = 4
_HOMES = (("in-house", "Berlin", "day"), ("in-house", "Berlin", "night"), ("partner", "New York", ""), ("", "", ""))
_KINDS = {Plan.WORK: "work", Plan.ABSENT: "absent", Plan.ABSENT_HOURS: "hours"}
_LAST_VERSION = 1 << 40


class Shifts:
    """See `families.Family`."""

    def facts(self, chance: Random, key: bytes, cell: Cell, begins_ms: int) -> list[Fact]:
        """A shift or an absence of one of few persons, and perhaps what became of it."""
        person = chance.randrange(_PERSONS)
        agent = identify("planned", partition_of(cell), person)
        provider, site, team = _HOMES[chance.choice((person, person, 0))]
        home = Cell(chance.choice((cell.hotline, "")), provider, site, team, family="shifts")
        plan = chance.choice((Plan.WORK, Plan.WORK, Plan.ABSENT, Plan.ABSENT_HOURS))
        lasts_ms = 0 if plan is Plan.ABSENT_HOURS else chance.choice((1, 1_000, 900_000, 3_600_000, 28_800_000))
        amount_ms = chance.randrange(36_000_000) if plan is Plan.ABSENT_HOURS else 0
        undated = plan is Plan.ABSENT_HOURS and chance.randrange(2) == 0
        at_ms = begins_ms - chance.choice((0, 0, 1_000, 3_000_000))
        first = Rostered(key, at_ms, at_ms + lasts_ms, agent, home, plan, amount_ms, undated)
        return [first, self._again(chance, first)] if chance.randrange(3) == 0 else [first]

    def correction(self, chance: Random, facts: list[Fact]) -> Fact | None:
        """A later version of the plan says something else of this row, or nothing."""
        first = facts[0]
        assert isinstance(first, Rostered)
        return self._again(chance, first)

    def numbers(self, known: Iterable[Fact], now_ms: int) -> dict[Cell, Numbers]:
        """What each place counts in each window; both bases are the same."""
        rows, cells = _standing(known, now_ms)
        half_hour_ms = now_ms // 1000 * 1000 - HALF_HOUR_MS
        day_starts = {
            place: day_start_of(cell.site if cell.site in BUSINESS_DAYS else "Berlin", now_ms)
            for place, cell in cells.items()
        }
        counted = {
            "30m": truth.within(rows, dict.fromkeys(cells, (half_hour_ms + 1, half_hour_ms)), now_ms),
            "day": truth.within(rows, {place: (start, start) for place, start in day_starts.items()}, now_ms),
        }
        result: dict[Cell, Numbers] = {}
        for place, cell in cells.items():
            numbers: Numbers = {("day_start_ms",): day_starts[place]}
            for window, by_place in counted.items():
                for name, value in by_place.get(place, {}).items():
                    if value:
                        numbers[window, "live", name] = numbers[window, "arrival", name] = value
            result[cell] = numbers
        return result

    def between(self, known: Iterable[Fact], from_ms: int, to_ms: int, now_ms: int) -> dict[Cell, dict[str, int]]:
        """See `families.Rows`. Hours that are stated for the very end of a row belong to the next."""
        rows, cells = _standing(known, now_ms)
        rows = [row for row in rows if row.from_ms < to_ms]
        counted = truth.within(rows, dict.fromkeys(cells, (from_ms, from_ms)), min(to_ms, now_ms))
        return {cell: counted.get(place, {}) for place, cell in cells.items()}

    def edges(self, facts: list[Fact]) -> list[int]:
        """When a row begins and ends, and when it leaves the window."""
        return [
            at_ms + more
            for fact in facts
            if isinstance(fact, Rostered)
            for at_ms in (fact.at_ms, fact.until_ms)
            for more in (0, HALF_HOUR_MS)
        ]

    @staticmethod
    def _again(chance: Random, first: Rostered) -> Rostered:
        version = chance.randrange(1, _LAST_VERSION)
        if chance.randrange(2):
            return msgspec.structs.replace(first, plan=Plan.WITHDRAWN, version=version)
        longer_ms = 0 if first.plan is Plan.ABSENT_HOURS else chance.choice((0, 1, 600_000))
        return msgspec.structs.replace(first, until_ms=first.until_ms + longer_ms, version=version)


def _standing(known: Iterable[Fact], now_ms: int) -> tuple[list[truth.Row], dict[truth.Place, Cell]]:
    """The last words on all rows that have begun, and the cells that count."""
    last: dict[tuple[bytes, int], Rostered] = {}
    cells: dict[truth.Place, Cell] = {}
    for fact in known:
        if isinstance(fact, Rostered):
            if fact.plan in (Plan.WORK, Plan.ABSENT_HOURS):
                cells[_place(fact.cell)] = fact.cell
            key = fact.entry, fact.at_ms
            if key not in last or last[key].version < fact.version:
                last[key] = fact
    rows = [_slow(fact) for fact in last.values() if fact.plan is not Plan.WITHDRAWN and fact.at_ms <= now_ms]
    return rows, cells


def _place(cell: Cell) -> truth.Place:
    return cell.hotline, cell.provider, cell.site, cell.team


def _slow(fact: Rostered) -> truth.Row:
    stated = (fact.amount_ms, fact.undated)
    return truth.Row(fact.agent.hex(), _KINDS[fact.plan], fact.at_ms, fact.until_ms, _place(fact.cell), *stated)
