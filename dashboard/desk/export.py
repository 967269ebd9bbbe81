"""The tables of the desk's pages as files: CSV for everybody, XLSX with a format for each kind of column."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal

import xlsxwriter

from dashboard.desk.table import ColumnKind, Entry, Missing, Table

_NUMBER_FORMATS: dict[ColumnKind, str] = {
    "count": "#,##0",
    "share": "0.0%",
    "seconds": "0.0",
    "number": "0.0",
    "money": "#,##0.00",
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def _heading(table: Table) -> list[str]:
    units: dict[ColumnKind, str] = {"seconds": "s"}
    return [
        f"{column.title} ({unit})" if (unit := column.unit or units.get(column.kind, "")) else column.title
        for column in table.columns
    ]


def _plain(entry: Entry) -> str | int | float | Decimal:
    if isinstance(entry, Missing):
        return ""
    if isinstance(entry, str) and entry.startswith(_FORMULA_STARTS):
        # A name that a spreadsheet would take for a formula.
        return f"'{entry}"
    return entry


def as_csv(table: Table) -> bytes:
    """RFC 4180 in UTF-8 with a mark at its begin, as spreadsheets want it; shares 0..1, a missing value is empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_heading(table))
    writer.writerows([_plain(entry) for entry in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table, about: Sequence[str]) -> bytes:
    """One sheet: the lines of `about`, the headings, the numbers as numbers."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_sheet_name(table.title))
    bold, faint = book.add_format({"bold": True, "bottom": 1, "text_wrap": True}), book.add_format({"italic": True})
    for number, line in enumerate(about):
        sheet.write_string(number, 0, line, faint)
    top = len(about) + 1 if about else 0
    for place, (heading, column) in enumerate(zip(_heading(table), table.columns, strict=True)):
        sheet.write_string(top, place, heading, bold)
        number_format = _NUMBER_FORMATS.get(column.kind)
        sheet.set_column(
            place, place, 18 if place == 0 else 14, number_format and book.add_format({"num_format": number_format})
        )
    for number, row in enumerate(table.rows, top + 1):
        for place, entry in enumerate(row):
            if isinstance(entry, str):
                sheet.write_string(number, place, entry)
            elif not isinstance(entry, Missing):
                sheet.write_number(number, place, entry)
    sheet.freeze_panes(top + 1, 1)
    book.close()
    return file.getvalue()


def _sheet_name(title: str) -> str:
    return "".join(" " if each in "[]:*?/\\" else each for each in title)[:31]
