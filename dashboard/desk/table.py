"""A table of figures as it stands behind a chart and in a download: unrounded values, each column of one kind. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from dashboard import formats
from dashboard.wording import Wording
from streams import catalogue
from streams.query import Row

ColumnKind = Literal["text", "count", "share", "seconds", "number", "money"]


@dataclass(frozen=True)
class Missing:
    """There is no value, and why: nothing happened, it is not supplied, or the group is too small."""

    why: str


Entry = str | int | float | Decimal | Missing


@dataclass(frozen=True)
class Column:
    """One column. A `share` is 0..1; `unit` is the currency of `money`, empty where there are several or none."""

    title: str
    kind: ColumnKind
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of entries, as many as there are columns. `id` names it in the address of its download."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]


def kpi_entry(kpi_id: str, row: Row | None, options: catalogue.Options) -> Entry:
    """A KPI of a row; missing where there is no row."""
    if row is None:
        return Missing("empty")
    value = row.value(kpi_id, options)
    return Missing(value.why or "empty") if value.value is None else value.value


def shown(entry: Entry, column: Column, words: Wording) -> str:
    """The entry as people read it."""
    language, kind = words.language, column.kind
    if isinstance(entry, Missing):
        return words.not_supplied if entry.why == "not_supplied" else formats.NOTHING
    if isinstance(entry, str):
        return entry
    if kind == "share":
        return formats.share(float(entry), language)
    if kind == "seconds":
        return formats.minutes(float(entry))
    if kind == "money":
        return formats.amount(Decimal(entry), column.unit, language)
    if kind == "number":
        return formats.decimal(float(entry), language)
    return formats.whole(int(entry), language)
