"""Facts as rows: the counters of one cell, basis and interval, as an arrow table, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from streams.counters import BASES, COUNTERS
from streams.history.record_rows import CELL_FIELDS, cell_arrays, cells_of, codes, times_of
from streams.intervals import Counted
from streams.reading import Sums
from streams.records import Cell

_TIME = pa.timestamp("ms", "UTC")
SCHEMA: Any = pa.schema(
    [
        *CELL_FIELDS,
        pa.field("basis", pa.dictionary(pa.int32(), pa.string())),
        pa.field("start", _TIME),
        *(pa.field(name, pa.int64() if name.endswith("_ms") else pa.int32()) for name in COUNTERS),
        pa.field("wait_max_ms", pa.int64()),
        pa.field("wait_bins", pa.list_(pa.int16())),
        pa.field("wait_counts", pa.list_(pa.int32())),
    ]
)


def to_table(cells: Sequence[Cell], counted: Mapping[str, Counted], edges: Sequence[int], wanted: Sequence[int]) -> Any:
    """The rows of both bases, sorted by cell, then start, then basis. `wanted` are the numbers of the cells meant."""
    rank = np.zeros(max(len(cells), 1), np.int64)
    rank[sorted(range(len(cells)), key=lambda number: cell_order(cells[number]))] = np.arange(len(cells))
    tables, ranks, starts, bases = [], [], [], []
    for basis in BASES:
        lines = np.flatnonzero(np.isin(counted[basis].cell, np.array(wanted, np.int64)))
        start = np.array(edges, np.int64)[counted[basis].row[lines]]
        tables.append(_rows(cells, counted[basis], basis, lines, start))
        ranks.append(rank[counted[basis].cell[lines]])
        starts.append(start)
        bases.append(np.full(lines.size, BASES.index(basis)))
    order = np.lexsort((np.concatenate(bases), np.concatenate(starts), np.concatenate(ranks)))
    return pa.concat_tables(tables).unify_dictionaries().take(pa.array(order))


def cell_order(cell: Cell) -> tuple[str | int, ...]:
    """What rows are sorted by first."""
    return tuple(getattr(cell, field.name) for field in CELL_FIELDS)


def _rows(
    cells: Sequence[Cell],
    counted: Counted,
    basis: str,
    lines: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
) -> Any:
    columns = [pa.array(counted.counts[lines, place], SCHEMA.field(name).type) for place, name in enumerate(COUNTERS)]
    same = pa.DictionaryArray.from_arrays(pa.array(np.zeros(lines.size, np.int32)), pa.array([basis]))
    return pa.Table.from_arrays(
        [
            *cell_arrays(cells, counted.cell[lines]),
            same,
            pa.array(starts, pa.int64()).cast(_TIME),
            *columns,
            pa.array(counted.wait_max_ms[lines]),
            *_waits(counted, lines),
        ],
        schema=SCHEMA,
    )


def _waits(counted: Counted, lines: npt.NDArray[np.int64]) -> list[Any]:
    lengths = np.bincount(counted.waits_of, minlength=counted.cell.size)[lines]
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))
    keep = np.isin(counted.waits_of, lines)
    return [
        pa.ListArray.from_arrays(offsets, pa.array(counted.waits_bin[keep].astype(np.int16))),
        pa.ListArray.from_arrays(offsets, pa.array(counted.waits_count[keep].astype(np.int32))),
    ]


def wanted_rows(table: Any, edges: Sequence[int], basis: str, hotlines: Sequence[str]) -> Any:
    """The rows of this basis that start inside `edges`; with `hotlines` of those."""
    starts = times_of(table, "start")
    wanted = (starts >= edges[0]) & (starts < edges[-1])
    if hotlines:
        wanted &= pc.is_in(table.column("hotline"), pa.array(hotlines)).to_numpy()
    wanted &= codes(table, "basis", BASES) == BASES.index(basis)
    return table.take(pa.array(np.flatnonzero(wanted)))


def by_cell(table: Any, edges: Sequence[int]) -> dict[Cell, dict[int, Sums]]:
    """The sums of these rows by cell and number of the interval between `edges` in which they start."""
    if table.num_rows == 0:
        return {}
    cells, cell = cells_of(table)
    starts = times_of(table, "start")
    interval = (np.searchsorted(np.array(edges, np.int64), starts, side="right") - 1).tolist()
    counts = np.stack([table.column(name).to_numpy() for name in COUNTERS], axis=1)
    longest = table.column("wait_max_ms").to_pylist()
    bins, amounts = (_lists(table.column(name)) for name in ("wait_bins", "wait_counts"))
    found: list[dict[int, Sums]] = [{} for _ in cells]
    rows = zip(cell.tolist(), interval, _not_zero(counts), longest, bins, amounts, strict=True)
    for place, number, counted, wait_max_ms, bin_numbers, amount in rows:
        sums = Sums(counted, wait_max_ms, dict(zip(bin_numbers, amount, strict=True)))
        before = found[place].setdefault(number, sums)
        if before is not sums:
            before.add(sums)
    return dict(zip(cells, found, strict=True))


def _not_zero(counts: npt.NDArray[np.int64]) -> Iterator[dict[str, int]]:
    """For each line its counters that are not zero."""
    line, place = np.nonzero(counts)
    values, names = counts[line, place].tolist(), np.array(COUNTERS, object)[place].tolist()
    for start, end in pairwise(np.searchsorted(line, np.arange(len(counts) + 1)).tolist()):
        yield dict(zip(names[start:end], values[start:end], strict=True))


def _lists(column: Any) -> list[list[int]]:
    """A column of lists as lists; many times faster than row by row."""
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    offsets, values = array.offsets.to_pylist(), array.values.to_pylist()
    return [values[start:end] for start, end in pairwise(offsets)]
