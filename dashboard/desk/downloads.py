"""The tables of the desk's pages to take along: GET /desk/export/<page>/<table>.csv or .xlsx, with the page's query."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, request, send_file

from dashboard.desk.dates import period_name
from dashboard.desk.export import as_csv, as_xlsx
from dashboard.desk.subject_page import UNANSWERED, counted_how, said_of
from dashboard.wording.desk_pages import desk_words

if TYPE_CHECKING:
    from dashboard.desk.asked import Asked
    from dashboard.desk.subject_page import SubjectPages
    from dashboard.desk.table import Table

_TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def register(app: Flask, pages: SubjectPages) -> None:
    """Adds the route. What the reader does not see on the page is not found here."""

    @app.get("/desk/export/<subject>/<sheet>.<ending>")
    def export(subject: str, sheet: str, ending: str) -> Response:
        asked = pages.asked(f"/desk/{subject}", request.args)
        if asked is None or ending not in _TYPES:
            abort(404)
        try:
            table = _table(pages, asked, sheet)
        except UNANSWERED as error:
            abort(409, said_of(error, asked.language))
        if table is None:
            abort(404)
        text = desk_words(asked.language)
        about = [
            f"{text.hotline if asked.subject == 'hotline' else text.campaign} {asked.name}",
            f"{table.title}, {period_name(asked.period, text)}",
            counted_how(asked),
        ]
        content = as_csv(table) if ending == "csv" else as_xlsx(table, about)
        name = f"{asked.subject} {asked.name} {table.id} {asked.period.first}.{ending}".replace("/", "-")
        return send_file(io.BytesIO(content), _TYPES[ending], as_attachment=True, download_name=name)


def _table(pages: SubjectPages, asked: Asked, sheet: str) -> Table | None:
    if sheet == "money":
        found = pages.money(asked)
        return found.table if found.table.rows else None
    of_page = pages.sheets(asked).get(sheet)
    return None if of_page is None else of_page.table
