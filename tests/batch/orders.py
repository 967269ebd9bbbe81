"""The slow computation of orders: each order one row, counted when it was taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    """`cents` is negative for a cancellation. `known`: its project, campaign or hotline stands in the settings."""

    at_ms: int
    cancels: bool
    cents: int
    currency: str
    known: bool


def within(orders: Iterable[Order], after_ms: int, until_ms: int) -> dict[str, int]:
    """The counters of those in (after, until] that are not zero."""
    counts: dict[str, int] = {}
    for order in orders:
        if not after_ms < order.at_ms <= until_ms:
            continue
        amounts = {
            "cancellations" if order.cancels else "orders": 1,
            f"order_revenue_{order.currency.lower()}_minor": order.cents,
            "orders_unassigned": 0 if order.known else 1,
        }
        for name, amount in amounts.items():
            counts[name] = counts.get(name, 0) + amount
    return {name: count for name, count in counts.items() if count}
