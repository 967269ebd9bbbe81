"""The KPIs of outbound work, formulas over the counters of the family `outbound`.

Contact rate per attempt and per lead are two KPIs, because both are called contact rate. Ours and the dialer's own drop
rates stand side by side: a dropped call is not in our contacts, and it is in the dialer's answers.
"""

from __future__ import annotations

from typing import Literal

from streams.kpi import Kpi, Options, Parts, Unit
from streams.reading import Sums

FAMILY = "outbound"


def _share(numerator: str, denominator: str) -> Parts:
    return lambda s, _: (s[numerator], s[denominator])


def _dialer_answers(s: Sums, _: Options) -> tuple[int, int]:
    """VICIdial divides by at least one answer."""
    return s["dialer_drops"], max(s["dialer_answers"], 1) if s["attempts"] else 0


def _kpi(
    id_: str,
    name_de: str,
    name_en: str,
    unit: Unit,
    better: Literal["high", "low"] | None,
    formula: str,
    parts: Parts,
) -> Kpi:
    return Kpi(id_, name_de, name_en, unit, better, formula, parts, family=FAMILY)


def _of_lists(
    id_: str, name_de: str, name_en: str, unit: Unit, better: Literal["high", "low"] | None, formula: str, parts: Parts
) -> Kpi:
    return Kpi(id_, name_de, name_en, unit, better, formula, parts, family="lists", of_now=True)


_CALLBACKS: tuple[tuple[str, str, str, Literal["low"] | None], ...] = (
    ("list_callbacks", "Wiedervorlagen", "Callbacks", None),
    ("list_callbacks_due", "Wiedervorlagen fällig", "Callbacks due", None),
    ("list_callbacks_overdue", "Wiedervorlagen überfällig", "Callbacks overdue", "low"),
)

OUTBOUND: tuple[Kpi, ...] = (
    _kpi(
        "contact_rate",
        "Kontaktquote",
        "Contact rate",
        "share",
        "high",
        "human_contacts / attempts",
        _share("human_contacts", "attempts"),
    ),
    _kpi(
        "contact_rate_leads",
        "Kontaktquote je Adresse",
        "Contact rate per lead",
        "share",
        "high",
        "leads_contacted / leads_attempted",
        _share("leads_contacted", "leads_attempted"),
    ),
    _kpi(
        "connect_rate",
        "Verbindungsquote",
        "Connect rate",
        "share",
        "high",
        "connected / attempts",
        _share("connected", "attempts"),
    ),
    _kpi(
        "right_party_rate",
        "Nettokontaktquote",
        "Right-party contact rate",
        "share",
        "high",
        "right_party_contacts / attempts",
        _share("right_party_contacts", "attempts"),
    ),
    _kpi(
        "conversion",
        "Abschlussquote",
        "Conversion",
        "share",
        "high",
        "successes / right_party_contacts",
        _share("successes", "right_party_contacts"),
    ),
    _kpi(
        "attempts_per_lead",
        "Versuche je Adresse",
        "Attempts per lead",
        "number",
        None,
        "attempts / leads_attempted",
        _share("attempts", "leads_attempted"),
    ),
    _kpi(
        "attempts_per_success",
        "Versuche je Abschluss",
        "Attempts per success",
        "number",
        "low",
        "attempts / successes",
        _share("attempts", "successes"),
    ),
    _kpi(
        "drop_rate",
        "Drop-Quote",
        "Drop rate",
        "share",
        "low",
        "dropped_live / (dropped_live + human_contacts)",
        lambda s, _: (s["dropped_live"], s["dropped_live"] + s["human_contacts"]),
    ),
    _kpi(
        "dialer_drop_rate_calls",
        "Drop-Quote des Dialers (Anrufe)",
        "The dialer's drop rate (calls)",
        "share",
        "low",
        "dialer_drops / attempts",
        _share("dialer_drops", "attempts"),
    ),
    _kpi(
        "dialer_drop_rate_answers",
        "Drop-Quote des Dialers (angenommen)",
        "The dialer's drop rate (answers)",
        "share",
        "low",
        "dialer_drops / max(dialer_answers, 1), where there are attempts",
        _dialer_answers,
    ),
    _of_lists(
        "penetration",
        "Anwahlquote der Liste",
        "List penetration",
        "share",
        None,
        "list_touched / list_leads",
        _share("list_touched", "list_leads"),
    ),
    _of_lists(
        "saturation",
        "Versuche je Adresse der Liste",
        "Saturation",
        "number",
        None,
        "list_attempts / list_leads",
        _share("list_attempts", "list_leads"),
    ),
    _of_lists(
        "exploitation",
        "Ausschöpfung",
        "Exploitation",
        "share",
        "high",
        "(list_terminal - list_lost) / (list_leads - list_lost)",
        lambda s, _: (s["list_terminal"] - s["list_lost"], s["list_leads"] - s["list_lost"]),
    ),
    _of_lists(
        "address_stock",
        "Adressvorrat",
        "Address stock",
        "count",
        "high",
        "list_dialable",
        lambda s, _: (s["list_dialable"], s["list_dialable"]),
    ),
    *(
        _of_lists(
            counter.removeprefix("list_"),
            name_de,
            name_en,
            "count",
            better,
            counter,
            lambda s, _, counter=counter: (s[counter], s[counter]),  # type: ignore[misc]
        )
        for counter, name_de, name_en, better in _CALLBACKS
    ),
    _of_lists(
        "stock_reach_hours",
        "Reichweite (h)",
        "Reach of the stock (h)",
        "number",
        "high",
        "list_remaining_attempts / (2 * attempts_last_30m)",
        lambda s, _: (s["list_remaining_attempts"], 2 * s["attempts_last_30m"]),
    ),
)
