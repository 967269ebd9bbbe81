"""Roles and scopes: who gets which answer on every route, and that no scope ever shows a foreign name or number."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.access import (
    CALLBACKS,
    PERMISSIONS,
    ROUTES,
    Open,
    Permission,
    Refused,
    Role,
    Scope,
    allowed,
    check_account,
    home,
    may_call,
)
from dashboard.board import View
from dashboard.desk import CALLBACK_OUTPUTS, create_desk
from dashboard.wall_plan import Group
from streams.records import Cell
from tests.dashboard.centre import ACCOUNTS, CANARIES, Centre, cells, reading

FOREIGN_NUMBERS = {"Nordcall": 1_777_771, "Teleo": 1_888_881, "Servio": 1_999_991}
VIEWS = ("phone", "wall", "desk")


def test_every_role_has_permissions_and_a_home_that_it_may_open() -> None:
    paths = {"/": Permission.PHONE, "/wall": Permission.WALL, "/desk/": Permission.DESK}
    assert set(PERMISSIONS) == set(Role)
    for role in Role:
        for phone in (False, True):
            assert allowed(role, paths[home(role, phone=phone)])


def test_a_route_without_a_policy_is_there_for_nobody(centre: Centre) -> None:
    centre.app.add_url_rule("/secret", "secret", lambda: "Teleo")
    for client in (centre.client(), centre.signed_in("chefin")):
        assert client.get("/secret").status_code == 404


def test_what_is_public_is_known_and_says_nothing_of_the_centre(centre: Centre) -> None:
    public = {route for route, needed in ROUTES.items() if needed is Open.PUBLIC}
    assert public == {
        ("GET", "/login"),
        ("POST", "/login"),
        ("GET", "/login/code"),
        ("POST", "/login/code"),
        ("GET", "/link/<token>"),
        ("POST", "/link/<token>"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/static/<path:filename>"),
        ("GET", "/manifest.webmanifest"),
        ("GET", "/sw.js"),
        ("GET", "/offline"),
        ("GET", "/wall/open"),
        ("POST", "/wall/open"),
    }
    for path in ("/login", "/login/code", "/link/x", "/healthz", "/readyz"):
        text = centre.client().get(path).text
        assert not any(name in text for names in CANARIES.values() for name in names)


def test_without_login_pages_lead_to_the_login_and_programs_get_401(whole_centre: Centre) -> None:
    centre = whole_centre
    client = centre.client()
    for path in ("/", "/hotlines", "/wall", "/desk/", "/account", "/users"):
        answer = client.get(path)
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/login")
    for path in ("/stream", "/stream?view=wall", "/board", "/whoami", "/api/kpis", "/metrics"):
        assert client.get(path).status_code == 401
    for path in ("/logout", "/language"):
        assert client.post(path).location == "/login"


@pytest.mark.parametrize("name", ACCOUNTS)
def test_each_role_opens_what_it_may_and_nothing_else(whole_centre: Centre, name: str) -> None:
    centre = whole_centre
    role = ACCOUNTS[name][0]
    client = centre.signed_in(name)
    same_origin = {"Sec-Fetch-Site": "same-origin"}
    for path, needed in {
        "/": Permission.PHONE,
        "/hotlines": Permission.PHONE,
        "/wall": Permission.WALL,
        "/desk/": Permission.DESK,
        "/api/kpis": Permission.KPIS,
        "/board?view=wall": Permission.WALL,
        "/board?view=phone": Permission.PHONE,
        "/stream?view=wall": Permission.WALL,
        "/stream?view=phone": Permission.PHONE,
        "/stream?view=desk": Permission.DESK,
    }.items():
        answer = client.get(path, headers=same_origin)
        if path == "/" and not allowed(role, needed):
            assert answer.location == home(role, phone=False)
        else:
            assert answer.status_code == (200 if allowed(role, needed) else 403), path
        answer.close()


def rows_of_the_desk(centre: Centre) -> list[str]:
    """Every row that anybody's desk could show, as the callback of the desk is told it."""
    groups: tuple[Group, ...] = ("", "hotline", "provider", "project")
    boards = [(group, centre.hub.board(Scope(), "de", View("desk", group=group))) for group in groups]
    return [f"{tile.source.id};{group}" for group, board in boards for tile in board.tiles]


def call_back(client: FlaskClient, output: str, row: str) -> TestResponse:
    """Runs a callback of the desk as a browser would, or a forger."""
    name, attribute = output.split(".")
    body = {
        "output": output,
        "outputs": {"id": name, "property": attribute},
        "inputs": [{"id": "chosen", "property": "data-row", "value": row}],
        "changedPropIds": ["chosen.data-row"],
    }
    return client.post("/desk/_dash-update-component", json=body)


def answers(centre: Centre, client: FlaskClient) -> Iterator[tuple[str, str]]:
    """Everything that a browser of this user can read, one text for each address."""
    wheres = [
        f"{dimension}:{value}"
        for names in CANARIES.values()
        for dimension, value in zip(("provider", "hotline", "site", "project", "client", "team"), names, strict=True)
    ]
    paths = ["/", "/hotlines", "/wall", "/mehr", "/desk/", "/login", "/whoami", "/readyz", "/nichts", "/desk/nichts"]
    paths += [f"/board?view={view}&group={group}" for view in VIEWS for group in ("", "hotline", "provider", "project")]
    paths += ["/account", "/users", "/users/1", "/metrics"]
    paths += ["/api/kpis", "/api/kpis?as_of=2026-05-28T20:00:00Z"]
    paths += [f"/api/kpis?by={by}" for by in ("provider", "hotline", "site", "team", "project", "client,provider")]
    paths += [f"/api/kpis?where={where}" for where in wheres]
    paths += ["/api/kpis?by=provider&from=2026-05-28T10:00:00Z&to=2026-05-28T12:00:00Z&interval=1h"]
    for path in paths:
        yield path, client.get(path, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=True).text
    for path in ("/desk/_dash-layout", "/desk/_dash-dependencies"):
        yield path, client.get(path).text
    for row in rows_of_the_desk(centre):
        yield f"callback for {row}", call_back(client, "all-kpis.children", row).text
    for view in VIEWS:
        answer = client.get(f"/stream?view={view}")
        if answer.status_code != 200:
            continue
        events = answer.iter_encoded()
        text = b""
        for _ in range(3):
            text += next(events)
            centre.tick(1, [reading(cell, FOREIGN_NUMBERS[cell.provider], 5) for cell in cells()])
        answer.close()
        yield f"/stream?view={view}", text.decode()


def canaries_of(*providers: str) -> set[str]:
    numbers = {f"{FOREIGN_NUMBERS[provider]:,}" for provider in providers}
    names = {name for provider in providers for name in CANARIES[provider]}
    plain = {str(FOREIGN_NUMBERS[provider]) for provider in providers}
    return names | plain | numbers | {number.replace(",", ".") for number in numbers} | {"424242", "424.242"}


@pytest.mark.parametrize(
    ("name", "own", "foreign"),
    [
        ("nordcall", "Reklamation-NC", canaries_of("Teleo", "Servio") | {"teleo-acd"}),
        ("kundin", "Reklamation-NC", canaries_of("Teleo", "Servio") | {"teleo-acd"}),
        ("pruefer", "Technik-SE", canaries_of("Nordcall", "Teleo") | {"teleo-acd"}),
        ("lead", "Rechnung-TE", {"Reklamation-NC", "Nordcall", "Partnerlinie", "1.777.771", "1777771", "424.242"}),
    ],
)
def test_a_scope_never_shows_a_byte_of_what_is_foreign(
    whole_centre: Centre, name: str, own: str, foreign: set[str]
) -> None:
    centre = whole_centre
    centre.publish([reading(cell, FOREIGN_NUMBERS[cell.provider], 5) for cell in cells()])
    centre.hub.step()
    client = centre.signed_in(name)
    seen = ""
    for path, text in answers(centre, client):
        leaked = sorted(canary for canary in foreign if canary in text)
        assert leaked == [], path
        seen += text
    assert own in seen


def test_the_canaries_are_there_to_be_found(whole_centre: Centre) -> None:
    centre = whole_centre
    centre.publish([reading(cell, FOREIGN_NUMBERS[cell.provider], 5) for cell in cells()])
    centre.hub.step()
    everything = "".join(text for _, text in answers(centre, centre.signed_in("chefin")))
    for names in CANARIES.values():
        assert names[0] in everything
        assert names[1] in everything
    assert "1888881" in everything


def test_by_provider_a_partner_gets_its_own_row_only(centre: Centre) -> None:
    answer = centre.signed_in("nordcall").get("/api/kpis?by=provider&window=30m")
    assert [row["by"] for row in answer.json["rows"]] == [{"provider": "Nordcall"}]  # type: ignore[index]
    assert answer.json["rows"][0]["counts"]["offered"] == 80  # type: ignore[index]


def test_what_is_asked_for_outside_the_scope_is_as_unknown_as_what_never_was(centre: Centre) -> None:
    client = centre.signed_in("nordcall")
    foreign, unknown = (client.get(f"/api/kpis?where=provider:{name}").json for name in ("Teleo", "Nobody"))
    assert foreign == unknown


def test_scopes_of_several_dimensions_and_values() -> None:
    scope = Scope.of({"provider": ["Nordcall", "Teleo"], "hotline": ["Partnerlinie"]})
    admitted = [(cell.hotline, cell.provider) for cell in cells() if scope.admits(cell)]
    assert admitted == [("Partnerlinie", "Nordcall"), ("Partnerlinie", "Teleo")]
    assert scope.restrict({"provider": ["Teleo", "Servio"]}) == {
        "provider": frozenset({"Teleo"}),
        "hotline": frozenset({"Partnerlinie"}),
    }
    assert scope.restrict({"provider": ["Servio"]})["provider"] == frozenset()
    assert not scope.admits(Cell("Partnerlinie"))
    assert Scope().admits(Cell("anything"))
    assert Scope.of({"site": ["x", "a", "x"]}) == Scope((("site", ("a", "x")),))


@pytest.mark.parametrize(
    ("role", "scope", "reason"),
    [
        ("partner", {}, "provider"),
        ("partner", {"hotline": ["A"]}, "provider"),
        ("chief", {}, "manager"),
        ("ops", {"planet": ["Mars"]}, "hotline"),
        ("ops", {"site": []}, "site"),
        ("ops", {"site": [""]}, "site"),
    ],
)
def test_roles_and_scopes_that_cannot_be_given(role: str, scope: dict[str, list[str]], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        check_account(role, Scope.of(scope))


def test_callbacks_are_refused_unless_they_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.access.CALLBACKS", {"table.children": Permission.WALL})
    assert may_call(Role.MANAGER, "table.children")
    assert not may_call(Role.PARTNER, "table.children")
    for output in ("other.children", None, ["table.children"], {"id": "table"}, 7):
        assert not may_call(Role.MANAGER, output)


def test_a_changed_scope_shows_at_once(centre: Centre) -> None:
    client = centre.signed_in("kundin")
    session = centre.users.session(client.get_cookie("leitstand").value)  # type: ignore[union-attr]
    assert session is not None
    centre.users.give(session.user.id, "account_manager", Scope.of({"provider": ["Servio"]}))
    text = client.get("/api/kpis?by=hotline").text
    assert re.findall(r'"hotline":"([^"]+)"', text) == ["Technik-SE"] * 2


def test_every_callback_of_the_desk_has_a_policy() -> None:
    assert set(CALLBACK_OUTPUTS) == set(CALLBACKS)
    app = create_desk(Flask("x", static_folder=None), None)  # type: ignore[arg-type]
    assert set(app.callback_map) | {each["output"] for each in app._callback_list} == set(CALLBACKS)


def test_only_listed_callbacks_run_and_only_for_who_may(whole_centre: Centre) -> None:
    centre = whole_centre
    row = rows_of_the_desk(centre)[0]
    chefin = centre.signed_in("chefin")
    assert call_back(chefin, "all-kpis.children", row).status_code == 200
    assert call_back(chefin, "secret.children", row).status_code == 403
    assert chefin.post("/desk/_dash-update-component", json=["all-kpis.children"]).status_code == 400
    assert call_back(centre.client(), "all-kpis.children", row).status_code == 401
