"""A sheet as Dash draws it: its chart, its table behind it, and the links to download that."""

from __future__ import annotations

from typing import Any

import msgspec
from dash import html

from dashboard.desk.asked import Asked
from dashboard.desk.attributes import attributes
from dashboard.desk.house_style import CONFIG
from dashboard.desk.sheet import Sheet
from dashboard.desk.table import Table, shown
from dashboard.wording import words
from dashboard.wording.desk_pages import DeskWording, desk_words

FORMATS = {"csv": "CSV", "xlsx": "XLSX"}


def said(text: str) -> Any:
    """A card that says something instead of figures."""
    return html.Section(html.P(text, className="nothing"), className="card figure")


def figure(sheet: Sheet, asked: Asked, width: str = "") -> Any:
    """The card of a sheet; a table without a chart stands open."""
    text, table = desk_words(asked.language), sheet.table
    head = _head(sheet)
    if sheet.empty:
        return html.Section([*head, html.P(text.nothing, className="nothing")], className=f"card figure {width}")
    body: list[Any] = [plain(table, text), _downloads(table, text, asked)]
    if sheet.chart is not None:
        drawn = msgspec.json.encode(sheet.chart | {"config": CONFIG}).decode()
        chart = html.Div(
            className="chart",
            # Its height is kept before anything is drawn in it.
            style={"height": f"{sheet.chart['layout']['height']}px"},
            **attributes(data_figure=drawn, role="img", aria_label=table.title),
        )
        body = [chart, html.Details([html.Summary(text.table), *reversed(body)])]
    return html.Section([*head, *body], className=f"card figure {width}")


def _head(sheet: Sheet) -> list[Any]:
    note = [html.P(sheet.note, className="note")] if sheet.note else []
    return [html.H2(sheet.table.title), *note]


def plain(table: Table, text: DeskWording) -> Any:
    """The table, to be scrolled by keyboard too."""
    wording = words(text.language)
    heads = [html.Th(column.title, scope="col") for column in table.columns]
    rows = []
    for row in table.rows:
        read = [shown(entry, column, wording) for entry, column in zip(row, table.columns, strict=True)]
        rows.append(html.Tr([html.Th(read[0], scope="row"), *map(html.Td, read[1:])]))
    return html.Div(
        html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)]),
        className="plain",
        tabIndex="0",
        role="region",
        **attributes(aria_label=table.title),
    )


def _downloads(table: Table, text: DeskWording, asked: Asked) -> Any:
    links = [
        html.A(
            name,
            href=f"/desk/export/{asked.subject}/{table.id}.{ending}?{asked.address}",
            className="chip",
            download="",
            **attributes(aria_label=text.download.format(title=table.title, format=name)),
        )
        for ending, name in FORMATS.items()
    ]
    return html.P(links, className="downloads")


def cards(sheet: Sheet, asked: Asked, *, titled: bool = False) -> Any:
    """The first line of a table as cards, each with the value of the second beside it; `titled`: in a card of its own,
    with the downloads.
    """
    text, table = desk_words(asked.language), sheet.table
    wording = words(asked.language)
    found = []
    for place, column in enumerate(table.columns[1:], 1):
        read = [shown(row[place], column, wording) for row in table.rows]
        beside = [html.Small(f"{row[0]}: {other}") for row, other in zip(table.rows[1:], read[1:], strict=True)]
        found.append(html.Div([html.H2(column.title), html.P(html.B(read[0])), *beside], className="card"))
    if titled:
        body = [html.Section(found, className="sums"), _downloads(table, text, asked)]
        return html.Section([*_head(sheet), *body], className="card figure")
    return html.Section(found, className="sums", **attributes(aria_label=table.title))
