"""What one contract, cost or order book puts on each place for one stretch of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

from streams.counters import CURRENCIES
from streams.group_floor import Blocks
from streams.money import formulas
from streams.money.contract import Contract, Cost, Hours, Terms
from streams.reading import Sums, merge
from streams.records import Cell

Kind = Literal["revenue", "direct", "staff", "overhead"]
Why = Literal["", "not_supplied", "suppressed"]
DIMENSIONS = frozenset({"hotline", "campaign", "project", "client"})
HOURS: Mapping[Hours, tuple[str, str]] = {
    "logged_in": ("agents", "agents_logged_in_ms"),
    "planned": ("shifts", "shift_planned_ms"),
}
"""The family and the counter of persons' time that a cost or a price by the hour is made of."""
_COUNTING = ("billing", "outbound", "orders")
_MINOR = 100


@dataclass(frozen=True)
class Posting:
    """An amount of one kind on one place; None: it cannot be known, `why` says why.

    `place` is a cell that names hotline, campaign, project and client only. `agent_ms`: the agents' time that stands
    behind it.
    """

    place: Cell
    kind: Kind
    amount: Fraction | None
    currency: str
    why: Why = ""
    agent_ms: Fraction = Fraction(0)


@dataclass
class Stretch:
    """[start, end) within one month and one version of every contract.

    `counted` are the counters of each cell in it, `before`, by contract with an included volume, those of its month
    before it while the contract held (None: not known). `blocks`, by family: which persons may be shown together.
    """

    start_ms: int
    end_ms: int
    counted: Mapping[Cell, Sums]
    before: Mapping[Terms, Mapping[Cell, Sums]] | None
    blocks: Mapping[str, Blocks]
    service_share: Mapping[Terms, Fraction] = field(default_factory=dict)
    """By contract or cost: the part of the month's service time that lies in it. None that do not hold then."""

    @cached_property
    def counting(self) -> Index:
        """The cells whose counters contracts price, found by their names."""
        return index(cell for cell in self.counted if cell.family in _COUNTING)


Index = Mapping[tuple[str, str], Sequence[Cell]]
"""Cells by ("hotline", its name), ("campaign", its name) and ("project", its name)."""


def index(cells: Iterable[Cell]) -> Index:
    """The cells by what contracts and costs may name of them: of thousands each concerns a few."""
    found: defaultdict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        for dimension, name in (("hotline", cell.hotline), ("campaign", cell.campaign), ("project", cell.project)):
            if name:
                found[dimension, name].append(cell)
    return found


def _meant(terms: Terms, known: Index) -> dict[Cell, None]:
    """The cells that it applies to, each once."""
    names = [("hotline", name) for name in terms.hotlines]
    names += [("campaign", name) for name in terms.campaigns]
    names += [("project", name) for name in terms.projects]
    return dict.fromkeys(cell for name in names for cell in known.get(name, ()))


def place_of(cell: Cell) -> Cell:
    """Where the money of a cell stands."""
    return Cell(
        cell.hotline, project=cell.project, client=cell.client, channel="", campaign=cell.campaign, family="money"
    )


def places(terms: Terms, known: Index) -> list[Cell]:
    """The places that it applies to; one of its own where nothing of it is known."""
    found = list(dict.fromkeys(map(place_of, _meant(terms, known))))
    named = [Cell(hotline, channel="", family="money") for hotline in sorted(terms.hotlines)]
    named += [Cell("", channel="", campaign=campaign, family="money") for campaign in sorted(terms.campaigns)]
    named += [Cell("", project=project, channel="", family="money") for project in sorted(terms.projects)]
    return found or named


def of_contract(contract: Contract, on: Sequence[Cell], stretch: Stretch) -> list[Posting]:
    """What it brings or costs on each of its places. What belongs to it as a whole is shared out evenly."""
    kind: Kind = "revenue" if contract.sold else "direct"
    price = contract.price
    priced = _by_place(contract, stretch)
    used = {place: formulas.quantities(price, priced.get(place, Sums())) for place in on}
    whole = formulas.quantities(price, merge(priced.values()))
    before = formulas.quantities(price, _counted(contract, (stretch.before or {}).get(contract, {})))
    if price.included and price.included_unit in price.units and stretch.before is None:
        return [Posting(place, kind, None, contract.currency, "not_supplied") for place in on]
    agent_ms, shown = _agent_ms(contract, price.per_agent_hour, "logged_in", stretch)
    if not shown:
        return [Posting(place, kind, None, contract.currency, "suppressed") for place in on]
    shared = formulas.accrued_share(price.base_fee, stretch.service_share[contract])
    shared += formulas.hours(price.per_agent_hour, agent_ms)
    amounts = dict.fromkeys(on, shared / len(on))
    for unit, each in price.units.items():
        if whole[unit]:
            # Who used what of an included volume first is not known by place, so each has its part of it.
            charged = formulas.charged(price, unit, before, whole) / whole[unit]
            for place in on:
                amounts[place] += Fraction(each) * used[place][unit] * charged
    part_ms = Fraction(agent_ms if contract.sold else 0, len(on))
    return [Posting(place, kind, amounts[place], contract.currency, agent_ms=part_ms) for place in on]


def used_of(contract: Contract, stretches: Iterable[Stretch]) -> formulas.Quantities:
    """What was used of a contract in several stretches together."""
    counted = merge(row for stretch in stretches for row in _by_place(contract, stretch).values())
    return formulas.quantities(contract.price, counted)


def of_cost(cost: Cost, on: Sequence[Cell], stretch: Stretch) -> list[Posting]:
    """What it costs on each of its places, shared out evenly; it runs on whether anybody calls or not."""
    kind: Kind = "direct" if cost.kind == "agents" else cost.kind
    agent_ms, shown = _agent_ms(cost, cost.per_agent_hour, cost.hours, stretch)
    if not shown:
        return [Posting(place, kind, None, cost.currency, "suppressed") for place in on]
    amount = formulas.hours(cost.per_agent_hour, agent_ms)
    amount += formulas.accrued_share(cost.per_month, stretch.service_share[cost])
    part_ms = Fraction(agent_ms, len(on))
    return [Posting(place, kind, amount / len(on), cost.currency, agent_ms=part_ms) for place in on]


def of_orders(stretch: Stretch) -> list[Posting]:
    """The revenue that orders state themselves, less cancellations; that of an unknown project stands on no place."""
    found = []
    for cell, counted in stretch.counted.items():
        for currency in CURRENCIES if cell.family == "orders" else ():
            minor = counted[f"order_revenue_{currency.lower()}_minor"]
            if minor:
                found.append(Posting(place_of(cell), "revenue", Fraction(minor, _MINOR), currency))
    return found


def _counted(contract: Contract, counted: Mapping[Cell, Sums]) -> Sums:
    """The counters that this contract prices, on all its places."""
    return merge(sums for cell, sums in counted.items() if cell.family in _COUNTING and contract.counts(cell))


def _by_place(contract: Contract, stretch: Stretch) -> dict[Cell, Sums]:
    """The counters that this contract prices, on each place."""
    rows: defaultdict[Cell, list[Sums]] = defaultdict(list)
    for cell in _meant(contract, stretch.counting):
        if contract.counts(cell):
            rows[place_of(cell)].append(stretch.counted[cell])
    return {place: merge(of_place) for place, of_place in rows.items()}


def _agent_ms(terms: Terms, per_agent_hour: Decimal, hours: Hours, stretch: Stretch) -> tuple[int, bool]:
    """The time of the agents that are meant; False where they are too few to be shown."""
    if not per_agent_hour:
        return 0, True
    family, counter = HOURS[hours]
    homes = [cell for cell in stretch.counted if cell.family == family and terms.counts_hours_of(cell)]
    return sum(stretch.counted[cell][counter] for cell in homes), stretch.blocks[family].shows(homes)
