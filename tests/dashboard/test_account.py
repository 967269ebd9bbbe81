"""*My account* as its owner uses it, and as somebody who found an open screen would like to."""

from __future__ import annotations

import re
from html import unescape

import pyotp
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.access import Scope
from tests.dashboard.centre import ACCOUNTS, PASSWORD, Centre, log_in

NEW = "four other unrelated words"


def csrf(client: FlaskClient, path: str = "/account") -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


def send(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    return client.post(path, data={"csrf": csrf(client), **fields})


def code_of(centre: Centre, secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(centre.clock.now_ms // 1000 + 30 * steps)


def turn_on(centre: Centre, client: FlaskClient) -> tuple[str, list[str]]:
    """Turns the second factor on; its secret and the recovery codes."""
    page = send(client, "/account/factor/begin", current=PASSWORD)
    secret = re.findall(r'class="secret"><code>([A-Z2-7 ]+)<', page.text)[0].replace(" ", "")
    answer = send(client, "/account/factor/confirm", code=code_of(centre, secret))
    assert answer.status_code == 200
    return secret, re.findall(r"<code>([A-Z2-7-]{19})</code>", answer.text)


@pytest.mark.parametrize("name", ACCOUNTS)
def test_everybody_has_an_account_page_in_both_layouts(centre: Centre, name: str) -> None:
    client = centre.signed_in(name)
    assert 'class="side-bar"' in client.get("/account").text
    phone = client.get("/account", headers={"User-Agent": "Mozilla/5.0 (Linux; Android 16) Mobile Safari"}).text
    assert ('class="bar"' in phone) == (name != "pruefer")


def test_the_password_is_changed_with_the_old_one_and_ends_the_other_sessions(centre: Centre) -> None:
    client, elsewhere = centre.signed_in("chefin"), centre.signed_in("chefin")
    wrong = send(client, "/account/password", current="not this one", password=NEW, again=NEW)
    assert wrong.status_code == 400
    assert send(client, "/account/password", current=PASSWORD, password=NEW, again=NEW + "x").status_code == 400
    assert elsewhere.get("/whoami").status_code == 200
    assert send(client, "/account/password", current=PASSWORD, password=NEW, again=NEW).status_code == 303
    assert client.get("/whoami").status_code == 200
    assert elsewhere.get("/whoami").status_code == 401
    assert log_in(centre.client(), "chefin").status_code == 401
    assert log_in(centre.client(), "chefin", NEW).status_code == 303


@pytest.mark.parametrize("password", ["short", "Chefin2026!", "leitstand123", "password1", "11111111", "qwertyuiop"])
def test_passwords_that_are_tried_first_are_refused(centre: Centre, password: str) -> None:
    client = centre.signed_in("chefin")
    answer = send(client, "/account/password", current=PASSWORD, password=password, again=password)
    assert answer.status_code == 400
    assert log_in(centre.client(), "chefin").status_code == 303


def test_guessing_the_password_at_an_open_screen_is_slowed_down_like_a_login(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    answers = [send(client, "/account/tokens", current=f"guess {number}", name="x").status_code for number in range(6)]
    assert answers == [400] * 5 + [429]


@pytest.mark.parametrize(
    ("written", "kept"),
    [("+49 (0) 30 / 123-4567", "+49301234567"), ("0049 30 1234567", "+49301234567"), ("", "")],
)
def test_telephone_numbers_are_kept_as_e164(centre: Centre, written: str, kept: str) -> None:
    client = centre.signed_in("chefin")
    assert send(client, "/account/phone", phone=written).status_code == 303
    account = centre.users.account_named("chefin")
    assert account is not None
    assert account.phone == kept


@pytest.mark.parametrize(
    "written", ["030 1234567", "+0301234567", "+49", "+49 30 12345678901234", "+49x30", "١٢٣٤٥٦٧٨"]
)
def test_numbers_that_no_country_knows_are_refused(centre: Centre, written: str) -> None:
    assert send(centre.signed_in("chefin"), "/account/phone", phone=written).status_code == 400


def test_the_second_factor_asks_at_the_next_login(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    elsewhere = centre.signed_in("chefin")
    secret, _ = turn_on(centre, client)
    assert elsewhere.get("/whoami").status_code == 401
    assert secret not in client.get("/account").text.replace(" ", "")
    new = centre.client()
    answer = log_in(new, "chefin", next="/wall")
    assert answer.location == "/login/code?next=/wall"
    assert new.get("/whoami").status_code == 401
    assert code(new, "000000").status_code == 401
    # The code that turned it on has been used.
    assert code(new, code_of(centre, secret)).status_code == 401
    centre.clock.pass_seconds(30)
    answer = code(new, code_of(centre, secret), next="/wall")
    assert (answer.status_code, answer.location) == (303, "/wall")
    assert new.get("/whoami").json["user"] == "chefin"  # type: ignore[index]
    assert new.get("/login/code").location == "/login"


def code(client: FlaskClient, text: str, **more: str) -> TestResponse:
    token = csrf(client, "/login/code")
    return client.post("/login/code", data={"csrf": token, "code": text, **more})


def test_the_second_half_needs_the_first_and_its_own_form(centre: Centre) -> None:
    turn_on(centre, centre.signed_in("chefin"))
    stranger = centre.client()
    assert stranger.get("/login/code").location == "/login"
    assert stranger.post("/login/code", data={"code": "123456"}).location == "/login"
    client = centre.client()
    log_in(client, "chefin")
    assert client.post("/login/code", data={"code": "123456", "csrf": "foreign"}).status_code == 400
    centre.clock.pass_seconds(301)
    assert client.get("/login/code").location == "/login"


def test_codes_cannot_be_guessed(centre: Centre) -> None:
    secret, _ = turn_on(centre, centre.signed_in("chefin"))
    centre.clock.pass_seconds(60)
    client = centre.client()
    log_in(client, "chefin")
    assert [code(client, "000000").status_code for _ in range(6)] == [401] * 5 + [429]
    # Neither another login nor the right code goes past the delay.
    other = centre.client()
    log_in(other, "chefin")
    assert code(other, code_of(centre, secret)).status_code == 429
    centre.clock.pass_seconds(2)
    assert code(other, code_of(centre, secret)).status_code == 303


def test_a_recovery_code_works_once(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    _, codes = turn_on(centre, client)
    assert len(set(codes)) == 10
    for status in (303, 401):
        new = centre.client()
        log_in(new, "chefin")
        assert code(new, codes[3].lower()).status_code == status
    assert "9 von 10" in client.get("/account").text
    renewed = re.findall(r"<code>([A-Z2-7-]{19})</code>", send(client, "/account/factor/codes", current=PASSWORD).text)
    assert not set(renewed) & set(codes)
    new = centre.client()
    log_in(new, "chefin")
    assert code(new, codes[4]).status_code == 401
    assert code(new, renewed[0]).status_code == 303


def test_turning_it_off_needs_the_password(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    turn_on(centre, client)
    assert send(client, "/account/factor/off", current="wrong one").status_code == 400
    assert log_in(centre.client(), "chefin").location == "/login/code"
    assert send(client, "/account/factor/begin", current=PASSWORD).status_code == 409
    assert send(client, "/account/factor/off", current=PASSWORD).status_code == 303
    assert log_in(centre.client(), "chefin").location == "/"


def test_what_was_begun_and_not_confirmed_asks_for_nothing(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    send(client, "/account/factor/begin", current=PASSWORD)
    assert send(client, "/account/factor/confirm", code="000000").status_code == 400
    assert log_in(centre.client(), "chefin").location == "/"


def test_a_session_is_ended_from_another_device(centre: Centre) -> None:
    here, there = centre.signed_in("chefin"), centre.client()
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"}
    token = csrf(there, "/login")
    there.post("/login", data={"user": "chefin", "password": PASSWORD, "csrf": token}, headers=agent)
    page = here.get("/account").text
    assert "Chrome auf Linux" in page
    copied = there.get_cookie("leitstand")
    assert copied is not None
    assert copied.value not in page
    ids = re.findall(r'name="session" value="([0-9a-f]{16})"', page)
    assert len(ids) == 2
    own = centre.users.session(here.get_cookie("leitstand").value)  # type: ignore[union-attr]
    assert own is not None
    ids.remove(own.id)
    assert send(here, "/account/sessions/end", session=ids[0]).status_code == 303
    assert there.get("/whoami").status_code == 401
    assert here.get("/whoami").status_code == 200
    assert send(here, "/account/sessions/end", session=ids[0]).status_code == 404


def test_nobody_ends_the_session_of_somebody_else(centre: Centre) -> None:
    theirs = centre.signed_in("betrieb")
    session = centre.users.session(theirs.get_cookie("leitstand").value)  # type: ignore[union-attr]
    assert session is not None
    mine = centre.signed_in("chefin")
    for chosen in (session.id, session.id[:8], "%" * 16, "_" * 16, ""):
        assert send(mine, "/account/sessions/end", session=chosen).status_code == 404
    assert theirs.get("/whoami").status_code == 200


def make_token(client: FlaskClient, name: str = "Grafana") -> str:
    page = send(client, "/account/tokens", current=PASSWORD, name=name)
    assert page.status_code == 200, page.text
    return unescape(re.findall(r'class="secret"><code>(leitstand_[^<]+)<', page.text)[0])


def with_token(centre: Centre, token: str, path: str) -> TestResponse:
    return centre.client().get(path, headers={"Authorization": f"Bearer {token}"})


def test_a_token_reads_the_numbers_as_its_owner_and_nothing_else(centre: Centre) -> None:
    client = centre.signed_in("nordcall")
    token = make_token(client)
    assert token not in client.get("/account").text
    answer = with_token(centre, token, "/api/kpis?by=provider")
    assert {row["by"]["provider"] for row in answer.json["rows"]} == {"Nordcall"}  # type: ignore[index]
    assert "Set-Cookie" not in answer.headers
    assert with_token(centre, token, "/metrics").status_code == 200
    for path in ("/", "/account", "/wall", "/stream", "/whoami", "/board", "/hotlines"):
        assert with_token(centre, token, path).status_code in (303, 401), path
    posted = centre.client().post("/account/tokens/revoke", headers={"Authorization": f"Bearer {token}"})
    assert posted.location == "/login"


def test_a_token_follows_its_owner_and_ends_with_it(centre: Centre) -> None:
    token = make_token(centre.signed_in("nordcall"))
    account = centre.users.account_named("nordcall")
    assert account is not None
    centre.users.give(account.user.id, "partner", Scope.of({"provider": ["Teleo"]}))
    answer = with_token(centre, token, "/api/kpis?by=provider")
    assert {row["by"]["provider"] for row in answer.json["rows"]} == {"Teleo"}  # type: ignore[index]
    centre.users.disable(account.user.id)
    refused = with_token(centre, token, "/metrics")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_or_invented_token_opens_nothing_even_beside_a_session(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    token = make_token(client)
    assert "zuletzt benutzt" not in client.get("/account").text.split('id="tokens"')[1]
    with_token(centre, token, "/metrics")
    assert "zuletzt benutzt" in client.get("/account").text.split('id="tokens"')[1]
    number = re.findall(r'name="token" value="(\d+)"', client.get("/account").text)[0]
    stranger = centre.signed_in("betrieb")
    assert send(stranger, "/account/tokens/revoke", token=number).status_code == 404
    assert with_token(centre, token, "/metrics").status_code == 200
    assert send(client, "/account/tokens/revoke", token=number).status_code == 303
    for wrong in (token, "leitstand_invented", "", "x"):
        assert client.get("/metrics", headers={"Authorization": f"Bearer {wrong}"}).status_code == 401


def test_forms_without_the_token_of_their_session_change_nothing(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    fields = {"current": PASSWORD, "password": NEW, "again": NEW, "name": "x", "phone": "+49301234567"}
    for path in ("/account/password", "/account/phone", "/account/tokens", "/account/factor/begin"):
        for token in ({}, {"csrf": ""}, {"csrf": csrf(centre.signed_in("betrieb"))}):
            assert client.post(path, data={**fields, **token}).status_code == 403, path
    account = centre.users.account_named("chefin")
    assert account is not None
    assert account.phone == ""
    assert log_in(centre.client(), "chefin").status_code == 303
