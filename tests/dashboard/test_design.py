"""The page of the design: for whoever runs Leitstand, with every state and every set of colours."""

from __future__ import annotations

import re

import pytest

from dashboard.board import View
from dashboard.design_examples import CAMPAIGNS, SHARES, example, example_campaigns
from dashboard.tile import STATES
from dashboard.wall_plan import PALETTES
from dashboard.wording import words
from tests.dashboard.centre import ACCOUNTS, CANARIES, Centre


def test_every_state_occurs_in_the_examples() -> None:
    board = example("de", View("phone"))
    assert {each.state for each in board.tiles} == set(STATES)
    assert set(SHARES) == set(STATES)


@pytest.mark.parametrize("name", PALETTES)
def test_all_components_in_every_set(centre: Centre, name: str) -> None:
    page = centre.signed_in("betrieb").get(f"/design?set={name}")
    assert page.status_code == 200
    assert f'data-theme="{name}"' in page.text
    text = words("de")
    for state in STATES:
        assert getattr(text, state) in page.text
        assert f'data-s="{state}"' in page.text
    for said in (text.loading, text.gone, text.nothing_title, text.no_feeds_title, text.not_supplied):
        assert said in page.text
    assert text.reasons_null["suppressed"] in page.text


def test_the_campaigns_show_what_can_be_the_matter() -> None:
    assert {tile.reason or tile.state for tile in example_campaigns("de").tiles} == set(CAMPAIGNS)


def test_nothing_on_it_lives_and_no_id_occurs_twice(centre: Centre) -> None:
    html = centre.signed_in("betrieb").get("/design").text
    assert 'id="board"' not in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert "EventSource" not in html
    assert not any(name in html for names in CANARIES.values() for name in names)


@pytest.mark.parametrize("name", [name for name in ACCOUNTS if name != "betrieb"])
def test_others_do_not_see_it(centre: Centre, name: str) -> None:
    assert centre.signed_in(name).get("/design").status_code == 403
