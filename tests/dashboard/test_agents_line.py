"""Who serves a hotline, as the screens say it: by state, in two languages, of nobody in particular."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.board import View, render
from streams.reading import Reading, further
from streams.records import Cell
from tests.dashboard.boards import DAY_START_MS, board, field, reading

HERE = Cell("Verkauf", "Nordcall", "Leipzig", project="P", client="K")


def serving(team: str, **of_state: int) -> Reading:
    cell = Cell("Verkauf", "Nordcall", "Leipzig", team, project="P", client="K", family="serving")
    return further(cell, DAY_START_MS, {}, {f"serving_{state}": count for state, count in of_state.items()})


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Agenten: 12 frei · 30 im Gespräch · 4 NBZ · 6 Pause"),
        ("en", "Agents: 12 free · 30 talking · 4 wrap-up · 6 on break"),
    ],
)
def test_the_teams_of_a_hotline_stand_together(language: str, said: str) -> None:
    teams = [serving("A", available=12, talking=20, acw=4), serving("B", talking=5, ringing=3, hold=2, pause=6)]
    made = board([reading(HERE, (8, 10)), *teams], view=View("desk"), language=language)
    assert field(made, "Verkauf", "ag") == said
    assert said in render(made)


def test_a_screen_without_agents_says_nothing_of_them() -> None:
    made = board([reading(HERE, (8, 10))], view=View("desk"))
    assert field(made, "Verkauf", "ag") == ""


def test_people_at_home_elsewhere_do_not_stand_at_this_provider() -> None:
    elsewhere = Cell("Verkauf", "Teleo", family="serving")
    other = further(elsewhere, DAY_START_MS, {}, {"serving_available": 3})
    made = board([reading(HERE, (8, 10)), other], view=View("desk"))
    assert len(made.tiles) == 1
    assert field(made, "Verkauf", "ag") == ""


def test_agents_change_no_figure_of_calls() -> None:
    alone = board([reading(HERE, (8, 10))], view=View("desk"))
    home = Cell("", "Nordcall", "Leipzig", family="agents")
    both = board([reading(HERE, (8, 10)), further(home, 0, {}, {"agents_available": 3})], view=View("desk"))
    assert both.fields == alone.fields
    assert replace(both, fields={}) == replace(alone, fields={})


def test_the_phone_says_it_where_it_lists_hotlines() -> None:
    people = serving("A", available=2)
    for sort, there in (("name", True), ("worst", False)):
        made = board([reading(HERE, (8, 10)), people], view=View("phone", sort=sort))
        assert ("Agenten: 2 frei" in render(made)) is there
