"""Login, logout, language: sessions live on the server and end for good."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.access import Role, Scope
from dashboard.app import WebSettings
from dashboard.session_store import ABSOLUTE_MS, IDLE_MS
from tests.dashboard.centre import ACCOUNTS, PASSWORD, Centre, form_token, log_in

HOMES = {
    "chefin": "/",
    "lead": "/wall",
    "kundin": "/desk/",
    "betrieb": "/desk/",
    "nordcall": "/desk/",
    "pruefer": "/desk/",
}
PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 16) Mobile Safari"}


@pytest.mark.parametrize("name", ACCOUNTS)
def test_login_leads_to_the_home_of_the_role_and_so_does_the_root(centre: Centre, name: str) -> None:
    centre.account(name)
    client = centre.client()
    assert log_in(client, name).location == HOMES[name]
    answer = client.get("/")
    if HOMES[name] == "/":
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.location) == (303, HOMES[name])


def test_on_a_phone_everybody_who_may_lands_on_the_phone_page(centre: Centre) -> None:
    for name, (role, _) in ACCOUNTS.items():
        answer = centre.signed_in(name).get("/", headers=PHONE)
        if role is Role.AUDITOR:
            assert answer.location == "/desk/"
        else:
            assert answer.status_code == 200


def test_wrong_passwords_unknown_names_and_disabled_accounts_get_the_same_answer(centre: Centre) -> None:
    centre.account("chefin")
    user = centre.users.add_user("weg", PASSWORD, "ops", Scope())
    centre.users.disable(user.id)
    texts = set()
    for name, password in (("chefin", "something else"), ("niemand", PASSWORD), ("weg", PASSWORD)):
        answer = log_in(centre.client(), name, password)
        assert answer.status_code == 401
        assert "Set-Cookie" not in answer.headers or "leitstand=" not in answer.headers["Set-Cookie"]
        texts.add(answer.text.replace(name, "").split('name="csrf"')[0])
    assert len(texts) == 1


def test_the_login_form_needs_the_token_of_its_own_browser(centre: Centre) -> None:
    centre.account("chefin")
    foreign = form_token(centre.client())
    client = centre.client()
    client.get("/login")
    for token in ("", foreign):
        answer = client.post("/login", data={"user": "chefin", "password": PASSWORD, "csrf": token})
        assert answer.status_code == 400
    assert client.get("/whoami").status_code == 401


def test_a_copied_cookie_is_worth_nothing_after_logout(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    copied = client.get_cookie("leitstand")
    assert copied is not None
    thief = centre.client()
    thief.set_cookie("leitstand", copied.value)
    assert thief.get("/whoami").json["user"] == "chefin"  # type: ignore[index]
    answer = client.post("/logout")
    assert answer.location == "/login?out=1"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert thief.get("/whoami").status_code == 401
    assert thief.get("/").location.startswith("/login")
    assert thief.get("/stream").status_code == 401


def test_disabling_an_account_ends_its_sessions(centre: Centre) -> None:
    client = centre.signed_in("kundin")
    session = centre.users.session(client.get_cookie("leitstand").value)  # type: ignore[union-attr]
    assert session is not None
    centre.users.disable(session.user.id)
    assert client.get("/whoami").status_code == 401


def test_sessions_end_after_half_an_hour_without_use_and_after_twelve_hours_with_it(centre: Centre) -> None:
    idle, busy = centre.signed_in("chefin"), centre.signed_in("betrieb")
    for _ in range(ABSOLUTE_MS // (IDLE_MS // 2) - 1):
        centre.clock.pass_seconds(IDLE_MS / 2000)
        assert busy.get("/api/kpis").status_code == 200
    assert idle.get("/api/kpis").status_code == 401
    centre.clock.pass_seconds(IDLE_MS / 2000)
    assert busy.get("/api/kpis").status_code == 401


def test_what_a_page_asks_for_by_itself_is_no_use_of_the_session(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    for _ in range(3):
        assert client.get("/whoami").status_code == 200
        centre.clock.pass_seconds(IDLE_MS / 3000)
    assert client.get("/whoami").status_code == 401


def test_a_new_login_ends_the_session_before_it(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    before = client.get_cookie("leitstand").value  # type: ignore[union-attr]
    centre.account("betrieb")
    client.set_cookie("leitstand-form", "t")
    client.post("/login", data={"user": "betrieb", "password": PASSWORD, "csrf": "t"})
    assert client.get("/whoami").json["user"] == "betrieb"  # type: ignore[index]
    assert centre.users.session(before) is None


def test_without_accounts_the_login_says_how_to_make_the_first(tmp_path: Path) -> None:
    centre = Centre(tmp_path, with_desk=False)
    assert "leitstand user add" in centre.client().get("/login").text
    centre.users.add_user("erste", PASSWORD, "manager", Scope())
    assert "leitstand user add" not in centre.client().get("/login").text


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/wall", "/wall"),
        ("/hotlines?sort=asa", "/hotlines?sort=asa"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/logout", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
    ],
)
def test_after_login_only_own_pages_are_led_to(centre: Centre, wanted: str, led_to: str) -> None:
    centre.account("chefin")
    assert log_in(centre.client(), "chefin", next=wanted).location == led_to


def test_a_page_that_was_wanted_is_remembered_over_the_login(centre: Centre) -> None:
    client = centre.client()
    answer = client.get("/hotlines?sort=asa")
    assert answer.location == "/login?next=/hotlines%3Fsort%3Dasa"
    assert 'name="next" value="/hotlines?sort=asa"' in client.get(answer.location).text


def test_the_language_is_stored_with_the_user(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    assert client.get("/whoami").json["language"] == "de"  # type: ignore[index]
    answer = client.post("/language", data={"language": "en"}, headers={"Referer": "http://localhost/mehr?a=1"})
    assert answer.location == "/mehr?a=1"
    assert centre.signed_in("chefin").get("/whoami").json["language"] == "en"  # type: ignore[index]
    assert client.post("/language", data={"language": "xx"}).status_code == 400


def test_forms_of_another_session_and_of_other_sites_are_refused(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    assert client.post("/logout", data={"csrf": "0" * 32}).status_code == 403
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/logout", headers=headers).status_code == 403
    assert client.get("/whoami").status_code == 200
    assert client.post("/logout", headers={"Origin": "http://localhost"}).status_code == 303


def test_the_cookie_is_strict_under_tls_and_plain_without(centre: Centre) -> None:
    centre.account("chefin")
    plain = log_in(centre.client(), "chefin").headers.getlist("Set-Cookie")
    assert any(
        cookie.startswith("leitstand=") and "HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in plain
    )
    assert not any("Secure" in cookie for cookie in plain)
    client = centre.client()
    secure = {"base_url": "https://leitstand.example"}
    page = client.get("/login", **secure)
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    form = {"user": "chefin", "password": PASSWORD, "csrf": token}
    cookies = client.post("/login", data=form, **secure).headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("__Host-leitstand="))
    assert "Secure" in session
    assert "Path=/" in session
    assert "Domain" not in session
    assert client.get("/whoami", **secure).status_code == 200


def test_an_unencrypted_connection_over_a_network_says_so(centre: Centre) -> None:
    client = centre.client()
    assert "Unverschlüsselt" not in client.get("/login").text
    assert "Unverschlüsselt" in client.get("/login", base_url="http://192.168.1.5:8080").text
    assert "Unverschlüsselt" not in client.get("/login", base_url="https://192.168.1.5").text


def test_forwarding_headers_are_believed_from_trusted_proxies_only(tmp_path: Path) -> None:
    centre = Centre(tmp_path, WebSettings(trusted_proxies=("10.0.0.0/8",)), with_desk=False)
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "6.6.6.6, 203.0.113.7"}
    for peer, name in (("10.1.2.3", "__Host-leitstand-form"), ("192.0.2.1", "leitstand-form")):
        answer = centre.client().get("/login", headers=headers, environ_base={"REMOTE_ADDR": peer})
        assert answer.headers["Set-Cookie"].startswith(f"{name}=")
    assert "Strict-Transport-Security" not in answer.headers


def test_forged_cookies_of_flask_login_open_nothing_and_break_nothing(centre: Centre) -> None:
    client = centre.client()
    client.set_cookie("remember_token", "1|abc")
    client.set_cookie("session", "eyJfdXNlcl9pZCI6IjEifQ.x.y")
    assert client.get("/whoami").status_code == 401
