"""A followed file is renamed, copied, cut short, replaced: no line lost, none twice."""

import gzip
import os
import shutil
from pathlib import Path

import pytest

from streams.records import Arrived
from tests.collectors.bench import NOW_MS, Bench, changed_at, entry, write
from tests.collectors.following import callers, restart


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
