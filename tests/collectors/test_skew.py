"""The skew of a source's clock: only lines that were read just after they were written tell of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors.skew import FRESH_MS, RECENT, ClockSkew
from tests.collectors.bench import NOW_MS, Bench

SECOND_MS = 1_000


def enter(number: int, at_ms: int) -> str:
    return f"{at_ms // 1000}|{number}|orders|NONE|ENTERQUEUE||\n"


def write(path: Path, *lines: str) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "queue_log"


@pytest.fixture
def bench(tmp_path: Path, source: Path) -> Bench:
    bench = Bench(tmp_path / "data")
    source.touch()
    bench.run.follow(source)
    return bench


def live(bench: Bench, source: Path, number: int, ahead_ms: int) -> None:
    """A second later one line more, dated by a clock that is so far ahead."""
    bench.now_ms += 1_000
    write(source, enter(number, bench.now_ms + ahead_ms))
    bench.drain()


def skew_of(bench: Bench) -> int | None:
    """What the newest batch says."""
    *_, last = bench.batches()
    return last.skew_ms


@pytest.mark.parametrize("ahead_ms", [-3_600_000, -30_000, 0, 5_000, 119_000])
def test_the_clock_of_a_followed_file(bench: Bench, source: Path, ahead_ms: int) -> None:
    bench.drain()
    for number in range(4):
        live(bench, source, number, ahead_ms)
    skew_ms = skew_of(bench)
    assert skew_ms is not None
    assert ahead_ms - SECOND_MS < skew_ms <= ahead_ms


def test_what_was_there_before_tells_nothing(tmp_path: Path, source: Path) -> None:
    write(source, *(enter(number, NOW_MS - 600_000 + number * 1_000) for number in range(5)))
    bench = Bench(tmp_path / "data")
    bench.run.follow(source)
    bench.drain()
    assert bench.tally().counted == 5
    assert skew_of(bench) is None
    live(bench, source, 9, 0)
    assert skew_of(bench) == 0


def test_a_replay_tells_nothing(tmp_path: Path, bench: Bench, source: Path) -> None:
    bench.drain()
    old = tmp_path / "old"
    write(old, *(enter(number, NOW_MS - 600_000) for number in range(5)))
    bench.run.replay([old])
    bench.drain()
    assert bench.tally().counted == 5
    assert skew_of(bench) is None


def test_what_is_filled_in_later_tells_nothing(bench: Bench, source: Path) -> None:
    bench.drain()
    bench.now_ms += 500
    write(source, *(enter(number, bench.now_ms - 900_000 + number * 60_000) for number in range(10)))
    bench.drain()
    assert bench.tally().counted == 10
    assert skew_of(bench) is None


def test_nor_does_what_waited_while_nobody_read(bench: Bench, source: Path) -> None:
    bench.drain()
    write(source, enter(1, bench.now_ms))
    bench.now_ms += FRESH_MS + 500
    bench.drain()
    assert skew_of(bench) is None


def test_a_late_line_tells_nothing(tmp_path: Path, source: Path) -> None:
    bench = Bench(tmp_path / "data", closes_at=lambda _, event_ms: event_ms + 60_000)
    source.touch()
    bench.run.follow(source)
    bench.drain()
    live(bench, source, 1, -60_000)
    assert bench.tally().late == 1
    assert skew_of(bench) is None


def test_a_slow_line_among_quick_ones_changes_nothing_and_a_clock_set_back_shows() -> None:
    skew = ClockSkew()
    for number in range(RECENT):
        at_ms = number * 1_000
        skew.caught_up(at_ms - 100)
        ahead_ms = -40_000 if number % 3 else 2_500
        skew.read(at_ms + ahead_ms, at_ms + ahead_ms, at_ms)
    assert skew.ms == 2_500
    for _ in range(RECENT):
        skew.caught_up(0)
        skew.read(-7_000, -7_000, 0)
    assert skew.ms == -7_000


def test_a_line_from_the_future_moves_nothing(bench: Bench, source: Path) -> None:
    bench.drain()
    live(bench, source, 1, 0)
    live(bench, source, 2, 3_600_000)
    assert (bench.tally().counted, bench.tally().dead) == (1, 1)
    assert skew_of(bench) == 0
