"""The phone: light pages on the live board, installable, and the board's own HTML for all kinds of view."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from dashboard.assets import Assets
from dashboard.board import View, render, render_passport
from dashboard.page import page
from dashboard.wording import words

if TYPE_CHECKING:
    from dashboard.app import PageContext

_SERVICE_WORKER = Path(__file__).with_name("sw.js")


def register(app: Flask, context: PageContext) -> None:
    """Adds `/`, `/hotlines`, `/campaigns`, `/mehr`, `/board`, the manifest, the service worker and the offline page."""

    def phone(view: View, here: str) -> str:
        visitor = context.visitor()
        board_html = render(context.compose(view))
        return page("phone.html", visitor, context.assets, board_html=board_html, follows=view.query(), here=here)

    @app.get("/")
    def situation() -> str:
        return phone(View("phone"), "situation")

    @app.get("/hotlines")
    def hotlines() -> str:
        return phone(View("phone", sort="name", only="hotlines"), "hotlines")

    @app.get("/campaigns")
    def campaigns() -> str:
        return phone(View("phone", sort="name", only="campaigns"), "campaigns")

    @app.get("/mehr")
    def more() -> str:
        visitor = context.visitor()
        kind = next((kind for kind in ("phone", "desk", "wall") if kind in visitor.may), None)
        as_of = context.compose(View(kind)).fields["page:as_of"] if kind else ""
        return page("more.html", visitor, context.assets, here="more", as_of=as_of)

    @app.get("/board")
    def board() -> str:
        view = View.from_query(request.args)
        tile_id = request.args.get("passport", "")
        if tile_id:
            return render_passport(context.compose(view), tile_id, request.args.get("kpi", ""))
        return render(context.compose(view))

    @app.get("/manifest.webmanifest")
    def manifest() -> Response:
        text = words(context.visitor().language)
        return Response(
            json.dumps(_manifest(text.product, text.situation, context.assets), ensure_ascii=False),
            mimetype="application/manifest+json",
        )

    @app.get("/sw.js")
    def service_worker() -> Response:
        script = _SERVICE_WORKER.read_text("utf-8")
        return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})

    @app.get("/offline")
    def offline() -> str:
        return page("offline.html", context.visitor(), context.assets)


def _manifest(product: str, situation: str, assets: Assets) -> dict[str, object]:
    return {
        "name": product,
        "short_name": product,
        "description": situation,
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#0d1114",
        "theme_color": "#0d1114",
        "icons": [
            {"src": assets.url("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": assets.url("icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": assets.url("icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
        ],
    }
