"""The rows of which every page of the desk draws its period: its course, its total, and what it is held against.

The past is read once for the period and once for what it is held against; totals are sums of that. So only counters
that add up over intervals may be read from them: distinct persons and leads do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from dashboard.answers import Answers
from dashboard.api import NotKept
from dashboard.desk.asked import Asked
from streams.query import Row
from streams.reading import merge


@dataclass(frozen=True)
class RowsOfPeriod:
    """`total` None: nothing of that name is known. Before the records begin there are no rows.

    `parts` are the totals by the value of the dimension asked for.
    """

    course: Sequence[Row]
    total: Row | None
    parts: Sequence[Row]
    course_before: Sequence[Row]
    total_before: Row | None


def rows_of_period(asked: Asked, answers: Answers, *by: str) -> RowsOfPeriod:
    """`by`: the dimension of the parts. Raises what the answers raise, `NotKept` for the period itself only."""
    rows = answers.intervals(asked.scope, asked.role, asked.course(*by))
    try:
        before = answers.intervals(asked.scope, asked.role, asked.course_before())
    except NotKept:
        before = []
    return RowsOfPeriod(
        course=added(rows, lambda row: row.start_ms),
        total=_one(added(rows, lambda _: 0)),
        parts=added(rows, lambda row: tuple(row.by.values())) if by else (),
        course_before=before,
        total_before=_one(added(before, lambda _: 0)),
    )


def added(rows: Iterable[Row], place: Callable[[Row], Hashable]) -> list[Row]:
    """The rows of each place, added up, in the order in which the places come first."""
    of_place: defaultdict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        of_place[place(row)].append(row)
    return [_sum(found) for found in of_place.values()]


def _sum(rows: Sequence[Row]) -> Row:
    cells = dict.fromkeys(cell for row in rows for cell in row.cells)
    return Row(
        by=rows[0].by,
        span=rows[0].span,
        start_ms=min(row.start_ms for row in rows),
        end_ms=max(row.end_ms for row in rows),
        sums=merge(row.sums for row in rows),
        cells=tuple(cells),
    )


def _one(rows: Sequence[Row]) -> Row | None:
    return rows[0] if rows else None
