"""What a wall shows and how it behaves: plans, their boards, and what comes forward."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.access import Refused
from dashboard.board import View
from dashboard.wall_board import MOST_FORWARD, grid
from dashboard.wall_plan import (
    MOST_BOARDS,
    BoardPlan,
    Pick,
    WallPlan,
    check,
    from_query,
    from_text,
    minute_of_day,
    moved,
    palette_at,
    to_query,
    to_text,
)
from streams.records import Cell
from tests.dashboard.boards import board, reading

NORD, SUED, WEST = Cell("Alpha", "Nord"), Cell("Beta", "Süd", project="P"), Cell("Beta", "West", project="P")
PLAN = WallPlan(
    (BoardPlan("Köln", (Pick("", ("Alpha", "Nord")), Pick("provider", ("Süd",))), sort="given"), BoardPlan()),
    seconds=7, sound=True, forward=True, palette="safe-dark", night_from="22:00", night_to="06:00",
)  # fmt: skip


def test_a_plan_is_the_same_after_the_database_and_after_an_address() -> None:
    assert from_text(to_text(PLAN)) == PLAN
    assert from_query(to_query(PLAN)) == PLAN
    assert len(to_query(WallPlan((BoardPlan(tiles=tuple(Pick("", (f"Hotline {n}", "P")) for n in range(24))),)))) < 2000


@pytest.mark.parametrize("text", ["", "x", "eNo", "####", to_query(WallPlan())[:-4], "AAAA", "ä"])
def test_what_is_no_plan_in_an_address_is_none(text: str) -> None:
    assert from_query(text) is None


def test_an_address_without_a_usable_plan_shows_everything() -> None:
    view = View.from_query({"view": "wall", "plan": "nonsense", "tiles": "5", "seconds": "1", "group": "provider"})
    assert view.plan == WallPlan((BoardPlan(group="provider", most=5),), seconds=5)
    assert View.from_query({"view": "wall", "plan": to_query(PLAN)}).plan == PLAN


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"boards": ()}, "boards"),
        ({"boards": (BoardPlan(),) * (MOST_BOARDS + 1)}, "boards"),
        ({"boards": (BoardPlan(most=25),)}, "tiles"),
        ({"boards": (BoardPlan(tiles=(Pick("hotline", ("A",)),) * 25),)}, "tiles"),
        ({"boards": (BoardPlan("x" * 41),)}, "title"),
        ({"boards": (BoardPlan("a\nb"),)}, "title"),
        ({"seconds": 4}, "seconds"),
        ({"seconds": 3601}, "seconds"),
        ({"night_from": "22:00"}, "night"),
        ({"night_from": "22:00", "night_to": "22:00"}, "night"),
        ({"night_from": "24:00", "night_to": "06:00"}, "night"),
    ],
)
def test_a_plan_that_cannot_be_shown_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused) as refused:
        check(WallPlan(**change))
    assert refused.value.why == why
    check(PLAN)


def test_the_night_goes_over_midnight_and_its_end_is_day() -> None:
    at = {text: palette_at(PLAN, minute_of_day(text) or 0) for text in ("21:59", "22:00", "00:00", "05:59", "06:00")}
    assert list(at.values()) == ["safe-dark", "night", "night", "night", "safe-dark"]
    by_day = WallPlan(night_from="12:00", night_to="13:00")
    assert [palette_at(by_day, minute) for minute in (719, 720, 779, 780)] == ["", "night", "night", ""]
    assert palette_at(WallPlan(palette="light"), 0) == "light"


@pytest.mark.parametrize(
    ("text", "minute"), [("00:00", 0), ("07:30", 450), ("23:59", 1439), ("7:30", None), ("", None)]
)
def test_times_are_read_strictly(text: str, minute: int | None) -> None:
    assert minute_of_day(text) == minute


def test_moving_a_pick_stops_at_the_ends() -> None:
    a, b, c = (Pick("hotline", (name,)) for name in "abc")
    assert moved((a, b, c), 2, -1) == (a, c, b)
    assert moved((a, b, c), 0, -1) == (a, b, c)
    assert moved((a, b, c), 0, 5) == (b, c, a)


def test_a_board_shows_the_chosen_tiles_of_several_levels_in_the_order_given() -> None:
    drawn = board(
        [reading(NORD, (90, 100)), reading(SUED, (40, 100)), reading(WEST, (99, 100))], view=View("wall", plan=PLAN)
    )
    first = drawn.panels[0]
    assert [(each.source.group, each.source.key) for each in first.tiles] == [
        ("", ("Alpha", "Nord")),
        ("provider", ("Süd",)),
    ]
    assert drawn.fields["b0:lead"] + drawn.fields["b0:tail"] == "1 von 2 Kacheln unter Ziel: Süd"
    assert drawn.fields["b1:lead"] == "1 von 2 Hotlines"


def test_a_hotline_and_a_provider_of_one_name_are_two_tiles() -> None:
    plan = WallPlan((BoardPlan(tiles=(Pick("hotline", ("X",)), Pick("provider", ("X",))), sort="given"),))
    drawn = board(
        [reading(Cell("X", "Y"), (90, 100)), reading(Cell("Z", "X"), (10, 100))], view=View("wall", plan=plan)
    )
    values = [drawn.fields[f"t:{each.source.id}:vw"] for each in drawn.panels[0].tiles]
    assert values == ["90", "10"]


def test_a_chosen_tile_that_is_gone_says_so() -> None:
    plan = WallPlan((BoardPlan(tiles=(Pick("hotline", ("Gestern",)), Pick("hotline", ("Alpha",)))),))
    drawn = board([reading(NORD, (90, 100))], view=View("wall", plan=plan))
    gone = next(each for each in drawn.tiles if each.source.name == "Gestern")
    assert gone.state == "lost"
    assert drawn.fields[f"t:{gone.source.id}:e"] == "gibt es hier nicht mehr"
    assert drawn.fields[f"t:{gone.source.id}:vw"] == "–"


def test_what_does_not_fit_follows_evenly_on_further_boards() -> None:
    many = [reading(Cell(f"H{number:02}"), (90, 100)) for number in range(25)]
    drawn = board(many, view=View("wall", plan=WallPlan()))
    assert [len(panel.tiles) for panel in drawn.panels] == [13, 12]
    assert [panel.grid for panel in drawn.panels] == [(5, 3), (4, 3)]


def test_the_worst_come_forward_until_they_have_recovered() -> None:
    plan = WallPlan((BoardPlan(group=""),), forward=True)

    def forward(*in_time: int) -> list[str]:
        drawn = board(
            [reading(Cell(f"H{n}"), (good, 100)) for n, good in enumerate(in_time)], view=View("wall", plan=plan)
        )
        return [each.source.name for panel in drawn.panels if panel.forward for each in panel.tiles]

    assert forward(90, 10, 77, 40) == ["H1", "H3"]
    assert forward(90, 81, 77, 95) == []
    assert len(forward(*range(10, 18))) == MOST_FORWARD


def test_what_comes_forward_changes_the_layout() -> None:
    plan = WallPlan((BoardPlan(group="", sort="name"),), forward=True)
    calm, low = (board([reading(NORD, (good, 100))], view=View("wall", plan=plan)) for good in (90, 10))
    assert calm.layout != low.layout


def test_a_wall_has_room_for_its_tiles() -> None:
    for tiles in range(25):
        columns, rows = grid(tiles)
        assert tiles <= columns * rows <= 24
