"""The wall of somebody who is logged in: everything in scope, full screen. Walls of a link are in `wall_screen.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, request

from dashboard.board import View, render
from dashboard.page import page

if TYPE_CHECKING:
    from dashboard.app import PageContext


def register(app: Flask, context: PageContext) -> None:
    """Adds `/wall`. Its address takes `group`, `sort`, `tiles` at once (1..24) and `seconds` (5..3600), or a `plan`."""

    @app.get("/wall")
    def wall() -> str:
        board = context.compose(View.from_query(request.args, "wall"))
        return page(
            "wall.html",
            context.visitor(),
            context.assets,
            board_html=render(board),
            board=board,
            follows=board.view.query(),
            at="",
        )
