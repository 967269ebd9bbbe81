"""Records as rows: one per fact, as an arrow table, and back into the arrays that the engine takes.

Names stand as dictionaries, so a cell costs a few bits a row. Feed and day are not columns: the folder says them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from streams.batch import Tally
from streams.codec import ARRIVED, DOOR, ENDED, HANDLED, NONE, decode_cell, encode_cell
from streams.columns import Columns
from streams.id_table import halves
from streams.records import ID_BYTES, Cell, Door, Outcome

KIND_NAMES = ("arrived", "ended", "handled", "given_up", "door", "seen")
CELL_NAMES = ("hotline", "provider", "site", "team", "project", "client", "channel", "segment", "reason")
_CELL_NUMBERS = ("threshold_ms", "short_abandon_ms", "supplies")
_OUTCOMES = tuple(outcome.name.lower() for outcome in Outcome)
_DOORS = tuple(door.name.lower() for door in Door)
_NAME = pa.dictionary(pa.int32(), pa.string())
_TIME = pa.timestamp("ms", "UTC")

CELL_FIELDS: list[Any] = [
    *(pa.field(name, _NAME) for name in CELL_NAMES),
    pa.field("threshold_ms", pa.int32()),
    pa.field("short_abandon_ms", pa.int32()),
    pa.field("supplies", pa.int8()),
    pa.field("configured", pa.bool_()),
]
SCHEMA: Any = pa.schema(
    [
        pa.field("kind", _NAME),
        pa.field("visit", pa.binary(ID_BYTES)),
        pa.field("at", _TIME),
        *CELL_FIELDS,
        pa.field("outcome", _NAME),
        pa.field("door", _NAME),
        pa.field("transferred", pa.bool_()),
        pa.field("escalated", pa.bool_()),
        pa.field("version", pa.uint8()),
        pa.field("talk_ms", pa.int32()),
        pa.field("hold_ms", pa.int32()),
        pa.field("acw_ms", pa.int32()),
        pa.field("agent", pa.dictionary(pa.int32(), pa.binary())),
        pa.field("sequence", pa.int64()),
        pa.field("collected", _TIME),
    ]
)


def cell_arrays(cells: Sequence[Cell], of: npt.NDArray[np.integer[Any]]) -> list[Any]:
    """The columns of `CELL_FIELDS` for rows that point into `cells`; null where `of` is negative."""
    none = of < 0
    arrays: list[Any] = []
    for name in CELL_NAMES:
        values: dict[str, int] = {}
        codes = np.array([values.setdefault(getattr(cell, name), len(values)) for cell in cells] or [0], np.int32)
        indices = pa.array(np.where(none, 0, codes[of]).astype(np.int32), mask=none)
        arrays.append(pa.DictionaryArray.from_arrays(indices, pa.array(list(values) or [""], pa.string())))
    for name, kind in (("threshold_ms", pa.int32()), ("short_abandon_ms", pa.int32()), ("supplies", pa.int8())):
        numbers = np.array([getattr(cell, name) for cell in cells] or [0], np.int64)
        arrays.append(pa.array(numbers[of], mask=none).cast(kind))
    flags = np.array([cell.configured for cell in cells] or [False], np.bool_)
    return [*arrays, pa.array(flags[of], mask=none)]


def to_table(columns: Columns) -> Any:
    """The facts of one batch as rows."""
    kind = columns.kind.astype(np.int32)
    size = kind.size
    celled = (kind == ARRIVED) | (kind >= DOOR)
    ended, handled, door = kind == ENDED, kind == HANDLED, kind == DOOR
    parts = np.full((size, 3), NONE, np.int32)
    parts[handled] = columns.handling
    agent = np.where((ended | handled) & (columns.ref >= 0), columns.ref, NONE).astype(np.int32)
    cells = [decode_cell(cell) for cell in columns.cells]
    sequence = np.full(size, columns.sequence, np.int64)
    collected = np.full(size, columns.collected_ms, np.int64)
    return pa.Table.from_arrays(
        [
            _named(kind, np.zeros(size, np.bool_), KIND_NAMES),
            _ids(columns),
            _times(columns.at_ms),
            *cell_arrays(cells, np.where(celled, columns.ref, NONE)),
            _named(columns.code, ~ended, _OUTCOMES),
            _named(columns.code, ~door, _DOORS),
            pa.array(columns.code & 1 > 0, mask=~handled),
            pa.array(columns.code & 2 > 0, mask=~handled),
            pa.array(np.asarray(columns.version, np.uint8)),
            *(pa.array(parts[:, place].copy(), mask=~handled | (parts[:, place] < 0)) for place in range(3)),
            pa.DictionaryArray.from_arrays(
                pa.array(np.where(agent < 0, 0, agent).astype(np.int32), mask=agent < 0),
                pa.array(columns.agents or [b""], pa.binary()),
            ),
            pa.array(sequence),
            _times(collected),
        ],
        schema=SCHEMA,
    )


def _named(codes: npt.NDArray[Any], absent: npt.NDArray[np.bool_], names: Sequence[str]) -> Any:
    indices = pa.array(np.where(absent, 0, codes).astype(np.int32), mask=absent)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string()))


def _times(at_ms: npt.NDArray[np.int64]) -> Any:
    return pa.array(np.ascontiguousarray(at_ms), pa.int64()).cast(_TIME)


def _ids(columns: Columns) -> Any:
    content = pa.py_buffer(np.ascontiguousarray(columns.visit).tobytes())
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(ID_BYTES), len(columns.visit), [None, content])


def to_columns(table: Any) -> Columns:
    """The rows as the engine takes them."""
    table = table.combine_chunks().unify_dictionaries()
    kind = codes(table, "kind", KIND_NAMES).astype(np.uint8)
    cells, ref = cells_of(table)
    agents, agent = _dictionary(table, "agent")
    door, outcome = codes(table, "door", _DOORS), codes(table, "outcome", _OUTCOMES)
    flags = _flags(table, "transferred") | _flags(table, "escalated") << 1
    handled = np.flatnonzero(kind == HANDLED)
    parts = np.stack([_numbers(table, name)[handled] for name in ("talk_ms", "hold_ms", "acw_ms")], axis=1)
    code = np.where(kind == ENDED, outcome, np.where(kind == DOOR, door, np.where(kind == HANDLED, flags, 0)))
    return Columns(
        *("history", 0, 0, Tally(), None, "live", ""),
        cells=[encode_cell(cell) for cell in cells],
        agents=[bytes(value) for value in agents],
        kind=kind,
        visit=ids_of(table),
        at_ms=times_of(table, "at"),
        ref=np.where((kind == ENDED) | (kind == HANDLED), agent, ref).astype(np.int32),
        code=code.astype(np.uint8),
        version=table.column("version").to_numpy().astype(np.uint8),
        handling=parts.astype(np.int32),
    )


def ids_of(table: Any) -> npt.NDArray[np.uint64]:
    """The ids of the visits as pairs of integers."""
    chunk = table.column("visit").combine_chunks()
    if len(chunk) == 0:
        return np.zeros((0, 2), np.uint64)
    start = chunk.offset * ID_BYTES
    return halves(bytes(memoryview(chunk.buffers()[1])[start : start + len(chunk) * ID_BYTES]))


def times_of(table: Any, name: str) -> npt.NDArray[np.int64]:
    """A column of instants as UTC ms."""
    times: npt.NDArray[np.int64] = table.column(name).cast(pa.int64()).to_numpy()
    return times


def cells_of(table: Any) -> tuple[list[Cell], npt.NDArray[np.int64]]:
    """The distinct cells of the rows, and for each row its place among them; -1 where it has none."""
    has = table.column("threshold_ms").is_valid().to_numpy()
    rows = np.flatnonzero(has)
    place = np.full(len(has), NONE, np.int64)
    if rows.size == 0:
        return [], place
    key, names = np.zeros(rows.size, np.int64), {}
    for name in CELL_NAMES:
        names[name], numbers = _dictionary(table, name)
        key = _joined(key, numbers[rows])
    for name in (*_CELL_NUMBERS, "configured"):
        key = _joined(key, _numbers(table, name)[rows])
    _, first, place[rows] = np.unique(key, return_index=True, return_inverse=True)
    wanted = table.select([*CELL_NAMES, *_CELL_NUMBERS, "configured"]).take(pa.array(rows[first]))
    return [Cell(**row) for row in wanted.to_pylist()], place


def _joined(key: npt.NDArray[np.int64], numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """One number for each distinct pair; numbered anew before it could overflow."""
    low, span = int(numbers.min()), int(numbers.max() - numbers.min()) + 1
    if span == 1:
        return key
    if (int(key.max()) + 1) * span >= 1 << 62:
        key = np.unique(key, return_inverse=True)[1].astype(np.int64)
        numbers = np.unique(numbers, return_inverse=True)[1].astype(np.int64)
        low, span = 0, int(numbers.max()) + 1
    return key * span + (numbers - low)


def _dictionary(table: Any, name: str) -> tuple[list[Any], npt.NDArray[np.int64]]:
    column = table.column(name).combine_chunks()
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks else pa.array([], column.type)
    return column.dictionary.to_pylist(), column.indices.fill_null(NONE).to_numpy().astype(np.int64)


def codes(table: Any, name: str, known: Sequence[str]) -> npt.NDArray[np.int64]:
    """A column of names as their places in `known`; -1 for null."""
    values, numbers = _dictionary(table, name)
    places = np.array([*(known.index(value) for value in values), NONE], np.int64)
    return places[numbers]


def _numbers(table: Any, name: str) -> npt.NDArray[np.int64]:
    column = table.column(name)
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    numbers: npt.NDArray[np.int64] = column.fill_null(NONE).to_numpy().astype(np.int64)
    return numbers


def _flags(table: Any, name: str) -> npt.NDArray[np.int64]:
    return np.maximum(_numbers(table, name), 0)
