"""The page of a campaign: its sheets over the period, and how far its lists are worked through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.answers import Answers
from dashboard.api import Figures
from dashboard.desk import campaign_sheets, drawn_sheet
from dashboard.desk.asked import Asked
from dashboard.desk.rows_of_period import rows_of_period
from dashboard.desk.sheet import Drawn, Sheet
from dashboard.wording.desk_pages import desk_words


def sheets(asked: Asked, answers: Answers, figures: Figures) -> Mapping[str, Sheet]:
    """The sheets of the period by their id. Raises what the answers raise, `NotKept` for the period itself only."""
    rows = rows_of_period(asked, answers)
    text = desk_words(asked.language)
    limit = None if figures.targets is None else figures.targets.of_campaign(asked.name).drop_limit
    drawn = Drawn(asked.period, text, figures.options, limit=limit)
    now = answers.windows(asked.scope, asked.role, asked.of_now())
    found = (
        campaign_sheets.figures(rows.total, rows.total_before, drawn),
        campaign_sheets.attempts(rows.course, drawn),
        campaign_sheets.rates(rows.course, drawn),
        campaign_sheets.drops(rows.course, drawn),
        campaign_sheets.stock(now[0] if now else None, drawn),
    )
    return {sheet.table.id: sheet for sheet in found}


def drawn(found: Mapping[str, Sheet], asked: Asked) -> list[Any]:
    """The sheets as Dash draws them."""
    return [
        drawn_sheet.cards(found["figures"], asked),
        drawn_sheet.figure(found["attempts"], asked),
        drawn_sheet.figure(found["rates"], asked, "half"),
        drawn_sheet.figure(found["drops"], asked, "half"),
        drawn_sheet.cards(found["stock"], asked, titled=True),
    ]
