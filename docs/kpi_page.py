"""Every counter and KPI, for docs/kpis.md; `python -m docs.kpi_page docs/kpis.md` renews it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from streams.catalogue import KPIS
from streams.counters import AT_THE_DOOR, COUNTERS, ENDED_WAITS, FURTHER, HANDLING, OFFERED, SERVICE_CLASSES
from streams.kpi import Kpi
from streams.money.account import MONEY
from streams.records import VISITS

_WAITS = ("wait_answered_ms", "wait_abandoned_ms")
VISITS_ROWS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("arrivals", (OFFERED,), "arrival", "arrival"),
    ("service classes, one per visit", SERVICE_CLASSES, "decided: answered, left or late, the earliest", "arrival"),
    ("ended waits", (*ENDED_WAITS, *_WAITS, "wait_max_ms"), "end of wait", "arrival"),
    ("handling", HANDLING, "end of after-call work, else end of talk", "arrival"),
    ("at the door, never a visit", AT_THE_DOOR, "its own time", "its own time"),
    ("now, without a window", ("waiting", "late_waiting", "longest_wait_ms"), "now", "now"),
)
"""What is counted of visits: group, counters, and at which instant on the bases live and arrival."""

_BEGIN = """# Counters and KPIs

Made from the code by `python -m docs.kpi_page docs/kpis.md`; a test holds it current. Instants are UTC milliseconds,
windows are (now - 30 min, now] and [start of the business day, now]. Counters are plain sums over cells, so a KPI is
computed from the sums of whatever rows are asked for and is never averaged.

A value is null with the reason `empty` (nothing to divide by), `not_supplied` (no feed can know it, or a level that
cannot know it) or `suppressed` (too few persons).

## Counters of visits

`open_in_time` is counted on the basis arrival only. Thresholds T and S hold as they were when the visit arrived.
In formulas N_T is answered_in_time, N = N_T + answered_late, A_S abandoned_short, A_T = A_S + abandoned_in_time,
A = A_T + abandoned_late, OL open_late, LATE the sum of all classes that end in _late.

"""
_FLOOR = """
Persons over a window are shown from a floor on (`limits.group_floor`, 8 unless set, never under 5): the smallest places
(provider, site, team) are joined into blocks of at least so many distinct persons, and only rows made of whole blocks
show counters of a window, so that no difference of two rows is a smaller group. Counts by state now are shown always.
"""


_MONEY = """
## KPIs of money

Only who has the permission `euros` gets them. They are made of the counters of `billing`, `outbound`, `orders`,
`agents` and `shifts` and of the prices in the settings (`[[contracts]]`, `[[costs]]`), exactly, and rounded to the cent
once, at the end, half a cent up. Counters of money are shown with them. Everything is counted at its own instant: calls
when their handling ended, attempts when they began, orders when they were taken, cancellations when they arrived,
agents while they are logged in, or for the time of their shifts so far where a cost pays planned hours: those are paid
whether somebody comes or is absent. Days and months are those of the default site.

- Calls are rounded up one by one to steps of `step_seconds`.
- A monthly amount accrues evenly over the service time of the month: its part of a row is the row's share of that time.
- An included volume is used up in the order in which calls end, anew in each month and by each version of a contract.
- A shortfall against a minimum stands in rows that hold the whole month, once it is over; a version that held for a
  part of the month owes that part.
- What belongs to a contract or a cost as a whole (monthly amounts, agent hours, shortfall) is shared out evenly over
  its hotlines and campaigns; an included volume in the proportion of what each used in the row.
- The time of fewer agents than the floor is not shown, not even as money: `suppressed`.
- Money is `not_supplied` where no contract and no cost applies, and in rows by anything but hotline, campaign, project
  and client; `currencies`: amounts of several currencies are never added.
- `provisional`: until the last day of the row is closed.

"""


def page() -> str:
    """The whole page, ending with a newline."""
    parts = [_BEGIN, _table(("group", "counters", "basis live: counted at", "basis arrival: counted at"), _of_visits())]
    for name, family in FURTHER.items():
        known = ", ".join(sorted(family.dimensions))
        parts.append(f"\n## Counters of the family {name}\n\n{family.counts}\n\nIts cells know {known}.")
        parts.append(f" Never summed over {', '.join(sorted(family.apart))}.\n" if family.apart else "\n")
        rows = [("by window", _codes(family.windowed), family.live, family.arrival)] if family.windowed else []
        rows.append(("now, without a window", _codes(family.now), "now", "now"))
        parts += ["\n", _table(("group", "counters", "basis live", "basis arrival"), rows)]
        if family.persons:
            parts.append(_FLOOR)
    for family_name in (VISITS, *FURTHER):
        kpis = [_kpi(kpi) for kpi in KPIS if kpi.family == family_name]
        if kpis:
            parts.append(f"\n## KPIs of {'visits' if family_name == VISITS else f'the family {family_name}'}\n\n")
            parts.append(_table(("id", "German", "English", "unit", "good", "formula", "needs"), kpis))
    of_money = [(f"`{kpi.id}`", kpi.name_de, kpi.name_en, kpi.better, kpi.formula) for kpi in MONEY]
    parts += [_MONEY, _table(("id", "German", "English", "good", "formula"), of_money)]
    return "".join(parts)


def _of_visits() -> list[tuple[str, ...]]:
    named = {name for _, names, _, _ in VISITS_ROWS for name in names}
    assert set(COUNTERS) <= named, f"no instant is stated for {set(COUNTERS) - named}"
    return [(group, _codes(names), live, arrival) for group, names, live, arrival in VISITS_ROWS]


def _codes(names: Iterable[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


def _kpi(kpi: Kpi) -> tuple[str, ...]:
    needs = ", ".join(part.name.lower() for part in kpi.needs if part.name) or ("a row of now" if kpi.of_now else "")
    short = f" ({kpi.short})" if kpi.short else ""
    return f"`{kpi.id}`{short}", kpi.name_de, kpi.name_en, kpi.unit, kpi.better or "neither", kpi.formula, needs


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), "utf-8")
