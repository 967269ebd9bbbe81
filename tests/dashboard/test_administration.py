"""The page of users: ops invites, gives, disables and issues links, within the own scope and never for itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.access import Scope
from tests.dashboard.centre import PASSWORD, Centre, log_in
from tests.dashboard.test_account import NEW, csrf, turn_on

LINK = re.compile(r'class="secret"><code>http://localhost(/link/[^<]+)<')
SEVEN_DAYS = 7 * 86_400


def send(client: FlaskClient, path: str, **fields: str | Sequence[str]) -> TestResponse:
    return client.post(path, data={"csrf": csrf(client, "/users"), **fields})


def id_of(centre: Centre, name: str) -> int:
    account = centre.users.account_named(name)
    assert account is not None
    return account.user.id


def link_in(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    return str(LINK.findall(answer.text)[0])


def choose(client: FlaskClient, link: str, password: str, again: str = "") -> TestResponse:
    return client.post(link, data={"csrf": csrf(client, link), "password": password, "again": again or password})


def test_an_invitation_leads_to_an_account_that_logs_in(centre: Centre) -> None:
    ops = centre.signed_in("betrieb")
    fields: Mapping[str, str | Sequence[str]] = {"scope.provider": ["Nordcall"], "phone": "+49 30 1234567"}
    answer = send(ops, "/users", name="Petra", role="partner", language="en", **fields)
    link = link_in(answer)
    assert "eingeladen" in ops.get("/users").text
    guest = centre.client()
    assert "Welcome, Petra" in guest.get(link).text
    assert log_in(centre.client(), "Petra", "").status_code == 401
    assert choose(guest, link, NEW, "something else").status_code == 400
    assert choose(guest, link, "Petra2026").status_code == 400
    assert choose(guest, link, NEW).location == "/login?set=1"
    assert "Passwort gesetzt" in guest.get("/login?set=1").text
    assert log_in(guest, "Petra", NEW).status_code == 303
    assert guest.get("/whoami").json == {
        "user": "Petra",
        "role": "partner",
        "scope": {"provider": ["Nordcall"]},
        "language": "en",
        "opens": ["desk", "kpis", "phone"],
    }
    account = centre.users.account_named("petra")
    assert account is not None
    assert account.phone == "+49301234567"


def test_a_link_opens_once_and_for_seven_days(centre: Centre) -> None:
    ops = centre.signed_in("betrieb")
    used = link_in(send(ops, "/users", name="Petra", role="ops"))
    assert choose(centre.client(), used, NEW).status_code == 303
    assert centre.client().get(used).status_code == 410
    assert centre.client().post(used, data={"password": "another long one"}).status_code == 410
    late = link_in(send(ops, "/users", name="Paul", role="ops"))
    centre.clock.pass_seconds(SEVEN_DAYS - 1)
    assert centre.client().get(late).status_code == 200
    centre.clock.pass_seconds(1)
    assert centre.client().get(late).status_code == 410
    assert centre.client().get("/link/invented").status_code == 410


def test_a_form_from_elsewhere_cannot_use_the_link_up(centre: Centre) -> None:
    link = link_in(send(centre.signed_in("betrieb"), "/users", name="Petra", role="ops"))
    stranger = centre.client()
    assert stranger.post(link, data={"password": NEW, "again": NEW}).status_code == 400
    assert (
        stranger.post(link, data={"password": NEW, "again": NEW}, headers={"Origin": "http://evil"}).status_code == 403
    )
    assert stranger.get(link).status_code == 200


def test_a_reset_link_replaces_the_password_and_not_the_second_factor(centre: Centre) -> None:
    theirs = centre.signed_in("chefin")
    turn_on(centre, theirs)
    ops = centre.signed_in("betrieb")
    path = f"/users/{id_of(centre, 'chefin')}/link"
    first, second = link_in(send(ops, path)), link_in(send(ops, path))
    assert centre.client().get(first).status_code == 410
    assert log_in(centre.client(), "chefin").status_code == 303
    assert choose(centre.client(), second, NEW).status_code == 303
    assert theirs.get("/whoami").status_code == 401
    assert log_in(centre.client(), "chefin").status_code == 401
    assert log_in(centre.client(), "chefin", NEW).location == "/login/code"
    assert send(ops, f"/users/{id_of(centre, 'chefin')}/factor").status_code == 303
    assert log_in(centre.client(), "chefin", NEW).location == "/"


def test_a_reset_link_lasts_a_day_and_ends_when_the_account_is_disabled(centre: Centre) -> None:
    centre.account("chefin")
    ops = centre.signed_in("betrieb")
    path = f"/users/{id_of(centre, 'chefin')}"
    link = link_in(send(ops, f"{path}/link"))
    send(ops, f"{path}/disable")
    assert centre.client().get(link).status_code == 410
    assert send(ops, f"{path}/link").status_code == 409
    send(ops, f"{path}/enable")
    assert centre.client().get(link).status_code == 410
    link = link_in(send(ops, f"{path}/link"))
    centre.clock.pass_seconds(86_400)
    assert centre.client().get(link).status_code == 410


def test_role_and_scope_change_at_once(centre: Centre) -> None:
    theirs, ops = centre.signed_in("kundin"), centre.signed_in("betrieb")
    fields = {"scope.hotline": ["Rechnung-TE"]}
    assert send(ops, f"/users/{id_of(centre, 'kundin')}", role="team_lead", phone="", **fields).status_code == 303
    known = theirs.get("/whoami").json
    assert known is not None
    assert (known["role"], known["scope"]) == ("team_lead", {"hotline": ["Rechnung-TE"]})
    assert theirs.get("/wall").status_code == 200
    assert "Reklamation-NC" not in theirs.get("/api/kpis?by=hotline").text


def test_disable_ends_sessions_and_enable_lets_in_again(centre: Centre) -> None:
    theirs, ops = centre.signed_in("kundin"), centre.signed_in("betrieb")
    path = f"/users/{id_of(centre, 'kundin')}"
    assert send(ops, f"{path}/disable").status_code == 303
    assert theirs.get("/whoami").status_code == 401
    assert log_in(centre.client(), "kundin").status_code == 401
    send(ops, f"{path}/enable")
    assert theirs.get("/whoami").status_code == 401
    assert log_in(centre.client(), "kundin").status_code == 303


def test_all_sessions_of_somebody_can_be_ended(centre: Centre) -> None:
    theirs, ops = centre.signed_in("kundin"), centre.signed_in("betrieb")
    assert "1 offen" in ops.get(f"/users/{id_of(centre, 'kundin')}").text
    send(ops, f"/users/{id_of(centre, 'kundin')}/sessions")
    assert theirs.get("/whoami").status_code == 401


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": "", "role": "ops"}, "1 bis 64"),
        ({"name": "BETRIEB", "role": "ops"}, "schon"),
        ({"name": "Petra", "role": "king"}, "Rolle"),
        ({"name": "Petra", "role": "partner"}, "sieht nur sich selbst"),
        ({"name": "Petra", "role": "ops", "phone": "030"}, "international"),
    ],
)
def test_what_cannot_be_is_told_beside_what_was_written(centre: Centre, fields: dict[str, str], reason: str) -> None:
    answer = send(centre.signed_in("betrieb"), "/users", **fields)
    assert answer.status_code in (400, 409)
    assert reason in answer.text
    assert f'value="{fields["name"]}"' in answer.text or not fields["name"]


def test_nobody_changes_or_disables_the_own_account(centre: Centre) -> None:
    ops = centre.signed_in("betrieb")
    path = f"/users/{id_of(centre, 'betrieb')}"
    assert "Ihr eigenes Konto" in ops.get(path).text
    for action in ("", "/disable", "/link", "/factor", "/sessions"):
        assert send(ops, f"{path}{action}", role="manager").status_code == 403
    assert ops.get("/whoami").json["role"] == "ops"  # type: ignore[index]


def test_ops_of_a_part_neither_sees_nor_makes_what_lies_outside(centre: Centre) -> None:
    for name in ("nordcall", "kundin", "chefin", "pruefer"):
        centre.account(name)
    centre.users.add_user("teil", PASSWORD, "ops", Scope.of({"provider": ["Nordcall", "Servio"]}))
    client = centre.client()
    log_in(client, "teil")
    page = client.get("/users").text
    names = set(re.findall(r'<a href="/users/\d+"><b>([^<]+)<', page))
    assert names == {"teil", "nordcall"}
    assert "Teleo" not in page
    for name in ("kundin", "chefin", "pruefer"):
        path = f"/users/{id_of(centre, name)}"
        assert client.get(path).status_code == 404
        for action in ("", "/disable", "/enable", "/link", "/factor", "/sessions"):
            assert send(client, f"{path}{action}", role="ops").status_code == 404
    own = f"/users/{id_of(centre, 'nordcall')}"
    for fields in ({}, {"scope.provider": ["Teleo"]}, {"scope.hotline": ["Partnerlinie"]}):
        assert send(client, "/users", name="neu", role="ops", **fields).status_code == 400
        assert send(client, own, role="ops", **fields).status_code == 400
    assert send(client, "/users", name="neu", role="ops", **{"scope.provider": ["Servio"]}).status_code == 200


@pytest.mark.parametrize("name", ["chefin", "lead", "kundin", "nordcall", "pruefer"])
def test_nobody_but_ops_administers(centre: Centre, name: str) -> None:
    client = centre.signed_in(name)
    target = id_of(centre, name)
    for path in ("/users", f"/users/{target}"):
        assert client.get(path).status_code == 403
    for action in ("", f"/{target}", f"/{target}/enable", f"/{target}/link"):
        data = {"csrf": csrf(client, "/account"), "role": "ops", "name": "x"}
        assert client.post(f"/users{action}", data=data).status_code == 403
    assert "/users" not in client.get("/mehr").text


def test_forms_without_the_token_change_nothing(centre: Centre) -> None:
    theirs, ops = centre.signed_in("kundin"), centre.signed_in("betrieb")
    path = f"/users/{id_of(centre, 'kundin')}"
    for data in ({}, {"csrf": csrf(theirs, "/account")}):
        assert ops.post(f"{path}/disable", data=data).status_code == 403
        assert ops.post("/users", data={"name": "neu", "role": "ops", **data}).status_code == 403
    assert theirs.get("/whoami").status_code == 200
    assert centre.users.account_named("neu") is None


def test_scopes_cover_what_they_hide_nothing_of() -> None:
    wide, narrow = Scope.of({"provider": ["A", "B"]}), Scope.of({"provider": ["A"], "site": ["x"]})
    assert Scope().covers(wide)
    assert wide.covers(narrow)
    assert wide.covers(wide)
    assert not narrow.covers(wide)
    assert not wide.covers(Scope())
    assert not wide.covers(Scope.of({"provider": ["A", "C"]}))
    assert not wide.covers(Scope.of({"hotline": ["A"]}))
