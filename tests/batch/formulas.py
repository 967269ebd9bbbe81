"""The KPIs of contract section 2 as exact fractions of counters. None: the denominator is empty, or not supplied."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

RATIOS = (
    "service_level",
    *(f"service_level_{number}" for number in range(1, 8)),
    "reachability",
    "reachability_total",
    "abandon_rate",
    "abandon_rate_net",
)
SECONDS = ("asa", "aht", "att", "acw")


def quotient(numerator: int, denominator: int) -> Fraction | None:
    """Numerator / denominator; None over an empty denominator."""
    return None if denominator == 0 else Fraction(numerator, denominator)


def kpi_parts(
    counts: Mapping[str, int], *, flow_outs_count: bool = True, with_flow_outs: bool = False
) -> dict[str, tuple[int, int]]:
    """{id: (numerator, denominator)} of every KPI; times are in ms.

    `flow_outs_count` is the switch of service_level, `with_flow_outs` that of service_level_1 to _6.
    """

    def c(name: str) -> int:
        return counts.get(name, 0)

    answered_late, open_late = c("answered_late"), c("open_late")
    late = answered_late + c("abandoned_late") + c("flow_out_late")
    late += c("callback_late") + c("error_late") + open_late
    n_t = c("answered_in_time")
    n = n_t + answered_late
    a_s = c("abandoned_short")
    a_t = a_s + c("abandoned_in_time")
    a = a_t + c("abandoned_late")
    ol = open_late
    flowed = c("flow_out_in_time") + c("flow_out_late") if with_flow_outs else 0
    in_time_flow_outs = c("flow_out_in_time") if flow_outs_count else 0
    ended = c("answered") + c("abandoned") + c("flow_out") + c("callback") + c("error")
    every_class = n_t + a_s + c("abandoned_in_time") + c("flow_out_in_time")
    every_class += c("callback_in_time") + c("error_in_time") + late
    handled = c("handled")
    return {
        "service_level": (n_t, n_t + c("abandoned_in_time") + in_time_flow_outs + late),
        "service_level_1": (n_t, n + ol + flowed),
        "service_level_2": (n_t, n + a + ol + flowed),
        "service_level_3": (n_t, n + a - a_s + ol + flowed),
        "service_level_4": (n_t, n + c("abandoned_late") + ol + flowed),
        "service_level_5": (n_t + a_t, n + a + ol + flowed),
        "service_level_6": (n_t + a_s, n + a + ol + flowed),
        "service_level_7": (n_t + a_t + c("callback_in_time"), every_class),
        "reachability": (c("answered"), ended),
        "reachability_total": (c("answered"), ended + c("blocked") + c("busy_played")),
        "abandon_rate": (c("abandoned"), ended),
        "abandon_rate_net": (c("abandoned") - a_s, ended - a_s),
        "asa": (c("wait_answered_ms"), c("answered")),
        "aht": (c("talk_ms") + c("hold_ms") + c("acw_ms"), handled),
        "att": (c("talk_ms"), handled),
        "acw": (c("acw_ms"), handled),
    }


def kpis(
    counts: Mapping[str, int],
    *,
    flow_outs_count: bool = True,
    with_flow_outs: bool = False,
    door_supplied: bool = False,
    acw_supplied: bool = False,
) -> dict[str, Fraction | None]:
    """{id: value}: ratios 0..1, times in seconds. What no feed supplies is None."""
    values: dict[str, Fraction | None] = {}
    parts = kpi_parts(counts, flow_outs_count=flow_outs_count, with_flow_outs=with_flow_outs)
    for name, (numerator, denominator) in parts.items():
        value = quotient(numerator, denominator)
        values[name] = value / 1000 if value is not None and name in SECONDS else value
    if not door_supplied:
        values["reachability_total"] = None
    if not acw_supplied:
        values["acw"] = None
    return values


def percentile_is_right(claimed_seconds: float | None, waits_ms: Sequence[int], share: Fraction) -> bool:
    """Whether a claimed wait_p50 (share 1/2) or wait_p90 (9/10) fits the sorted exact waits within 1 s or 2 %.

    The quantile lies between two neighbouring waits (or on one); every usual definition picks a point there.
    """
    if not waits_ms or claimed_seconds is None:
        return not waits_ms and claimed_seconds is None
    place = share * (len(waits_ms) - 1)
    below = Fraction(waits_ms[math.floor(place)], 1000)
    above = Fraction(waits_ms[math.ceil(place)], 1000)
    lowest = min(below - 1, below - below / 50)
    highest = max(above + 1, above + above / 50)
    return lowest <= Fraction(claimed_seconds) <= highest
