"""From cells to the rows that commands, pages and other programs read (contract, section 3, `kpis --json`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from streams.catalogue import KPIS, Options, Value, compute, definition
from streams.counters import ROLLING_SECONDS, WINDOWS
from streams.days import from_ms
from streams.reading import Reading, Sums, merge, sums
from streams.records import Cell

DIMENSIONS = ("hotline", "campaign", "project", "client", "provider", "site", "team", "channel", "segment", "reason")
Where = Mapping[str, Collection[str]]
DayStart = Callable[[str], int]


@dataclass(frozen=True)
class Row:
    """One row of an answer: some cells, summed, for one window or interval.

    `start_ms`, `end_ms` bound it; `now` are the counters without a window (waiting ...), empty in interval rows.
    """

    by: dict[str, str]
    span: str
    start_ms: int
    end_ms: int
    sums: Sums
    cells: tuple[Cell, ...]
    now: dict[str, int] = field(default_factory=dict)

    def value(self, kpi_id: str, options: Options) -> Value:
        """One KPI of this row."""
        return next(compute(kpi, self.sums, self.cells, options) for kpi in KPIS if kpi.id == kpi_id)


def dimension(cell: Cell, name: str) -> str:
    """The cell's value on a dimension; "" where this level cannot know."""
    return "" if name == "campaign" else str(getattr(cell, name))


def matches(cell: Cell, where: Where) -> bool:
    """True when the cell has one of the wanted values on every dimension named."""
    return all(dimension(cell, name) in values for name, values in where.items())


def window_rows(
    readings: Iterable[Reading],
    *,
    as_of_ms: int,
    day_start: DayStart,
    by: Sequence[str] = (),
    where: Where | None = None,
    windows: Sequence[str] = WINDOWS,
    basis: str = "live",
    configured: Iterable[Cell] = (),
) -> list[Row]:
    """Rows of the rolling 30 minutes and the day, sorted by dimension values, then window.

    `day_start(site)` is the start of the business day at `as_of_ms`. `configured` cells have a row even when nothing
    happened. Without `by` and `where` there is always
    one row per window.
    """
    groups: defaultdict[tuple[str, ...], list[Reading]] = defaultdict(list)
    present: defaultdict[tuple[str, ...], dict[Cell, None]] = defaultdict(dict)
    for cell in configured:
        if matches(cell, where or {}):
            present[_key(cell, by)][cell] = None
    for reading in readings:
        if matches(reading.cell, where or {}):
            groups[_key(reading.cell, by)].append(reading)
            present[_key(reading.cell, by)][reading.cell] = None
    if not by and not where:
        present.setdefault((), {})
    rows = []
    for key in sorted(present):
        members, cells = groups[key], tuple(present[key])
        now = _now(members, as_of_ms)
        for window in windows:
            start = as_of_ms - ROLLING_SECONDS * 1000
            if window == "day":
                start = min((day_start(cell.site) for cell in cells), default=day_start(""))
            total = merge(sums(reading, window, basis) for reading in members)
            rows.append(Row(dict(zip(by, key, strict=True)), window, start, as_of_ms, total, cells, now))
    return rows


def interval_rows(
    counted: Mapping[Cell, Sequence[Sums]],
    edges: Sequence[int],
    interval: str,
    *,
    by: Sequence[str] = (),
    where: Where | None = None,
    configured: Iterable[Cell] = (),
) -> list[Row]:
    """Rows [from, to) between consecutive edges, sorted by dimension values, then from."""
    groups: defaultdict[tuple[str, ...], dict[Cell, Sequence[Sums]]] = defaultdict(dict)
    for cell in [*configured, *counted]:
        if matches(cell, where or {}):
            groups[_key(cell, by)][cell] = counted.get(cell, ())
    if not by and not where:
        groups.setdefault((), {})
    rows = []
    for key in sorted(groups):
        cells, present = tuple(groups[key]), [sums_ for sums_ in groups[key].values() if sums_]
        for number in range(len(edges) - 1):
            total = merge(sums_[number] for sums_ in present)
            rows.append(Row(dict(zip(by, key, strict=True)), interval, edges[number], edges[number + 1], total, cells))
    return rows


def _key(cell: Cell, by: Sequence[str]) -> tuple[str, ...]:
    return tuple(dimension(cell, name) for name in by)


def _now(readings: Sequence[Reading], as_of_ms: int) -> dict[str, int]:
    oldest = min((r.oldest_arrival_ms for r in readings if r.oldest_arrival_ms is not None), default=None)
    return {
        "waiting": sum(reading.waiting for reading in readings),
        "late_waiting": sum(reading.late_waiting for reading in readings),
        "longest_wait_ms": 0 if oldest is None else max(0, as_of_ms - oldest),
    }


def iso(at_ms: int) -> str:
    """YYYY-MM-DDTHH:MM:SSZ; a fraction of a second is cut."""
    return from_ms(at_ms // 1000 * 1000).strftime("%Y-%m-%dT%H:%M:%SZ")


def document(as_of_ms: int, basis: str, rows: Iterable[Row], options: Options) -> dict[str, Any]:
    """The JSON answer of `kpis --json` and `/api/kpis`, as plain values."""
    answers: list[dict[str, Any]] = []
    cells: tuple[Cell, ...] | None = None
    texts: dict[str, str] = {}
    for row in rows:
        if row.cells is not cells:
            # The rows of one group share their cells, and their definitions with them.
            cells, texts = row.cells, _definitions(row.cells, options)
        answers.append(_row_json(row, options, texts))
    return {"as_of": iso(as_of_ms), "basis": basis, "rows": answers}


def _definitions(cells: Sequence[Cell], options: Options) -> dict[str, str]:
    return {kpi.id: definition(kpi, cells, options) for kpi in KPIS}


def row_json(row: Row, options: Options) -> dict[str, Any]:
    """One row of that answer. Zero counters are left out."""
    return _row_json(row, options, _definitions(row.cells, options))


def _row_json(row: Row, options: Options, definitions: Mapping[str, str]) -> dict[str, Any]:
    counts = {name: value for name, value in {**row.sums.counts, **row.now}.items() if value}
    if row.sums.wait_max_ms:
        counts["wait_max_ms"] = row.sums.wait_max_ms
    answer: dict[str, Any] = {
        "window" if row.span in WINDOWS and row.now else "interval": row.span,
        "from": iso(row.start_ms),
        "to": iso(row.end_ms),
        "by": row.by,
        "counts": counts,
        "kpis": {
            kpi.id: {**_value_json(compute(kpi, row.sums, row.cells, options)), "definition": definitions[kpi.id]}
            for kpi in KPIS
        },
    }
    marks = _marks(row)
    if marks:
        answer["marks"] = marks
    return answer


def _value_json(value: Value) -> dict[str, Any]:
    answer: dict[str, Any] = {"value": value.value, "n": value.n}
    if value.why:
        answer["why"] = value.why
    return answer


def _marks(row: Row) -> list[str]:
    marks = []
    if "hotline" in row.by and not all(cell.configured for cell in row.cells):
        marks.append("unconfigured")
    if "" in row.by.values():
        marks.append("not_supplied")
    return marks
