"""A followed file through everything that happens to log files: no line lost, none twice."""

import gzip
import os
import shutil
from pathlib import Path

import pytest

from streams.records import Arrived
from tests.collectors.bench import NOW_MS, Bench, changed_at, entry, write


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    folder = tmp_path / "asterisk"
    folder.mkdir()
    return folder / "queue_log"


@pytest.fixture
def bench(tmp_path: Path, log_file: Path) -> Bench:
    bench = Bench(tmp_path / "data")
    bench.run.follow(log_file)
    return bench


def restart(bench: Bench, log_file: Path, clean: bool = False) -> None:
    bench.restart(clean).follow(log_file)


def callers(bench: Bench) -> int:
    """Visits that arrived; every one has its own id and the tally agrees."""
    visits = [fact.visit for fact in bench.facts() if isinstance(fact, Arrived)]
    assert len(visits) == len(set(visits))
    tally = bench.tally()
    assert (tally.counted, tally.duplicate, tally.dead) == (len(visits), 0, 0), tally
    return len(visits)


def test_an_unfinished_line_waits_for_its_end(bench: Bench, log_file: Path) -> None:
    write(log_file, entry(1))
    write(log_file, entry(2)[:20], end="")
    bench.drain()
    assert callers(bench) == 1
    write(log_file, entry(2)[20:])
    bench.drain()
    assert callers(bench) == 2


def test_a_restart_in_the_middle_of_a_line(bench: Bench, log_file: Path) -> None:
    write(log_file, entry(1), entry(2)[:30], end="\n")
    log_file.write_bytes(log_file.read_bytes()[:-1])
    bench.drain()
    restart(bench, log_file)
    bench.drain()
    write(log_file, entry(2)[30:], entry(3))
    bench.drain()
    assert callers(bench) == 3


def test_equal_lines_in_one_file_are_two_lines(bench: Bench, log_file: Path) -> None:
    write(log_file, entry(1), entry(1))
    bench.drain()
    assert callers(bench) == 2


def test_rename_and_lines_that_still_come_into_the_old_file(bench: Bench, log_file: Path) -> None:
    write(log_file, entry(1))
    bench.drain()
    rotated = log_file.with_name("queue_log.1")
    log_file.rename(rotated)
    write(rotated, entry(2))
    write(log_file, entry(3))
    for _ in range(3):
        bench.drain()
    write(rotated, entry(4))
    bench.settle()
    write(log_file, entry(5))
    bench.settle()
    assert callers(bench) == 5


def test_several_rotations_between_two_looks(bench: Bench, log_file: Path) -> None:
    write(log_file, entry(1))
    bench.drain()
    for number in range(2, 5):
        for older in (3, 2, 1):
            path = log_file.with_name(f"queue_log.{older}")
            if path.exists():
                path.rename(log_file.with_name(f"queue_log.{older + 1}"))
        log_file.rename(log_file.with_name("queue_log.1"))
        write(log_file, entry(number))
        changed_at(log_file, NOW_MS + number)
    bench.settle()
    assert callers(bench) == 4


def test_rotations_while_nobody_looked(bench: Bench, log_file: Path) -> None:
    write(log_file, entry(1))
    changed_at(log_file, NOW_MS - 5_000)
    bench.drain()
    write(log_file, entry(2))
    log_file.rename(log_file.with_name("queue_log.2"))
    write(log_file, entry(3))
    changed_at(log_file, NOW_MS + 1_000)
    packed = log_file.with_name("queue_log.1.gz")
    packed.write_bytes(gzip.compress(log_file.read_bytes()))
    changed_at(packed, NOW_MS + 1_000)
    log_file.unlink()
    write(log_file, entry(4))
    restart(bench, log_file)
    bench.settle()
    assert callers(bench) == 4


def test_a_backlog_that_was_renamed_before_all_of_it_was_read(bench: Bench, log_file: Path) -> None:
    write(log_file, *[entry(number) for number in range(5_000)])
    changed_at(log_file, NOW_MS - 30 * 86_400_000)
    bench.run.step(NOW_MS)
    log_file.rename(log_file.with_name("queue_log.1"))
    write(log_file, entry(5_000))
    restart(bench, log_file)
    bench.settle()
    assert callers(bench) == 5_001


@pytest.mark.parametrize("looked_between", [True, False])
@pytest.mark.parametrize("killed", [True, False])
def test_copytruncate(bench: Bench, log_file: Path, looked_between: bool, killed: bool) -> None:
    write(log_file, entry(1))
    bench.drain()
    write(log_file, entry(2), entry(3))
    shutil.copy2(log_file, log_file.with_name("queue_log.1"))
    changed_at(log_file.with_name("queue_log.1"), NOW_MS + 1_000)
    os.truncate(log_file, 0)
    if looked_between:
        bench.drain()
    write(log_file, *[entry(number, NOW_MS // 1000 - 60) for number in range(4, 11)])
    if killed:
        restart(bench, log_file)
    bench.settle()
    assert callers(bench) == 10


def test_copytruncate_in_the_middle_of_a_line_that_was_seen(bench: Bench, log_file: Path) -> None:
    write(log_file, entry(1))
    write(log_file, entry(2)[:25], end="")
    bench.drain()
    write(log_file, entry(2)[25:])
    shutil.copy2(log_file, log_file.with_name("queue_log.1"))
    os.truncate(log_file, 0)
    bench.settle()
    assert callers(bench) == 2


def test_truncated_without_a_copy_says_what_is_lost(bench: Bench, log_file: Path) -> None:
    write(log_file, entry(1))
    write(log_file, entry(2)[:25], end="")
    bench.drain()
    os.truncate(log_file, 0)
    write(log_file, entry(3))
    bench.settle()
    tally = bench.tally()
    assert (tally.counted, tally.dead) == (2, 1)
    assert "truncated in the middle" in bench.letters.all()[0].reason


def test_a_new_file_with_the_old_inode(bench: Bench, log_file: Path) -> None:
    """The content says that it is another file, whatever its inode says."""
    write(log_file, entry(1), entry(2))
    bench.drain()
    with log_file.open("r+b") as file:
        file.truncate(0)
        for number in range(3, 9):
            file.write((entry(number, NOW_MS // 1000 - 5) + "\n").encode())
    bench.settle()
    assert callers(bench) == 8


def test_moved_to_another_disk_while_down(bench: Bench, log_file: Path) -> None:
    """Another inode, the same content: nothing is read twice."""
    write(log_file, entry(1), entry(2))
    bench.drain()
    copy = log_file.with_name("moved")
    shutil.copy2(log_file, copy)
    log_file.unlink()
    copy.rename(log_file)
    write(log_file, entry(3))
    restart(bench, log_file)
    bench.settle()
    assert callers(bench) == 3
    assert bench.tally().received == 3


@pytest.mark.parametrize("killed", [True, False])
def test_a_file_that_is_cut_short_goes_on_at_its_new_end(bench: Bench, log_file: Path, killed: bool) -> None:
    write(log_file, entry(1), entry(2), entry(3))
    bench.drain()
    os.truncate(log_file, len(entry(1)) + 1)
    bench.drain()
    assert "became shorter" in bench.said[0]
    write(log_file, entry(4))
    bench.drain()
    if killed:
        restart(bench, log_file)
    write(log_file, entry(5), entry(6), entry(7))
    bench.settle()
    assert callers(bench) == 7


def test_cut_short_and_grown_again_between_two_looks(bench: Bench, log_file: Path) -> None:
    """The beginning is the same, what follows is not: nothing new may be taken for known."""
    write(log_file, entry(1), entry(2))
    bench.drain()
    os.truncate(log_file, len(entry(1)) + 1)
    write(log_file, entry(30), entry(4))
    bench.settle()
    arrived = {fact.visit for fact in bench.facts() if isinstance(fact, Arrived)}
    assert len(arrived) >= 4


def test_following_begins_in_the_middle_of_a_line_that_was_replayed(bench: Bench, log_file: Path) -> None:
    write(log_file, entry(1))
    write(log_file, entry(2)[:-1], end="")
    other = Bench(log_file.parent.parent / "other")
    other.replay(log_file)
    write(log_file, entry(2)[-1:], entry(3))
    other.run.follow(log_file)
    other.drain()
    tally = other.tally()
    assert (tally.received, tally.counted, tally.dead) == (4, 3, 1)
    assert "before it was finished" in other.letters.all()[0].reason


def _folder(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _circle(path: Path) -> None:
    path.symlink_to(path.name)


def _nothing(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_folder, "no regular file"),
        (_pipe, "no regular file"),
        (_circle, "leads in circles"),
        (_nothing, "there is no such file"),
    ],
)
def test_what_is_no_file_is_said_once_and_tried_again(bench: Bench, log_file: Path, make, says: str) -> None:  # type: ignore[no-untyped-def]
    make(log_file)
    bench.drain()
    assert bench.batches()[-1].state == "error"
    for _ in range(3):
        bench.drain()
        bench.now_ms += 11_000
    bench.drain()
    assert len(bench.said) == 1
    assert says in bench.said[0]
    last = bench.batches()[-1]
    assert last.state == "error"
    assert says in last.message
    if log_file.is_dir():
        log_file.rmdir()
    elif make is not _nothing:
        log_file.unlink()
    write(log_file, entry(1))
    bench.settle()
    assert callers(bench) == 1
    assert bench.batches()[-1].state == "live"
    assert len(bench.said) == 2


def test_a_heartbeat_every_ten_seconds(bench: Bench, log_file: Path) -> None:
    write(log_file, entry(1))
    bench.drain()
    for _ in range(10):
        bench.now_ms += 2_500
        bench.drain()
    heartbeats = [batch for batch in bench.batches() if not batch.facts]
    assert [batch.collected_ms - NOW_MS for batch in heartbeats] == [10_000, 20_000]


def test_late_is_what_comes_after_its_day_was_closed(tmp_path: Path, log_file: Path) -> None:
    day_s = 86_400
    bench = Bench(
        tmp_path / "late", closes_at=lambda _, event_ms: (event_ms // 1000 // day_s + 1) * day_s * 1000 + 21_600_000
    )
    bench.run.follow(log_file)
    midnight_s = NOW_MS // 1000 // day_s * day_s
    write(log_file, entry(1, midnight_s), entry(2, midnight_s - 1), entry(3, midnight_s - day_s))
    bench.drain()
    tally = bench.tally()
    assert (tally.received, tally.counted, tally.late) == (3, 1, 2)
    assert len(bench.facts()) == 3
