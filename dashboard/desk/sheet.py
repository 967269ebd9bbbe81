"""A sheet of a page: a table of figures and the chart of it, and what all sheets of one page have in common. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dashboard.desk.dates import compared_name, interval_name, period_name
from dashboard.desk.house_style import Figure
from dashboard.desk.period import Period
from dashboard.desk.table import Column, Entry, Missing, Table, shown
from dashboard.wording import words
from dashboard.wording.desk_pages import DeskWording
from streams import catalogue
from streams.query import Row

SHORT, TALL = 250, 390
"""Heights of charts in pixels."""


@dataclass(frozen=True)
class Sheet:
    """A table and the chart of it. `note` says how it was counted; `empty`: nothing happened, so nothing is drawn."""

    table: Table
    chart: Figure | None = None
    note: str = ""
    empty: bool = False


@dataclass(frozen=True)
class Drawn:
    """What all sheets of a page have in common.

    `target` is the service level's, `limit` the drop rate's, a share 0..1; None: there is none. `threshold_seconds`:
    within which a wait is in time; None: that differs.
    """

    period: Period
    text: DeskWording
    options: catalogue.Options
    target: float | None = None
    threshold_seconds: float | None = None
    limit: float | None = None


def time_column(drawn: Drawn) -> Column:
    """The first column of a course: when each interval begins."""
    return Column(drawn.text.day if drawn.period.interval == "day" else drawn.text.time, "text")


def named(row: Row, drawn: Drawn) -> str:
    """What stands in that column."""
    return interval_name(row.start_ms, drawn.period, drawn.text.language)


def names_of(table: Table) -> list[str]:
    """The first column of a table."""
    return [str(row[0]) for row in table.rows]


def kpi_columns(kpis: Sequence[str], text: DeskWording) -> list[Column]:
    """One column for each of these KPIs."""
    return [Column(text.columns[name], catalogue.KPI[name].unit) for name in kpis]


def compared_figures(
    total: Row | None,
    before: Row | None,
    drawn: Drawn,
    columns: Sequence[Column],
    entries: Callable[[Row | None, Drawn], Sequence[Entry]],
) -> Sheet:
    """The figures of the whole period beside those of what it is held against."""
    text = drawn.text
    names = period_name(drawn.period, text), compared_name(drawn.period, text)
    rows = tuple((name, *entries(row, drawn)) for name, row in zip(names, (total, before), strict=True))
    return Sheet(Table("figures", text.figures, (Column(text.period, "text"), *columns), rows))


def counted(row: Row | None, *names: str, family: str = "") -> Entry:
    """The sum of some counters of a row; missing where there is no row, or nothing of their `family` in it."""
    if row is None:
        return Missing("empty")
    if family and family not in row.sums.families:
        return Missing("not_supplied")
    return sum(row.sums[name] for name in names)


def share_entry(part: int, of: int) -> Entry:
    """How much of all cases these are; missing where there are none."""
    return part / of if of else Missing("empty")


def column_of(table: Table, place: int, text: DeskWording) -> tuple[list[float | None], list[str]]:
    """The values of a column, and how they read."""
    column, wording = table.columns[place], words(text.language)
    entries = [row[place] for row in table.rows]
    values = [None if isinstance(entry, Missing | str) else float(entry) for entry in entries]
    return values, [shown(entry, column, wording) for entry in entries]


def from_first(table: Table, *places: int) -> Table:
    """The table from the first line on in which anything stands in these columns: no chart begins with the night."""
    first = next((at for at, row in enumerate(table.rows) if any(_is_something(row[place]) for place in places)), 0)
    return replace(table, rows=table.rows[first:])


def _is_something(entry: Entry) -> bool:
    return not isinstance(entry, Missing | str) and entry != 0
