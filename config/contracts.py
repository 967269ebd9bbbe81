"""Contracts and costs: what we are paid, what we pay, and from when to when a price holds.

A contract of the same name may stand there several times, each a version with days of its own.
"""

# ruff: noqa: RUF009 - `key` is a dataclass field under another name

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from config import kinds
from config.money_kinds import amount, day, names
from config.sections import REQUIRED, key

BILLING_STEPS = (0, 1, 6, 10, 30, 60)
CURRENCIES = ("CHF", "EUR", "GBP", "PLN", "USD")
HOURS = ("logged_in", "planned")
UNITS = ("calls", "minutes", "contacts", "successes", "orders")
UNIT_PRICES = dict(zip(UNITS, ("per_call", "per_minute", "per_contact", "per_success", "per_order"), strict=True))
"""The key of a price by the unit that it is of."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ZERO = "0"


@dataclass(frozen=True, kw_only=True)
class Price:
    """What one contract costs; several keys together are a mix and add up."""

    per_call: Decimal = key(_ZERO, amount(), "For each call whose handling ended (campaign: each attempt).")
    per_minute: Decimal = key(_ZERO, amount(), "For each minute of talk and hold; see `step_seconds`.")
    step_seconds: int = key(
        60,
        kinds.number(0, 60, whole=True),
        "Every call is rounded up to whole steps of 1, 6, 10, 30 or 60 seconds; 0: to the millisecond.",
    )
    per_agent_hour: Decimal = key(_ZERO, amount(), "For each hour logged in of the agents that the contract names.")
    per_contact: Decimal = key(_ZERO, amount(), "For each net contact: the right party was talked to.")
    per_success: Decimal = key(_ZERO, amount(), "For each success of an attempt.")
    per_order: Decimal = key(_ZERO, amount(), "For each order, less the cancellations that arrived.")
    base_fee: Decimal = key(_ZERO, amount(), "For each month, accrued evenly over its service time.")
    included: int = key(
        0, kinds.number(0, 1_000_000_000, whole=True), "So many are in the base fee each month, in order of call end."
    )
    included_unit: str = key("calls", kinds.choice(*UNITS), "What `included` counts.")
    minimum: int = key(
        0, kinds.number(0, 1_000_000_000, whole=True), "So many are paid for each month, whether they came or not."
    )
    minimum_unit: str = key("calls", kinds.choice(*UNITS), "What `minimum` counts.")


@dataclass(frozen=True, kw_only=True)
class Belongs:
    """Of whom and since when: what contracts and costs have in common."""

    name: str = key(REQUIRED, kinds.name(), "Name; the same name again is another version.")
    currency: str = key("EUR", kinds.choice(*CURRENCIES), "Currency of all its amounts.")
    valid_from: date = key(REQUIRED, day(), "First business day on which it holds.")
    valid_to: date | None = key("", day(empty=True), "Last business day on which it holds; empty: no end.")
    hotlines: tuple[str, ...] = key([], names(), "Hotlines that it applies to.")
    campaigns: tuple[str, ...] = key([], names(), "Campaigns that it applies to.")
    projects: tuple[str, ...] = key([], names(), "Projects, with all their hotlines and campaigns, that it applies to.")
    agents_provider: str = key("", kinds.name(empty=True), "Whose agents' hours: of this provider; empty: of any.")
    agents_site: str = key("", kinds.name(empty=True), "Of this site; empty: of any.")
    agents_team: str = key("", kinds.name(empty=True), "Of this team; empty: of any.")
    service_days: tuple[str, ...] = key(
        list(WEEKDAYS), kinds.several(*WEEKDAYS), "Days of service: monthly amounts accrue on these."
    )
    service_from: int = key("00:00", kinds.clock(), "Local time at which the service of a day begins.")
    service_to: int = key(
        "00:00", kinds.clock(), "Local time at which it ends; not later than `service_from`: on the next day."
    )

    @property
    def agents(self) -> tuple[str, str, str]:
        """Provider, site and team of the agents whose hours are meant."""
        return self.agents_provider, self.agents_site, self.agents_team


@dataclass(frozen=True, kw_only=True)
class Contract(Belongs):
    """A price list that holds between us and a client (sold) or a provider (bought)."""

    direction: str = key(REQUIRED, kinds.choice("sold", "bought"), "sold: a client pays us; bought: we pay a provider.")
    party: str = key(REQUIRED, kinds.name(), "The client who pays, or the provider who is paid for its own calls.")
    price: Price = field(default_factory=Price)


@dataclass(frozen=True, kw_only=True)
class Cost(Belongs):
    """What work costs us by itself: own agents by the hour, staff and overheads by the month."""

    kind: str = key(
        REQUIRED,
        kinds.choice("agents", "staff", "overhead"),
        "agents: who handles calls; staff: who leads, coaches and trains them; overhead: everything else.",
    )
    per_agent_hour: Decimal = key(_ZERO, amount(), "For each hour of the agents that it names; see `hours`.")
    hours: str = key(
        "logged_in",
        kinds.choice(*HOURS),
        "Which hours are paid: logged_in, or planned: those of their shifts, absences included.",
    )
    per_month: Decimal = key(_ZERO, amount(), "For each month, accrued evenly over its service time.")
