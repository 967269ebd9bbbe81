"""From settings to the ledger, and the counts that money needs beside those of a row."""

from __future__ import annotations

import logging
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
_logger = logging.getLogger("money")
CountedBetween = Callable[[list[int]], Mapping[Cell, Sequence[Sums]]]
"""What every cell counted between these edges, billing included."""
_Until = tuple[Sequence[int], Mapping[Cell, Sequence[Sums]]]


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


class Money:
    """Postings of windows and intervals. `not_kept`: what is raised where the month so far is not kept any more.

    What the month counted up to today is asked for once a day.
    """

    def __init__(self, of: Ledger, not_kept: tuple[type[Exception], ...] = ()) -> None:
        self._ledger = of
        self._not_kept = not_kept
        self._until: tuple[int, _Until | None] = (-1, None)

    def windows(self, readings: Sequence[Reading], as_of_ms: int, between: CountedBetween) -> dict[str, list[Posting]]:
        """What is posted in the windows. `readings` are all there are, whatever a reader may see of them."""
        until_today = self._until_today(as_of_ms, between) if self._ledger.needs_the_month else None
        return self._ledger.of_windows(readings, as_of_ms, until_today)

    def windows_without_the_month(self, readings: Sequence[Reading], as_of_ms: int) -> dict[str, list[Posting]]:
        """The same while it is not known what the month counted: included volumes are not priced then."""
        return self._ledger.of_windows(readings, as_of_ms, None)

    def intervals(self, edges: Sequence[int], as_of_ms: int, between: CountedBetween) -> list[list[Posting]]:
        """What is posted in each [edge, next edge)."""
        cuts = sorted({*edges, *self._ledger.cuts(edges[0], edges[-1])})
        return self._ledger.of_intervals(between(cuts), cuts, edges, as_of_ms)

    def is_provisional(self, end_ms: int, as_of_ms: int) -> bool:
        """See `Ledger.is_provisional`."""
        return self._ledger.is_provisional(end_ms, as_of_ms)

    def _until_today(self, as_of_ms: int, between: CountedBetween) -> _Until | None:
        clock = self._ledger.clock
        today_ms, _ = business_day(clock, as_of_ms)
        if not self._ledger.includes_before(today_ms):
            return [], {}
        if self._until[0] != today_ms:
            try:
                cuts = self._ledger.cuts(month_of(clock, today_ms - 1)[0], today_ms)
                self._until = today_ms, (cuts, between(cuts))
            except self._not_kept as error:
                _logger.warning("included volumes cannot be priced today: %s", error)
                self._until = today_ms, None
        return self._until[1]


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
        hours=one.hours,  # type: ignore[arg-type]
        per_month=one.per_month,
    )
