"""Walls by link: what a screen may read, that it is nothing else, and that it ends when its link does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.access import ROUTES, Open, Refused, Scope
from dashboard.database import LOST, open_database
from dashboard.rights import WITHOUT_DATABASE_MS
from dashboard.wall_plan import BoardPlan, Pick, WallPlan
from dashboard.walls import MOST_SCREENS, Walls
from tests.dashboard.centre import CANARIES, Centre, Clock

EVERYTHING = Scope()
SERVIO = Scope.of({"provider": ["Servio"]})


def walls_of(centre: Centre) -> Walls:
    """The store behind the application, as another process would see it."""
    return Walls(centre.users.database, centre.clock.ms)


def new_link(centre: Centre, scope: Scope = EVERYTHING, plan: WallPlan | None = None) -> tuple[int, str]:
    """A wall and the token of a link to it."""
    walls = walls_of(centre)
    wall_id = walls.save(None, "Foyer", plan or WallPlan(), scope, "de", "betrieb")
    return wall_id, walls.add_link(wall_id, "links", "betrieb")


def screen(centre: Centre, token: str) -> FlaskClient:
    """A browser that has opened the link."""
    client = centre.client()
    answer = client.post("/wall/open", data={"token": token})
    assert answer.status_code == 200, answer.text
    return client


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found
    return found[1]


def send(client: FlaskClient, path: str, /, **form: object) -> TestResponse:
    """Sends a form of the page of walls with its token."""
    return client.post(path, data={"csrf": token_of(client.get("/walls")), **form})


def test_a_link_is_exchanged_for_a_cookie_and_the_page_shows_the_wall(centre: Centre) -> None:
    wall_id, token = new_link(centre)
    client = centre.client()
    answer = client.post("/wall/open", data={"token": token})
    assert answer.json == {"path": f"/wall/{wall_id}"}
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert token not in cookie
    page = client.get(f"/wall/{wall_id}")
    assert page.status_code == 200
    assert "Technik-SE" in page.text
    assert token not in page.text
    assert 'data-at="/wall/1"' in page.text


def test_neither_token_nor_cookie_stand_in_the_database(centre: Centre) -> None:
    _, token = new_link(centre)
    client = screen(centre, token)
    cookie = client.get_cookie("leitstand-wall-1")
    assert cookie is not None
    kept = b"".join(path.read_bytes() for path in centre.folder.glob("leitstand.sqlite*"))
    assert token.encode() not in kept
    assert cookie.value.encode() not in kept


def test_a_screen_can_do_nothing_else(whole_centre: Centre) -> None:
    centre = whole_centre
    first, token = new_link(centre)
    second, _ = new_link(centre)
    client = screen(centre, token)
    for path in (f"/wall/{first}", f"/wall/{first}/board", f"/wall/{first}/whoami", f"/wall/{first}/stream"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        answer.close()
    assert client.get(f"/wall/{second}").status_code == 410
    assert client.get(f"/wall/{second}/stream").status_code == 401
    for method, rule in ROUTES:
        if ROUTES[method, rule] in (Open.PUBLIC, Open.SCREEN):
            continue
        path = re.sub(r"<int:\w+>", "1", re.sub(r"<(?:path|string):\w+>|<\w+>", "x", rule))
        answer = client.open(path, method=method)
        assert answer.status_code in (303, 401), (method, path, answer.status_code)
        assert not any(name in answer.text for names in CANARIES.values() for name in names), path


def test_a_cookie_of_one_wall_does_not_open_another_by_its_name(centre: Centre) -> None:
    _, token = new_link(centre)
    second, _ = new_link(centre)
    cookie = screen(centre, token).get_cookie("leitstand-wall-1")
    assert cookie is not None
    forger = centre.client()
    forger.set_cookie(f"leitstand-wall-{second}", cookie.value)
    assert forger.get(f"/wall/{second}").status_code == 410


def test_the_stream_says_the_version_first_and_then_the_board(centre: Centre) -> None:
    wall_id, token = new_link(centre)
    answer = screen(centre, token).get(f"/wall/{wall_id}/stream")
    events = answer.iter_encoded()
    assert re.fullmatch(rb"retry: 1000\nevent: version\ndata: [0-9a-f]{16}\n\n", next(events))
    assert b"event: snapshot" in next(events)
    answer.close()


def ends_within(centre: Centre, answer: TestResponse, seconds: int) -> bool:
    """True when the stream ends before so many seconds of the clock have passed."""
    events = answer.iter_encoded()
    next(events)
    for _ in range(seconds):
        try:
            next(events)
        except StopIteration:
            return True
        centre.tick(1)
    return False


def test_revoking_ends_stream_and_page_within_five_seconds(centre: Centre) -> None:
    wall_id, token = new_link(centre)
    client, walls = screen(centre, token), walls_of(centre)
    answer = client.get(f"/wall/{wall_id}/stream")
    (link,) = walls.links(wall_id)
    walls.revoke(wall_id, link.id)
    assert ends_within(centre, answer, 5)
    page = client.get(f"/wall/{wall_id}")
    assert page.status_code == 410
    assert "Diese Tafel ist abgeschaltet" in page.text
    assert "/login" not in page.text
    assert client.get(f"/wall/{wall_id}/board").status_code == 401
    assert centre.client().post("/wall/open", data={"token": token}).status_code == 404


def test_a_changed_wall_ends_the_stream_and_the_next_one_shows_the_change(centre: Centre) -> None:
    wall_id, token = new_link(centre)
    client, walls = screen(centre, token), walls_of(centre)
    answer = client.get(f"/wall/{wall_id}/stream")
    plan = WallPlan((BoardPlan("Neu", (Pick("hotline", ("Rechnung-TE",)),)),), seconds=9)
    walls.save(wall_id, "Foyer", plan, EVERYTHING, "en", "betrieb")
    assert ends_within(centre, answer, 5)
    html = client.get(f"/wall/{wall_id}/board").text
    assert 'data-seconds="9"' in html
    assert "Technik-SE" not in html


def test_a_wall_shows_not_a_byte_beyond_its_scope(centre: Centre) -> None:
    picked = (BoardPlan(group=""), BoardPlan(group="provider"), BoardPlan(tiles=(Pick("project", ("Projekt-SE",)),)))
    wall_id, token = new_link(centre, SERVIO, WallPlan((*picked, BoardPlan(group="project")), forward=True))
    client = screen(centre, token)
    stream = client.get(f"/wall/{wall_id}/stream")
    events = stream.iter_encoded()
    streamed = next(events) + next(events)
    stream.close()
    seen = client.get(f"/wall/{wall_id}").text + client.get(f"/wall/{wall_id}/board").text + streamed.decode()
    foreign = [name for provider in ("Nordcall", "Teleo") for name in CANARIES[provider]]
    assert [name for name in [*foreign, "Partnerlinie", "teleo-acd", "424"] if name in seen] == []
    assert "Technik-SE" in seen


def test_who_makes_walls_sees_and_gives_only_what_lies_in_the_own_scope(centre: Centre) -> None:
    of_all, _ = new_link(centre)
    lead = centre.signed_in("lead")
    assert "Foyer" not in lead.get("/walls").text
    for path in (f"/walls/{of_all}", f"/walls/{of_all}/board", f"/walls/{of_all}/links", f"/walls/{of_all}/remove"):
        assert send(lead, path, name="x").status_code == 404
    made = send(lead, "/walls", name="Team")
    assert made.status_code == 303
    assert "Technik-SE" in lead.get(made.location).text
    assert "Reklamation-NC" not in lead.get(made.location).text
    settings = {"name": "Team", "seconds": "20", "language": "de"}
    wider = send(lead, made.location, **settings)
    assert wider.status_code == 400
    assert "reicht weiter als Ihr eigener" in wider.text
    assert send(lead, made.location, **settings, **{"scope.hotline": "Technik-SE"}).status_code == 303
    assert [wall.scope.name for wall in walls_of(centre).within(Scope.of({"hotline": ["Technik-SE"]}))] == [
        "Technik-SE"
    ]


@pytest.mark.parametrize("name", ["chefin", "kundin", "nordcall", "pruefer"])
def test_others_make_no_walls(centre: Centre, name: str) -> None:
    client = centre.signed_in(name)
    assert client.get("/walls").status_code == 403
    assert client.post("/walls", data={"name": "x"}).status_code == 403


def test_a_board_is_put_together_tile_by_tile(centre: Centre) -> None:
    client = centre.signed_in("betrieb")
    path = send(client, "/walls", name="Foyer").location
    picks = [
        '["hotline","Technik-SE"]',
        '["provider","Teleo"]',
        '["","Partnerlinie","Nordcall"]',
        "nonsense",
        '["x","y"]',
    ]
    send(client, f"{path}/board", board=0, title="Köln", add=picks)

    def keys() -> list[tuple[str, ...]]:
        (wall,) = walls_of(centre).within(EVERYTHING)
        return [pick.key for pick in wall.plan.boards[0].tiles]

    assert keys() == [("Technik-SE",), ("Teleo",), ("Partnerlinie", "Nordcall")]
    send(client, f"{path}/board", board=0, move="up 2")
    assert keys() == [("Technik-SE",), ("Partnerlinie", "Nordcall"), ("Teleo",)]
    send(client, f"{path}/board", board=0, move="drop 0")
    assert keys() == [("Partnerlinie", "Nordcall"), ("Teleo",)]
    assert send(client, f"{path}/board", board=0, act="add").location == f"{path}?board=1&said=saved"
    assert send(client, f"{path}/board", board=1, act="earlier").location == f"{path}?board=0&said=saved"
    (wall,) = walls_of(centre).within(EVERYTHING)
    assert [board.title for board in wall.plan.boards] == ["", "Köln"]
    send(client, f"{path}/board", board=0, act="drop")
    assert keys() == [("Partnerlinie", "Nordcall"), ("Teleo",)]
    assert send(client, f"{path}/board", board=7).status_code == 409


def test_settings_are_kept_and_wrong_ones_told_in_words(centre: Centre) -> None:
    client = centre.signed_in("betrieb")
    path = send(client, "/walls", name="Foyer").location
    right = {"name": "Foyer", "seconds": 30, "palette": "safe-dark", "language": "en", "forward": 1, "sound": 1}
    assert send(client, path, **right, night_from="21:00", night_to="06:30").status_code == 303
    (wall,) = walls_of(centre).within(EVERYTHING)
    assert wall.plan == WallPlan((BoardPlan(),), 30, True, True, "safe-dark", "21:00", "06:30")
    assert wall.language == "en"
    assert "5 bis 3600" in send(client, path, **right | {"seconds": 1}).text
    assert "beide Zeiten" in send(client, path, **right, night_from="21:00", night_to="").text
    assert "1 bis 64 Zeichen" in send(client, path, **right | {"name": " "}).text


def test_a_link_is_shown_once_and_ends_at_the_press_of_a_button(centre: Centre) -> None:
    client = centre.signed_in("betrieb")
    path = send(client, "/walls", name="Foyer").location
    shown = send(client, f"{path}/links", name="Foyer links").text
    found = re.search(r"http://localhost/wall/open#([\w-]+)", shown)
    assert found
    assert found[1] not in client.get(path).text
    on_wall = screen(centre, found[1])
    assert "1 Bildschirm, zuletzt" in client.get(path).text
    assert send(client, f"{path}/links/1/revoke").status_code == 303
    assert on_wall.get("/wall/1").status_code == 410
    assert "Foyer links" not in client.get(path).text


def test_removing_a_wall_ends_its_screens(centre: Centre) -> None:
    wall_id, token = new_link(centre)
    on_wall = screen(centre, token)
    assert send(centre.signed_in("betrieb"), f"/walls/{wall_id}/remove").location == "/walls"
    assert on_wall.get(f"/wall/{wall_id}").status_code == 410


def test_the_preview_may_stand_in_our_page_and_nowhere_else(centre: Centre) -> None:
    client = centre.signed_in("betrieb")
    path = send(client, "/walls", name="Foyer").location
    assert "frame-src 'self'" in client.get(path).headers["Content-Security-Policy"]
    preview = client.get("/wall")
    assert "frame-ancestors 'self'" in preview.headers["Content-Security-Policy"]
    assert preview.headers["X-Frame-Options"] == "SAMEORIGIN"
    _, token = new_link(centre)
    assert screen(centre, token).get("/wall/2").headers["X-Frame-Options"] == "DENY"


def test_links_and_screens_on_both_databases(place: Path | str) -> None:
    clock = Clock()
    database = open_database(place)
    walls = Walls(database, clock.ms)
    wall_id = walls.save(None, " Foyer ", WallPlan(), SERVIO, "de", "anna")
    assert [wall.name for wall in walls.within(EVERYTHING)] == ["Foyer"]
    assert walls.within(Scope.of({"provider": ["Teleo"]})) == []
    token = walls.add_link(wall_id, "links", "anna")
    screens = []
    for _ in range(MOST_SCREENS + 2):
        clock.pass_seconds(1)
        screens.append(walls.open(token))
    alive = [each for each in screens if each is not None and walls.screen(each.cookie) is not None]
    assert alive == screens[2:]
    (link,) = walls.links(wall_id)
    assert (link.screens, link.seen_ms) == (MOST_SCREENS, clock.now_ms)
    clock.pass_seconds(61)
    newest = walls.still_open(alive[-1].cookie)
    assert newest is not None
    walls.note_seen(newest)
    assert walls.links(wall_id)[0].seen_ms == clock.now_ms
    walls.remove(wall_id)
    assert walls.screen(alive[-1].cookie) is None
    assert walls.open(token) is None
    with pytest.raises(Refused):
        walls.save(None, "", WallPlan(), SERVIO, "de", "anna")
    database.dispose()


def test_a_screen_outlives_a_pause_of_the_database(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = new_link(centre)
    walls = walls_of(centre)
    opened = walls.open(token)
    assert opened is not None
    assert walls.still_open(opened.cookie) is not None

    def lost(*_: object, **__: object) -> object:
        raise LOST[0]("select", {}, Exception("gone"))

    monkeypatch.setattr("sqlalchemy.engine.Engine.connect", lost)
    centre.clock.now_ms += WITHOUT_DATABASE_MS - 1000
    assert walls.still_open(opened.cookie) is not None
    centre.clock.now_ms += 2000
    assert walls.still_open(opened.cookie) is None


def test_a_wall_that_cannot_be_looked_up_tries_again_by_itself(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    wall_id, token = new_link(centre)
    client = screen(centre, token)
    broken: Callable[..., object] = lambda *_: (_ for _ in ()).throw(LOST[0]("select", {}, Exception("gone")))  # noqa: E731
    monkeypatch.setattr(Walls, "screen", broken)
    answer = client.get(f"/wall/{wall_id}")
    assert answer.status_code == 503
    assert answer.headers["Refresh"] == "10"
