"""The desk: the Dash app under `/desk/`, with the live board beside what Dash draws, never inside it.

The board is server-rendered and kept by `live.js`, so it is there before Dash is and Dash never redraws it. Dash draws
what one works with: here the sheet of all KPIs of a chosen row.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import dash
from dash import Dash, Input, Output, html
from flask import Flask, request

from dashboard.board import View, render
from dashboard.desk import downloads
from dashboard.desk.all_kpis import all_kpis
from dashboard.desk.subject_page import SubjectPages, subject_of
from dashboard.page import page
from dashboard.wording import words

if TYPE_CHECKING:
    from dashboard.app import PageContext

CALLBACK_OUTPUTS = ("all-kpis.children", "..sheets.children...shown.data-at..", "money.children")
"""Every callback of the desk, for the table of who may call what."""

_CHOSEN: dict[str, Any] = {"id": "chosen", "hidden": True, "data-row": ""}
# No page uses any of these: without them it needs half of the script.
_NOT_NEEDED = re.compile(r'<script src="[^"]*(?:polyfill|dash_table|dash_core_components)[^"]*"></script>\s*')


class _Desk(Dash):
    context: PageContext
    pages: SubjectPages

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]
        of_dash = {
            "dash_scripts": _NOT_NEEDED.sub("", parts["scripts"]),
            "dash_config": parts["config"],
            "dash_renderer": parts["renderer"],
        }
        if subject_of(request.path) is not None:
            return self.pages.index(request.path, request.args, of_dash)
        board = self.context.compose(View.from_query(request.args, "desk"))
        return page(
            "desk.html",
            self.context.visitor(),
            self.context.assets,
            board_html=render(board),
            follows=board.view.query(),
            **of_dash,
        )


def create_desk(server: Flask, context: PageContext) -> Dash:
    """Adds the Dash app to `server`. Its index and its layout are made anew for the user of every request."""
    app = _Desk(
        "dashboard.desk",
        server=server,  # type: ignore[arg-type]
        url_base_pathname="/desk/",
        title="Leitstand",
        update_title="",
        serve_locally=True,
        include_assets_files=False,
        add_log_handler=False,
        # Otherwise Dash puts the layouts of all pages, made with the first user's rights, into everybody's index.
        suppress_callback_exceptions=True,
    )
    app.context = context
    pages = app.pages = SubjectPages(context)
    app.layout = lambda: html.Div([_layout(context), *pages.layout()])

    @app.callback(Output("all-kpis", "children"), Input("chosen", "data-row"), prevent_initial_call=True)
    def show(row: Any) -> Any:
        if not isinstance(row, str) or ";" not in row:
            return dash.no_update
        tile_id, group = row.split(";")[:2]
        board = context.compose(View.from_query({"group": group}, "desk"))
        return all_kpis(board, tile_id)

    @app.callback(
        Output("sheets", "children"),
        Output("shown", "data-at"),
        Input("address", "data-at"),
        Input("refresh", "data-at"),
        prevent_initial_call=True,
    )
    def sheets(at: Any, again: Any) -> Any:
        asked = again if dash.ctx.triggered_id == "refresh" else at
        # Where Dash had to begin anew it asks before the script of the page has told it the address.
        return (pages.drawn(asked), asked) if asked else (dash.no_update, dash.no_update)

    # After the sheets: the money of the past takes longer, and one recount runs at a time.
    @app.callback(Output("money", "children"), Input("shown", "data-at"), prevent_initial_call=True)
    def money(at: Any) -> Any:
        return pages.drawn_money(at)

    downloads.register(server, pages)

    return app


def _layout(context: PageContext) -> Any:
    text = words(context.visitor().language)
    return html.Section(
        [
            html.H2(text.all_kpis, className="section"),
            # The script of the page writes the chosen row here; the callback reads it.
            html.Div(**_CHOSEN),
            html.Div(html.P(text.choose_row, className="soft"), id="all-kpis"),
        ],
        id="all-kpis-section",
    )
