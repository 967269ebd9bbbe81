"""The sheet of all KPIs of one row of the overview: each as the pair of the last 30 minutes and today.

It says of which instant it is and stays so: a refresh by itself would count as use and keep the session open for ever.
"""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import formats
from dashboard.board import Board
from dashboard.passport import OF_CAMPAIGNS
from dashboard.tile import Tile, text_of
from dashboard.wording import Wording
from streams import catalogue
from streams.reading import Sums
from streams.records import VISITS


def all_kpis(board: Board, tile_id: str) -> Any:
    """The sheet as a Dash component; a line saying so where the row is gone from the reader's view."""
    text = board.words
    tile = next((each for each in board.tiles if each.source.id == tile_id), None)
    if tile is None:
        return html.P(text.passport_gone, className="soft")
    source = tile.source
    families = OF_CAMPAIGNS if source.kind == "campaign" else (VISITS,)
    instant = text.snapshot.format(time=board.fields["page:time"])
    return [
        html.P([html.B(source.full_name), html.Span(f" · {instant}", className="soft")]),
        html.Div(
            html.Table(
                [
                    html.Thead(html.Tr([html.Th(text.definition), *_headings(text)])),
                    html.Tbody([_row(kpi, tile, board) for kpi in catalogue.KPIS if kpi.family in families]),
                ]
            ),
            className="card sheet kpis",
        ),
    ]


def _headings(text: Wording) -> list[Any]:
    heads = []
    for window in (text.now_long, text.today):
        heads += [html.Th(window, scope="col"), html.Th(text.columns["offered"], scope="col")]
    return [*heads, html.Th(text.formula, scope="col", className="formula")]


def _row(kpi: catalogue.Kpi, tile: Tile, board: Board) -> Any:
    cells = tile.source.cells
    options = board.targets.options
    definition = catalogue.definition(kpi, cells, options)
    return html.Tr(
        [
            html.Th([html.B(kpi.name(board.words.language)), html.Small(definition)], scope="row", className="who"),
            *_pair(kpi, tile.now, tile, board),
            *_pair(kpi, tile.today, tile, board),
            html.Td(html.Code(kpi.formula), className="formula"),
        ]
    )


def _pair(kpi: catalogue.Kpi, sums: Sums, tile: Tile, board: Board) -> list[Any]:
    value = catalogue.compute(kpi, sums, tile.source.cells, board.targets.options)
    text = formats.NOTHING if tile.source.lost else text_of(kpi, value, board.words)
    return [html.Td(html.B(text)), html.Td(formats.whole(value.n, board.words.language))]
