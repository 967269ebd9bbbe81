"""Revenue, cost and margins of a page's hotline or campaign, for whoever may see money. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dashboard.desk.dates import period_name
from dashboard.desk.sheet import Drawn, Sheet
from dashboard.desk.table import Column, Entry, Missing, Table
from dashboard.wording import words
from streams.catalogue import MONEY
from streams.money.account import MoneyKpi, printed
from streams.query import Row

SHOWN = ("revenue", "direct_cost", "margin_1", "margin_2", "revenue_per_call", "revenue_per_hour")


def money(rows: Sequence[Row], drawn: Drawn) -> Sheet:
    """One line for each of the live windows, or for the period. Where rows say nothing of money there are no lines."""
    text = drawn.text
    of_money = [row for row in rows if row.account is not None]
    currencies = {row.account.currency for row in of_money if row.account is not None} - {""}
    unit = currencies.pop() if len(currencies) == 1 else ""
    shown = [kpi for kpi in MONEY if kpi.id in SHOWN]
    columns = [Column(text.period, "text")]
    columns += [Column(kpi.name(text.language), "money", unit) for kpi in shown]
    names = {"30m": text.money_now, "day": words(text.language).today}
    lines = tuple(
        (names.get(row.span, period_name(drawn.period, text)), *(_entry(kpi, row) for kpi in shown)) for row in of_money
    )
    provisional = any(row.account.provisional for row in of_money if row.account is not None)
    return Sheet(Table("money", text.money, tuple(columns), lines), note=text.money_note if provisional else "")


def _entry(kpi: MoneyKpi, row: Row) -> Entry:
    assert row.account is not None
    figure = kpi.of(row.account)
    return Missing(figure.why or "empty") if figure.amount is None else Decimal(printed(figure.amount))
