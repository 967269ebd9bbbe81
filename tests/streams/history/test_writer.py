"""The writer: what was committed is there, whatever breaks off in between, and only its owner adds to it."""

from __future__ import annotations

import pytest

from streams.codec import decode_columns
from streams.engine import Engine
from streams.history import commits
from streams.history.files import AlreadyThere, HistoryUnavailable
from streams.history.files_memory import MemoryFiles
from streams.history.history import History, Overtaken
from streams.log import START
from streams.records import Seen
from tests.streams.histories import CELLS, CLOCK, GIVE_UP_MS, counted
from tests.streams.history.stories import DAY_MS, START_MS, batches, day_of_calls, log_of, owner, take_all

NOW_MS = START_MS + 2 * DAY_MS


def engine_from(history: History, as_of_ms: int = NOW_MS) -> Engine:
    engine = Engine(as_of_ms, lambda _: CLOCK, GIVE_UP_MS)
    for contents in history.partitions():
        for columns in history.records(contents.of_kind(commits.RECORDS)):
            engine.learn(columns)
    engine.count()
    return engine


def test_the_records_say_what_the_log_said(history: History) -> None:
    facts = [*day_of_calls(0).facts, *day_of_calls(1).facts, Seen(START_MS, CELLS["A"])]
    log = log_of(*batches(facts))
    writer = owner(history)
    assert writer.start() == START
    take_all(writer, log, START)
    assert writer.facts == len(facts)
    assert writer.flush(NOW_MS) == log.last()
    assert writer.facts == 0

    right = Engine(START_MS + DAY_MS - 1000, lambda _: CLOCK, GIVE_UP_MS)
    for payload in batches(facts):
        right.apply(decode_columns(payload))
    assert counted(engine_from(history, START_MS + DAY_MS - 1000)) == counted(right)
    contents = history.contents()
    assert contents.position == log.last()
    assert sum(file.rows for file in contents.of_kind(commits.RECORDS)) == len(facts)
    assert set(contents.cells) == set(CELLS.values())
    assert {file.path.rpartition("/")[0] for file in contents.of_kind(commits.RECORDS)} == {
        f"records/day={file.day}/feed=calls" for file in contents.of_kind(commits.RECORDS)
    }


def test_order_and_repetition_do_no_harm(history: History) -> None:
    facts = day_of_calls(0).facts
    log = log_of(*batches(facts), *reversed(batches(facts)))
    writer = owner(history)
    writer.start()
    take_all(writer, log, START)
    writer.flush(NOW_MS)
    alone = History(MemoryFiles())
    once = owner(alone)
    once.start()
    take_all(once, log_of(*batches(facts)), START)
    once.flush(NOW_MS)
    assert counted(engine_from(history, START_MS + DAY_MS // 2)) == counted(engine_from(alone, START_MS + DAY_MS // 2))


def test_an_unreadable_entry_is_passed(history: History) -> None:
    log = log_of(b"no batch", *batches(day_of_calls(0).facts), b"")
    writer = owner(history)
    writer.start()
    take_all(writer, log, START)
    assert writer.flush(NOW_MS) == log.last() == history.contents().position


def test_a_crash_between_file_and_commit_leaves_debris_that_the_next_owner_removes(history: History) -> None:
    log = log_of(*batches(day_of_calls(0).facts))
    writer = owner(history)
    writer.start()
    take_all(writer, log, START)
    writer.history.commit = broken  # type: ignore[method-assign]
    with pytest.raises(HistoryUnavailable):
        writer.flush(NOW_MS)
    del writer.history.__dict__["commit"]
    debris = history.files.list("records")
    assert debris
    assert history.contents().position == START

    second = owner(history, 2)
    assert second.start() == START
    assert history.files.list("records") == []
    take_all(second, log, START)
    second.flush(NOW_MS)
    assert set(history.files.list("records")) == set(history.contents().files)
    assert not counted_is_empty(history)


def counted_is_empty(history: History) -> bool:
    return not any(counts.get("offered") for counts in counted(engine_from(history, START_MS + DAY_MS // 2)).values())


def broken(commit: commits.Commit) -> None:
    message = "no space left"
    raise HistoryUnavailable(message)


def test_a_flush_that_failed_is_repeated_without_loss_or_double(history: History) -> None:
    log = log_of(*batches(day_of_calls(0).facts))
    writer = owner(history)
    writer.start()
    take_all(writer, log, START)
    writer.history.commit = broken  # type: ignore[method-assign]
    with pytest.raises(HistoryUnavailable):
        writer.flush(NOW_MS)
    del writer.history.__dict__["commit"]
    assert writer.flush(NOW_MS) == log.last()
    rows = sum(file.rows for file in history.contents().of_kind(commits.RECORDS))
    assert rows == len(day_of_calls(0).facts)


def test_an_older_owner_cannot_commit(history: History) -> None:
    old, new = owner(history, 1), owner(history, 2)
    old.start()
    new.start()
    take_all(old, log_of(*batches(day_of_calls(0).facts)), START)
    with pytest.raises(Overtaken):
        old.flush(NOW_MS)
    with pytest.raises(Overtaken):
        owner(history, 2).start()
    assert history.contents().files == {}


def test_a_commit_of_an_older_owner_that_slips_through_does_not_count(history: History) -> None:
    old, new = owner(history, 1), owner(history, 2)
    old.start()
    take_all(old, log_of(*batches(day_of_calls(0).facts)), START)
    # Its look at the newest generation came before the takeover, its write after.
    late = History(history.files)
    late.newest_generation = lambda partition=0: 1  # type: ignore[method-assign]
    old.history = late
    new.start()
    old.flush(NOW_MS)
    take_all(new, log_of(*batches(day_of_calls(1).facts)), START)
    new.flush(NOW_MS)
    contents = history.contents()
    assert {path.rpartition("/")[2].split("-")[1] for path in contents.files} == {"00000002"}
    assert contents.position == new.contents.position


def test_whole_commits_take_the_place_of_those_before(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.history.writer._COMMITS_BEFORE_WHOLE", 8)
    writer = owner(history)
    writer.start()
    log = log_of(*(payload for n in range(20) for payload in batches(day_of_calls(0, 3).facts, n + 1)[:1]))
    for entry in log.read(START, 1_000):
        writer.take([entry])
        writer.flush(NOW_MS)
    assert len(history.files.list("commits")) < 8
    contents = History(history.files).contents()
    assert contents.position == log.last()
    assert contents.files == writer.contents.files
    assert len(contents.files) >= 20


def test_a_missing_commit_is_named(history: History) -> None:
    writer = owner(history)
    writer.start()
    for number, payload in enumerate(batches(day_of_calls(0).facts, size=20)):
        writer.take(log_of(*[b""] * number, payload).read(str(number), 10))
        writer.flush(NOW_MS)
    history.files.remove(history.files.list("commits")[1])
    with pytest.raises(commits.UnreadableCommit, match="follows a commit that is not there"):
        History(history.files).contents()


def test_a_newer_format_is_refused(history: History) -> None:
    try:
        history.files.write("commits/0000-00000001-00000001.json", b'{"version": 99}')
    except AlreadyThere:
        pytest.fail("an empty history had a commit")
    with pytest.raises(commits.UnreadableCommit, match="version 99, this program reads 1: start the newer program"):
        history.contents()
