"""Who may not see money gets none: no key of it, whatever is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import pytest

from commands.money import Money
from dashboard.access import PERMISSIONS, Permission, Role, Scope
from dashboard.api import Figures, live, recounted
from dashboard.hub import Hub
from dashboard.kpi_query import read_query
from streams.catalogue import Options
from streams.counters import FURTHER
from streams.days import SiteClock
from streams.money.account import MONEY
from streams.money.contract import Contract, Price
from streams.money.ledger import Ledger
from streams.reading import Reading, Sums, further
from streams.records import Cell
from streams.store_memory import MemoryStore
from tests.dashboard.centre import NOW_MS

BERLIN = SiteClock("Europe/Berlin")
EVERYTHING = Scope()
A = Cell("A", provider="X", project="P", family="billing")
SOLD = Cell("A", project="P", channel="", family="orders")
KEYS = {kpi.id for kpi in MONEY} | {name for family in FURTHER.values() for name in family.euros} | {"currency"}


def contract() -> Contract:
    return Contract(
        name="c",
        sold=True,
        party="client",
        valid_from=date(2020, 1, 1),
        hotlines=frozenset({"A"}),
        price=Price(units={"calls": Decimal("2.50")}, included=0),
    )


class Past:
    def readings(self) -> list[Reading]:
        calls = {"30m": {"billed_calls": 2}, "day": {"billed_calls": 4}}
        sold = {"30m": {}, "day": {"orders": 1, "order_revenue_eur_minor": 1_000}}
        return [further(A, 0, calls, {}), further(SOLD, 0, sold, {})]

    def by_interval(self, edges: list[int], basis: str, hotlines: Sequence[str] = ()) -> Mapping[Cell, Sequence[Sums]]:
        rows = len(edges) - 1
        return {
            A: [Sums({"billed_calls": 3}, families={"billing"})] + [Sums() for _ in range(rows - 1)],
            SOLD: [Sums({"orders": 1, "order_revenue_eur_minor": 500}, families={"orders"}) for _ in range(rows)],
        }


def figures() -> Figures:
    ledger = Ledger([contract()], [], BERLIN)
    return Figures(
        lambda as_of_ms, is_now, billing=False: Past(),  # type: ignore[arg-type]
        lambda _: BERLIN,
        Options(),
        lambda: NOW_MS,
        money=Money(ledger),
    )


def hub() -> Hub:
    store = MemoryStore()
    store.replace(store.acquire(), NOW_MS // 1000 * 1000, "1", Past().readings(), [])
    following = Hub(store, lambda *_, **__: None)  # type: ignore[arg-type]
    following.step()
    return following


ASKED = {
    "live": [],
    "live by hotline": [("by", "hotline")],
    "live by provider": [("by", "provider")],
    "past": [("as_of", "2026-05-27T10:00:00Z")],
    "intervals": [("from", "2026-05-27T00:00:00Z"), ("to", "2026-05-27T10:00:00Z"), ("by", "project")],
}


def answer(role: Role, asked: str, scope: Scope = EVERYTHING) -> str:
    of, query = figures(), read_query(ASKED[asked])
    money = of.money_for(role)
    if asked.startswith("live"):
        return json.dumps(live(hub(), of, scope, query, money))
    return json.dumps(recounted(of, scope, query, money))


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("role", [role for role in Role if Permission.EUROS not in PERMISSIONS[role]])
def test_nothing_of_money_for_who_may_not_see_it(role: Role, asked: str) -> None:
    text = answer(role, asked)
    assert [key for key in KEYS if f'"{key}"' in text] == []
    assert '"rows": [{' in text


@pytest.mark.parametrize("asked", ASKED)
def test_who_may_see_it_gets_every_figure(asked: str) -> None:
    for row in json.loads(answer(Role.MANAGER, asked))["rows"]:
        assert {kpi.id for kpi in MONEY} <= row["kpis"].keys()


def test_the_team_lead_sees_no_euros_and_the_manager_does() -> None:
    assert Permission.EUROS in PERMISSIONS[Role.MANAGER]
    assert Permission.EUROS not in PERMISSIONS[Role.TEAM_LEAD]
    assert Permission.EUROS not in PERMISSIONS[Role.PARTNER]


def test_the_figures_are_those_of_the_ledger() -> None:
    half_hour, day = json.loads(answer(Role.MANAGER, "live by hotline"))["rows"]
    assert half_hour["kpis"]["revenue"] | {"definition": ""} == {
        "value": "5.00",
        "n": 0,
        "currency": "EUR",
        "provisional": True,
        "definition": "",
    }
    assert day["kpis"]["revenue"]["value"] == "20.00"
    assert day["kpis"]["margin_1"] | {"definition": ""} == {
        "value": None,
        "n": 0,
        "why": "not_supplied",
        "definition": "",
    }


def test_a_level_that_money_does_not_know_is_not_supplied() -> None:
    for row in json.loads(answer(Role.MANAGER, "live by provider"))["rows"]:
        assert row["kpis"]["revenue"]["why"] == "not_supplied"


def test_a_scope_cuts_money_as_everything_else() -> None:
    elsewhere = json.loads(answer(Role.MANAGER, "live", Scope.of({"project": ["Q"]})))
    assert [row["kpis"]["revenue"]["value"] for row in elsewhere["rows"]] in ([], [None, None])
