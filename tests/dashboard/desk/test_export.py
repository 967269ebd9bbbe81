"""Files of tables: what spreadsheets make of them."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

from dashboard.desk.export import as_csv, as_xlsx
from dashboard.desk.table import Column, Missing, Table

TABLE = Table(
    "providers",
    "Dienst/leister [alle]",
    (Column("Name", "text"), Column("SL", "share"), Column("Wartezeit", "seconds"), Column("Umsatz", "money", "EUR")),
    (
        ("=cmd|' /C calc'!A0", 0.8345, 12.5, Decimal("-3.10")),
        ('Süd; "Ost"', Missing("empty"), Missing("empty"), Missing("not_supplied")),
    ),
)


def test_csv_is_unrounded_quoted_and_runs_nothing() -> None:
    lines = as_csv(TABLE).decode("utf-8-sig").splitlines()
    assert lines[0] == "Name,SL,Wartezeit (s),Umsatz (EUR)"
    assert lines[1] == "'=cmd|' /C calc'!A0,0.8345,12.5,-3.10"
    assert lines[2] == '"Süd; ""Ost""",,,'


def test_xlsx_has_numbers_and_no_formula() -> None:
    book = ZipFile(BytesIO(as_xlsx(TABLE, ["Hotline Süd"])))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>0.8345</v>" in sheet
    assert "<v>-3.10</v>" in sheet
    assert "<f>" not in sheet
    assert "Dienst leister  alle " in book.read("xl/workbook.xml").decode()
    assert "=cmd" in book.read("xl/sharedStrings.xml").decode()
