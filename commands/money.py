"""From settings to the ledger, and the counts that money needs beside those of a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from commands import wiring
from config import contracts as written
from config.settings import Settings
from streams.days import business_day
from streams.money.contract import Contract, Cost, Price, Service, Unit
from streams.money.ledger import Ledger
from streams.money.postings import Posting
from streams.money.service_time import month_of
from streams.reading import Reading, Sums
from streams.records import Cell

_ORDERS = "orders"
CountedBetween = Callable[[list[int]], Mapping[Cell, Sequence[Sums]]]
"""What every cell counted between these edges, billing included."""


def ledger(settings: Settings) -> Ledger | None:
    """The ledger of these settings; None where nothing in them is about money."""
    if not (settings.contracts or settings.costs or any(feed.collector == _ORDERS for feed in settings.feeds.values())):
        return None
    return Ledger(
        map(_contract, settings.contracts.values()),
        map(_cost, settings.costs.values()),
        wiring.clock_of(settings)(""),
        closes_minutes=settings.site.closes,
        configured=wiring.configured_cells(settings),
        floor=settings.limits.group_floor,
    )


def bills_calls(settings: Settings) -> bool:
    """True when some contract prices calls, so that what they are billed by must be counted."""
    return bool(settings.contracts)


def window_postings(
    of: Ledger, readings: Sequence[Reading], as_of_ms: int, between: CountedBetween
) -> dict[str, list[Posting]]:
    """What is posted in the windows. `readings` are all there are, whatever a reader may see of them."""
    until_today = None
    if of.needs_the_month:
        today_ms, _ = business_day(of.clock, as_of_ms)
        rows = between([month_of(of.clock, today_ms - 1)[0], today_ms])
        until_today = {cell: row[0] for cell, row in rows.items()}
    return of.of_windows(readings, as_of_ms, until_today)


def interval_postings(of: Ledger, edges: Sequence[int], as_of_ms: int, between: CountedBetween) -> list[list[Posting]]:
    """What is posted in each [edge, next edge)."""
    cuts = sorted({*edges, *of.cuts(edges[0], edges[-1])})
    return of.of_intervals(between(cuts), cuts, edges, as_of_ms)


def _terms(one: written.Belongs) -> dict[str, object]:
    return {
        "name": one.name,
        "currency": one.currency,
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
        "hotlines": frozenset(one.hotlines),
        "campaigns": frozenset(one.campaigns),
        "projects": frozenset(one.projects),
        "agents": one.agents,
        "service": Service(
            weekdays=frozenset(map(written.WEEKDAYS.index, one.service_days)),
            begins=one.service_from,
            until=one.service_to,
        ),
    }


def _contract(one: written.Contract) -> Contract:
    price = one.price
    units: dict[Unit, object] = {
        unit: getattr(price, key)  # type: ignore[misc]
        for unit, key in written.UNIT_PRICES.items()
        if getattr(price, key)
    }
    return Contract(
        **_terms(one),  # type: ignore[arg-type]
        sold=one.direction == "sold",
        party=one.party,
        price=Price(
            units=units,  # type: ignore[arg-type]
            step_seconds=price.step_seconds,
            per_agent_hour=price.per_agent_hour,
            base_fee=price.base_fee,
            included=price.included,
            included_unit=price.included_unit,  # type: ignore[arg-type]
            minimum=price.minimum,
            minimum_unit=price.minimum_unit,  # type: ignore[arg-type]
        ),
    )


def _cost(one: written.Cost) -> Cost:
    return Cost(
        **_terms(one),  # type: ignore[arg-type]
        kind=one.kind,  # type: ignore[arg-type]
        per_agent_hour=one.per_agent_hour,
        per_month=one.per_month,
    )
