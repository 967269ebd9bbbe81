"""The same collector over an SQLite file: nothing of what it does is lost there, and nothing can be written."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from collectors.contract import BadOptions, SourceTrouble
from collectors.demo_centre.dialer_tables import CREATE, status_rows
from collectors.vicidial.connection import Database
from collectors.vicidial.settings import read_settings
from streams.records_outbound import ListCounted, Told
from tests.collectors.vicidial.polled import PolledBench
from tests.collectors.vicidial.simulator import attempt, wall

NOON_S = 1_760_004_000
"""2025-10-09 12:00:00 in Berlin."""


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Whoever fills the file that lies in `tmp_path` under a name with everything that an address could mistake."""
    with closing(sqlite3.connect(tmp_path / "dialer #1?.sqlite", isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for statement in CREATE:
            connection.execute(statement)
        for name, rows in status_rows({"SURVEY": "INTV"}).items():
            connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        yield connection


def bench_of(tmp_path: Path, now_s: int) -> PolledBench:
    return PolledBench(tmp_path / "bench", tmp_path / "dialer #1?.sqlite", now_s)


def insert(writer: sqlite3.Connection, *rows: tuple[object, ...], into: str = "vicidial_log") -> None:
    writer.executemany(f"INSERT INTO {into} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def test_rows_are_read_once_rewritten_ones_again_and_open_ones_by_their_key(
    tmp_path: Path, writer: sqlite3.Connection
) -> None:
    insert(
        writer, attempt(1, NOON_S, "INCALL", length_s=None), attempt(2, NOON_S), attempt(3, NOON_S, "INTV", "SURVEY")
    )
    bench = bench_of(tmp_path, NOON_S + 60)
    for _ in range(3):
        bench.poll()
    bench.killed()
    bench.poll()
    assert bench.tally().received == 3
    # Two hours later its row lies far behind the 15 minutes that each poll reads again.
    insert(writer, attempt(4, NOON_S + 7_200))
    bench.poll(NOON_S + 7_260)
    writer.execute("UPDATE vicidial_log SET status = 'SALE', length_in_sec = 95 WHERE status = 'INCALL'")
    bench.poll()
    tally = bench.tally()
    assert (tally.received, tally.counted, tally.duplicate, tally.dead) == (5, 5, 0, 0)
    # A row of two hours ago was rewritten a second ago: that is no clock that is behind ours.
    assert {batch.skew_ms for batch in bench.batches()} == {None}
    assert bench.dispositions() == {("WINBACK", "SALE"): 1, ("WINBACK", "NA"): 2, ("SURVEY", "INTV"): 1}
    sold = {fact.disposition: fact for fact in bench.attempts().values() if fact.told & Told.SUCCESS}
    assert {disposition: fact.length_ms for disposition, fact in sold.items()} == {"SALE": 95_000, "INTV": 20_000}


def test_the_closed_day_is_read_again_with_the_archive(tmp_path: Path, writer: sqlite3.Connection) -> None:
    insert(writer, attempt(1, NOON_S, "NI"))
    bench = bench_of(tmp_path, NOON_S + 120)
    bench.poll()
    insert(writer, attempt(2, NOON_S + 7_200))
    bench.poll(NOON_S + 7_300)
    insert(writer, attempt(3, NOON_S + 300, "DROP"), into="vicidial_log_archive")
    writer.execute("UPDATE vicidial_log SET status = 'SALE' WHERE status = 'NI'")
    bench.poll(NOON_S + 17 * 3_600)
    assert bench.tally().received == 2
    bench.poll(NOON_S + 18 * 3_600 + 1)
    assert bench.tally().late == 2
    assert Counter(bench.dispositions().elements()) == Counter(
        [("WINBACK", "SALE"), ("WINBACK", "NA"), ("WINBACK", "DROP")]
    )


def test_the_stock_is_counted_by_the_file(tmp_path: Path, writer: sqlite3.Connection) -> None:
    insert(writer, (101, "first", "WINBACK", "Y"), (102, "second", "WINBACK", "N"), into="vicidial_lists")
    leads = ((101, "NEW", 0, None), (101, "NA", 3, wall(NOON_S - 7_200)), (101, "SALE", 2, wall(NOON_S - 60)))
    for number, lead in enumerate((*leads, (102, "NEW", 0, None)), start=1):
        insert(writer, (number, *lead), into="vicidial_list")
    insert(writer, (1, 1, 101, "WINBACK", "READY"), into="vicidial_hopper")
    bench = bench_of(tmp_path, NOON_S)
    bench.poll()
    (counted,) = [fact for fact in bench.facts() if isinstance(fact, ListCounted)]
    assert (counted.leads, counted.touched, counted.attempts, counted.terminal) == (3, 2, 5, 1)
    assert (counted.dialable, counted.remaining_attempts, counted.hopper) == (2, 17, 1)


def test_nothing_can_be_written_and_a_missing_file_is_not_made(tmp_path: Path, writer: sqlite3.Connection) -> None:
    database = Database(read_settings({"sqlite": str(tmp_path / "dialer #1?.sqlite")}))
    assert ("SURVEY", "INTV") in database.flags()
    with pytest.raises(SourceTrouble, match="readonly"):
        list(database.read(text("DELETE FROM vicidial_statuses"), 10))
    database.close()
    assert writer.execute("SELECT COUNT(*) FROM vicidial_statuses").fetchone()[0] > 10
    missing = Database(read_settings({"sqlite": str(tmp_path / "missing")}))
    with pytest.raises(SourceTrouble, match="missing does not answer"):
        missing.flags()
    assert not (tmp_path / "missing").exists()


def test_tables_that_go_and_come_again_are_said_once_and_leave_no_gap(
    tmp_path: Path, writer: sqlite3.Connection
) -> None:
    insert(writer, attempt(1, NOON_S))
    bench = bench_of(tmp_path, NOON_S + 10)
    bench.poll()
    writer.execute("ALTER TABLE vicidial_log RENAME COLUMN length_in_sec TO gone")
    for _ in range(5):
        bench.now_ms += 20_000
        bench.drain()
    lost, lacking = bench.said  # what the poll under way met, and what every one behind it saw
    assert "does not answer" in lost
    assert "lacks vicidial_log.length_in_sec" in lacking
    insert(writer, attempt(2, NOON_S + 30))
    writer.execute("ALTER TABLE vicidial_log RENAME COLUMN gone TO length_in_sec")
    bench.now_ms += 61_000
    bench.drain()
    assert bench.said[2:] == ["feed feed: reading again"]
    assert len(bench.attempts()) == 2


@pytest.mark.parametrize("key", ["host", "port", "socket", "user", "password_file", "database"])
def test_a_file_and_a_server_exclude_each_other(key: str) -> None:
    value: object = 3306 if key == "port" else "x"
    with pytest.raises(BadOptions) as found:
        read_settings({"sqlite": "dialer.sqlite", key: value})
    (fault,) = found.value.faults
    assert fault.place == ("sqlite",)
    assert key in fault.what
