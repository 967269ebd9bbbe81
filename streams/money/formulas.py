"""From counters to amounts: exact fractions, rounded by nobody here.

A stretch of time lies within one month. `before` is what the same month counted before the stretch, `used` what the
stretch itself counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from streams.money.contract import Price, Unit
from streams.reading import Sums

Quantities = Mapping[Unit, Fraction]
_HOUR_MS = 3_600_000


def quantities(price: Price, counted: Sums) -> Quantities:
    """What these counters are in the units of a price. Minutes may be parts of one: steps need not be minutes."""
    if price.step_seconds:
        minutes = Fraction(counted[f"billed_{price.step_seconds}s"] * price.step_seconds, 60)
    else:
        minutes = Fraction(counted["billed_ms"], 60_000)
    return {
        "calls": Fraction(counted["billed_calls"] + counted["attempts"]),
        "minutes": minutes,
        "contacts": Fraction(counted["right_party_contacts"]),
        "successes": Fraction(counted["successes"]),
        "orders": Fraction(counted["orders"] - counted["cancellations"]),
    }


def charged(price: Price, unit: Unit, before: Quantities, used: Quantities) -> Fraction:
    """How much of what was used is charged: nothing of it before the included volume is used up."""
    if unit != price.included_unit or not price.included:
        return used[unit]
    return max(Fraction(0), before[unit] + used[unit] - price.included) - max(
        Fraction(0), before[unit] - price.included
    )


def hours(per_agent_hour: Decimal, agent_ms: int) -> Fraction:
    """The amount for so much time of agents."""
    return Fraction(per_agent_hour) * agent_ms / _HOUR_MS


def accrued_share(monthly: Decimal, share_of_month: Fraction) -> Fraction:
    """The part of a monthly amount that falls on this share of the month's service time."""
    return Fraction(monthly) * share_of_month


def shortfall(price: Price, used: Quantities, share_of_month: Fraction) -> Fraction:
    """What is to be paid for what did not come; `share_of_month` is less than 1 where the price held for a part of it.

    Included volume is not charged, so what lies within it is not owed either.
    """
    owed = Fraction(price.minimum) * share_of_month
    free = price.included if price.included_unit == price.minimum_unit else 0
    lacking = max(Fraction(0), max(owed, Fraction(free)) - max(used[price.minimum_unit], Fraction(free)))
    return lacking * Fraction(price.units[price.minimum_unit])
