"""The catalogue against published examples, the slow formulas and its own rules."""

from __future__ import annotations

import random

import pytest

from streams.catalogue import KPI, KPIS, Options, compute, definition
from streams.counters import COUNTERS
from streams.reading import Sums
from streams.records import Cell, Supplies
from tests.batch.formulas import RATIOS, SECONDS, kpi_parts, kpis

CELLS = (Cell("A", supplies=int(Supplies.TALK | Supplies.ACW | Supplies.DOOR)),)


def value(kpi: str, counts: dict[str, int], options: Options | None = None) -> float | None:
    return compute(KPI[kpi], Sums(counts), CELLS, options or Options()).value


# ICMI's example: 1000 answered, 860 of them in time; 60 abandoned, 20 of them in time, 10 of these short.
ICMI = {
    "answered_in_time": 860,
    "answered_late": 140,
    "abandoned_short": 10,
    "abandoned_in_time": 10,
    "abandoned_late": 40,
}


@pytest.mark.parametrize(
    ("number", "per_cent"), [(1, 86.00), (2, 81.13), (3, 81.90), (4, 82.69), (5, 83.02), (6, 82.08)]
)
def test_one_day_six_service_levels(number: int, per_cent: float) -> None:
    found = value(f"service_level_{number}", ICMI)
    assert found is not None
    assert round(found * 100, 2) == per_cent


def test_ignored_negative_and_positive_abandons() -> None:
    """Cisco's example: 70 in time, 10 abandoned in time, 20 later."""
    counts = {"answered_in_time": 70, "abandoned_in_time": 10, "answered_late": 20}
    found = [value(f"service_level_{number}", counts) for number in (4, 2, 5)]
    assert found == [70 / 90, 0.7, 0.8]


def test_short_abandons_leave_the_denominator() -> None:
    """Genesys StatServer's example: 200 / ((300 + 100) - 50)."""
    counts = {"answered_in_time": 200, "answered_late": 100, "abandoned_short": 50, "abandoned_late": 50}
    assert value("service_level_3", counts) == 200 / 350


def test_the_standard_with_flow_outs_and_without() -> None:
    counts = {"answered_in_time": 70, "abandoned_short": 4, "abandoned_in_time": 6, "flow_out_in_time": 5}
    counts |= {"answered_late": 12, "open_late": 3, "flow_out_late": 2, "callback_late": 2, "error_late": 1}
    assert value("service_level", counts) == 70 / 101
    assert value("service_level", counts, Options(flow_outs_count=False)) == 70 / 96
    assert value("service_level", {"callback_in_time": 3, "error_in_time": 2, "abandoned_short": 1}) is None


@pytest.mark.parametrize("seed", range(200))
def test_service_levels_are_ordered(seed: int) -> None:
    chance = random.Random(seed)
    counts = {name: chance.choice((0, chance.randrange(50))) for name in COUNTERS}
    levels = [value(f"service_level_{number}", counts) for number in (2, 3, 4, 5)]
    known = [level for level in levels if level is not None]
    assert known == sorted(known)


@pytest.mark.parametrize("seed", range(100))
@pytest.mark.parametrize("options", [Options(), Options(flow_outs_count=False, with_flow_outs=True)])
def test_every_formula_is_the_exact_fraction(seed: int, options: Options) -> None:
    chance = random.Random(seed)
    counts = {name: chance.choice((0, chance.randrange(100_000))) for name in COUNTERS}
    switches = {"flow_outs_count": options.flow_outs_count, "with_flow_outs": options.with_flow_outs}
    right = kpis(counts, **switches, door_supplied=True, acw_supplied=True)
    parts = kpi_parts(counts, **switches)
    for name in (*RATIOS, *SECONDS):
        came, must = compute(KPI[name], Sums(counts), CELLS, options), right[name]
        assert came.n == parts[name][1]
        if must is None:
            assert (came.value, came.why) == (None, "empty")
        else:
            assert came.why is None
            assert came.value == pytest.approx(float(must), abs=1e-12)


def test_what_no_feed_supplies_is_null_and_not_nought() -> None:
    cells = (Cell("A", supplies=int(Supplies.TALK)),)
    counts = Sums({"handled": 4, "talk_ms": 8_000, "answered": 4})
    assert compute(KPI["acw"], counts, cells, Options()).why == "not_supplied"
    assert compute(KPI["reachability_total"], counts, cells, Options()).why == "not_supplied"
    assert compute(KPI["aht"], counts, cells, Options()).value == 2
    nothing = (Cell("A", supplies=int(Supplies.NOTHING)),)
    assert compute(KPI["att"], Sums({"answered": 4}), nothing, Options()).why == "not_supplied"


def test_a_total_is_supplied_when_one_of_its_cells_is() -> None:
    cells = (Cell("A", supplies=0), Cell("B", supplies=int(Supplies.ACW)))
    assert compute(KPI["acw"], Sums({"handled": 2, "acw_ms": 0}), cells, Options()).value == 0


def test_percentiles_count_the_waits() -> None:
    found = compute(KPI["wait_p90"], Sums(waits={3: 9, 40: 1}), CELLS, Options())
    assert (found.value, found.n, found.why) == (3, 10, None)
    assert compute(KPI["wait_p50"], Sums(), CELLS, Options()).why == "empty"


def test_a_service_level_says_its_definition() -> None:
    kpi = KPI["service_level"]
    assert definition(kpi, [Cell("A")], Options()) == "SL-Standard T=20 s S=5 s flow-outs count"
    assert definition(kpi, [Cell("A", threshold_ms=12_500)], Options(flow_outs_count=False)) == (
        "SL-Standard T=12.5 s S=5 s flow-outs do not count"
    )
    both = [Cell("A"), Cell("B", threshold_ms=30_000)]
    assert "T=mixed S=5 s" in definition(kpi, both, Options())
    assert definition(KPI["service_level_2"], both[:1], Options(with_flow_outs=True)) == (
        "SL-2 T=20 s S=5 s with flow-outs"
    )
    assert "flow-outs" not in definition(KPI["service_level_7"], both, Options(with_flow_outs=True))


def test_ids_and_names_are_distinct_and_there() -> None:
    for names in ([kpi.id for kpi in KPIS], [kpi.name_de for kpi in KPIS], [kpi.name_en for kpi in KPIS]):
        assert len(set(names)) == len(KPIS)
        assert all(names)
    assert all((kpi.parts is None) != (kpi.quantile is None) for kpi in KPIS)
    assert {*RATIOS, *SECONDS, "wait_p50", "wait_p90"} <= {kpi.id for kpi in KPIS}
