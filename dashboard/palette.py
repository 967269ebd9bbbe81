"""What the command palette finds: pages, hotlines, campaigns and KPIs, as far as the reader may know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Flask, Response, jsonify

from dashboard.access import Permission
from dashboard.sessions import caller
from dashboard.wording import Wording, words
from streams.catalogue import KPIS, MONEY
from streams.kpi import Named

if TYPE_CHECKING:
    from dashboard.app import PageContext

PAGES = (
    ("desk", "/desk/", Permission.DESK),
    ("situation", "/", Permission.PHONE),
    ("hotlines", "/hotlines", Permission.PHONE),
    ("wall", "/wall", Permission.WALL),
    ("walls", "/walls", Permission.WALLS),
    ("feeds", "/feeds", Permission.FEEDS),
    ("users", "/users", Permission.USERS),
    ("catalogue", "/catalogue", Permission.KPIS),
    ("design", "/design", Permission.DESIGN),
)
"""By the name of its text, where a page lives and what it needs."""
ROW_ADDRESSES = {"hotline": "/desk/hotline?name=", "campaign": "/desk/campaign?name="}
"""Where the page of one hotline or campaign lives."""


def register(app: Flask, context: PageContext) -> None:
    """Adds GET /palette: everything that can be found, each with what it is and where it leads."""

    @app.get("/palette")
    def palette() -> Response:
        visitor = context.visitor()
        said = words(visitor.language)
        found = _pages(visitor.may, said)
        if Permission.DESK in visitor.may:
            values = context.known_values(caller().user.scope)
            for dimension, address in ROW_ADDRESSES.items():
                found += [
                    _entry(name, said.palette_kinds[dimension], address + quote(name))
                    for name in sorted(values.get(dimension, ()), key=str.casefold)
                ]
        figures: list[Named] = [*KPIS] if Permission.KPIS in visitor.may else []
        figures += MONEY if Permission.EUROS in visitor.may else ()
        found += [
            _entry(figure.name(said.language), said.palette_kinds["kpi"], f"/catalogue#{figure.id}", figure.id)
            for figure in figures
        ]
        return jsonify(entries=found)


def _pages(may: frozenset[str], said: Wording) -> list[dict[str, str]]:
    kind = said.palette_kinds["page"]
    found = [_entry(getattr(said, text), kind, address) for text, address, needed in PAGES if needed in may]
    return [*found, _entry(said.own_account, kind, "/account"), _entry(said.more, kind, "/mehr")]


def _entry(name: str, kind: str, address: str, also: str = "") -> dict[str, str]:
    return {"name": name, "kind": kind, "address": address, "also": also}
