"""The formula vectors that other people published, and the order of the service levels."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.batch.formulas import RATIOS, SECONDS, kpis, percentile_is_right

# N=1000, A=60, N_T=860, A_T=20, A_S=10: one day, a spread of five points.
ICMI = {
    "answered_in_time": 860,
    "answered_late": 140,
    "abandoned_short": 10,
    "abandoned_in_time": 10,
    "abandoned_late": 40,
    "answered": 1000,
    "abandoned": 60,
}


@pytest.mark.parametrize(
    ("kpi", "per_cent"),
    [
        ("service_level_1", "86.00"),
        ("service_level_2", "81.13"),
        ("service_level_3", "81.90"),
        ("service_level_4", "82.69"),
        ("service_level_5", "83.02"),
        ("service_level_6", "82.08"),
    ],
)
def test_vector_of_icmi(kpi: str, per_cent: str) -> None:
    value = kpis(ICMI)[kpi]
    assert value is not None
    assert f"{float(100 * value):.2f}" == per_cent


def test_vector_of_cisco() -> None:
    values = kpis({"answered_in_time": 70, "abandoned_in_time": 10, "answered_late": 20})
    assert values["service_level_4"] == Fraction(70, 90)
    assert values["service_level_2"] == Fraction(70, 100)
    assert values["service_level_5"] == Fraction(80, 100)


def test_vector_of_genesys() -> None:
    counts = {"answered_in_time": 200, "answered_late": 100, "abandoned_short": 50, "abandoned_late": 50}
    assert kpis(counts)["service_level_3"] == Fraction(200, 350)


def test_vector_of_sl_standard() -> None:
    counts = {"answered_in_time": 70, "abandoned_short": 4, "abandoned_in_time": 6, "flow_out_in_time": 5}
    for name in ("answered_late", "abandoned_late", "flow_out_late", "callback_late", "error_late", "open_late"):
        counts[name] = 3
    counts["open_late"] = 5
    assert kpis(counts)["service_level"] == Fraction(70, 101)
    assert kpis(counts, flow_outs_count=False)["service_level"] == Fraction(70, 96)


def test_what_never_counts_in_the_service_level() -> None:
    counts = {"answered_in_time": 1, "abandoned_short": 9, "callback_in_time": 9, "error_in_time": 9}
    counts |= {"unknown_end": 9, "open_in_time": 9, "blocked": 9, "busy_played": 9, "closed": 9, "ivr_abandon": 9}
    assert kpis(counts)["service_level"] == 1
    assert kpis(counts)["service_level_7"] == Fraction(1 + 9 + 9, 1 + 9 + 9 + 9)


def test_flow_outs_enter_one_to_six_only_by_the_switch() -> None:
    counts = ICMI | {"flow_out_in_time": 30, "flow_out_late": 10}
    assert kpis(counts)["service_level_2"] == Fraction(860, 1060)
    assert kpis(counts, with_flow_outs=True)["service_level_2"] == Fraction(860, 1100)
    assert kpis(counts, with_flow_outs=True)["service_level_7"] == kpis(counts)["service_level_7"]


def test_rates_of_ended_waits() -> None:
    counts = {"answered": 50, "abandoned": 20, "flow_out": 5, "callback": 4, "error": 1, "abandoned_short": 10}
    counts |= {"blocked": 10, "busy_played": 10, "closed": 99}
    values = kpis(counts, door_supplied=True)
    assert values["reachability"] == Fraction(50, 80)
    assert values["reachability_total"] == Fraction(50, 100)
    assert values["abandon_rate"] == Fraction(20, 80)
    assert values["abandon_rate_net"] == Fraction(10, 70)


def test_times_are_seconds_and_a_missing_part_is_nothing() -> None:
    counts = {"wait_answered_ms": 9_500, "answered": 4, "talk_ms": 120_000, "hold_ms": 6_000, "handled": 3}
    values = kpis(counts)
    assert values["asa"] == Fraction(2_375, 1000)
    assert values["att"] == 40
    assert values["aht"] == 42
    assert values["acw"] is None
    assert kpis(counts | {"acw_ms": 3_000}, acw_supplied=True)["acw"] == 1


def test_an_empty_denominator_is_null_everywhere() -> None:
    values = kpis({}, door_supplied=True, acw_supplied=True)
    assert set(values) == {*RATIOS, *SECONDS}
    assert set(values.values()) == {None}


@given(
    n_t=st.integers(1, 999), late=st.integers(0, 999), short=st.integers(0, 99), rest=st.integers(0, 99),
    after=st.integers(0, 99), waiting=st.integers(0, 99),
)  # fmt: skip
def test_the_order_of_two_to_five(n_t: int, late: int, short: int, rest: int, after: int, waiting: int) -> None:
    values = kpis(
        {
            "answered_in_time": n_t,
            "answered_late": late,
            "abandoned_short": short,
            "abandoned_in_time": rest,
            "abandoned_late": after,
            "open_late": waiting,
        }
    )
    several = [values[f"service_level_{number}"] for number in (2, 3, 4, 5)]
    assert None not in several
    numbers = [value for value in several if value is not None]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("claimed", "right"),
    [(10.0, True), (9.0, True), (8.9, False), (21.0, True), (21.1, False), (None, False)],
)
def test_percentiles_are_held_to_one_second(claimed: float | None, right: bool) -> None:
    assert percentile_is_right(claimed, [5_000, 10_000, 20_000, 30_000], Fraction(1, 2)) is right


def test_percentiles_of_long_waits_are_held_to_two_per_cent() -> None:
    assert percentile_is_right(1_020.0, [1_000_000], Fraction(9, 10))
    assert not percentile_is_right(1_020.1, [1_000_000], Fraction(9, 10))
    assert percentile_is_right(None, [], Fraction(9, 10))
    assert not percentile_is_right(0.0, [], Fraction(9, 10))
