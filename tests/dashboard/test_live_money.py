"""The money of the live picture: asked once, kept, and told to nobody who may not know it."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from commands.live_money import LiveMoney
from commands.money import Money
from dashboard.access import PERMISSIONS, Permission, Scope
from dashboard.board import View
from dashboard.live_money import KeptMoney, Postings
from dashboard.users import on_the_spot
from streams.days import SiteClock
from streams.money.contract import Contract, Price
from streams.money.ledger import Ledger
from streams.reading import Reading, Sums, further
from streams.records import Cell
from tests.dashboard.campaigns import Told, campaign, cell, posted
from tests.dashboard.centre import ACCOUNTS, NOW_MS, Centre, cells, reading

EVERYTHING = Scope()
DESK = View("desk")
CANARY = "4711"
"""An amount that stands nowhere but in money."""
WINBACK = cell("Winback", "Projekt-NC", "Kunde-NC")


def told() -> Told:
    return Told(posted({cells()[0]: ("10", CANARY), WINBACK: ("-20", f"-{CANARY}")}))


@pytest.fixture
def rich(tmp_path: Path) -> Centre:
    """The centre with a campaign and with money."""
    centre = Centre(tmp_path, money=told())
    centre.publish([*map(reading, cells()), campaign(WINBACK, (30, 120), (90, 900))], whole=True)
    centre.hub.step()
    return centre


def asked(centre: Centre) -> list[int]:
    assert isinstance(centre.money, Told)
    return centre.money.asked


def test_however_many_boards_a_picture_is_asked_about_once(rich: Centre) -> None:
    for language in ("de", "en"):
        for view in (DESK, View("phone")):
            rich.hub.join(EVERYTHING, language, view, euros=True)
    assert asked(rich) == [NOW_MS]
    rich.tick()
    rich.tick()
    assert asked(rich) == [NOW_MS, NOW_MS + 1000, NOW_MS + 2000]


def test_nobody_asks_where_nobody_may_see_it(rich: Centre) -> None:
    rich.hub.join(EVERYTHING, "de", DESK)
    rich.hub.join(EVERYTHING, "de", View("wall"), euros=True)
    rich.tick()
    rich.hub.board(EVERYTHING, "de", DESK)
    assert asked(rich) == []


def test_who_sees_money_and_who_does_not_have_channels_of_their_own(rich: Centre) -> None:
    manager = rich.hub.join(EVERYTHING, "de", DESK, euros=True)
    ops = rich.hub.join(EVERYTHING, "de", DESK)
    rich.tick()
    assert CANARY[0] + "." + CANARY[1:] in manager.snapshot().payload.decode()
    assert "€" not in ops.snapshot().payload.decode()
    without = Centre(rich.folder / "other", with_desk=False)
    without.publish_all()
    assert without.hub.join(EVERYTHING, "de", DESK, euros=True) is without.hub.join(EVERYTHING, "de", DESK)


def test_money_that_fails_leaves_the_board_and_is_logged_once(rich: Centre, caplog: pytest.LogCaptureFixture) -> None:
    channel = rich.hub.join(EVERYTHING, "de", DESK, euros=True)
    assert isinstance(rich.money, Told)
    rich.money.broken = True
    for _ in range(3):
        rich.tick()
    assert channel.board is not None
    assert channel.board.fields["sum:md"] == "n. v."
    assert channel.board.fields["sum:v"] != ""
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1
    rich.money.broken = False
    rich.tick()
    assert channel.board.fields["sum:md"] == "0\xa0€"
    assert "can be worked out again" in caplog.text


def test_what_takes_long_is_done_less_often() -> None:
    now = [0.0]

    class Slow(Told):
        def of_windows(self, readings: Sequence[Reading], as_of_ms: int) -> Postings:
            now[0] += 0.5
            return super().of_windows(readings, as_of_ms)

    slow = Slow({})
    kept = KeptMoney(slow, lambda: now[0])
    for second in range(20):
        now[0] = max(now[0], float(second))
        kept.follow(str(second), list, second * 1000)
    assert slow.asked == [0, 5_000, 10_000, 15_000]


@pytest.mark.parametrize(
    "name", [name for name, (role, _) in ACCOUNTS.items() if Permission.EUROS not in PERMISSIONS[role]]
)
def test_no_page_board_or_answer_of_theirs_says_anything_of_money(rich: Centre, name: str) -> None:
    client = rich.signed_in(name)
    paths = [
        "/", "/hotlines", "/campaigns", "/mehr", "/desk/", "/desk/?sort=margin", "/desk/?only=campaigns&sort=margin",
        "/board?view=desk", "/board?view=desk&sort=margin", "/board?view=phone", "/board?view=wall", "/api/kpis",
        "/api/kpis?by=campaign", "/metrics",
    ]  # fmt: skip
    for path in paths:
        answer = client.get(path, headers={"Sec-Fetch-Site": "same-origin"})
        for word in ("€", "EUR", "DB I", "Verlust", CANARY, f"{CANARY[0]}.{CANARY[1:]}", "margin_1", '"margin"'):
            assert word not in answer.text, (path, word)


def test_the_stream_of_who_sees_money_brings_it_and_that_of_others_does_not(rich: Centre) -> None:
    found = {}
    for name in ("chefin", "betrieb"):
        with rich.signed_in(name).get("/stream?view=desk", buffered=False) as answer:
            found[name] = next(answer.iter_encoded()).decode()
    assert "4.711" in found["chefin"]
    assert "Verlust" in found["chefin"]
    for word in ("€", "4.711", "Verlust", "DB I"):
        assert word not in found["betrieb"]


def test_the_sheet_of_a_row_says_nothing_of_money_to_others(rich: Centre) -> None:
    board = rich.hub.board(EVERYTHING, "de", DESK)
    tile_id = board.tiles[0].source.id
    client = rich.signed_in("betrieb")
    body = {
        "output": "all-kpis.children",
        "outputs": {"id": "all-kpis", "property": "children"},
        "inputs": [{"id": "chosen", "property": "data-row", "value": f"{tile_id};;1"}],
        "changedPropIds": ["chosen.data-row"],
    }
    answer = client.post("/desk/_dash-update-component", json=body, headers={"Origin": "http://localhost"})
    assert answer.status_code == 200
    assert "€" not in json.dumps(answer.json, ensure_ascii=False)


BERLIN = SiteClock("Europe/Berlin")
CALLS = Cell("A", project="P", family="billing")


def month_money() -> Money:
    """A contract whose price depends on what the month used before: the first three calls are free."""
    price = Price(units={"calls": Decimal(10)}, included=3, included_unit="calls")
    contract = Contract(
        name="c", sold=True, party="k", valid_from=date(2020, 1, 1), hotlines=frozenset({"A"}), price=price
    )
    return Money(Ledger([contract], [], BERLIN))


def counted(edges: list[int]) -> Mapping[Cell, Sequence[Sums]]:
    """Two calls in the month up to today."""
    none = [Sums() for _ in edges[2:]]
    return {CALLS: [Sums({"billed_calls": 2}, families={"billing"}), *none]}


def revenue(postings: Postings) -> list[str]:
    return [str(posting.amount) for posting in postings["day"]]


READ = [further(CALLS, 0, {"30m": {"billed_calls": 2}, "day": {"billed_calls": 2}}, {})]


def test_the_month_is_recounted_beside_and_until_then_nothing_is_known() -> None:
    begin, counts = threading.Event(), []

    def between(as_of_ms: int) -> Callable[[list[int]], Mapping[Cell, Sequence[Sums]]]:
        def count(edges: list[int]) -> Mapping[Cell, Sequence[Sums]]:
            counts.append(as_of_ms)
            assert begin.wait(10)
            return counted(edges)

        return count

    money = LiveMoney(month_money(), between, on_the_spot, ())
    assert revenue(money.of_windows(READ, NOW_MS)) == ["None"]
    assert revenue(money.of_windows(READ, NOW_MS + 1000)) == ["None"]
    begin.set()
    recount = next((thread for thread in threading.enumerate() if thread.name == "recount of the month"), None)
    if recount is not None:
        recount.join(10)
    # Two of the month and one of today were free: the second call of today is charged.
    assert revenue(money.of_windows(READ, NOW_MS + 2000)) == ["10"]
    assert counts == [NOW_MS]


def test_a_recount_that_fails_is_tried_again_later(caplog: pytest.LogCaptureFixture) -> None:
    tried = []

    def between(as_of_ms: int) -> Callable[[list[int]], Mapping[Cell, Sequence[Sums]]]:
        tried.append(as_of_ms)
        if len(tried) == 1:
            message = "the log is away"
            raise ConnectionError(message)
        return counted

    money = LiveMoney(month_money(), between, on_the_spot, ())

    def ask(at_ms: int) -> Postings:
        found = money.of_windows(READ, at_ms)
        for thread in threading.enumerate():
            if thread.name == "recount of the month":
                thread.join(10)
        return found

    assert revenue(ask(NOW_MS)) == ["None"]
    assert revenue(ask(NOW_MS + 1_000)) == ["None"]
    assert tried == [NOW_MS]
    assert "the log is away" in caplog.text
    assert revenue(ask(NOW_MS + 31_000)) == ["None"]
    assert revenue(ask(NOW_MS + 32_000)) == ["10"]
