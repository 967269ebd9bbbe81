"""Closed days: their facts are what the records say, late records make a new version, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import pytest

from streams.asof import OlderThanLog
from streams.columns import Columns
from streams.days import SiteClock, business_date
from streams.history import commits
from streams.history.calendar import bounds
from streams.history.closing import close_days, make_version
from streams.history.commits import File
from streams.history.compaction import compact, retire
from streams.history.files import Files
from streams.history.files_memory import MemoryFiles
from streams.history.history import History
from streams.history.writer import HistoryWriter
from streams.log import START
from streams.past import Past
from streams.records import Arrived, Ended, Fact, Outcome, identify
from tests.batch.compare import differences
from tests.batch.count import Counts, Rules, count_intervals
from tests.streams.histories import CELLS, CLOCK, GIVE_UP_MS
from tests.streams.history.stories import (
    CALENDAR,
    DAY_MS,
    START_MS,
    batches,
    day_of_calls,
    log_of,
    owner,
    take_all,
    with_calls,
)

NOW_MS = START_MS + 4 * DAY_MS + 3_600_000


def kept(facts: list[Fact], close_ms: int = NOW_MS) -> tuple[HistoryWriter, History]:
    """A history of these facts with its days closed."""
    writer = owner(History(MemoryFiles()))
    writer.start()
    take_all(writer, log_of(*batches(facts)), START)
    writer.flush(close_ms)
    close_days(writer, CALENDAR, close_ms, quiet_ms=-1)
    return writer, writer.history


class Watched(History):
    """Notes what kinds of files are read."""

    def __init__(self, files: Files) -> None:
        super().__init__(files)
        self.read: set[str] = set()

    def read_table(self, file: File, columns: Sequence[str] | None = None, hotlines: Sequence[str] = ()) -> Any:
        self.read.add(file.kind)
        return super().read_table(file, columns, hotlines)

    def records(self, files: Iterable[File]) -> Iterator[Columns]:
        for file in files:
            self.read.add(file.kind)
            yield from super().records([file])


def past(history: History, as_of_ms: int = NOW_MS, *, is_now: bool) -> Past:
    return Past([log_of()], history, CALENDAR, as_of_ms, is_now=is_now)


FACTS = [fact for number in range(3) for fact in day_of_calls(number).facts]


@pytest.mark.parametrize("basis", ["arrival", "live"])
@pytest.mark.parametrize(
    ("from_ms", "to_ms", "step_ms", "kinds"),
    [
        (0, 3 * DAY_MS, DAY_MS, {"days"}),
        (0, 3 * DAY_MS, 3 * DAY_MS, {"days"}),
        (900_000, 2 * DAY_MS + 1_800_000, 900_000, {"quarters"}),
        (120_000, 28_800_000, 60_000, {"minutes"}),
        (DAY_MS, 5 * DAY_MS, DAY_MS, {"days", "records"}),
        (1_000, DAY_MS + 1_000, 3_600_000, {"records"}),
    ],
)
def test_facts_and_records_and_the_slow_computation_agree(
    basis: str, from_ms: int, to_ms: int, step_ms: int, kinds: set[str]
) -> None:
    _, history = kept(FACTS)
    edges = [START_MS + at for at in [*range(from_ms, to_ms, step_ms), to_ms]]
    history = Watched(history.files)
    told = past(history, is_now=True).by_interval(edges, basis)
    assert history.read == kinds
    again = past(history, is_now=False).by_interval(edges, basis)
    assert {cell: list(rows) for cell, rows in told.items()} == {cell: list(rows) for cell, rows in again.items()}
    if basis == "live":
        return
    came = {
        f"{cell.hotline} {edges[number]}": {**sums.counts, "wait_max_ms": sums.wait_max_ms}
        for cell, rows in told.items()
        for number, sums in enumerate(rows)
    }
    assert not differences(slowly(edges), came)


def slowly(edges: list[int]) -> dict[str, Counts]:
    right: dict[str, Counts] = {}
    days = [day_of_calls(number) for number in range(3)]
    for queue in "AB":
        visits = [visit for day in days for visit in day.visits if visit.queue == queue]
        doors = [door for day in days for door in day.doors if door.queue == queue]
        for start_ms, end_ms in pairwise(edges):
            ((_, _, counts),) = count_intervals(
                visits, doors, start_ms, end_ms, "total", "UTC", NOW_MS, Rules(give_up_ms=GIVE_UP_MS)
            )
            counts.pop("wait", None)
            right[f"{queue} {start_ms}"] = counts
    assert any(counts.get("offered") for counts in right.values())
    return right


def test_a_day_is_closed_at_its_time_and_not_before() -> None:
    closed_ms = CALENDAR.closed_at(CLOCK, START_MS)
    assert closed_ms == START_MS + DAY_MS + GIVE_UP_MS  # 06:30: later than 06:00, because calls may be open till then
    writer, history = kept(FACTS, closed_ms - 1)
    assert with_calls(history.contents().versions) == []
    made = close_days(writer, CALENDAR, closed_ms, quiet_ms=-1)
    assert [(one.version, one.start_ms, one.end_ms) for one in made] == [(1, START_MS, START_MS + DAY_MS)]
    assert close_days(writer, CALENDAR, closed_ms, quiet_ms=-1) == []


def test_a_day_that_is_still_being_read_is_not_closed() -> None:
    writer = owner(History(MemoryFiles()))
    writer.start()
    take_all(writer, log_of(*batches(FACTS, collected_ms=NOW_MS)), START)
    writer.flush(NOW_MS)
    assert with_calls(close_days(writer, CALENDAR, NOW_MS + 9_999, quiet_ms=10_000)) == []
    assert len(with_calls(close_days(writer, CALENDAR, NOW_MS + 10_000, quiet_ms=10_000))) == 3


def late_call(number: int, at_ms: int) -> list[Fact]:
    key = identify("late", number)
    return [Arrived(key, at_ms, CELLS["A"]), Ended(key, at_ms + 1_000, Outcome.ABANDONED)]


def bring(writer: HistoryWriter, facts: list[Fact], sequence: int = 1000) -> None:
    take_all(writer, log_of(*batches(facts, sequence)), START)
    writer.flush(NOW_MS)


def test_late_records_make_version_two_and_version_one_stays() -> None:
    writer, history = kept(FACTS)
    first = [file for file in history.contents().of_kind(commits.DAYS) if file.day == first_day(history)]
    bring(writer, late_call(1, START_MS + 3_600_000))
    assert history.contents().dirty
    edges = [START_MS, START_MS + DAY_MS]
    before_ms = past(history, is_now=True).by_interval(edges)[CELLS["A"]][0]
    made = close_days(writer, CALENDAR, NOW_MS, quiet_ms=-1)
    assert [(one.day, one.version, one.why) for one in made] == [
        (first_day(history), 2, "2 records came after the close")
    ]
    contents = history.contents()
    assert contents.dirty == set()
    assert [file.path for file in first] == [
        file.path for file in contents.of_kind(commits.DAYS) if file.version == 1 and file.day == first_day(history)
    ]
    assert {file.version for file in contents.of_kind(commits.QUARTERS) if file.day == first_day(history)} == {2}
    after = past(history, is_now=True).by_interval(edges)[CELLS["A"]][0]
    assert after["abandoned_short"] == before_ms["abandoned_short"]  # a dirty day was answered from the records
    assert after == past(history, is_now=False).by_interval(edges)[CELLS["A"]][0]
    (cause,) = [file for file in contents.of_kind(commits.LATE) if file.path in made[0].causes]
    late = history.read_table(cause).to_pylist()
    assert [(row["feed"], row["sequence"], row["kind"]) for row in late] == [
        ("calls", 1000, "arrived"),
        ("calls", 1000, "ended"),
    ]


def first_day(history: History) -> str:
    return min(one.day for one in with_calls(history.contents().versions))


def test_an_end_dated_today_changes_the_closed_day_of_its_arrival() -> None:
    key = identify("long", 1)
    open_call: list[Fact] = [Arrived(key, START_MS + DAY_MS - 60_000, CELLS["A"])]
    writer, history = kept([*FACTS, *open_call], START_MS + DAY_MS + 2 * GIVE_UP_MS)
    assert [one.version for one in with_calls(history.contents().versions)] == [1]
    bring(writer, [Ended(key, START_MS + DAY_MS + 3 * GIVE_UP_MS, Outcome.ANSWERED)])
    made = close_days(writer, CALENDAR, NOW_MS, quiet_ms=-1)
    assert [(one.version, one.start_ms) for one in made if one.version > 1] == [(2, START_MS)]
    edges = [START_MS, START_MS + DAY_MS]
    assert past(history, is_now=True).by_interval(edges) == past(history, is_now=False).by_interval(edges)


def test_ends_of_calls_of_an_open_day_are_not_late() -> None:
    writer, history = kept(FACTS, START_MS + DAY_MS + 2 * GIVE_UP_MS)
    key = identify("today", 1)
    bring(writer, [Arrived(key, START_MS + DAY_MS + 5_000, CELLS["A"])])
    bring(writer, [Ended(key, START_MS + DAY_MS + 9_000, Outcome.ANSWERED)], 1001)
    assert (history.contents().dirty, history.contents().of_kind(commits.LATE)) == (set(), [])


def test_records_that_change_nothing_make_no_version() -> None:
    writer, history = kept(FACTS)
    bring(writer, day_of_calls(0).facts[:7])
    assert history.contents().dirty
    assert close_days(writer, CALENDAR, NOW_MS, quiet_ms=-1) == []
    contents = history.contents()
    assert (contents.dirty, {one.version for one in contents.versions}) == (set(), {1})


def test_computing_anew_makes_a_version_only_where_something_differs() -> None:
    writer, history = kept(FACTS)
    day = first_day(history)
    assert make_version(writer, CALENDAR, CLOCK, day, NOW_MS) == []
    changed = next(file for file in history.contents().of_kind(commits.RECORDS))
    writer.commit(writer.step(NOW_MS, removed=[changed.path]))
    (version,) = make_version(writer, CALENDAR, CLOCK, day, NOW_MS)
    assert (version.version, version.why) == (2, "computed anew from the records")


def test_the_bounds_of_a_date_are_those_of_its_business_day() -> None:
    for day, hours in {"2026-03-27": 24, "2026-03-28": 23, "2026-10-24": 25, "2026-10-25": 24}.items():
        start_ms, end_ms = bounds(CLOCK, day)
        assert (end_ms - start_ms, business_date(CLOCK, start_ms).isoformat()) == (hours * 3_600_000, day)
    evening = SiteClock("Europe/Berlin", 18 * 60)
    assert business_date(evening, bounds(evening, "2026-07-08")[0]).isoformat() == "2026-07-08"


def test_a_day_whose_records_went_keeps_its_last_version() -> None:
    writer, history = kept(FACTS)
    retire(writer, START_MS + 12 * DAY_MS, record_days=8, minute_days=5)
    contents = history.contents()
    assert contents.retired_ms > START_MS
    assert {file.day for file in contents.of_kind(commits.MINUTES)} == set()
    bring(writer, late_call(1, START_MS + 3_600_000))
    assert close_days(writer, CALENDAR, START_MS + 12 * DAY_MS, quiet_ms=-1) == []
    assert (history.contents().dirty, {one.version for one in history.contents().versions}) == (set(), {1})
    edges = [START_MS, START_MS + DAY_MS]
    told = past(history, START_MS + 12 * DAY_MS, is_now=True).by_interval(edges)
    assert sum(rows[0]["offered"] for rows in told.values()) == len(day_of_calls(0).visits)
    with pytest.raises(OlderThanLog, match="are not kept any more"):
        past(history, START_MS + 12 * DAY_MS, is_now=False).by_interval(edges)


def test_compaction_merges_small_files_and_changes_no_number() -> None:
    writer = owner(History(MemoryFiles()))
    writer.start()
    for number, payload in enumerate(batches(FACTS, size=20)):
        writer.take(log_of(*[b""] * number, payload).read(str(number), 10))
        writer.flush(NOW_MS)
    edges = [START_MS, START_MS + DAY_MS, START_MS + 3 * DAY_MS]
    before = past(writer.history, is_now=False).by_interval(edges)
    files = len(writer.contents.of_kind(commits.RECORDS))
    assert compact(writer, NOW_MS) == files
    days = {file.day for file in writer.contents.of_kind(commits.RECORDS)}
    assert len(writer.contents.of_kind(commits.RECORDS)) == len(days) < files
    assert past(History(writer.history.files), is_now=False).by_interval(edges) == before
    writer.remove_replaced(NOW_MS + 599_999)
    assert len(writer.history.files.list("records")) == files + len(days)
    writer.remove_replaced(NOW_MS + 600_000)
    assert len(writer.history.files.list("records")) == len(days)
