"""What the running core reads, in the form of the results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from streams.days import interval_edges
from streams.engine import ClockOf, Engine
from streams.intervals import by_interval
from streams.reading import Reading, Sums, sums
from streams.records import Cell
from tests.batch.count import Counts
from tests.golden.result import Result

NameOf = Callable[[Cell], str]


def by_cell(cell: Cell) -> str:
    """A hotline with its threshold."""
    return f"{cell.hotline} T={cell.threshold_ms}"


def by_hotline(cell: Cell) -> str:
    """A hotline."""
    return cell.hotline


def windows(engine: Engine, name_of: NameOf) -> dict[str, dict[str, Counts]]:
    """All counters of both windows and bases, of every cell."""
    return {name_of(reading.cell): _windows(reading, engine.now_ms) for reading in engine.readings()}


def _windows(reading: Reading, now_ms: int) -> dict[str, Counts]:
    oldest_ms = reading.oldest_arrival_ms
    now: Counts = {
        "waiting": reading.waiting,
        "late_waiting": reading.late_waiting,
        "longest_wait_ms": 0 if oldest_ms is None else now_ms - oldest_ms,
    }
    return {
        f"{window} {basis}": {**_counts(sums(reading, window, basis)), **now}
        for window in ("30m", "day")
        for basis in ("live", "arrival")
    }


def _counts(total: Sums) -> Counts:
    return {**total.counts, "wait_max_ms": total.wait_max_ms}


def intervals(
    engine: Engine, span_ms: tuple[int, int], kinds: Iterable[str], clock_of: ClockOf, name_of: NameOf
) -> Result:
    """The rows of [from, to), each cell's cut at the clock of its own site."""
    result: Result = {}
    cells: Sequence[Cell] = engine.cells.cells
    for kind in kinds:
        for cell in cells:
            edges = interval_edges(*span_ms, kind, clock_of(cell.site))
            rows = by_interval(engine, edges)[cell]
            result.setdefault(kind, {})[name_of(cell)] = {
                f"{begin} {end}": _counts(row) for begin, end, row in zip(edges, edges[1:], rows, strict=False)
            }
    return result
