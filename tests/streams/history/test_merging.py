"""Sorted tables are merged in little memory, and the groups of rows that come of it hold hotlines whole."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streams.history.closing import plain
from streams.history.fact_rows import SCHEMA
from streams.history.layout import from_parquet, whole_hotlines, write_groups
from streams.history.merging import merged
from streams.history.record_rows import times_of
from tests.streams.history.test_layout import QUARTER_MS, QUARTERS, facts

DAYS = 4


def later(table: pa.Table, days: int) -> pa.Table:
    """The same rows so many days (of `QUARTERS`) later."""
    start = pa.array(times_of(table, "start") + days * QUARTERS * QUARTER_MS).cast(pa.timestamp("ms", "UTC"))
    return table.set_column(table.schema.get_field_index("start"), table.schema.field("start"), start)


class Pulled:
    """Hands out a table in pieces and counts the rows."""

    def __init__(self) -> None:
        self.rows = 0

    def pieces(self, table: pa.Table, size: int) -> Iterator[pa.Table]:
        for begin in range(0, table.num_rows, size):
            piece = table.slice(begin, size)
            self.rows += piece.num_rows
            yield piece


@pytest.mark.parametrize("size", [7, 500, 1_000_000])
def test_what_is_merged_is_every_row_by_cell_and_start(size: int) -> None:
    days = [later(facts(12, seed=number), number) for number in (2, 0, 1)]
    # A day on which other hotlines were there: it ends and begins elsewhere.
    days.append(later(facts(30, seed=9).slice(900, 700), 3))
    pulled = Pulled()
    found, ahead = [], 0
    for piece in merged([pulled.pieces(day, size) for day in days] + [iter(())]):
        found.append(piece)
        ahead = max(ahead, pulled.rows - sum(one.num_rows for one in found))
    came = plain(pa.concat_tables(found).unify_dictionaries())
    everything = plain(pa.concat_tables(days).unify_dictionaries())
    names = [field.name for field in SCHEMA][: SCHEMA.get_field_index("basis")]
    # Live stands before arrival in what closing a day makes.
    order = [(name, "ascending") for name in [*names, "start"]] + [("basis", "descending")]
    assert came.equals(everything.sort_by(order).combine_chunks())
    if size == 7:
        assert ahead <= len(days) * (size + 2 * QUARTERS)


def test_groups_hold_hotlines_whole_and_a_very_large_one_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    table = facts(40)
    groups = list(whole_hotlines([table.slice(begin, 90) for begin in range(0, table.num_rows, 90)], fewest=300))
    assert plain(pa.concat_tables(groups).unify_dictionaries()).equals(plain(table))
    hotlines = [set(plain(group).column("hotline").to_pylist()) for group in groups]
    assert len(groups) > 5
    assert sum(map(len, hotlines)) == 40 == len(set.union(*hotlines))
    assert min(group.num_rows for group in groups[:-1]) >= 300

    monkeypatch.setattr("streams.history.layout._ROWS_A_GROUP", 100)
    large = list(whole_hotlines([facts(1)], fewest=50))
    assert {group.num_rows for group in large[:-1]} == {100}
    assert plain(pa.concat_tables(large).unify_dictionaries()).equals(plain(facts(1)))


def test_a_column_is_named_as_one_value_only_where_every_group_says_so() -> None:
    one, other = facts(3), facts(3)
    place = one.schema.get_field_index("callback")
    number = one.schema.field("callback")
    groups = [
        one.set_column(place, number, pa.array(np.zeros(one.num_rows, np.int32))),
        later(other.set_column(place, number, pa.array(np.full(other.num_rows, 7, np.int32))), 1),
    ]
    for ordered in (groups, groups[::-1]):
        file = io.BytesIO()
        assert write_groups(file, SCHEMA, ordered) == one.num_rows + other.num_rows
        assert pq.ParquetFile(file).num_row_groups == 2
        asked = [f"hotline 00{number}" for number in range(3)]
        read = from_parquet(io.BytesIO(file.getvalue()), ["callback", "project"], asked)
        assert read.column("callback").to_pylist() == [
            value for group in ordered for value in group.column("callback").to_pylist()
        ]
