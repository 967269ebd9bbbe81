"""PostgreSQL stops and comes back under open pages: nobody gets in meanwhile, nobody is thrown out, no 500."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.access import Role, ViewKind
from dashboard.rights import WITHOUT_DATABASE_MS
from dashboard.stream import stands
from tests.dashboard.centre import PASSWORD, Centre, form_token, log_in
from tests.dashboard.postgres import Postgres

pytestmark = pytest.mark.server


@pytest.fixture
def centre(tmp_path: Path, postgres: Postgres) -> Iterator[Centre]:
    """The application whose accounts are in PostgreSQL; it runs again afterwards."""
    centre = Centre(tmp_path, with_desk=False, database=postgres.new_database())
    centre.publish_all()
    yield centre
    postgres.start_where_it_is_not()


def test_pages_say_so_and_sessions_go_on_where_they_were(
    centre: Centre, postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "dashboard.database")
    browser = centre.signed_in("chefin")
    assert browser.get("/whoami").status_code == 200
    postgres.kill()
    for path in ("/whoami", "/board", "/stream", "/api/kpis"):
        answer = browser.get(path)
        assert (answer.status_code, answer.json) == (503, {"error": "the database of accounts does not answer"}), path
    page = browser.get("/")
    assert page.status_code == 503
    assert "Die Konten antworten gerade nicht" in page.text
    assert page.headers["Retry-After"] == "2"
    assert not page.headers.getlist("Set-Cookie")
    # This asks no account.
    assert browser.get("/healthz").status_code == 200
    postgres.start()
    assert browser.get("/whoami").status_code == 200
    assert browser.get("/").status_code == 200
    said = [record.message for record in caplog.records]
    assert [text.split(" postgresql")[0] for text in said] == ["database", "database is back"], said


def test_nobody_logs_in_while_it_is_away(centre: Centre, postgres: Postgres) -> None:
    centre.account("chefin")
    browser = centre.client()
    token = form_token(browser)
    postgres.kill()
    answer = browser.post("/login", data={"user": "chefin", "password": "wrong", "csrf": token})
    right = browser.post("/login", data={"user": "chefin", "password": PASSWORD, "csrf": token})
    assert (answer.status_code, right.status_code) == (503, 503)
    assert "leitstand" not in {cookie.partition("=")[0] for cookie in right.headers.getlist("Set-Cookie")}
    assert browser.get("/login").status_code == 503
    postgres.start()
    assert log_in(browser, "chefin").status_code == 303


def test_an_open_stream_outlives_a_short_pause_but_not_a_long_one(centre: Centre, postgres: Postgres) -> None:
    browser = centre.signed_in("chefin")
    streaming = browser.get("/stream")
    parts = streaming.iter_encoded()
    assert b"event:" in next(iter(parts))
    token = next(iter(centre.users._open))
    session = centre.users.session(token)
    assert session is not None
    kind: ViewKind = "phone"
    postgres.kill()
    for _ in range(3):
        centre.clock.pass_seconds(60)
        assert stands(centre.users, session, kind)
    centre.clock.pass_seconds(WITHOUT_DATABASE_MS / 1000 - 180)
    assert not stands(centre.users, session, kind)
    postgres.start()
    centre.clock.pass_seconds(2)
    assert stands(centre.users, session, kind)
    # Rights that changed are noticed as ever.
    centre.users.give(session.user.id, Role.OPS, session.user.scope)
    centre.clock.pass_seconds(2)
    now = centre.users.still_open(token)
    assert now is not None
    assert now.user.role is Role.OPS
    streaming.close()
