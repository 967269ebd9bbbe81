"""What the page of a campaign shows of a period: tables of figures, and the charts drawn from them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from dashboard import formats
from dashboard.desk import house_style as style
from dashboard.desk.sheet import (
    SHORT,
    TALL,
    Drawn,
    Sheet,
    column_of,
    compared_figures,
    counted,
    from_first,
    kpi_columns,
    named,
    names_of,
    time_column,
)
from dashboard.desk.table import Column, Entry, Table, kpi_entry
from dashboard.wording.desk_pages import DeskWording
from streams.query import Row
from streams.reading import Sums, merge

_FAMILY = "outbound"
COUNTS = {"attempts": "attempts", "contacts": "human_contacts", "successes": "successes"}
RATES = ("contact_rate", "conversion")
COMPARED = (*RATES, "drop_rate", "attempts_per_success")
STOCK = ("address_stock", "stock_reach_hours", "penetration", "exploitation", "saturation")
"""What is known of the campaign's lists now."""


def attempts(rows: Sequence[Row], drawn: Drawn) -> Sheet:
    """Attempts, the contacts among them and the successes among those, by interval."""
    text = drawn.text
    columns = (time_column(drawn), *(Column(text.columns[name], "count") for name in COUNTS))
    of_rows = tuple(
        (named(row, drawn), *(counted(row, counter, family=_FAMILY) for counter in COUNTS.values())) for row in rows
    )
    table = Table("attempts", text.attempts, columns, of_rows)
    colours = style.OFFERED, style.ANSWERED, style.ABANDONED
    shown = from_first(table, 1)
    traces = [
        style.bars(columns[place].title, *column_of(shown, place, text), colour)
        for place, colour in enumerate(colours, 1)
    ]
    chart = style.figure(
        traces, text.language, TALL, xaxis=style.axis_of_places(names_of(shown)), yaxis=style.axis_of_counts()
    )
    return Sheet(table, chart, empty=not any(row.sums["attempts"] for row in rows))


def rates(rows: Sequence[Row], drawn: Drawn) -> Sheet:
    """How many attempts reach somebody, and how many of the right ones become a success, by interval."""
    text = drawn.text
    columns = (time_column(drawn), *(Column(text.columns[name], "share") for name in RATES))
    of_rows = tuple((named(row, drawn), *(kpi_entry(name, row, drawn.options) for name in RATES)) for row in rows)
    table = Table("rates", text.rates, columns, of_rows)
    shown = from_first(table, 1, 2)
    contact, conversion = (column_of(shown, place, text) for place in (1, 2))
    traces = [
        style.line(columns[1].title, *contact, style.BEFORE, dots=[style.BEFORE] * len(shown.rows)),
        style.line(columns[2].title, *conversion, style.LEVEL, dots=[style.LEVEL] * len(shown.rows)),
    ]
    chart = style.figure(
        traces, text.language, SHORT, xaxis=style.axis_of_places(names_of(shown)), yaxis=style.axis_of_small_shares()
    )
    return Sheet(table, chart, empty=not any(row.sums["attempts"] for row in rows))


def drops(rows: Sequence[Row], drawn: Drawn) -> Sheet:
    """The drop rate under the limit that it must keep: of every day, within a day of all since the period began.

    An interval of a few contacts says nothing of a limit that holds for a day.
    """
    text, limit, by_day = drawn.text, drawn.limit, drawn.period.interval == "day"
    columns = (
        time_column(drawn),
        Column(text.columns["drop_rate"] if by_day else text.since_begin, "share"),
        Column(text.dropped, "count"),
        Column(text.columns["contacts"], "count"),
    )
    judged = rows if by_day else _so_far(rows)
    of_rows: tuple[tuple[Entry, ...], ...] = tuple(
        (
            named(row, drawn),
            kpi_entry("drop_rate", so_far, drawn.options),
            counted(row, "dropped_live", family=_FAMILY),
            counted(row, "human_contacts", family=_FAMILY),
        )
        for row, so_far in zip(rows, judged, strict=True)
    )
    table = Table("drops", text.columns["drop_rate"], columns, of_rows)
    shown = from_first(table, 2, 3)
    values, said = column_of(shown, 1, text)
    colours = [
        "--bad" if limit is not None and value is not None and value > limit else style.ANSWERED for value in values
    ]
    top = max([value for value in values if value is not None] + [2 * (limit or 0.03)]) * 1.08
    more = {}
    if limit is not None:
        words_of_limit = text.limit.format(limit=formats.goal(limit, text.language))
        more = {
            "shapes": style.band(limit, 0.0, "y"),
            "annotations": [style.said_on(words_of_limit, 1, limit, "y", xanchor="right", yanchor="bottom")],
        }
    chart = style.figure(
        [style.bars(columns[1].title, values, said, colours)],
        text.language,
        SHORT,
        xaxis=style.axis_of_places(names_of(shown)),
        yaxis=style.axis_of_small_shares(range=[0, top], tickformat=".1%"),
        showlegend=False,
        **more,
    )
    return Sheet(table, chart, empty=not any(row.sums["dropped_live"] + row.sums["human_contacts"] for row in rows))


def _so_far(rows: Sequence[Row]) -> list[Row]:
    """Every row with all before it added."""
    return [
        replace(row, sums=sums) for row, sums in zip(rows, accumulate((row.sums for row in rows), _with), strict=True)
    ]


def _with(earlier: Sums, more: Sums) -> Sums:
    return merge((earlier, more))


def figures(total: Row | None, before: Row | None, drawn: Drawn) -> Sheet:
    """The figures of the whole period beside those of what it is held against."""
    return compared_figures(total, before, drawn, _columns(drawn.text), _entries)


def _columns(text: DeskWording) -> list[Column]:
    of_counts = [Column(text.columns[name], "count") for name in COUNTS]
    return [*of_counts, *kpi_columns(COMPARED, text)]


def _entries(row: Row | None, drawn: Drawn) -> list[Entry]:
    of_counts = [counted(row, counter, family=_FAMILY) for counter in COUNTS.values()]
    return [*of_counts, *(kpi_entry(name, row, drawn.options) for name in COMPARED)]


def stock(now: Row | None, drawn: Drawn) -> Sheet:
    """How far the lists are worked through, and how long the addresses last at the pace of the last half hour."""
    text = drawn.text
    columns = (Column(text.period, "text"), *kpi_columns(STOCK, text))
    row = (text.kinds["now"], *(kpi_entry(name, now, drawn.options) for name in STOCK))
    return Sheet(Table("stock", text.stock, columns, (row,)), note=text.stock_note)
