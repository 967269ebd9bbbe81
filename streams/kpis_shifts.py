"""The KPIs of shifts and absences, formulas over the counters of the family `shifts`.

Absence is what plans and absences say; conformance is who was logged in beside what was planned, and may exceed 1.
"""

from __future__ import annotations

from streams.kpi import Kpi

SHIFTS: tuple[Kpi, ...] = (
    Kpi(
        "absence_rate",
        "Fehlzeitenquote",
        "Absence rate",
        "share",
        "low",
        "shift_absent_ms / shift_planned_ms",
        lambda s, _: (s["shift_absent_ms"], s["shift_planned_ms"]),
        family="shifts",
    ),
    Kpi(
        "conformance",
        "Planerfüllung",
        "Conformance",
        "share",
        "high",
        "agents_logged_in_ms / shift_planned_ms",
        lambda s, _: (s["agents_logged_in_ms"], s["shift_planned_ms"]),
        family="shifts",
        beside="agents",
    ),
)
