"""Tiles: states, the pair scale, the line of the day, and since when."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import day_line
from dashboard.board import View
from dashboard.pair_scale import TARGET_PLACE, place
from dashboard.silence import ago, lag
from dashboard.wording import words
from streams.catalogue import Options
from streams.records import Cell, Supplies
from tests.dashboard.boards import AS_OF_MS, DAY_START_MS, QUARTER_MS, board, feed, field, reading, targets

A = Cell("A", "Nord")


@pytest.mark.parametrize(
    ("in_time", "n", "state", "word"),
    [
        (80, 100, "good", "im Ziel"),
        (79, 100, "warn", "knapp"),
        (75, 100, "warn", "knapp"),
        (74, 100, "bad", "unter Ziel"),
        (0, 10, "bad", "unter Ziel"),
        (9, 9, "few", "wenige Fälle"),
        (0, 0, "empty", "keine Anrufe"),
    ],
)
def test_state_by_target_margin_and_number_of_cases(in_time: int, n: int, state: str, word: str) -> None:
    drawn = board([reading(A, (in_time, n))])
    assert field(drawn, "A", "s") == state
    assert field(drawn, "A", "w") == word


def test_without_calls_a_value_is_a_dash_and_not_zero_or_hundred() -> None:
    drawn = board([], configured=[A])
    assert field(drawn, "A", "v") == "–"
    assert field(drawn, "A", "d") == "–"
    assert field(drawn, "A", "g") == ""
    assert field(drawn, "A", "h") == ""


def test_few_cases_show_the_value_with_its_n_but_no_distance() -> None:
    drawn = board([reading(A, (2, 4))])
    assert field(drawn, "A", "v") == "50,0\xa0%"
    assert field(drawn, "A", "n") == "n 4"
    assert field(drawn, "A", "g") == ""


def test_a_hotline_without_a_target_has_no_light() -> None:
    drawn = board([reading(A, (2, 40))], judged=targets(A=None))
    assert field(drawn, "A", "s") == "none"
    assert field(drawn, "A", "q") == "no"
    assert field(drawn, "A", "g") == ""


def test_distance_and_direction_are_two_things() -> None:
    drawn = board([reading(A, (70, 100), (600, 1000))])
    assert field(drawn, "A", "g") == "−10,0 Pkt."
    assert field(drawn, "A", "a") == "up"
    assert field(drawn, "A", "s") == "bad"
    assert field(board([reading(A, (60, 100), (605, 1000))]), "A", "a") == "level"
    assert field(board([reading(A, (60, 100), (611, 1000))]), "A", "a") == "down"


def test_who_waits_and_how_long() -> None:
    drawn = board([reading(A, (9, 10), waiting=3, oldest_ms=AS_OF_MS - 252_999)])
    assert field(drawn, "A", "wt") == "3 warten · 4:12"
    assert field(board([reading(A, (9, 10))]), "A", "wt") == "0 warten"


def test_what_no_feed_supplies_is_not_supplied_rather_than_zero() -> None:
    bare = Cell("A", "Nord", supplies=int(Supplies.NOTHING))
    drawn = board([reading(bare, (9, 10))], view=View("desk"))
    assert field(drawn, "A", "k:aht") == "n. v."
    assert field(board([reading(A, (9, 10))], view=View("desk")), "A", "k:aht") == "–"


def test_a_silent_feed_makes_its_tiles_unknown_and_never_good() -> None:
    calls = [reading(A, (100, 100))]
    assert field(board(calls, feeds=[feed(heard_before_ms=60_000)]), "A", "s") == "good"
    drawn = board(calls, feeds=[feed(heard_before_ms=60_001)])
    assert field(drawn, "A", "s") == "lost"
    assert field(drawn, "A", "v") == "–"
    assert field(drawn, "A", "h") == "t"
    assert field(board(calls, feeds=[feed(state="error")]), "A", "s") == "lost"


def test_only_the_tiles_behind_a_silent_feed_are_unknown_where_that_is_known() -> None:
    both = [reading(A, (9, 10), feeds=("one",)), reading(Cell("B", "Nord"), (9, 10), feeds=("two",))]
    drawn = board(both, feeds=[feed("one", heard_before_ms=90_000), feed("two")])
    assert (field(drawn, "A", "s"), field(drawn, "B", "s")) == ("lost", "good")


def test_a_feed_that_is_off_hides_nothing_while_another_one_lives() -> None:
    calls = [reading(A, (9, 10))]
    assert field(board(calls, feeds=[feed("one", state="off"), feed("two")]), "A", "s") == "good"
    assert field(board(calls, feeds=[feed("one", state="off")]), "A", "s") == "lost"


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([None, 0.5, 0.8, 0.9, 1.0]))
def test_the_pair_scale_keeps_order_and_the_side_of_the_target(a: float, b: float, target: float | None) -> None:
    low, high = sorted((a, b))
    assert 0 <= place(low, target) <= place(high, target) <= 1
    if target is not None:
        assert (a >= target) == (place(a, target) >= TARGET_PLACE)


def test_the_target_stands_at_the_same_place_on_every_track() -> None:
    assert place(0.8, 0.8) == place(0.95, 0.95) == TARGET_PLACE
    assert place(0.4, 0.8) == pytest.approx(TARGET_PLACE / 2)


def line(profile: dict[int, tuple[int, int]]) -> list[day_line.Point]:
    return day_line.points([reading(A, (1, 1), profile=profile)], AS_OF_MS, Options())


def test_the_line_is_the_rolling_half_hour_at_every_quarter() -> None:
    drawn = line({3: (10, 10), 4: (0, 10), 5: (10, 20)})
    assert [(point.quarter, point.value, point.n) for point in drawn] == [
        (4, 1.0, 10),
        (5, 0.5, 20),
        (6, pytest.approx(1 / 3), 30),
        (7, 0.5, 20),
    ]


def test_the_first_half_hour_of_a_day_is_not_claimed() -> None:
    # At the first boundary half of the rolling window lies in the day before, which the profile does not hold.
    assert [point.quarter for point in line({0: (10, 10), 1: (10, 10)})] == [2, 3]


def test_the_path_pauses_where_nothing_happened() -> None:
    axis = day_line.Axis(3, 32)
    drawn = day_line.path(line({3: (10, 10), 8: (10, 10)}), axis, 0.8)
    assert drawn.count("M") == 2
    assert day_line.path([], axis, 0.8) == "M0 0"


@given(st.dictionaries(st.integers(0, 11), st.tuples(st.integers(0, 40), st.integers(40, 80)), min_size=1))
def test_the_path_stays_inside_its_picture(profile: dict[int, tuple[int, int]]) -> None:
    readings = [reading(A, (1, 1), profile=profile)]
    axis = day_line.axis(readings, AS_OF_MS)
    path = day_line.path(day_line.points(readings, AS_OF_MS, Options()), axis, 0.8)
    for x, y in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", path):
        assert 0 <= float(x) <= day_line.WIDTH
        assert 0 <= float(y) <= day_line.HEIGHT


def below(profile: dict[int, tuple[int, int]]) -> int | None:
    return day_line.below_since(line(profile), DAY_START_MS, AS_OF_MS, 0.8, 10)


def test_since_is_the_first_of_the_unbroken_boundaries_below() -> None:
    falling = {8: (20, 20), 9: (20, 20), 10: (2, 20), 11: (2, 20)}
    assert below(falling) == DAY_START_MS + 11 * QUARTER_MS
    assert below({**falling, 8: (2, 20), 9: (2, 20)}) == DAY_START_MS + 9 * QUARTER_MS


def test_since_is_unknown_when_the_last_boundary_was_still_good_or_had_few_cases() -> None:
    assert below({10: (20, 20), 11: (20, 20)}) is None
    assert below({10: (0, 3), 11: (0, 3)}) is None
    assert below({}) is None


def test_age_is_live_late_and_lost() -> None:
    assert [lag(0, ms) for ms in (15_000, 15_001, 60_000, 60_001)] == ["live", "late", "late", "lost"]


def test_how_long_ago_in_words() -> None:
    german = words("de")
    assert [ago(ms, german) for ms in (1, 60_000, 719_000, 7_199_000, 7_200_000)] == [
        "1 Minute",
        "1 Minute",
        "11 Minuten",
        "119 Minuten",
        "2 Stunden",
    ]
