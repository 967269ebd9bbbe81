"""The KPI catalogue: the one visible list of every KPI, with its names, formula, unit, direction and null rule.

A formula is a function of summed counters (contract, section 2), so it holds at every level and window. Adding a KPI
is one row here; screens, commands and documentation read this list. Figures of money are `MONEY`, a list of its own,
because a reader without the permission must not meet them.
"""

from __future__ import annotations

from collections.abc import Iterable

from streams.counters import ENDED_WAITS, LATE_CLASSES, SERVICE_CLASSES
from streams.kpi import Kpi, Options, Parts, Value
from streams.kpis_outbound import OUTBOUND
from streams.kpis_shifts import SHIFTS
from streams.kpis_trunks import TRUNKS
from streams.money.account import MONEY
from streams.reading import Sums
from streams.records import VISITS, Cell, Supplies
from streams.waits import quantile_seconds

__all__ = ["KPI", "KPIS", "MONEY", "Kpi", "Options", "Value", "compute", "definition", "supplied"]
_TURNED_AWAY = ("blocked", "busy_played", "trunk_blocked", "trunk_busy")


def _late(s: Sums) -> int:
    return sum(s[name] for name in LATE_CLASSES)


def _answered(s: Sums) -> int:
    return s["answered_in_time"] + s["answered_late"]


def _abandoned_in_time(s: Sums) -> int:
    return s["abandoned_short"] + s["abandoned_in_time"]


def _abandoned(s: Sums) -> int:
    return _abandoned_in_time(s) + s["abandoned_late"]


def _flow_outs(s: Sums, o: Options) -> int:
    return s["flow_out_in_time"] + s["flow_out_late"] if o.with_flow_outs else 0


def _ended(s: Sums) -> int:
    return sum(s[name] for name in ENDED_WAITS)


def _standard(s: Sums, o: Options) -> tuple[int, int]:
    flow_outs = s["flow_out_in_time"] if o.flow_outs_count else 0
    return s["answered_in_time"], s["answered_in_time"] + s["abandoned_in_time"] + flow_outs + _late(s)


def _sl_1(s: Sums, o: Options) -> tuple[int, int]:
    return s["answered_in_time"], _answered(s) + s["open_late"] + _flow_outs(s, o)


def _all_waits(s: Sums, o: Options) -> int:
    return _answered(s) + _abandoned(s) + s["open_late"] + _flow_outs(s, o)


def _sl_7(s: Sums, _: Options) -> tuple[int, int]:
    classes = sum(s[name] for name in SERVICE_CLASSES if name not in {"open_in_time", "unknown_end"})
    return s["answered_in_time"] + _abandoned_in_time(s) + s["callback_in_time"], classes


def _handling(*parts: str) -> Parts:
    return lambda s, _: (sum(s[part] for part in parts), s["handled"])


def _handling_ms(s: Sums) -> int:
    return sum(s[f"agents_{state}_ms"] for state in ("ringing", "talking", "hold", "acw", "outbound"))


def _variant(number: int, formula: str, parts: Parts) -> Kpi:
    """One of the seven variants of the service level that other products use."""
    names = f"Servicelevel {number}", f"Service level {number}"
    return Kpi(f"service_level_{number}", *names, "share", "high", formula, parts, short=f"SL-{number}")


KPIS: tuple[Kpi, ...] = (
    Kpi(
        "service_level",
        "Servicelevel",
        "Service level",
        "share",
        "high",
        "N_T / (N_T + abandoned_in_time + flow_out_in_time [flow-outs count] + LATE)",
        _standard,
        short="SL-Standard",
    ),
    _variant(1, "N_T / (N + OL)", _sl_1),
    _variant(2, "N_T / (N + A + OL)", lambda s, o: (s["answered_in_time"], _all_waits(s, o))),
    _variant(
        3, "N_T / (N + A - A_S + OL)", lambda s, o: (s["answered_in_time"], _all_waits(s, o) - s["abandoned_short"])
    ),
    _variant(
        4,
        "N_T / (N + abandoned_late + OL)",
        lambda s, o: (s["answered_in_time"], _all_waits(s, o) - _abandoned_in_time(s)),
    ),
    _variant(
        5,
        "(N_T + A_T) / (N + A + OL)",
        lambda s, o: (s["answered_in_time"] + _abandoned_in_time(s), _all_waits(s, o)),
    ),
    _variant(
        6,
        "(N_T + A_S) / (N + A + OL)",
        lambda s, o: (s["answered_in_time"] + s["abandoned_short"], _all_waits(s, o)),
    ),
    _variant(7, "(N_T + A_T + callback_in_time) / (all classes but open_in_time and unknown_end)", _sl_7),
    Kpi(
        "reachability",
        "Erreichbarkeit",
        "Reachability",
        "share",
        "high",
        "answered / (answered + abandoned + flow_out + callback + error)",
        lambda s, _: (s["answered"], _ended(s)),
    ),
    Kpi(
        "reachability_total",
        "Erreichbarkeit gesamt",
        "Total reachability",
        "share",
        "high",
        "answered / (answered + abandoned + flow_out + callback + error + blocked + busy_played + trunk_blocked + "
        "trunk_busy)",
        lambda s, _: (s["answered"], _ended(s) + sum(s[name] for name in _TURNED_AWAY)),
        needs=Supplies.DOOR,
    ),
    Kpi(
        "abandon_rate",
        "Verzichtsquote",
        "Abandon rate",
        "share",
        "low",
        "abandoned / ended waits",
        lambda s, _: (s["abandoned"], _ended(s)),
    ),
    Kpi(
        "abandon_rate_net",
        "Verzichtsquote netto",
        "Net abandon rate",
        "share",
        "low",
        "(abandoned - abandoned_short) / (ended waits - abandoned_short)",
        lambda s, _: (s["abandoned"] - s["abandoned_short"], _ended(s) - s["abandoned_short"]),
    ),
    Kpi(
        "asa",
        "Mittlere Wartezeit",
        "Average speed of answer",
        "seconds",
        "low",
        "wait_answered_ms / answered",
        lambda s, _: (s["wait_answered_ms"], s["answered"]),
    ),
    Kpi(
        "wait_p50",
        "Wartezeit Median",
        "Median wait",
        "seconds",
        "low",
        "the wait that half of the ended waits do not exceed",
        quantile=0.5,
    ),
    Kpi(
        "wait_p90",
        "Wartezeit P90",
        "Wait P90",
        "seconds",
        "low",
        "the wait that 90 % of the ended waits do not exceed",
        quantile=0.9,
    ),
    Kpi(
        "aht",
        "Bearbeitungszeit",
        "Average handle time",
        "seconds",
        None,
        "(talk_ms + hold_ms + acw_ms) / handled",
        _handling("talk_ms", "hold_ms", "acw_ms"),
        needs=Supplies.TALK,
    ),
    Kpi(
        "att",
        "Gesprächszeit",
        "Average talk time",
        "seconds",
        None,
        "talk_ms / handled",
        _handling("talk_ms"),
        needs=Supplies.TALK,
    ),
    Kpi(
        "acw",
        "Nachbearbeitungszeit",
        "After-call work",
        "seconds",
        None,
        "acw_ms / handled",
        _handling("acw_ms"),
        needs=Supplies.ACW,
    ),
    Kpi(
        "occupancy",
        "Belegung",
        "Occupancy",
        "share",
        None,
        "(agents_ringing_ms + agents_talking_ms + agents_hold_ms + agents_acw_ms + agents_outbound_ms) / "
        "(the same + agents_available_ms)",
        lambda s, _: (_handling_ms(s), _handling_ms(s) + s["agents_available_ms"]),
        family="agents",
    ),
    Kpi(
        "logged_in",
        "Angemeldet",
        "Logged in",
        "count",
        None,
        "agents_logged_in",
        lambda s, _: (s["agents_logged_in"], s["agents_logged_in"]),
        family="agents",
        of_now=True,
    ),
    Kpi(
        "logged_in_serving",
        "Angemeldet für die Hotline",
        "Logged in for the hotline",
        "count",
        None,
        "serving_logged_in",
        lambda s, _: (s["serving_logged_in"], s["serving_logged_in"]),
        family="serving",
        of_now=True,
    ),
    *OUTBOUND,
    *TRUNKS,
    *SHIFTS,
)
KPI = {kpi.id: kpi for kpi in KPIS}

_EVIDENCE = {Supplies.TALK: "talk_ms", Supplies.ACW: "acw_ms"}
"""A counter that is above zero only where the part is supplied, whatever the settings declare."""


def supplied(needs: Supplies, cells: Iterable[Cell], sums: Sums) -> bool:
    """True when at least one of the cells' feeds supplies what a KPI needs; trunks see what happens at the door."""
    if needs is Supplies.NOTHING or (needs is Supplies.DOOR and "trunks" in sums.families):
        return True
    evidence = _EVIDENCE.get(needs)
    return (evidence is not None and sums[evidence] > 0) or any(cell.supplies & needs for cell in cells)


def compute(kpi: Kpi, sums: Sums, cells: Iterable[Cell], options: Options) -> Value:
    """The KPI over summed counters of these cells."""
    if kpi.parts is None:
        assert kpi.quantile is not None
        n = sum(sums.waits.values())
        value = quantile_seconds(sums.waits, kpi.quantile)
        return Value(value, n, None if n else "empty")
    numerator, n = kpi.parts(sums, options)
    if kpi.family != VISITS:
        families = {kpi.family, kpi.beside or kpi.family}
        if not families <= sums.families or (kpi.of_now and not sums.of_now):
            return Value(None, 0, "not_supplied")
        if families & sums.suppressed and not kpi.of_now:
            return Value(None, 0, "suppressed")
    if not supplied(kpi.needs, cells, sums):
        return Value(None, n, "not_supplied")
    if kpi.unit == "count":
        return Value(numerator, n)
    if n == 0:
        return Value(None, 0, "empty")
    return Value(numerator / n / 1000 if kpi.unit == "seconds" else numerator / n, n)


def _seconds(values: set[int]) -> str:
    if len(values) != 1:
        return "mixed"
    ms = values.pop()
    return f"{ms // 1000} s" if ms % 1000 == 0 else f"{ms / 1000:g} s"


def definition(kpi: Kpi, cells: Iterable[Cell], options: Options) -> str:
    """The definition that a number carries: formula id, thresholds (or "mixed") and switches."""
    if not kpi.short:
        return kpi.formula
    cells = list(cells) or [Cell("")]
    threshold = _seconds({cell.threshold_ms for cell in cells})
    short = _seconds({cell.short_abandon_ms for cell in cells})
    text = f"{kpi.short} T={threshold} S={short}"
    if kpi.id == "service_level":
        return f"{text} flow-outs {'count' if options.flow_outs_count else 'do not count'}"
    if kpi.id != "service_level_7" and options.with_flow_outs:
        return f"{text} with flow-outs"
    return text
