"""Postings of one row, summed, and the figures that are read from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from streams.kpi import Named
from streams.money.postings import Kind, Posting

Why = Literal["empty", "not_supplied", "suppressed", "currencies"]
_WORST: tuple[Why, ...] = ("currencies", "suppressed", "not_supplied", "empty")


@dataclass(frozen=True)
class Figure:
    """An exact amount, or None with the reason. `n` is the denominator of a ratio, else 0."""

    amount: Fraction | None
    why: Why | None = None
    n: int = 0


@dataclass(frozen=True)
class Account:
    """The money of one row. `calls`: calls and human contacts in it. `provisional`: until its last day is closed."""

    postings: tuple[Posting, ...]
    calls: int
    provisional: bool

    @property
    def currency(self) -> str:
        """The one currency of the row; empty where nothing is posted or several are."""
        found = {posting.currency for posting in self.postings}
        return found.pop() if len(found) == 1 else ""

    def sum(self, kind: Kind) -> Figure:
        """All that is posted of one kind; not supplied where nothing is: no contract and no cost applies."""
        own = [posting for posting in self.postings if posting.kind == kind]
        if not own:
            return Figure(None, "not_supplied")
        if not self.currency:
            return Figure(None, "currencies")
        lacking = [posting.why for posting in own if posting.amount is None]
        if lacking:
            return Figure(None, "suppressed" if "suppressed" in lacking else "not_supplied")
        return Figure(sum((posting.amount for posting in own if posting.amount is not None), Fraction(0)))

    @property
    def agent_ms(self) -> Fraction:
        """Time of the agents behind the direct cost, else behind the revenue."""
        for kind in ("direct", "revenue"):
            found = sum((one.agent_ms for one in self.postings if one.kind == kind), Fraction(0))
            if found:
                return found
        return Fraction(0)


def _less(first: Figure, *others: Figure) -> Figure:
    figures = (first, *others)
    reasons = [figure.why for figure in figures if figure.why]
    if reasons:
        return Figure(None, min(reasons, key=_WORST.index))
    return Figure(sum((-figure.amount for figure in others if figure.amount is not None), first.amount or Fraction(0)))


def _per(figure: Figure, denominator: Fraction, n: int) -> Figure:
    if figure.amount is None:
        return figure
    return Figure(figure.amount / denominator, n=n) if denominator else Figure(None, "empty")


def margin_1(account: Account) -> Figure:
    """Revenue less what producing it costs directly."""
    return _less(account.sum("revenue"), account.sum("direct"))


def margin_2(account: Account) -> Figure:
    """The first margin less direct staff that does not produce."""
    return _less(margin_1(account), account.sum("staff"))


@dataclass(frozen=True)
class MoneyKpi(Named):
    """A figure of money: one row of the catalogue. Amounts have two decimals, rounded half up, at the very end."""

    better: Literal["high", "low"]
    formula: str
    of: Callable[[Account], Figure]


MONEY: tuple[MoneyKpi, ...] = (
    MoneyKpi("revenue", "Umsatz", "Revenue", "high", "contracts sold + orders", lambda a: a.sum("revenue")),
    MoneyKpi(
        "direct_cost",
        "Direkte Kosten",
        "Direct cost",
        "low",
        "agents by the hour + contracts bought",
        lambda a: a.sum("direct"),
    ),
    MoneyKpi("margin_1", "Deckungsbeitrag I", "Contribution margin I", "high", "revenue - direct_cost", margin_1),
    MoneyKpi(
        "margin_2",
        "Deckungsbeitrag II",
        "Contribution margin II",
        "high",
        "margin_1 - direct staff that does not produce",
        margin_2,
    ),
    MoneyKpi(
        "operating_result",
        "Betriebsergebnis",
        "Operating result",
        "high",
        "margin_2 - overheads",
        lambda a: _less(margin_2(a), a.sum("overhead")),
    ),
    MoneyKpi(
        "revenue_per_call",
        "Umsatz je Gespräch",
        "Revenue per call",
        "high",
        "revenue / (billed_calls + human_contacts)",
        lambda a: _per(a.sum("revenue"), Fraction(a.calls), a.calls),
    ),
    MoneyKpi(
        "revenue_per_hour",
        "Umsatz je Stunde",
        "Revenue per hour",
        "high",
        "revenue / hours of the agents behind it, as their cost counts them (n: seconds)",
        lambda a: _per(a.sum("revenue"), a.agent_ms / 3_600_000, int(a.agent_ms / 1000)),
    ),
)


def printed(amount: Fraction) -> str:
    """The amount as decimal text with two decimals, a half cent rounded away from zero."""
    cents = abs(amount) * 100
    whole = (2 * cents.numerator + cents.denominator) // (2 * cents.denominator)
    return str(Decimal(-whole if amount < 0 else whole).scaleb(-2))
