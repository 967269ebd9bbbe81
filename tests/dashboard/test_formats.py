"""Numbers and times as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import formats


def test_german_and_english_numbers() -> None:
    assert formats.share(0.8342, "de") == "83,4\xa0%"
    assert formats.share(0.8342, "en") == "83.4%"
    assert formats.whole(12345, "de") == "12.345"
    assert formats.whole(12345, "en") == "12,345"
    assert formats.points(-0.0621, "de") == "−6,2"
    assert formats.points(0.0621, "en") == "+6.2"


def test_nothing_is_a_dash_and_never_zero() -> None:
    assert formats.share(None, "de") == "–"
    assert formats.share_digits(None) == "–"
    assert formats.minutes(None) == "–"
    assert formats.share(0.0, "de") == "0,0\xa0%"


@pytest.mark.parametrize(
    ("value", "digits", "shown"), [(0.7999, 1, "79,9\xa0%"), (0.796, 0, "79\xa0%"), (0.8, 1, "80,0\xa0%")]
)
def test_a_miss_is_never_rounded_up_to_the_target(value: float, digits: int, shown: str) -> None:
    assert formats.share(value, "de", digits, below=0.8) == shown


@given(st.floats(0, 1), st.sampled_from([0.7, 0.8, 0.825, 0.85, 0.9, 0.95, 1.0]), st.sampled_from([0, 1]))
def test_what_is_shown_stands_on_the_same_side_of_the_target(value: float, target: float, digits: int) -> None:
    steps, scale = formats.share_steps(value, digits, below=target), 1000 if digits else 100
    if value < target:
        assert steps < target * scale
    assert abs(steps - value * scale) <= 1


def test_a_miss_has_a_distance_that_is_not_zero() -> None:
    assert formats.points(-0.00001, "de") == "−0,1"
    assert formats.points(0.0, "de") == "±0,0"


def test_waits_are_minutes_and_seconds_cut_not_rounded() -> None:
    assert formats.minutes(252.9) == "4:12"
    assert formats.minutes(59.99) == "0:59"
    assert formats.minutes(3852) == "1:04:12"


def test_times_are_in_the_zone_of_the_site_on_both_sides_of_the_clock_change() -> None:
    assert formats.clock(1_774_746_000_000, "Europe/Berlin") == "03:00:00"
    assert formats.clock(1_774_745_999_999, "Europe/Berlin") == "01:59:59"


def test_a_target_has_no_needless_digit() -> None:
    assert formats.goal(0.8, "de") == "80\xa0%"
    assert formats.goal(0.825, "de") == "82,5\xa0%"
