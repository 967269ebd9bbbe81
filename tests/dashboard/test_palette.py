"""What the command palette finds for whom, and the page of all KPIs."""

from __future__ import annotations

import re

import pytest

from dashboard.access import ROUTES, Permission
from dashboard.palette import PAGES
from streams.catalogue import KPIS, MONEY
from tests.dashboard.centre import CANARIES, SHARED, Centre


def found(centre: Centre, name: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = centre.signed_in(name).get("/palette").json["entries"]  # type: ignore[index]
    return entries


def addresses(centre: Centre, name: str) -> set[str]:
    return {entry["address"] for entry in found(centre, name)}


def test_every_page_is_named_with_what_its_route_needs() -> None:
    for _, address, needed in PAGES:
        assert address == "/" or ROUTES["GET", address] is needed, address


def test_hotlines_within_the_scope_only(centre: Centre) -> None:
    own = [entry["name"] for entry in found(centre, "nordcall") if entry["kind"] == "Hotline"]
    assert own == [SHARED, "Reklamation-NC"]
    others = {name for provider, names in CANARIES.items() if provider != "Nordcall" for name in names}
    assert not any(name in entry[part] for entry in found(centre, "nordcall") for name in others for part in entry)
    assert "/desk/hotline?name=Reklamation-NC" in addresses(centre, "nordcall")


def test_pages_that_the_role_may_open_only(centre: Centre) -> None:
    assert {"/feeds", "/users", "/design"} <= addresses(centre, "betrieb")
    for name in ("chefin", "lead", "kundin", "nordcall", "pruefer"):
        assert not addresses(centre, name) & {"/feeds", "/users", "/design"}


@pytest.mark.parametrize(("name", "euros"), [("chefin", True), ("lead", False), ("nordcall", False)])
def test_figures_of_money_for_those_who_may_see_money(centre: Centre, name: str, euros: bool) -> None:
    of_money = {f"/catalogue#{figure.id}" for figure in MONEY}
    assert of_money & addresses(centre, name) == (of_money if euros else set())
    page = centre.signed_in(name).get("/catalogue").text
    assert ("Deckungsbeitrag" in page) is euros


def test_every_kpi_that_is_found_stands_on_the_page_it_leads_to(centre: Centre) -> None:
    ids = re.findall(r'<div id="(\w+)"', centre.signed_in("chefin").get("/catalogue").text)
    assert set(ids) == {kpi.id for kpi in KPIS} | {figure.id for figure in MONEY}
    assert len(ids) == len(set(ids))
    assert {address for address in addresses(centre, "chefin") if "#" in address} == {
        f"/catalogue#{id_}" for id_ in ids
    }


def test_nobody_without_a_session(centre: Centre) -> None:
    assert centre.client().get("/palette").status_code == 401
    assert Permission.KPIS is ROUTES["GET", "/catalogue"]
