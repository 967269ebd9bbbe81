"""The wall: a full screen of tiles that turns its pages by itself. No agent names, nothing to press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, request

from dashboard.board import View, render
from dashboard.page import page

if TYPE_CHECKING:
    from dashboard.app import PageContext

DEFAULT_SECONDS = 20
MOST_TILES = 24


def register(app: Flask, context: PageContext) -> None:
    """Adds `/wall`. Its address takes `group`, `sort`, `tiles` on one page (1..24) and `seconds` for each page."""

    @app.get("/wall")
    def wall() -> str:
        tiles = tiles_asked(request.args.get("tiles", ""))
        board = context.compose(View.from_query(request.args, "wall"))
        return page(
            "wall.html",
            context.visitor(),
            context.assets,
            board_html=render(board, tiles),
            follows=board.view.query(),
            tiles=tiles,
            seconds=_number(request.args.get("seconds", ""), DEFAULT_SECONDS, 3600),
        )


def tiles_asked(text: str) -> int:
    """How many tiles a wall shows at once, as its address says it; all 24 where it says nothing usable."""
    return _number(text, MOST_TILES, MOST_TILES)


def _number(text: str, otherwise: int, most: int) -> int:
    return min(most, max(1, int(text))) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise
