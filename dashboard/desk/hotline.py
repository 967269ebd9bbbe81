"""The page of a hotline: its sheets over the period, who works for it now, and how its feeds are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard import formats, silence
from dashboard.answers import Answers
from dashboard.api import Figures
from dashboard.desk import drawn_sheet, hotline_sheets
from dashboard.desk.asked import Asked
from dashboard.desk.attributes import attributes
from dashboard.desk.dates import clock_of_day
from dashboard.desk.rows_of_period import rows_of_period
from dashboard.desk.sheet import Drawn, Sheet
from dashboard.hub import Hub
from dashboard.wording import words
from dashboard.wording.desk_pages import DeskWording, desk_words
from streams.counters import STATES
from streams.query import Row
from streams.records import VISITS, Cell


def sheets(asked: Asked, answers: Answers, figures: Figures) -> Mapping[str, Sheet]:
    """The sheets of the period by their id. Raises what the answers raise, `NotKept` for the period itself only."""
    rows = rows_of_period(asked, answers, "provider")
    drawn = _drawn(asked, figures, () if rows.total is None else rows.total.cells)
    found = (
        hotline_sheets.figures(rows.total, rows.total_before, drawn),
        hotline_sheets.course(rows.course, drawn),
        hotline_sheets.against(rows.course, rows.course_before, drawn),
        hotline_sheets.waits(rows.total, drawn),
        hotline_sheets.providers(rows.parts, drawn),
    )
    return {sheet.table.id: sheet for sheet in found}


def _drawn(asked: Asked, figures: Figures, cells: Sequence[Cell]) -> Drawn:
    target = None if figures.targets is None else figures.targets.of(asked.name).target
    thresholds = {cell.threshold_ms for cell in cells}
    threshold = thresholds.pop() / 1000 if len(thresholds) == 1 else None
    return Drawn(asked.period, desk_words(asked.language), figures.options, target, threshold)


def drawn(found: Mapping[str, Sheet], asked: Asked, beside: Sequence[Any]) -> list[Any]:
    """The sheets as Dash draws them; `beside` stands beside the course of the period."""
    return [
        drawn_sheet.cards(found["figures"], asked),
        drawn_sheet.figure(found["course"], asked, "wide"),
        html.Div(list(beside), className="narrow side"),
        drawn_sheet.figure(found["against"], asked, "half"),
        drawn_sheet.figure(found["waits"], asked, "half"),
        drawn_sheet.figure(found["providers"], asked),
    ]


def of_now(asked: Asked, answers: Answers, hub: Hub, now_ms: int) -> list[Any]:
    """Who works for the hotline now, by state, and the feeds behind it. Counts only: no person stands anywhere."""
    text = desk_words(asked.language)
    rows = answers.windows(asked.scope, asked.role, asked.of_now())
    return [_agents(rows, text), _feeds(asked, hub, now_ms, text)]


def _agents(rows: Sequence[Row], text: DeskWording) -> Any:
    row = next((row for row in rows if "serving" in row.sums.families), None)
    if row is None:
        return html.Section(
            [html.H2(text.agents), html.P(text.agents_none, className="nothing")], className="card figure"
        )
    counts = {state: row.sums[f"serving_{state}"] for state in STATES}
    most = max(*counts.values(), 1)
    lines = [
        html.Li(
            [
                html.Span(text.agent_states[state]),
                html.B(formats.whole(n, text.language)),
                html.Span(
                    html.I(style={"width": f"{100 * n / most:.0f}%"}),
                    className="track",
                    **attributes(aria_hidden="true"),
                ),
            ],
            **attributes(data_state=state),
        )
        for state, n in counts.items()
    ]
    n = formats.whole(sum(counts.values()), text.language)
    return html.Section(
        [
            html.H2(text.agents),
            html.P(text.agents_note.format(n=n), className="note"),
            html.Ul(lines, className="states"),
        ],
        className="card figure",
    )


def _feeds(asked: Asked, hub: Hub, now_ms: int, text: DeskWording) -> Any:
    behind = {
        feed
        for reading in hub.readings(asked.scope)
        if reading.cell.family == VISITS and reading.cell.hotline == asked.name
        for feed in reading.feeds
    }
    known = [feed for feed in hub.feeds(asked.scope) if feed.feed in behind]
    trouble = {each.feed: each.why for each in silence.silent(known, now_ms, words(asked.language))}
    lines = []
    for number, feed in enumerate(sorted(known, key=lambda each: each.feed), 1):
        # A feed may be called after an outsourcer that whoever sees only a part must not know of.
        name = feed.feed if asked.scope.everything else text.feed_numbered.format(n=number)
        heard = text.feed_never
        if feed.heard_ms is not None:
            heard = text.feed_heard.format(time=clock_of_day(feed.heard_ms, asked.period.clock.zone))
        why = trouble.get(feed.feed)
        state = html.Span(why or text.feed_live, className="state", **attributes(data_s="lost" if why else "good"))
        lines.append(html.Li([html.B(name), state, html.Small(heard)]))
    body = html.Ul(lines, className="feeds") if lines else html.P(text.feeds_none, className="nothing")
    return html.Section([html.H2(text.feeds), body], className="card figure")
