"""The light pages as the server sends them: small, style and script inside, and cut to the scope."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from dashboard import users
from tests.dashboard.centre import CANARIES, Centre

FIRST_LOAD_BYTES = 40_000
FIRST_ROUND_TRIP_BYTES = 14_000
"""What a server may send before the first answer of the other side: ten packets."""
DESK_SCRIPT_BYTES = 200_000
PAGES = ("/", "/hotlines", "/mehr", "/wall", "/desk/", "/board?view=phone", "/board?view=desk&group=provider")


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """The application, whose hub has seen the first picture."""
    monkeypatch.setattr(users, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    centre = Centre(tmp_path)
    centre.publish_all()
    return centre


def wire_bytes(client: FlaskClient, path: str) -> int:
    answer = client.get(path, headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200, path
    return len(answer.data)


def first_event(client: FlaskClient) -> bytes:
    answer = client.get("/stream?view=phone")
    event = next(iter(answer.response))
    answer.close()
    assert isinstance(event, bytes)
    return event


def test_the_first_load_of_the_phone_is_small(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    snapshot = first_event(client)
    assert not re.search(r'(?:src|href)="/static/[^"]+\.(?:css|js)', client.get("/").text)
    total = sum(wire_bytes(client, path) for path in ["/", "/static/icon.svg"]) + len(snapshot)
    assert total <= FIRST_LOAD_BYTES


@pytest.mark.parametrize(("path", "user"), [("/", "chefin"), ("/desk/", "betrieb")])
def test_a_page_with_its_style_and_script_comes_in_the_first_round_trip(centre: Centre, path: str, user: str) -> None:
    assert wire_bytes(centre.signed_in(user), path) <= FIRST_ROUND_TRIP_BYTES


def test_the_desk_needs_little_script(centre: Centre) -> None:
    client = centre.signed_in("betrieb")
    scripts = re.findall(r'<script src="([^"]+)"', client.get("/desk/").text)
    assert any("dash_renderer" in path for path in scripts)
    assert sum(wire_bytes(client, path) for path in scripts) <= DESK_SCRIPT_BYTES


@pytest.mark.parametrize("path", PAGES)
def test_pages_obey_a_strict_policy(centre: Centre, path: str) -> None:
    html = centre.signed_in("chefin").get(path).text
    assert not re.search(r"<[^>]+ style=", html)
    assert not re.search(r"<[^>]+ on[a-z]+=", html)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("user", ["nordcall", "kundin"])
def test_a_scope_sees_no_name_of_anybody_else(centre: Centre, path: str, user: str) -> None:
    answer = centre.signed_in(user).get(
        path, headers={"User-Agent": "Mozilla/5.0 (Linux; Android 16) Mobile", "Sec-CH-UA-Mobile": "?1"}
    )
    assert answer.status_code == (403 if path == "/wall" else 200)
    for provider in ("Teleo", "Servio"):
        assert not any(name in answer.text for name in CANARIES[provider])
    if path in {"/", "/desk/"}:
        assert "Reklamation-NC" in answer.text


def callback(client: FlaskClient, row: str) -> str:
    body = {
        "output": "all-kpis.children",
        "outputs": {"id": "all-kpis", "property": "children"},
        "inputs": [{"id": "chosen", "property": "data-row", "value": row}],
        "changedPropIds": ["chosen.data-row"],
    }
    answer = client.post("/desk/_dash-update-component", json=body, headers={"Origin": "http://localhost"})
    assert answer.status_code == 200
    return answer.text


def test_the_sheet_of_all_kpis_is_cut_to_the_scope(centre: Centre) -> None:
    everything, partner = centre.signed_in("betrieb"), centre.signed_in("nordcall")
    found = dict(re.findall(r'data-tile="([0-9a-f]+)".*?<b>([^<]+)</b>', everything.get("/desk/").text, re.DOTALL))
    foreign = next(tile for tile, name in found.items() if name == "Rechnung-TE")
    own = next(tile for tile, name in found.items() if name == "Reklamation-NC")
    assert "Rechnung-TE" in callback(everything, f"{foreign};")
    assert "Rechnung-TE" not in callback(partner, f"{foreign};")
    assert "Reklamation-NC" in callback(partner, f"{own};")


def test_a_passport_is_cut_to_the_scope(centre: Centre) -> None:
    everything, partner = centre.signed_in("betrieb"), centre.signed_in("nordcall")
    for tile in set(re.findall(r'data-tile="([0-9a-f]+)"', everything.get("/desk/").text)):
        html = partner.get(f"/board?view=desk&passport={tile}&kpi=service_level").text
        assert not any(name in html for provider in ("Teleo", "Servio") for name in CANARIES[provider])


def test_page_board_and_stream_are_one(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    page, board = client.get("/").text, client.get("/board?view=phone").text
    assert board.strip() in page
    snapshot = json.loads(first_event(client).split(b"data: ")[1])
    assert f'data-layout="{snapshot["layout"]}"' in board


def test_the_manifest_names_icons_that_exist(centre: Centre) -> None:
    client = centre.client()
    manifest = json.loads(client.get("/manifest.webmanifest").text)
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).status_code == 200


def test_the_service_worker_keeps_nothing_private(centre: Centre) -> None:
    answer = centre.client().get("/sw.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    kept = re.search(r"cache\.add\((.*?)\)", answer.text)
    assert kept
    assert kept[1] == '"/offline"'


def test_the_offline_page_is_public_and_shows_no_number_of_ours(centre: Centre) -> None:
    answer = centre.client().get("/offline")
    assert answer.status_code == 200
    assert "Keine Verbindung" in answer.text
    assert not any(name in answer.text for names in CANARIES.values() for name in names)


def test_a_wall_shows_no_more_tiles_at_once_than_asked_for(centre: Centre) -> None:
    client = centre.signed_in("chefin")
    assert client.get("/wall?tiles=2").text.count('class="panel" data-grid="2x1"') == 2
    assert 'class="panel" data-grid="3x2"' in client.get("/wall?tiles=nonsense").text
    assert 'data-seconds="7"' in client.get("/wall?seconds=7").text
