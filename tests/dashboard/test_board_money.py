"""Margins on boards: whose they are, how they read, and that nobody sees any who may not."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from dashboard import formats
from dashboard.board import View, render, render_passport
from dashboard.wall_plan import BoardPlan, WallPlan
from streams.money.account import MONEY as MONEY_FIGURES
from streams.records import Cell
from tests.dashboard.boards import board, field, reading
from tests.dashboard.campaigns import campaign, cell, posted

WINBACK = cell("Winback", "Q", "L")
ALPHA = Cell("Alpha", "Nordcall", project="P", client="K")
BETA_NORD, BETA_SUED = Cell("Beta", "Nordcall", project="P", client="K"), Cell("Beta", "Süd", project="P", client="K")
READINGS = [*(reading(of, (90, 100)) for of in (ALPHA, BETA_NORD, BETA_SUED)), campaign(WINBACK, (30, 120), (90, 900))]
MONEY = posted({ALPHA: ("10", "4711"), BETA_NORD: ("-20", "300"), WINBACK: ("-156.40", "-1572.50")})
VIEWS = [
    View("phone"),
    View("phone", sort="name", only="campaigns"),
    View("desk"),
    View("desk", sort="margin"),
    View("desk", only="campaigns"),
    View("desk", group="project"),
    View("wall", plan=WallPlan((BoardPlan(group="campaign"), BoardPlan()))),
]


@pytest.mark.parametrize(
    ("amount", "german", "english"),
    [
        ("1234.5", "1.235\xa0€", "€1,235"),
        ("-1234.4", "−1.234\xa0€", "−€1,234"),
        ("-0.4", "−0,40\xa0€", "−€0.40"),
        ("0", "0\xa0€", "€0"),
        ("0.701", "0,70\xa0€", "€0.70"),
    ],
)
def test_amounts_as_people_read_them(amount: str, german: str, english: str) -> None:
    assert formats.money(Fraction(amount), "EUR", "de") == german
    assert formats.money(Fraction(amount), "EUR", "en") == english


def test_margins_now_and_today_with_a_word_for_a_loss() -> None:
    made = board(READINGS, postings=MONEY)
    assert [field(made, "Alpha", key) for key in ("mn", "md", "ml", "mm")] == ["10\xa0€", "4.711\xa0€", "DB I", ""]
    assert [field(made, "Winback", key) for key in ("mn", "md", "ml", "mm")] == [
        "−156\xa0€",
        "−1.573\xa0€",
        "Verlust",
        "nt",
    ]
    assert (field(made, "Winback", "s"), field(made, "Winback", "w")) == ("bad", "Verlust")
    assert made.fields["sum:md"] == "3.439\xa0€"
    assert made.fields["sum:revenue"] == "Umsatz heute 3.739\xa0€"


def test_a_hotline_at_two_providers_has_its_money_where_it_is_one_tile() -> None:
    made = board(READINGS, postings=MONEY)
    assert {field(made, "Beta", "md", provider) for provider in ("Nordcall", "Süd")} == {"n. v."}
    assert field(board(READINGS, view=View("phone", group="hotline"), postings=MONEY), "Beta", "md") == "300\xa0€"


def test_a_loss_never_changes_the_state_of_a_hotline() -> None:
    lossy = posted({ALPHA: ("-10", "-4711")})
    assert field(board(READINGS, postings=lossy), "Alpha", "s") == "good"


def test_what_lost_money_most_today_stands_first_by_margin() -> None:
    made = board(READINGS, view=View("desk", sort="margin"), postings=MONEY)
    assert [tile.source.name for tile in made.tiles] == ["Winback", "Alpha", "Beta", "Beta"]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("view", VIEWS, ids=repr)
def test_without_postings_nothing_says_anything_of_money(view: View, language: str) -> None:
    made = board(READINGS, view=view, language=language)
    html = render(made)
    for word in ("€", "EUR", "Verlust", "DB I", "CM I", "data-minus"):
        assert word not in html
        assert not [key for key, text in made.fields.items() if word in text]
    assert not [tile for tile in made.tiles if "margin" in tile.values or tile.reason == "loss"]
    assert made.parts & {"margin"} == set()


def test_sorted_by_a_margin_that_the_reader_may_not_know_the_order_is_that_of_names() -> None:
    made = board(READINGS, view=View("desk", sort="margin"))
    assert [tile.source.name for tile in made.tiles] == ["Alpha", "Beta", "Beta", "Winback"]


def test_a_scope_cuts_the_money_and_one_that_money_does_not_know_has_none() -> None:
    of_project = board(READINGS[:3], where={"project": {"P"}}, postings=MONEY)
    assert of_project.fields["sum:md"] == "5.011\xa0€"
    of_provider = board(READINGS[:2], where={"provider": {"Nordcall"}}, postings=MONEY)
    assert "margin" not in of_provider.parts
    assert "€" not in render(of_provider)


def test_money_that_is_not_known_is_not_zero() -> None:
    made = board(READINGS, postings={})
    assert [field(made, "Alpha", key) for key in ("mn", "md", "mm")] == ["n. v.", "n. v.", ""]
    assert made.fields["sum:md"] == "n. v."
    assert field(made, "Winback", "s") == "good"


def test_two_currencies_are_not_one_sum() -> None:
    francs = posted({WINBACK: ("5", "50")}, currency="CHF")
    both = {window: [*MONEY[window][:2], *francs[window]] for window in MONEY}
    made = board(READINGS, postings=both)
    assert made.fields["sum:md"] == "gemischt"
    assert field(made, "Winback", "md") == "50\xa0CHF"


def test_the_filter_cuts_the_sum_too() -> None:
    only = {
        only: board(READINGS, view=View("phone", only=only), postings=MONEY).fields["sum:md"]
        for only in ("hotlines", "campaigns")
    }
    assert only == {"hotlines": "5.011\xa0€", "campaigns": "−1.573\xa0€"}


@pytest.mark.parametrize("view", VIEWS, ids=repr)
def test_every_field_that_travels_is_bound(view: View) -> None:
    made = board(READINGS, view=view, postings=MONEY)
    html = render(made)
    bound = set(re.findall(r'data-k="([^"]+)"', html))
    for pairs in re.findall(r'data-a="([^"]+)"', html):
        bound |= {pair.partition("=")[2] for pair in pairs.split()}
    unbound = {"page:time", "page:title"} | {"phone": {"page:feeds"}, "wall": {"page:palette"}}.get(view.kind, set())
    assert bound == made.fields.keys() - unbound


def test_the_passport_of_a_margin_is_for_those_who_may_know_it() -> None:
    rich, poor = board(READINGS, postings=MONEY), board(READINGS)
    tile_id = next(tile.source.id for tile in rich.tiles if tile.source.name == "Winback")
    passport = rich.passport(tile_id, "margin_1")
    assert passport is not None
    assert [(window.value, window.why) for window in passport.windows] == [
        ("−156\xa0€", "unverbindlich"),
        ("−1.573\xa0€", "unverbindlich"),
    ]
    assert passport.counts[0] == ("revenue", "Umsatz", ("−56\xa0€", "−1.473\xa0€"))
    assert passport.counts[1] == ("direct_cost", "Direkte Kosten", ("100\xa0€", "100\xa0€"))
    for figure in MONEY_FIGURES:
        assert poor.passport(tile_id, figure.id) is None
        assert "€" not in render_passport(poor, tile_id, figure.id)
