"""The page of all KPIs: what each is called, how it is computed, in which unit, and which direction is good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from flask import Flask, Response, make_response

from dashboard.access import Permission
from dashboard.form_page import form_page
from dashboard.wording.catalogue import CatalogueWording, catalogue_words
from streams.catalogue import KPIS, MONEY
from streams.counters import FURTHER
from streams.records import VISITS

if TYPE_CHECKING:
    from dashboard.app import PageContext

_OF_MONEY = "money"


class Entry(NamedTuple):
    """One KPI as the page prints it."""

    id: str
    name: str
    formula: str
    about: str


def register(app: Flask, context: PageContext) -> None:
    """Adds GET /catalogue; `#ID` leads to one KPI. Figures of money are there for whoever may see money."""

    @app.get("/catalogue")
    def catalogue() -> Response:
        visitor = context.visitor()
        said = catalogue_words(visitor.language)
        parts = [
            (said.families[family], list(_entries(family, visitor.language, said)))
            for family in (VISITS, *FURTHER, *([_OF_MONEY] if Permission.EUROS in visitor.may else []))
        ]
        html = form_page(
            "catalogue.html", context, here="catalogue", ct=said, parts=[part for part in parts if part[1]]
        )
        return make_response(html)


def _entries(family: str, language: str, said: CatalogueWording) -> Iterable[Entry]:
    if family == _OF_MONEY:
        for figure in MONEY:
            about = f"{said.units['money']} · {said.better[figure.better]}"
            yield Entry(figure.id, figure.name(language), figure.formula, about)
        return
    for kpi in KPIS:
        if kpi.family == family:
            about = f"{said.units[kpi.unit]} · {said.better[kpi.better or '']}"
            name = kpi.name(language)
            yield Entry(kpi.id, f"{name} ({kpi.short})" if kpi.short else name, kpi.formula, about)
