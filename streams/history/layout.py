"""How a table lies in a Parquet file, and how much of the file is read for a question.

Facts have fifty columns, and a question about one hotline needs a few hundred rows of them. What such a reading costs
is mostly the number of columns and pages that are opened. So facts lie in small groups of rows; names and small
counts, which repeat, are left uncompressed as dictionaries; and a column with one value in all rows is named with
that value in the file's own metadata, and need not be opened at all. It is written like any other: other programs
see plain columns.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from streams.history import commits

_ZSTD_LEVEL = 9
_ROWS_A_GROUP = 262_144
_ROWS_A_GROUP_OF_FURTHER = 1_024
_ROWS_A_GROUP_OF_FACTS = 8_192
_SAME = b"leitstand.same"
_NO = object()
_SEARCHED = ["hotline", "basis", "start"]


def to_parquet(kind: str, table: Any) -> bytes:
    """The content of the file of this kind (see `commits.KINDS`) with these rows."""
    sink = pa.BufferOutputStream()
    if kind in commits.FACTS:
        starts = range(0, max(table.num_rows, 1), _ROWS_A_GROUP_OF_FACTS)
        write_groups(sink, table.schema, (table.slice(start, _ROWS_A_GROUP_OF_FACTS) for start in starts))
    else:
        rows = _ROWS_A_GROUP_OF_FURTHER if kind == commits.FURTHER else _ROWS_A_GROUP
        pq.write_table(table, sink, compression="zstd", compression_level=_ZSTD_LEVEL, row_group_size=rows)
    return bytes(sink.getvalue().to_pybytes())


def write_groups(sink: Any, schema: Any, groups: Iterable[Any]) -> int:
    """Writes facts of this schema as the content of a file, each table a group of rows; returns how many rows."""
    # Counts repeat, sums of milliseconds hardly ever do.
    packed = {path for path, of in _leaves(schema).items() if _is_packed(path, of)}
    squeezed = [path for path in _leaves(schema) if path not in packed]
    same: dict[str, Any] = {}
    rows = 0
    with pq.ParquetWriter(
        sink,
        schema,
        compression={path: "zstd" if path in squeezed else "none" for path in _leaves(schema)},
        compression_level=dict.fromkeys(squeezed, _ZSTD_LEVEL),
        use_dictionary=[*packed, "hotline"],
        write_statistics=_SEARCHED,
    ) as writer:
        for table in groups:
            writer.write_table(table, row_group_size=max(table.num_rows, 1))
            mine = _same(table)
            same = mine if rows == 0 else {name: value for name, value in mine.items() if same.get(name, _NO) == value}
            rows += table.num_rows
        writer.add_key_value_metadata({_SAME: msgspec.json.encode(same)})
    return rows


def whole_hotlines(tables: Iterable[Any], fewest: int = _ROWS_A_GROUP_OF_FACTS) -> Iterator[Any]:
    """Sorted facts cut into groups of at least so many rows, the last one of fewer, that hold hotlines whole.

    So a question about one hotline opens one group. Only a hotline of very many rows has several.
    """
    kept: Any = None
    for table in tables:
        kept = table if kept is None else pa.concat_tables([kept, table]).unify_dictionaries().combine_chunks()
        begin = 0
        for cut in _hotline_begins(kept):
            if cut - begin >= fewest:
                yield kept.slice(begin, cut - begin)
                begin = cut
        kept = kept.slice(begin)
        while kept.num_rows >= _ROWS_A_GROUP:
            yield kept.slice(0, _ROWS_A_GROUP)
            kept = kept.slice(_ROWS_A_GROUP)
    if kept is not None and kept.num_rows:
        yield kept


def _hotline_begins(table: Any) -> list[int]:
    codes = table.column("hotline").combine_chunks().indices.to_numpy()
    begins: list[int] = (np.flatnonzero(np.diff(codes)) + 1).tolist()
    return begins


def _leaves(schema: Any) -> dict[str, Any]:
    """The columns as Parquet names them, and the type of each."""
    return {
        f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name: field.type for field in schema
    }


def _is_packed(path: str, of: Any) -> bool:
    if pa.types.is_list(of) or pa.types.is_timestamp(of) or pa.types.is_int64(of):
        return False
    return path != "hotline"


def _same(table: Any) -> dict[str, Any]:
    """The columns in which all rows have one value, with that value; none of a table without rows."""
    found: dict[str, Any] = {}
    for field in table.schema if table.num_rows else ():
        if pa.types.is_list(field.type) or pa.types.is_timestamp(field.type):
            continue
        column = table.column(field.name)
        first = column[0].as_py()
        codes = (
            pa.chunked_array([chunk.indices for chunk in column.unify_dictionaries().chunks])
            if (pa.types.is_dictionary(field.type))
            else column
        )
        if column.null_count == 0 and _is_one(codes):
            found[field.name] = first
    return found


def _is_one(column: Any) -> bool:
    values = column.to_numpy()
    return bool((values == values[0]).all())


def from_parquet(opened: Any, columns: Sequence[str] | None = None, hotlines: Sequence[str] = ()) -> Any:
    """The rows of an open file, only these columns; with `hotlines` (of facts) at least the rows of those."""
    parquet = pq.ParquetFile(opened)
    schema, metadata = parquet.schema_arrow, parquet.metadata
    if not hotlines:
        return parquet.read(columns=columns).replace_schema_metadata(None)
    names = list(columns) if columns is not None else schema.names
    same = msgspec.json.decode((metadata.metadata or {}).get(_SAME, b"{}"))
    groups = _groups(metadata, schema.get_field_index("hotline"), hotlines)
    read = parquet.read_row_groups(groups, columns=[name for name in names if name not in same], use_threads=False)
    size = sum(metadata.row_group(group).num_rows for group in groups)
    table = pa.Table.from_arrays(
        [_repeated(same[name], schema.field(name).type, size) if name in same else read.column(name) for name in names],
        schema=pa.schema([schema.field(name) for name in names]),
    )
    return _stretch(table, hotlines) if "hotline" in names else table


def _groups(metadata: Any, place: int, hotlines: Sequence[str]) -> list[int]:
    """The groups of rows in which one of them can be: rows are sorted by hotline."""
    count = metadata.num_row_groups if metadata.num_rows else 0
    wanted: set[int] = set()
    for name in hotlines:
        first = bisect_left(
            range(count), name, key=lambda group: metadata.row_group(group).column(place).statistics.max
        )
        end = bisect_right(range(count), name, key=lambda group: metadata.row_group(group).column(place).statistics.min)
        wanted.update(range(first, end))
    return sorted(wanted)


@lru_cache(maxsize=256)
def _repeated(value: Any, of: Any, size: int) -> Any:
    if pa.types.is_dictionary(of):
        codes = pa.array(np.zeros(size, np.int32))
        return pa.DictionaryArray.from_arrays(codes, pa.array([value], of.value_type))
    return pa.repeat(pa.scalar(value, of), size)


def _stretch(table: Any, hotlines: Sequence[str]) -> Any:
    """The rows from the first to the last of these hotlines, which share the memory of the table."""
    at = 0
    first, end = table.num_rows, 0
    for chunk in table.column("hotline").chunks:
        values = chunk.dictionary.to_pylist()
        wanted = [code for code, name in enumerate(values) if name in hotlines]
        rows = np.flatnonzero(np.isin(chunk.indices.to_numpy(), wanted))
        if rows.size:
            first, end = min(first, at + int(rows[0])), at + int(rows[-1]) + 1
        at += len(chunk)
    return table.slice(first, max(0, end - first))
