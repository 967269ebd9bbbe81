"""Days on which nothing happened are closed too: the days around them are then read from their facts."""

from __future__ import annotations

from streams.history import commits, verify
from streams.history.closing import close_days, make_version
from streams.history.compaction import retire
from streams.history.files_memory import MemoryFiles
from streams.history.history import History
from streams.history.months import merge_month
from streams.history.writer import HistoryWriter
from streams.log import START
from streams.past import Past
from streams.records import Arrived, Ended, Fact, Outcome, identify
from tests.streams.histories import CELLS, CLOCK
from tests.streams.history.stories import CALENDAR, DAY_MS, START_MS, batches, day_of_calls, log_of, owner, take_all
from tests.streams.history.test_closing import Watched

CALLS_ON = (0, 2, 6)
"""Nobody calls on days 1, 3, 4 and 5."""
NOW_MS = START_MS + 9 * DAY_MS + DAY_MS // 2


def closed() -> HistoryWriter:
    writer = owner(History(MemoryFiles()))
    writer.start()
    facts = [fact for number in CALLS_ON for fact in day_of_calls(number).facts]
    take_all(writer, log_of(*batches(facts)), START)
    writer.flush(NOW_MS)
    close_days(writer, CALENDAR, NOW_MS, quiet_ms=-1)
    return writer


def number_of(version: commits.DayVersion) -> int:
    return (version.start_ms - START_MS) // DAY_MS


def test_days_without_calls_are_read_from_facts_as_the_others() -> None:
    writer = closed()
    edges = [START_MS + day * DAY_MS for day in range(-4, 10)]
    watched = Watched(writer.history.files)
    told = Past([log_of()], watched, CALENDAR, NOW_MS, is_now=True).by_interval(edges)
    assert watched.read == {"days"}
    again = Past([log_of()], writer.history, CALENDAR, NOW_MS, is_now=False).by_interval(edges)
    assert {cell: list(rows) for cell, rows in told.items()} == {cell: list(rows) for cell, rows in again.items()}
    offered = [sum(rows[number]["offered"] for rows in again.values()) for number in range(len(edges) - 1)]
    assert [number - 4 for number, calls in enumerate(offered) if calls] == list(CALLS_ON)


def test_an_empty_day_is_a_commit_without_files() -> None:
    contents = closed().history.contents()
    empty = {number_of(one) for one in contents.versions if one.empty}
    # As far as a call of another day could reach, also before the first one and behind the last.
    assert empty == {-2, -1, 1, 3, 4, 5, 7, 8}
    assert {number_of(one) for one in contents.versions if not one.empty} == set(CALLS_ON)
    days = {one.day for one in contents.versions if one.empty}
    assert not days & {file.day for kind in commits.FACTS for file in contents.of_kind(kind)}
    assert {one.why for one in contents.versions if one.empty} == {"nothing happened on it"}


def test_empty_days_are_closed_once_and_stay_closed() -> None:
    writer = closed()
    before = writer.contents.versions.copy()
    assert close_days(writer, CALENDAR, NOW_MS + 60_000, quiet_ms=-1) == []
    day = next(one.day for one in before if one.empty)
    assert make_version(writer, CALENDAR, CLOCK, day, NOW_MS) == []
    again = owner(History(writer.history.files), 2)
    again.start()
    assert close_days(again, CALENDAR, NOW_MS + 60_000, quiet_ms=-1) == []
    assert again.contents.versions == before


def test_a_record_that_comes_late_for_an_empty_day_makes_version_two() -> None:
    writer = closed()
    merge_month(writer, CALENDAR, NOW_MS)
    key, at_ms = identify("late", 1), START_MS + DAY_MS + 3_600_000
    late: list[Fact] = [Arrived(key, at_ms, CELLS["A"]), Ended(key, at_ms + 1_000, Outcome.ABANDONED)]
    take_all(writer, log_of(*batches(late, 1000)), START)
    writer.flush(NOW_MS)
    (made,) = close_days(writer, CALENDAR, NOW_MS, quiet_ms=-1)
    assert (number_of(made), made.version, made.empty, made.why) == (1, 2, False, "2 records came after the close")
    edges = [START_MS + day * DAY_MS for day in range(4)]
    watched = Watched(writer.history.files)
    told = Past([log_of()], watched, CALENDAR, NOW_MS, is_now=True).by_interval(edges)
    assert watched.read == {"days"}
    assert told[CELLS["A"]][1]["abandoned"] == 1
    assert list(verify.faults(writer.history)) == []


def test_a_day_whose_records_went_unclosed_is_not_called_empty() -> None:
    writer = owner(History(MemoryFiles()))
    writer.start()
    facts = [fact for number in (0, 1, 2, 3) for fact in day_of_calls(number).facts]
    take_all(writer, log_of(*batches(facts)), START)
    writer.flush(NOW_MS)
    retire(writer, START_MS + 4 * DAY_MS, record_days=2, minute_days=2)
    assert 0 < writer.contents.retired_ms <= START_MS + 3 * DAY_MS
    close_days(writer, CALENDAR, NOW_MS, quiet_ms=-1)
    assert not [one for one in writer.contents.versions if one.empty and one.start_ms < writer.contents.retired_ms]
