"""The pages of one hotline and one campaign: who sees what on page, callback and download."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.access import CALLBACK_PATH
from dashboard.api import NotKept
from streams.reading import Reading, Sums, further
from streams.records import Cell
from tests.dashboard.centre import ACCOUNTS, CANARIES, NOW_MS, SHARED, Centre, Past, cells
from tests.dashboard.centre import reading as visits

SHEETS = "..sheets.children...shown.data-at.."
CAMPAIGN = "Kampagne-NC"
DIALLED = Cell("", "Nordcall", "Leipzig-NC", project="Projekt-NC", channel="", campaign=CAMPAIGN, family="outbound")


class Kept(Past):
    """The past of the centre, with a campaign."""

    def by_interval(self, edges: list[int], basis: str, hotlines: Iterable[str]) -> dict[Cell, list[Sums]]:
        counted = super().by_interval(edges, basis, hotlines)
        wanted = set(hotlines)
        found = {cell: rows for cell, rows in counted.items() if not wanted or cell.hotline in wanted}
        counts = {"attempts": 100, "human_contacts": 20, "right_party_contacts": 10, "successes": 4, "dropped_live": 1}
        return found | {DIALLED: [Sums(dict(counts), families={"outbound"}) for _ in edges[1:]]}


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    centre = Centre(tmp_path, history=lambda *_, **__: Kept())
    dialled = further(DIALLED, NOW_MS, {"day": {"attempts": 5}, "30m": {"attempts": 1}}, {})
    serving = Cell("Rechnung-TE", "Teleo", "Erfurt-TE", family="serving")
    serves = further(serving, NOW_MS, {}, {"serving_available": 3, "serving_talking": 2})
    readings: list[Reading] = [*map(visits, cells()), dialled, serves]
    centre.publish(readings, whole=True)
    centre.hub.step()
    return centre


def address(name: str, page: str = "hotline", **query: str) -> str:
    return f"/desk/{page}?{urlencode({'name': name, **query})}"


def call_back(client: FlaskClient, at: str, changed: str = "address") -> TestResponse:
    told = {"address": "", "refresh": "", changed: f"{at}#1"}
    body: dict[str, Any] = {
        "output": SHEETS,
        "outputs": [{"id": "sheets", "property": "children"}, {"id": "shown", "property": "data-at"}],
        "inputs": [{"id": name, "property": "data-at", "value": told[name]} for name in ("address", "refresh")],
        "changedPropIds": [f"{changed}.data-at"],
        "state": [],
    }
    return client.post(CALLBACK_PATH, json=body)


def texts(component: Any) -> Iterable[str]:
    """All that a drawn component says."""
    if isinstance(component, str):
        yield component
    elif isinstance(component, list):
        for each in component:
            yield from texts(each)
    elif isinstance(component, dict):
        yield from texts(component.get("props", {}).get("children"))


def said(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    return list(texts(answer.json["response"]["sheets"]["children"]))  # type: ignore[index]


def money(client: FlaskClient, at: str) -> TestResponse:
    body = {
        "output": "money.children",
        "outputs": {"id": "money", "property": "children"},
        "inputs": [{"id": "shown", "property": "data-at", "value": at}],
        "changedPropIds": ["shown.data-at"],
        "state": [],
    }
    return client.post(CALLBACK_PATH, json=body)


def test_the_page_has_the_live_numbers_of_the_board(centre: Centre) -> None:
    page = centre.signed_in("chefin").get(address("Rechnung-TE")).text
    board = centre.signed_in("chefin").get("/board?view=desk&group=hotline").text
    (tile,) = re.findall(r'data-tile="([0-9a-f]+)"', page)
    value = board.split(f'data-k="t:{tile}:v">')[1].split("<")[0]
    assert f'data-k="t:{tile}:v">{value}<' in page
    assert "75,0" in value


def test_the_sheets_come_from_the_intervals(centre: Centre) -> None:
    found = said(call_back(centre.signed_in("chefin"), address("Rechnung-TE", period="day", date="2026-05-27")))
    assert "Verlauf je Viertelstunde" in found
    # 96 quarters of 5 calls each, of one provider.
    assert found.count("480") == 2
    assert "im Gespräch" in found


def test_two_providers_stand_side_by_side_and_a_partner_sees_only_itself(centre: Centre) -> None:
    at = address(SHARED, period="day", date="2026-05-27")
    everything = said(call_back(centre.signed_in("chefin"), at))
    assert {"Nordcall", "Teleo", "960"} <= set(everything)
    own = said(call_back(centre.signed_in("nordcall"), at))
    assert {"Nordcall", "480"} <= set(own)
    assert not {"Teleo", "960"} & set(own)


@pytest.mark.parametrize("who", ACCOUNTS)
def test_no_name_leaks_whatever_is_asked_for(centre: Centre, who: str) -> None:
    client = centre.signed_in(who)
    scope = ACCOUNTS[who][1]
    mine = {name for names in CANARIES.values() for name in names if not scope or names_of(scope) & set(names)}
    for names in CANARIES.values():
        for page, name in (("hotline", names[1]), ("hotline", SHARED), ("campaign", CAMPAIGN)):
            at = address(name, page, period="day", date="2026-05-27")
            answers = [client.get(at), call_back(client, at)]
            answers += [
                client.get(at.replace(f"{page}?", f"export/{page}/{sheet}.csv?"))
                for sheet in ("providers", "course", "money", "attempts")
            ]
            for answer in answers:
                asked_for = answer.text.replace(name, "")
                leaked = [
                    each
                    for all_names in CANARIES.values()
                    for each in all_names
                    if each not in mine and each in asked_for
                ]
                assert leaked == [], at


def names_of(scope: Any) -> set[str]:
    return {name for values in scope.values() for name in values}


@pytest.mark.parametrize(
    ("page", "who", "foreign"), [("hotline", "kundin", "Technik-SE"), ("campaign", "pruefer", CAMPAIGN)]
)
def test_a_foreign_name_answers_like_one_that_does_not_exist(centre: Centre, page: str, who: str, foreign: str) -> None:
    client = centre.signed_in(who)
    said_of = []
    for name in (foreign, "Erfunden"):
        at = address(name, page)
        pages = [client.get(at), client.get(at.replace(f"{page}?", f"export/{page}/figures.csv?"))]
        assert [answer.status_code for answer in pages] == [404, 404]
        assert said(call_back(client, at)) == ["Das gibt es hier nicht."]
        said_of.append([answer.text.replace(quote_plus(name), "").replace(name, "") for answer in pages])
    assert said_of[0] == said_of[1]


def test_the_campaign_says_attempts_rates_and_the_limit(centre: Centre) -> None:
    at = address(CAMPAIGN, "campaign", period="day", date="2026-05-27")
    client = centre.signed_in("chefin")
    assert client.get(at).status_code == 200
    found = said(call_back(client, at))
    assert {"9.600", "1.920", "384", "20,0\N{NO-BREAK SPACE}%", "40,0\N{NO-BREAK SPACE}%"} <= set(found)
    lines = list(csv.reader(io.StringIO(client.get(at.replace("campaign?", "export/campaign/drops.csv?")).text)))
    assert lines[1][1:] == [str(1 / 21), "1", "20"]


def test_money_is_for_who_may_see_it(centre: Centre) -> None:
    at = address("Rechnung-TE")
    assert money(centre.signed_in("lead"), at).status_code == 403
    assert money(centre.signed_in("chefin"), at).status_code == 200
    for who, there in (("lead", False), ("chefin", True)):
        layout = centre.signed_in(who).get("/desk/_dash-layout").text
        assert ('"money"' in layout) == there
        assert centre.signed_in(who).get(at.replace("hotline?", "export/hotline/money.csv?")).status_code == 404


def test_a_period_that_is_not_kept_says_so(tmp_path: Path) -> None:
    class Gone(Past):
        def by_interval(self, edges: list[int], basis: str, hotlines: Iterable[str]) -> dict[Cell, list[Sums]]:
            raise NotKept("lies before the beginning of the log")

    centre = Centre(tmp_path, history=lambda *_, **__: Gone())
    centre.publish_all()
    client = centre.signed_in("chefin")
    at = address("Rechnung-TE", period="day", date="2020-05-27")
    assert "Für diesen Zeitraum sind keine Zahlen aufbewahrt." in said(call_back(client, at))
    answer = client.get(at.replace("hotline?", "export/hotline/course.csv?"))
    assert (answer.status_code, "aufbewahrt" in answer.text) == (409, True)


def test_the_same_question_within_a_minute_is_read_once(tmp_path: Path) -> None:
    reads = []

    class Counting(Past):
        def by_interval(self, edges: list[int], basis: str, hotlines: Iterable[str]) -> dict[Cell, list[Sums]]:
            reads.append((edges[0], edges[-1]))
            return super().by_interval(edges, basis, hotlines)

    centre = Centre(tmp_path, history=lambda *_, **__: Counting())
    centre.publish_all()
    at = address("Rechnung-TE")
    for who in ("chefin", "betrieb"):
        call_back(centre.signed_in(who), at)
    assert len(reads) == 2  # the period, and what it is held against
    centre.tick(61)
    call_back(centre.signed_in("chefin"), at)
    assert len(reads) == 4


@pytest.mark.parametrize("changed", ["address", "refresh"])
def test_what_a_page_asks_by_itself_keeps_no_session_open(centre: Centre, changed: str) -> None:
    client = centre.signed_in("chefin")
    token = client.get_cookie("leitstand").value  # type: ignore[union-attr]
    for _ in range(9):
        centre.clock.pass_seconds(1200)
        call_back(client, address("Rechnung-TE"), changed)
    assert (centre.users.session(token) is not None) == (changed == "address")


def test_downloads_hold_numbers(centre: Centre) -> None:
    at = address("Rechnung-TE", "export/hotline/course.csv", period="day", date="2026-05-27")
    client = centre.signed_in("chefin")
    answer = client.get(at)
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(lines) == 97
    assert lines[1] == ["00:00", "5", "0", "0", "0", ""]
    book = ZipFile(io.BytesIO(client.get(at.replace(".csv", ".xlsx")).data))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>5</v>" in sheet
    assert client.get(at.replace(".csv", ".exe")).status_code == 404
    assert client.get(at.replace("course", "secret")).status_code == 404
