"""What the simulated centre's clients pay, what its outsourcers are paid, and what its own work costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from collectors.demo_centre.hotlines import IN_HOUSE, SITES


class Contract(NamedTuple):
    """A price list: sold to the client `party`, or bought from the provider `party`; what it applies to; its prices.

    `team`: the agents whose hours are priced.
    """

    name: str
    direction: str
    party: str
    applies_to: Mapping[str, list[str]]
    price: Mapping[str, str | int]
    team: str = ""


class Cost(NamedTuple):
    """What own work costs; `team`: of these agents in-house, by the hour."""

    name: str
    kind: str
    applies_to: Mapping[str, list[str]]
    amount: Mapping[str, str]
    team: str = ""


_VERSAND, _KABEL, _MOBIL = "Hagenkamp Versand", "Rheinkabel", "Velora Mobil"
_PROJECTS = [
    "Versand Service", "Bestellannahme", "Technik", "Kundenservice", "Partner", "Bestandskunden", "Vertrieb",
]  # fmt: skip
_IN_HOUSE_HOTLINES = ["Technik Router", "Rechnung", "Partnerlinie", "Geschäftskunden", "Störung Kabel"]

CONTRACTS: tuple[Contract, ...] = (
    Contract("Versand Reklamation", "sold", _VERSAND, {"hotlines": ["Reklamation"]}, {"per_minute": "0.72"}),
    Contract("Versand Bestellannahme", "sold", _VERSAND, {"projects": ["Bestellannahme"]}, {"per_call": "1.86"}),
    Contract(
        "Versand Liefertermin",
        "sold",
        _VERSAND,
        {"hotlines": ["Liefertermin"]},
        {"base_fee": "172800", "included": 110_000, "included_unit": "calls", "per_call": "1.35"},
    ),
    Contract("Versand Umfrage", "sold", _VERSAND, {"campaigns": ["Umfrage Versand"]}, {"per_success": "9.80"}),
    Contract("Kabel Technik", "sold", _KABEL, {"projects": ["Technik"]}, {"per_minute": "0.86"}),
    Contract("Kabel Rechnung", "sold", _KABEL, {"hotlines": ["Rechnung"]}, {"per_minute": "0.82", "step_seconds": 10}),
    Contract("Kabel Kündigung", "sold", _KABEL, {"hotlines": ["Kündigung"]}, {"per_call": "3.60"}),
    Contract(
        "Kabel Partner", "sold", _KABEL, {"projects": ["Partner"]}, {"per_agent_hour": "36.50"}, f"{IN_HOUSE} Premium"
    ),
    Contract("Kabel Rückgewinnung", "sold", _KABEL, {"campaigns": ["Rückgewinnung"]}, {"per_success": "39.00"}),
    Contract("Mobil Bestand", "sold", _MOBIL, {"hotlines": ["Vertrag", "Mobilfunk"]}, {"per_minute": "0.68"}),
    Contract("Mobil Tarifwechsel", "sold", _MOBIL, {"hotlines": ["Tarifwechsel"]}, {"per_minute": "0.92"}),
    Contract("Mobil Neukunden", "sold", _MOBIL, {"hotlines": ["Neukunden"]}, {"per_call": "2.90", "per_order": "5.00"}),
    Contract(
        "Mobil Verlängerung",
        "sold",
        _MOBIL,
        {"campaigns": ["Verlängerung"]},
        {"per_contact": "2.30", "per_success": "17.50"},
    ),
    Contract(
        "Nordcall Minuten",
        "bought",
        "Nordcall",
        {"hotlines": ["Reklamation", "Kündigung", "Vertrag", "Mobilfunk"]},
        {"per_minute": "0.51", "step_seconds": 1},
    ),
    Contract("Nordcall Umfragen", "bought", "Nordcall", {"campaigns": ["Umfrage Versand"]}, {"per_success": "6.90"}),
    Contract("Teleo Bestellannahme", "bought", "Teleo", {"projects": ["Bestellannahme"]}, {"per_call": "1.68"}),
    Contract("Teleo Liefertermin", "bought", "Teleo", {"hotlines": ["Liefertermin"]}, {"per_call": "1.15"}),
    Contract("Teleo Störung", "bought", "Teleo", {"hotlines": ["Störung Kabel"]}, {"per_minute": "0.55"}),
    Contract(
        "Servio Minuten",
        "bought",
        "Servio",
        {"hotlines": ["Rechnung", "Mobilfunk"]},
        {"per_minute": "0.56", "step_seconds": 1},
    ),
    Contract(
        "Servio Outbound",
        "bought",
        "Servio",
        {"campaigns": ["Verlängerung"]},
        {"per_agent_hour": "27.50"},
        "Servio Outbound",
    ),
    Contract(
        "Servio Tarife",
        "bought",
        "Servio",
        {"hotlines": ["Tarifwechsel", "Neukunden"]},
        {"per_agent_hour": "28.50"},
        "Servio Tarife",
    ),
)
COSTS: tuple[Cost, ...] = (
    Cost("Agenten Technik Router", "agents", {"hotlines": ["Technik Router"]}, {"per_agent_hour": "25.80"},
         f"{IN_HOUSE} Technik Router"),
    Cost("Agenten Rechnung", "agents", {"hotlines": ["Rechnung"]}, {"per_agent_hour": "25.80"},
         f"{IN_HOUSE} Rechnung"),
    Cost("Agenten Premium", "agents", {"projects": ["Partner"]}, {"per_agent_hour": "27.90"}, f"{IN_HOUSE} Premium"),
    Cost("Agenten Kabel", "agents", {"hotlines": ["Störung Kabel"]}, {"per_agent_hour": "25.80"},
         f"{IN_HOUSE} Kabel"),
    Cost("Agenten Rückgewinnung", "agents", {"campaigns": ["Rückgewinnung"]}, {"per_agent_hour": "26.50"},
         f"{IN_HOUSE} Rückgewinnung"),
    Cost("Teamleitung Köln", "staff", {"hotlines": _IN_HOUSE_HOTLINES, "campaigns": ["Rückgewinnung"]},
         {"per_month": "57000"}),
    Cost("Steuerung und Qualität", "staff", {"projects": _PROJECTS}, {"per_month": "84000"}),
    Cost("Räume, Technik, Verwaltung", "overhead", {"projects": _PROJECTS}, {"per_month": "96000"}),
)  # fmt: skip


def agents_of(team: str) -> dict[str, str]:
    """Whose hours are meant by a team; nobody's where there is none."""
    provider = team.partition(" ")[0]
    return {"agents_provider": provider, "agents_site": SITES[provider], "agents_team": team} if team else {}
