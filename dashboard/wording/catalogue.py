"""The texts of the page of all KPIs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CatalogueWording:
    """The texts of one language."""

    title: str
    lead: str
    families: Mapping[str, str]
    units: Mapping[str, str]
    better: Mapping[str, str]


GERMAN = CatalogueWording(
    title="Kennzahlen",
    lead="Jede Zahl in Leitstand wird nach einer dieser Formeln aus Zählern berechnet, nie aus Mittelwerten.",
    families={
        "visits": "Anrufe",
        "agents": "Agenten",
        "serving": "Bedienung einer Hotline",
        "billing": "Abrechnung",
        "orders": "Bestellungen",
        "outbound": "Kampagnen",
        "lists": "Adresslisten",
        "trunks": "Leitungen",
        "shifts": "Dienstplan und Abwesenheit",
        "money": "Geld",
    },
    units={"share": "Anteil", "seconds": "Zeit", "count": "Anzahl", "number": "Zahl", "money": "Betrag"},
    better={"high": "hoch ist gut", "low": "niedrig ist gut", "": "ohne gute Richtung"},
)
ENGLISH = CatalogueWording(
    title="KPIs",
    lead="Every number in Leitstand is computed by one of these formulas from counters, never from averages.",
    families={
        "visits": "Calls",
        "agents": "Agents",
        "serving": "Serving a hotline",
        "billing": "Billing",
        "orders": "Orders",
        "outbound": "Campaigns",
        "lists": "Call lists",
        "trunks": "Trunks",
        "shifts": "Shifts and absence",
        "money": "Money",
    },
    units={"share": "share", "seconds": "time", "count": "count", "number": "number", "money": "amount"},
    better={"high": "high is good", "low": "low is good", "": "neither direction is good"},
)
CATALOGUE: Mapping[str, CatalogueWording] = {"de": GERMAN, "en": ENGLISH}


def catalogue_words(language: str) -> CatalogueWording:
    """The texts of a language; German for one that is not known."""
    return CATALOGUE.get(language, GERMAN)
