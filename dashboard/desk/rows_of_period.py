"""The rows of which every page of the desk draws its period: its course, its total, and what it is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.answers import Answers
from dashboard.api import NotKept
from dashboard.desk.asked import Asked
from streams.query import Row


@dataclass(frozen=True)
class RowsOfPeriod:
    """`total` None: nothing of that name is known. Before the records begin there are no rows."""

    course: Sequence[Row]
    total: Row | None
    course_before: Sequence[Row]
    total_before: Row | None


def rows_of_period(asked: Asked, answers: Answers) -> RowsOfPeriod:
    """Raises what the answers raise, `NotKept` for the period itself only."""
    course = answers.intervals(asked.scope, asked.role, asked.course())
    total = answers.intervals(asked.scope, asked.role, asked.total())
    before: list[Row] = []
    total_before: list[Row] = []
    try:
        before = answers.intervals(asked.scope, asked.role, asked.course_before())
        total_before = answers.intervals(asked.scope, asked.role, asked.total_before())
    except NotKept:
        before = []
    return RowsOfPeriod(course, _one(total), before, _one(total_before))


def _one(rows: Sequence[Row]) -> Row | None:
    return rows[0] if rows else None
