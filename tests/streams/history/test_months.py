"""Months in one file: they say what their days said, late records change them, a crash in between does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from streams.history import commits, verify
from streams.history.calendar import bounds
from streams.history.closing import close_days, make_version, plain
from streams.history.commits import File
from streams.history.facts import read_facts
from streams.history.files import Files, HistoryUnavailable
from streams.history.files_arrow import ArrowFiles
from streams.history.files_memory import MemoryFiles
from streams.history.history import History
from streams.history.months import merge_month
from streams.history.writer import HistoryWriter
from streams.log import START
from streams.past import Past
from streams.reading import Sums
from streams.records import Arrived, Cell, Ended, Fact, Outcome, identify
from tests.streams.histories import CELLS, CLOCK
from tests.streams.history.stories import CALENDAR, DAY_MS, START_MS, batches, day_of_calls, log_of, owner, take_all

JULY_OVER_MS = CALENDAR.closed_at(CLOCK, bounds(CLOCK, "2026-07-31")[0])
NOW_MS = START_MS + 27 * DAY_MS
"""The third of August: July is over, the first of August is closed."""
FACTS = [fact for number in (0, 1, 2, 25) for fact in day_of_calls(number).facts]
JULY = ("2026-07-07", "2026-07-08", "2026-07-09")
STRETCHES = [
    (0, 3 * DAY_MS, 900_000),
    (900_000, 2 * DAY_MS + 1_800_000, 3_600_000),
    (DAY_MS, 2 * DAY_MS, 900_000),
    (25 * DAY_MS, 26 * DAY_MS, 900_000),
]


def closed(files: Files, facts: list[Fact]) -> HistoryWriter:
    """The owner of a history of these facts with its days closed and nothing merged."""
    writer = owner(History(files))
    writer.start()
    bring(writer, facts, 1)
    close_days(writer, CALENDAR, NOW_MS, quiet_ms=-1)
    return writer


def bring(writer: HistoryWriter, facts: list[Fact], sequence: int) -> None:
    take_all(writer, log_of(*batches(facts, sequence)), START)
    writer.flush(NOW_MS)


def quarters(history: History) -> list[File]:
    return history.contents().of_kind(commits.QUARTERS)


class Opened(History):
    """Notes what is read."""

    def __init__(self, files: Files) -> None:
        super().__init__(files)
        self.read: list[File] = []

    def read_table(self, file: File, columns: Sequence[str] | None = None, hotlines: Sequence[str] = ()) -> Any:
        self.read.append(file)
        return super().read_table(file, columns, hotlines)

    def records(self, files: Any) -> Any:
        msg = "the facts should have told this"
        raise AssertionError(msg)


def answers(history: History) -> list[dict[Cell, list[Sums]]]:
    """What the facts say of several stretches, both bases, and one hotline alone."""
    past = Past([log_of()], Opened(history.files), CALENDAR, NOW_MS, is_now=True)
    found = []
    for from_ms, to_ms, step_ms in STRETCHES:
        edges = [START_MS + at for at in [*range(from_ms, to_ms, step_ms), to_ms]]
        for basis in ("arrival", "live"):
            for hotlines in ((), ("A",)):
                told = past.by_interval(edges, basis, hotlines)
                found.append({cell: list(rows) for cell, rows in told.items()})
    assert all(any(row["offered"] for rows in one.values() for row in rows) for one in found)
    return found


def same_as_records(history: History) -> bool:
    """The facts by quarter of an hour of all of July's days are what its records say."""
    edges = list(range(START_MS, START_MS + 3 * DAY_MS + 1, 900_000))
    told = Past([log_of()], Opened(history.files), CALENDAR, NOW_MS, is_now=True).by_interval(edges)
    again = Past([log_of()], History(history.files), CALENDAR, NOW_MS).by_interval(edges)
    return {cell: list(rows) for cell, rows in told.items()} == {cell: list(rows) for cell, rows in again.items()}


def test_a_month_in_one_file_says_what_its_days_said() -> None:
    writer = closed(MemoryFiles(), FACTS)
    before, rows = answers(writer.history), sum(file.rows for file in quarters(writer.history))
    made = merge_month(writer, CALENDAR, NOW_MS)
    assert made is not None
    assert (made.day, made.days) == ("2026-07", JULY)
    assert [file.day for file in quarters(writer.history)] == ["2026-07", "2026-08-01"]
    assert sum(file.rows for file in quarters(writer.history)) == rows
    assert answers(writer.history) == before
    assert same_as_records(writer.history)
    opened = Opened(writer.history.files)
    edges = list(range(START_MS, START_MS + 3 * DAY_MS + 1, 900_000))
    Past([log_of()], opened, CALENDAR, NOW_MS, is_now=True).by_interval(edges, hotlines=["A"])
    assert opened.read == [made]
    assert merge_month(writer, CALENDAR, NOW_MS) is None
    assert list(verify.faults(History(writer.history.files))) == []


def test_a_month_is_merged_when_its_last_day_is_closed_and_not_before() -> None:
    writer = closed(MemoryFiles(), FACTS)
    assert merge_month(writer, CALENDAR, JULY_OVER_MS - 1) is None
    assert merge_month(writer, CALENDAR, JULY_OVER_MS) is not None


def test_a_late_record_in_a_merged_month_makes_version_two_and_both_are_readable() -> None:
    writer = closed(MemoryFiles(), FACTS)
    history = writer.history
    merge_month(writer, CALENDAR, NOW_MS)
    key = identify("late", 1)
    at_ms = START_MS + DAY_MS + 3_600_000
    bring(writer, [Arrived(key, at_ms, CELLS["A"]), Ended(key, at_ms + 1_000, Outcome.ABANDONED)], 1000)
    made = close_days(writer, CALENDAR, NOW_MS, quiet_ms=-1)
    assert [(one.day, one.version, one.why) for one in made] == [(JULY[1], 2, "2 records came after the close")]
    assert [(file.day, file.days) for file in quarters(history)] == [("2026-07", JULY), ("2026-08-01", ())]
    assert same_as_records(history)
    days = {file.version: file for file in history.contents().of_kind(commits.DAYS) if file.day == JULY[1]}
    one, two = (
        read_facts(history, [days[version]], [START_MS + DAY_MS, START_MS + 2 * DAY_MS], "arrival")[CELLS["A"]][0]
        for version in (1, 2)
    )
    assert two["offered"] == one["offered"] + 1
    assert list(verify.faults(History(history.files))) == []


def test_computing_a_day_of_a_merged_month_anew_makes_a_version_only_where_something_differs() -> None:
    writer = closed(MemoryFiles(), FACTS)
    merge_month(writer, CALENDAR, NOW_MS)
    (before, _) = quarters(writer.history)
    for day in JULY:
        assert make_version(writer, CALENDAR, CLOCK, day, NOW_MS) == []
    assert quarters(writer.history)[0] == before
    changed = next(file for file in writer.history.contents().of_kind(commits.RECORDS))
    writer.commit(writer.step(NOW_MS, removed=[changed.path]))
    (version,) = make_version(writer, CALENDAR, CLOCK, JULY[0], NOW_MS)
    assert version.version == 2
    assert same_as_records(writer.history)


def test_a_day_that_is_closed_later_joins_its_month() -> None:
    writer = closed(MemoryFiles(), [*day_of_calls(0).facts, *day_of_calls(6).facts])
    merge_month(writer, CALENDAR, NOW_MS)
    bring(writer, day_of_calls(12).facts, 1000)
    assert [one.day for one in close_days(writer, CALENDAR, NOW_MS, quiet_ms=-1) if not one.empty] == ["2026-07-19"]
    made = merge_month(writer, CALENDAR, NOW_MS)
    assert made is not None
    assert made.days == ("2026-07-07", "2026-07-13", "2026-07-19")
    assert quarters(writer.history) == [made]


def broken(commit: commits.Commit) -> None:
    message = "no space left"
    raise HistoryUnavailable(message)


def test_a_crash_between_the_file_of_a_month_and_its_commit_changes_nothing() -> None:
    writer = closed(MemoryFiles(), FACTS)
    history, files = writer.history, writer.history.files
    before, known = answers(history), history.contents().files
    history.commit = broken  # type: ignore[method-assign]
    with pytest.raises(HistoryUnavailable):
        merge_month(writer, CALENDAR, NOW_MS)
    del history.__dict__["commit"]
    assert len(files.list("quarters")) == len(quarters(history)) + 1
    assert (history.contents().files, answers(History(files))) == (known, before)

    second = owner(History(files), 2)
    second.start()
    assert list(files.list("quarters")) == [file.path for file in quarters(history)]
    merge_month(second, CALENDAR, NOW_MS)
    assert answers(History(files)) == before
    month = quarters(History(files))[0]

    # The same where a new version of a day writes its month anew.
    removed = next(file for file in second.contents.of_kind(commits.RECORDS))
    second.commit(second.step(NOW_MS, removed=[removed.path]))
    second.history.commit = broken  # type: ignore[method-assign]
    with pytest.raises(HistoryUnavailable):
        make_version(second, CALENDAR, CLOCK, JULY[0], NOW_MS)
    assert quarters(History(files))[0] == month
    assert {one.version for one in History(files).contents().versions} == {1}
    assert answers(History(files)) == before


def test_other_programs_find_every_row_once(tmp_path: Path) -> None:
    writer = closed(ArrowFiles(tmp_path), FACTS)
    right = [plain(writer.history.read_table(file)).to_pandas() for file in quarters(writer.history)]
    merge_month(writer, CALENDAR, NOW_MS)
    writer.remove_replaced(NOW_MS + 600_000)
    sums = Counter({"offered": sum(int(rows["offered"].sum()) for rows in right)})
    import pandas as pd  # a second of processor time, which nobody else needs

    came = pd.read_parquet(tmp_path / "quarters")
    assert len(came) == sum(len(rows) for rows in right)
    assert int(came["offered"].sum()) == sums["offered"] > 100
    assert not came.duplicated(["hotline", "provider", "basis", "start"]).any()
    query = f"select sum(offered) from read_parquet('{tmp_path}/quarters/*/*/*.parquet', hive_partitioning = true)"
    relation = duckdb.sql(query)
    assert relation is not None
    assert relation.fetchall() == [(sums["offered"],)]
