"""All contracts and costs over stretches of time: which stretches a row needs, and what is posted in each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

from streams.counters import FURTHER, ROLLING_SECONDS
from streams.days import SiteClock, business_date, business_day, closes_at, start_of
from streams.group_floor import FLOOR, Blocks
from streams.money import formulas
from streams.money.contract import Contract, Cost, Terms
from streams.money.postings import (
    HOURS,
    Posting,
    Stretch,
    index,
    of_contract,
    of_cost,
    of_orders,
    places,
    used_of,
)
from streams.money.service_time import month_of, service_ms
from streams.reading import Reading, Sums, merge, sums
from streams.records import Cell

_DAY = timedelta(days=1)
_PERSONS = {family: FURTHER[family].persons for family, _ in HOURS.values()}
Counted = Mapping[Cell, Sums]
Before = Mapping[Terms, Counted]


class Ledger:
    """`clock` is that of the days and months of contracts, `closes_minutes` when a day is closed (local time).

    `configured` cells are places even when nothing happened. `floor`: hours of fewer distinct persons are not shown,
    not even as money.
    """

    def __init__(
        self,
        contracts: Iterable[Contract],
        costs: Iterable[Cost],
        clock: SiteClock,
        *,
        closes_minutes: int = 360,
        configured: Collection[Cell] = (),
        floor: int = FLOOR,
    ) -> None:
        self.contracts = tuple(contracts)
        self.costs = tuple(costs)
        self.clock = clock
        self._closes_minutes = closes_minutes
        self._configured = tuple(configured)
        self._floor = floor

    @property
    def needs_the_month(self) -> bool:
        """True when some price depends on what its month counted before."""
        return any(contract.price.included for contract in self.contracts)

    def includes_before(self, at_ms: int) -> bool:
        """True when a volume was included in some price before that instant, so that some of it may be used up."""
        with_included = (contract for contract in self.contracts if contract.price.included)
        return any(start_of(self.clock, contract.valid_from) < at_ms for contract in with_included)

    def is_provisional(self, end_ms: int, as_of_ms: int) -> bool:
        """True until the last day before `end_ms` is closed."""
        return closes_at(self.clock, end_ms - 1, self._closes_minutes) > as_of_ms

    def cuts(self, from_ms: int, to_ms: int) -> list[int]:
        """Where [from, to) must be cut beside the edges of rows: months and versions begin there.

        The first is `from`, or the start of its month where a volume is included; the last is `to`.
        """
        starts = {month_of(self.clock, from_ms)[0] if self.needs_the_month else from_ms, from_ms, to_ms}
        at_ms = month_of(self.clock, from_ms)[1]
        while at_ms < to_ms:
            starts.add(at_ms)
            at_ms = month_of(self.clock, at_ms)[1]
        for terms in (*self.contracts, *self.costs):
            days = [terms.valid_from, *([terms.valid_to + _DAY] if terms.valid_to else [])]
            starts |= {at for at in (start_of(self.clock, day) for day in days) if min(starts) < at < to_ms}
        return sorted(starts)

    def of_windows(
        self,
        readings: Iterable[Reading],
        as_of_ms: int,
        until_today: tuple[Sequence[int], Mapping[Cell, Sequence[Sums]]] | None = None,
    ) -> dict[str, list[Posting]]:
        """What is posted in the rolling 30 minutes and in the day.

        `readings` are all there are, whatever a reader may see of them. `until_today`: the cuts of the month that held
        yesterday, from its start to the start of today, and what was counted between them.
        """
        readings = list(readings)
        rolling = {reading.cell: sums(reading, "30m", "live") for reading in readings}
        day = {reading.cell: sums(reading, "day", "live") for reading in readings}
        today_ms, _ = business_day(self.clock, as_of_ms)
        of_yesterday = None if until_today is None else self._used_before(*until_today)
        first_of_month = month_of(self.clock, as_of_ms)[0] == today_ms
        so_far = {} if first_of_month and of_yesterday is not None else of_yesterday
        begun_ms = as_of_ms // 1000 * 1000 - ROLLING_SECONDS * 1000
        stretches = {"day": [self._stretch(today_ms, as_of_ms, day, so_far)]}
        if begun_ms >= today_ms:
            earlier = self._each(so_far, lambda used: _less(_plus(used, day), rolling))
            stretches["30m"] = [self._stretch(begun_ms, as_of_ms, rolling, earlier)]
        else:
            yesterday = _less(rolling, day)
            earlier = self._each(of_yesterday, lambda used: _less(used, yesterday))
            stretches["30m"] = [
                self._stretch(begun_ms, today_ms, yesterday, earlier),
                self._stretch(today_ms, as_of_ms, day, so_far),
            ]
        return {window: self.posted(of_window, as_of_ms) for window, of_window in stretches.items()}

    @property
    def _with_included(self) -> list[Terms]:
        return [contract for contract in self.contracts if contract.price.included]

    def _each(self, used: Before | None, changed: Callable[[Counted], Counted]) -> Before | None:
        return None if used is None else {terms: changed(used.get(terms, {})) for terms in self._with_included}

    def _used_before(self, cuts: Sequence[int], counted: Mapping[Cell, Sequence[Sums]]) -> Before:
        """By contract, what was counted between these cuts of one month while it held."""
        used: dict[Terms, Counted] = {}
        for number, start_ms in enumerate(cuts[:-1]):
            row = {cell: rows[number] for cell, rows in counted.items()}
            for terms in self._with_included:
                if terms.holds_on(business_date(self.clock, start_ms)):
                    used[terms] = _plus(used.get(terms, {}), row)
        return used

    def of_intervals(
        self, counted: Mapping[Cell, Sequence[Sums]], cuts: Sequence[int], edges: Sequence[int], as_of_ms: int
    ) -> list[list[Posting]]:
        """What is posted in each [edge, next edge); `counted` has one row per interval between `cuts`.

        `cuts` are all edges and all that `cuts()` gives.
        """
        stretches = []
        used: dict[Terms, Counted] = {}
        for number, (start_ms, end_ms) in enumerate(pairwise(cuts)):
            row = {cell: rows[number] for cell, rows in counted.items()}
            if month_of(self.clock, start_ms)[0] == start_ms:
                used = {}
            stretch = self._stretch(start_ms, min(end_ms, max(start_ms, as_of_ms)), row, dict(used))
            stretches.append(stretch)
            for terms in self._with_included:
                if terms in stretch.service_share:
                    used[terms] = _plus(used.get(terms, {}), row)
        return [
            self.posted([each for each in stretches if start_ms <= each.start_ms < end_ms], as_of_ms)
            for start_ms, end_ms in pairwise(edges)
        ]

    def posted(self, stretches: Sequence[Stretch], as_of_ms: int) -> list[Posting]:
        """What all contracts, costs and orders post in these stretches, which follow each other."""
        known = index(dict.fromkeys((*self._configured, *(cell for one in stretches for cell in one.counted))))
        found: list[Posting] = []
        for terms in (*self.contracts, *self.costs):
            on = places(terms, known)
            for stretch in stretches:
                if terms in stretch.service_share:
                    found += of_contract(terms, on, stretch) if isinstance(terms, Contract) else []
                    found += of_cost(terms, on, stretch) if isinstance(terms, Cost) else []
            if isinstance(terms, Contract) and terms.price.minimum:
                found += self._shortfalls(terms, on, stretches, as_of_ms)
        for stretch in stretches:
            found += of_orders(stretch)
        return found

    def _stretch(self, start_ms: int, end_ms: int, counted: Counted, before: Before | None) -> Stretch:
        persons: dict[str, dict[Cell, int]] = {family: {} for family in _PERSONS}
        for cell, row in counted.items():
            if cell.family in persons and any(row[name] for name in FURTHER[cell.family].windowed):
                persons[cell.family][cell] = row[_PERSONS[cell.family]]
        blocks = {family: Blocks(of_family, self._floor) for family, of_family in persons.items()}
        stretch = Stretch(start_ms, end_ms, counted, before, blocks)
        day = business_date(self.clock, start_ms)
        shares = {
            terms: self._share(terms, start_ms, end_ms)
            for terms in (*self.contracts, *self.costs)
            if terms.holds_on(day)
        }
        stretch.service_share = shares
        return stretch

    def _share(self, terms: Terms, start_ms: int, end_ms: int) -> Fraction:
        whole = service_ms(terms.service, self.clock, *month_of(self.clock, start_ms))
        return Fraction(service_ms(terms.service, self.clock, start_ms, end_ms), whole) if whole else Fraction(0)

    def _shortfalls(
        self, contract: Contract, on: Sequence[Cell], stretches: Sequence[Stretch], as_of_ms: int
    ) -> list[Posting]:
        """What is owed of each month that these stretches hold as a whole, once the month is over."""
        found: list[Posting] = []
        by_month: dict[tuple[int, int], list[Stretch]] = {}
        for stretch in stretches:
            if contract in stretch.service_share:
                by_month.setdefault(month_of(self.clock, stretch.start_ms), []).append(stretch)
        for (start_ms, end_ms), within in by_month.items():
            begins_ms = max(start_ms, start_of(self.clock, contract.valid_from))
            if contract.valid_to is not None:
                end_ms = min(end_ms, start_of(self.clock, contract.valid_to + _DAY))  # noqa: PLW2901
            if within[0].start_ms > begins_ms or within[-1].end_ms < end_ms or end_ms > as_of_ms:
                continue
            share = sum((stretch.service_share[contract] for stretch in within), Fraction(0))
            owed = formulas.shortfall(contract.price, used_of(contract, within), share)
            kind = "revenue" if contract.sold else "direct"
            found += [Posting(place, kind, owed / len(on), contract.currency) for place in on]  # type: ignore[arg-type]
        return found


def _plus(one: Counted, other: Counted) -> dict[Cell, Sums]:
    return {cell: merge(rows[cell] for rows in (one, other) if cell in rows) for cell in dict.fromkeys((*one, *other))}


def _less(one: Counted, other: Counted) -> dict[Cell, Sums]:
    """What is left of the counters; distinct persons stay, because they are no sums."""
    left = {}
    for cell, row in one.items():
        taken = other.get(cell, Sums()).counts
        counts = {
            name: value if name in _PERSONS.values() else value - taken.get(name, 0)
            for name, value in row.counts.items()
        }
        left[cell] = Sums(counts, families=set(row.families))
    return left
