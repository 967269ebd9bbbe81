"""Reading `[[contracts]]` and `[[costs]]`, and what several of them together must not say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from config.contracts import BILLING_STEPS, UNIT_PRICES, Belongs, Contract, Cost, Price
from config.faults import Place, quoted
from config.reading import Source
from config.sections import Campaign, Feed, Queue, keys_of

Applies = frozenset[tuple[str, str]]
_Placed = tuple[Place, Belongs]
_PLANNING = ("shifts", "ics")


def contracts(source: Source) -> list[tuple[Place, Contract]]:
    """Every contract of the file with its place."""
    found = []
    for place, table in source.rows("contracts"):
        source.unknown(place, table, [*keys_of(Contract), "price"])
        contract = source.section(Contract, place, table, given={"price": _price(source, place, table)})
        if contract is not None:
            found.append((place, contract))
            _check_units(source, place, contract)
    return found


def costs(source: Source) -> list[tuple[Place, Cost]]:
    """Every cost of the file with its place."""
    found = []
    for place, table in source.rows("costs"):
        source.unknown(place, table, keys_of(Cost))
        cost = source.section(Cost, place, table)
        if cost is None:
            continue
        found.append((place, cost))
        if not {"per_agent_hour", "per_month"} & table.keys():
            source.fault(place, "this cost has no amount", 'add per_agent_hour = "…" or per_month = "…"')
        if cost.kind != "agents" and cost.per_agent_hour:
            source.fault((*place, "per_agent_hour"), f"{cost.kind} has no hours", "write per_month instead")
        if cost.hours == "planned" and not cost.per_agent_hour:
            source.fault((*place, "hours"), "no hour of this cost has a price", 'add per_agent_hour = "…"')
    return found


def check_hours(source: Source, paid: Sequence[tuple[Place, Cost]], feeds: Iterable[Feed]) -> None:
    """Notes costs by planned hours of which no feed tells: they would be nothing at all."""
    if any(feed.collector in _PLANNING for feed in feeds):
        return
    for place, cost in paid:
        if cost.hours == "planned" and cost.per_agent_hour:
            known = " or ".join(_PLANNING)
            source.fault((*place, "hours"), "no feed brings shifts", f"add one with the collector {known}")


def _price(source: Source, place: Place, table: Mapping[str, Any]) -> Price:
    place = (*place, "price")
    raw = table.get("price")
    if raw is None:
        source.fault(place, "this contract has no price", "begin its prices with [contracts.price] below it")
        return Price()
    prices = source.table(place, raw, "[contracts.price]")
    if prices is None:
        return Price()
    source.unknown(place, prices, keys_of(Price))
    price = source.section(Price, place, prices) or Price()
    if not {*UNIT_PRICES.values(), "per_agent_hour", "base_fee"} & prices.keys():
        source.fault(place, "this contract has no price", 'add one, such as per_call = "0.85"')
    if price.step_seconds not in BILLING_STEPS:
        known = ", ".join(map(str, BILLING_STEPS))
        source.fault((*place, "step_seconds"), f"{price.step_seconds} is no step of bills", f"write one of {known}")
    for what, unit in (("included", price.included_unit), ("minimum", price.minimum_unit)):
        if getattr(price, what) and not getattr(price, UNIT_PRICES[unit]):
            instead = f'add {UNIT_PRICES[unit]} = "…", or name another {what}_unit'
            source.fault((*place, what), f"{what} counts {unit}, and no price of one is given", instead)
    return price


def _check_units(source: Source, place: Place, contract: Contract) -> None:
    if contract.campaigns and not contract.hotlines and not contract.projects and contract.price.per_minute:
        what = "of campaigns no minutes are counted"
        source.fault((*place, "price", "per_minute"), what, "price them by call, contact, success, order or hour")


def check_together(
    source: Source,
    sold_and_bought: Sequence[tuple[Place, Contract]],
    paid: Sequence[tuple[Place, Cost]],
    queues: Iterable[Queue],
    campaigns: Iterable[Campaign],
) -> None:
    """Notes what overlaps, what mixes currencies in one sum, and what applies to nothing."""
    queues, campaigns = list(queues), list(campaigns)
    projects = {queue.project for queue in queues} | {campaign.project for campaign in campaigns}
    applies: dict[Place, Applies] = {}
    every: list[_Placed] = [*sold_and_bought, *paid]
    for place, one in every:
        for number, project in enumerate(one.projects):
            if project not in projects:
                what = f"no queue and no campaign belongs to project {quoted(project)}"
                source.fault((*place, "projects", number), what, "write it there, or correct its name here")
        if not (one.hotlines or one.campaigns or one.projects):
            source.fault(place, "this applies to nothing", "add hotlines, campaigns or projects")
        applies[place] = _applies(one, queues, campaigns)
    _check_overlap(source, sold_and_bought, paid, applies)
    belongs = {("hotline", queue.hotline): (queue.project, queue.client) for queue in queues}
    belongs |= {("campaign", campaign.name): (campaign.project, campaign.client) for campaign in campaigns}
    first: dict[tuple[str, str], tuple[Place, str]] = {}
    for place, one in every:
        sums = set(applies[place])
        for member in applies[place]:
            project, client = belongs.get(member, ("", ""))
            sums |= {("project", project)} if project else set()
            sums |= {("client", client)} if client else set()
        clash = next((of for of in sorted(sums) if of in first and first[of][1] != one.currency), None)
        if clash is not None:
            other, currency = first[clash]
            line = source.lines.get(other)
            what = f"{one.currency} and {currency} (line {line}) would stand in one sum, that of {clash[0]} {clash[1]}"
            source.fault((*place, "currency"), what, "state both in one currency")
        for of in sums:
            first.setdefault(of, (place, one.currency))


def _applies(one: Belongs, queues: Iterable[Queue], campaigns: Iterable[Campaign]) -> Applies:
    found = {("hotline", hotline) for hotline in one.hotlines}
    found |= {("campaign", campaign) for campaign in one.campaigns}
    found |= {("hotline", queue.hotline) for queue in queues if queue.project and queue.project in one.projects}
    found |= {("campaign", each.name) for each in campaigns if each.project and each.project in one.projects}
    return frozenset(found)


def _check_overlap(
    source: Source,
    sold_and_bought: Sequence[tuple[Place, Contract]],
    paid: Sequence[tuple[Place, Cost]],
    applies: Mapping[Place, Applies],
) -> None:
    for place, one in [*sold_and_bought, *paid]:
        if one.valid_to is not None and one.valid_to < one.valid_from:
            source.fault((*place, "valid_to"), "it ends before it begins", "write a day not before valid_from")
    for (place, contract), (later, other) in combinations(sold_and_bought, 2):
        of_one_party = contract.direction == "sold" or contract.party == other.party
        shared = sorted(applies[place] & applies[later])
        same = contract.direction == other.direction and of_one_party and shared
        if (same or contract.name == other.name) and _overlap(contract, other):
            of = f"{shared[0][0]} {shared[0][1]}" if shared else contract.name
            what = f"{of} has a price from {_days(contract)} already (line {source.lines.get(place)})"
            source.fault((*later, "valid_from"), what, "let one end on the day before the other begins")
    for (place, cost), (later, second) in combinations(paid, 2):
        twice = cost.kind == second.kind == "agents" and cost.agents == second.agents
        if (twice or cost.name == second.name) and _overlap(cost, second):
            what = f"the same is paid from {_days(cost)} already (line {source.lines.get(place)})"
            source.fault((*later, "valid_from"), what, "let one end on the day before the other begins")


def _overlap(one: Belongs, other: Belongs) -> bool:
    return one.valid_from <= (other.valid_to or date.max) and other.valid_from <= (one.valid_to or date.max)


def _days(one: Belongs) -> str:
    return f"{one.valid_from} on" if one.valid_to is None else f"{one.valid_from} to {one.valid_to}"
