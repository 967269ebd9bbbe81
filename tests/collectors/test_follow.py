"""A followed file: its unfinished lines, its signs of life, and what stands there in its place."""

import os
from pathlib import Path

import pytest

from tests.collectors.bench import NOW_MS, Bench, entry, write
from tests.collectors.following import callers, restart


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
