"""What a contract and a cost are to the formulas. They are checked by the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from streams.records import Cell

Unit = Literal["calls", "minutes", "contacts", "successes", "orders"]
Hours = Literal["logged_in", "planned"]


@dataclass(frozen=True, kw_only=True)
class Price:
    """Amounts for one of each `unit`, added up. `step_seconds`: calls are rounded up to whole steps; 0: not at all.

    `included` of `included_unit` are in the `base_fee` of each month; `minimum` of `minimum_unit` are paid for whether
    they came or not.
    """

    units: Mapping[Unit, Decimal] = field(default_factory=dict, hash=False)
    step_seconds: int = 60
    per_agent_hour: Decimal = Decimal(0)
    base_fee: Decimal = Decimal(0)
    included: int = 0
    included_unit: Unit = "calls"
    minimum: int = 0
    minimum_unit: Unit = "calls"


@dataclass(frozen=True, kw_only=True)
class Service:
    """When a contract's service runs: weekdays (0 = Monday) and minutes after local midnight.

    `until` not later than `begins`: until that minute of the next day.
    """

    weekdays: frozenset[int] = frozenset(range(7))
    begins: int = 0
    until: int = 0


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What contracts and costs have in common. Both days belong to the validity; None: no end.

    `agents` are provider, site and team of those whose hours are meant, empty = any.
    """

    name: str
    currency: str = "EUR"
    valid_from: date
    valid_to: date | None = None
    hotlines: frozenset[str] = frozenset()
    campaigns: frozenset[str] = frozenset()
    projects: frozenset[str] = frozenset()
    agents: tuple[str, str, str] = ("", "", "")
    service: Service = Service()

    def holds_on(self, day: date) -> bool:
        """True on the business days of its validity."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def applies_to(self, cell: Cell) -> bool:
        """True for a cell of one of its hotlines, campaigns or projects."""
        return (
            bool(cell.hotline and cell.hotline in self.hotlines)
            or bool(cell.campaign and cell.campaign in self.campaigns)
            or bool(cell.project and cell.project in self.projects)
        )

    def counts_hours_of(self, home: Cell) -> bool:
        """True for agents who belong there."""
        belongs = home.provider, home.site, home.team
        return all(wanted in ("", given) for wanted, given in zip(self.agents, belongs, strict=True))


@dataclass(frozen=True, kw_only=True)
class Contract(Terms):
    """`sold`: a client pays us; else we pay the provider `party` for what is counted at that provider."""

    sold: bool
    party: str
    price: Price

    def counts(self, cell: Cell) -> bool:
        """True for a cell whose counters this contract prices."""
        return self.applies_to(cell) and (self.sold or cell.provider == self.party)


@dataclass(frozen=True, kw_only=True)
class Cost(Terms):
    """What own work costs. `kind`: direct producing agents, direct staff that does not produce, or overhead.

    `hours`: which hours of the agents are paid: those logged in, or all of their shifts, absences included.
    """

    kind: Literal["agents", "staff", "overhead"]
    per_agent_hour: Decimal = Decimal(0)
    hours: Hours = "logged_in"
    per_month: Decimal = Decimal(0)
