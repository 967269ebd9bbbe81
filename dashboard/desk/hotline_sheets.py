"""What the page of a hotline shows of a period: tables of figures, and the charts drawn from them. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from dashboard import formats
from dashboard.desk import house_style as style
from dashboard.desk.dates import compared_name, place_in_period
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
    share_entry,
    time_column,
)
from dashboard.desk.table import Column, Entry, Table, kpi_entry
from dashboard.wording import words
from dashboard.wording.desk_pages import DeskWording
from streams.days import business_date
from streams.query import Row
from streams.waits import read_ms

COMPARED = ("service_level", "reachability", "abandon_rate", "asa", "wait_p90", "aht")
"""The KPIs beside the number of calls, in every table of the page."""

_OTHERWISE = ("flow_out", "callback", "error")
_UP_TO_SECONDS = (5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600)


def course(rows: Sequence[Row], drawn: Drawn) -> Sheet:
    """Offered, answered and abandoned by interval, with the service level and its target."""
    text, period, titles = drawn.text, drawn.period, drawn.text.columns
    columns = (
        time_column(drawn),
        Column(titles["offered"], "count"),
        Column(titles["answered"], "count"),
        Column(titles["abandoned"], "count"),
        Column(titles["otherwise"], "count"),
        Column(titles["service_level"], "share"),
    )
    table = Table(
        "course",
        text.course_day if period.interval == "day" else text.course,
        columns,
        tuple(
            (
                named(row, drawn),
                row.sums["offered"],
                row.sums["answered"],
                row.sums["abandoned"],
                sum(row.sums[name] for name in _OTHERWISE),
                kpi_entry("service_level", row, drawn.options),
            )
            for row in rows
        ),
    )
    return Sheet(table, _course_chart(from_first(table, 1), drawn), empty=not any(row.sums["offered"] for row in rows))


def _course_chart(table: Table, drawn: Drawn) -> style.Figure:
    text = drawn.text
    offered, answered, abandoned, level = (column_of(table, place, text) for place in (1, 2, 3, 5))
    target = drawn.target
    dots = [
        "--bad" if target is not None and value is not None and value < target else style.LEVEL for value in level[0]
    ]
    upper: dict[str, Any] = {"xaxis": "x", "yaxis": "y2"}
    traces = [
        style.bars(table.columns[1].title, *offered, style.OFFERED),
        style.bars(table.columns[2].title, *answered, style.ANSWERED),
        style.bars(table.columns[3].title, *abandoned, style.ABANDONED, base=answered[0]),
        style.line(table.columns[5].title, *level, style.LEVEL, dots=dots, **upper),
    ]
    goal = "" if target is None else text.goal.format(goal=formats.goal(target, text.language))
    return style.figure(
        traces,
        text.language,
        TALL,
        xaxis=style.axis_of_places(names_of(table)) | {"anchor": "y"},
        yaxis=style.axis_of_counts(domain=[0, 0.57]),
        yaxis2=style.axis_of_shares(domain=[0.66, 1]),
        shapes=[] if target is None else style.band(target, 1.0, "y2"),
        annotations=[] if target is None else [style.said_on(goal, 0, target, "y2", xanchor="left", yanchor="top")],
    )


def against(rows: Sequence[Row], before: Sequence[Row], drawn: Drawn) -> Sheet:
    """How many were offered, beside the same intervals of what the period is held against."""
    text, period = drawn.text, drawn.period
    other = compared_name(period, text)
    first_before = business_date(period.clock, period.compared()[0])
    known = {place_in_period(row.start_ms, first_before, period): row for row in before}
    first = business_date(period.clock, period.from_ms)
    pairs = [(row, known.get(place_in_period(row.start_ms, first, period))) for row in rows]
    titles = text.columns
    table = Table(
        "against",
        text.against.format(other=other),
        (
            time_column(drawn),
            Column(titles["offered"], "count"),
            Column(f"{titles['offered']} {other}", "count"),
            Column(titles["service_level"], "share"),
            Column(f"{titles['service_level']} {other}", "share"),
        ),
        tuple(
            (
                named(row, drawn),
                row.sums["offered"],
                counted(earlier, "offered"),
                kpi_entry("service_level", row, drawn.options),
                kpi_entry("service_level", earlier, drawn.options),
            )
            for row, earlier in pairs
        ),
    )
    shown = from_first(table, 1, 2)
    now, then = (column_of(shown, place, text) for place in (1, 2))
    chart = style.figure(
        [
            style.bars(text.this_period, *now, style.ANSWERED),
            style.line(other, *then, style.LEVEL, line={"color": style.LEVEL, "width": 1.5, "dash": "dot"}),
        ],
        text.language,
        SHORT,
        xaxis=style.axis_of_places(names_of(shown)),
        yaxis=style.axis_of_counts(),
    )
    return Sheet(table, chart, empty=not any(row.sums["offered"] for row in (*rows, *before)))


def figures(total: Row | None, before: Row | None, drawn: Drawn) -> Sheet:
    """The figures of the whole period beside those of what it is held against."""
    return compared_figures(total, before, drawn, _columns(drawn.text), _entries)


def providers(rows: Sequence[Row], drawn: Drawn) -> Sheet:
    """The same figures of everybody who serves the hotline."""
    text = drawn.text
    lines = tuple((row.by["provider"] or words(text.language).not_supplied, *_entries(row, drawn)) for row in rows)
    table = Table("providers", text.providers, (Column(text.provider, "text"), *_columns(text)), lines)
    return Sheet(table, empty=not lines)


def _columns(text: DeskWording) -> list[Column]:
    return [Column(text.columns["offered"], "count"), *kpi_columns(COMPARED, text)]


def _entries(row: Row | None, drawn: Drawn) -> list[Entry]:
    return [counted(row, "offered"), *(kpi_entry(name, row, drawn.options) for name in COMPARED)]


def waits(total: Row | None, drawn: Drawn) -> Sheet:
    """How many waits ended after how long; the threshold of the service level is one of the edges."""
    text, histogram = drawn.text, {} if total is None else total.sums.waits
    limit = drawn.threshold_seconds
    edges = sorted({*_UP_TO_SECONDS, *([limit] if limit is not None and limit < _UP_TO_SECONDS[-1] else [])})
    counts = [0] * (len(edges) + 1)
    for number, count in histogram.items():
        # Whole seconds are exact, and a wait of just the threshold is in time.
        counts[bisect_left(edges, read_ms(number) / 1000)] += count
    lows = [0.0, *edges]
    names = [text.wait_up_to.format(low=f"{low:g}", high=f"{high:g}") for low, high in pairwise(lows)]
    names.append(text.wait_over.format(low=f"{edges[-1]:g}"))
    total_count = sum(counts)
    rows = tuple((name, count, share_entry(count, total_count)) for name, count in zip(names, counts, strict=True))
    columns = Column(text.wait, "text"), Column(text.visits, "count"), Column(text.share, "share")
    table = Table("waits", text.waits, columns, rows)
    colours = [style.ANSWERED if limit is None or edge <= limit else style.ABANDONED for edge in edges]
    heights, said = column_of(table, 1, text)
    shares = column_of(table, 2, text)[1]
    chart = style.figure(
        [
            style.bars(
                "",
                heights,
                [f"{n} · {share}" for n, share in zip(said, shares, strict=True)],
                [*colours, style.ABANDONED],
            )
        ],
        text.language,
        SHORT,
        xaxis=style.axis_of_places([f"{edge:g}" for edge in edges] + [f">{edges[-1]:g}"]),
        yaxis=style.axis_of_counts(),
        showlegend=False,
    )
    return Sheet(table, chart, text.waits_note, empty=not total_count)
