"""A question about one hotline gets from the files what reading all of them gives, and opens less."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from streams.counters import BASES, WIDTH
from streams.history import commits, fact_rows
from streams.history.closing import plain
from streams.history.facts import read_facts
from streams.history.files import Files
from streams.history.history import History
from streams.history.layout import from_parquet, to_parquet
from streams.history.record_rows import CELL_FIELDS
from streams.intervals import Counted
from streams.records import Cell
from streams.waits import BINS

QUARTER_MS = 900_000
QUARTERS = 30
START_MS = 1_783_468_800_000
EDGES = [START_MS + number * QUARTER_MS for number in range(QUARTERS + 1)]


def counted(cells: int, seed: int) -> Counted:
    """A row for most cells and quarters, with some columns that are zero everywhere."""
    random = np.random.default_rng(seed)
    cell, row = np.divmod(np.flatnonzero(random.random(cells * QUARTERS) < 0.9), QUARTERS)
    counts = random.integers(0, 4, (cell.size, WIDTH))
    counts[:, 10:20] = 0
    waits = random.integers(0, 3, cell.size)
    return Counted(
        *(cell, row, counts, random.integers(1, 10**12, cell.size)),
        waits_of=np.repeat(np.arange(cell.size), waits),
        waits_bin=random.integers(0, BINS, waits.sum()),
        waits_count=random.integers(1, 9, waits.sum()),
    )


def facts(hotlines: int, seed: int = 1) -> pa.Table:
    """Rows of so many hotlines, each with two providers, as closing a day makes them."""
    cells = [
        Cell(f"hotline {name:03}", provider=f"p{one}", threshold_ms=20_000)
        for name in range(hotlines)
        for one in (1, 2)
    ]
    made = {basis: counted(len(cells), seed + number) for number, basis in enumerate(BASES)}
    return fact_rows.to_table(cells, made, EDGES, range(len(cells)))


@pytest.fixture(scope="module")
def table() -> pa.Table:
    """More rows than a few groups hold."""
    return facts(200)


@pytest.mark.parametrize("asked", [["hotline 000"], ["hotline 077"], ["hotline 199"], ["hotline 003", "hotline 150"]])
def test_what_is_read_for_hotlines_are_all_their_rows(table: pa.Table, asked: list[str]) -> None:
    content = to_parquet(commits.QUARTERS, table)
    assert pq.ParquetFile(io.BytesIO(content)).num_row_groups > 2
    read = from_parquet(io.BytesIO(content), hotlines=asked)
    mine = read.filter(pc.is_in(read.column("hotline"), pa.array(asked)))
    wanted = table.filter(pc.is_in(table.column("hotline"), pa.array(asked)))
    assert wanted.num_rows > 90
    assert plain(mine.unify_dictionaries()).equals(plain(wanted))
    assert read.num_rows < table.num_rows
    if len(asked) == 1:
        assert read.num_rows == wanted.num_rows


def test_hotlines_that_are_not_there_and_files_without_rows(table: pa.Table) -> None:
    for rows in (table, table.slice(0, 0)):
        content = to_parquet(commits.DAYS, rows)
        for name in ("", "hotline 077b", "zzz"):
            assert from_parquet(io.BytesIO(content), hotlines=[name]).num_rows == 0
        assert plain(from_parquet(io.BytesIO(content))).equals(plain(rows))


def test_one_hotline_alone(table: pa.Table) -> None:
    alone = table.filter(pc.equal(table.column("hotline"), "hotline 005"))
    content = to_parquet(commits.QUARTERS, alone)
    assert plain(from_parquet(io.BytesIO(content), hotlines=["hotline 005"])).equals(plain(alone))
    assert from_parquet(io.BytesIO(content), hotlines=["hotline 006"]).num_rows == 0


def test_some_columns(table: pa.Table) -> None:
    names = ["offered", "hotline", "callback", "wait_bins"]
    read = from_parquet(io.BytesIO(to_parquet(commits.QUARTERS, table)), names, ["hotline 005"])
    assert read.column_names == names
    alone = table.filter(pc.equal(table.column("hotline"), "hotline 005")).select(names)
    assert plain(read).equals(plain(alone))


def test_other_programs_see_every_column(table: pa.Table, tmp_path: Path) -> None:
    place = tmp_path / "quarters.parquet"
    place.write_bytes(to_parquet(commits.QUARTERS, table))
    assert plain(pq.read_table(place)).equals(plain(table))


def test_facts_of_a_hotline_are_the_same_from_files_of_the_previous_release(files: Files) -> None:
    """Those have statistics in every column, zstd everywhere and nothing about columns of one value."""
    history, days = History(files), []
    for number in range(2):
        rows = facts(200, seed=number)
        start = pa.array(np.asarray(rows.column("start").cast(pa.int64())) + number * QUARTERS * QUARTER_MS)
        rows = rows.set_column(
            rows.schema.get_field_index("start"), rows.schema.field("start"), start.cast(pa.timestamp("ms", "UTC"))
        )
        about = {"kind": commits.QUARTERS, "day": str(number), "name": "", "first_ms": EDGES[0], "last_ms": EDGES[-1]}
        days.append((history.write_table("quarters", f"new-{number}", rows, **about), rows))
    old = io.BytesIO()
    pq.write_table(days[1][1], old, compression="zstd", row_group_size=8_192)
    files.write(days[1][0].path.replace("new", "old"), old.getvalue())
    mixed = [days[0][0], msgspec.structs.replace(days[1][0], path=days[1][0].path.replace("new", "old"))]
    edges = [START_MS + number * QUARTER_MS for number in range(2 * QUARTERS + 1)]
    for basis in BASES:
        everything = read_facts(history, [file for file, _ in days], edges, basis)
        wanted = {cell: rows for cell, rows in everything.items() if cell.hotline == "hotline 077"}
        assert len(wanted) == 2
        assert any(number >= QUARTERS for rows in wanted.values() for number in rows)
        assert read_facts(history, mixed, edges, basis, ["hotline 077"]) == wanted
        assert read_facts(history, [file for file, _ in days], edges, basis, ["hotline 077"]) == wanted


def test_every_column_of_a_cell_is_kept() -> None:
    assert {field.name for field in CELL_FIELDS} <= set(fact_rows.SCHEMA.names)
