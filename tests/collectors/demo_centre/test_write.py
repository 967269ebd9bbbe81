"""Writing the file: the day so far at once, live afterwards, and sensible after any restart."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from collectors.demo_centre import Centre, NotOurFileError, centre_for, run, write_file
from tests.collectors.demo_centre.reading import visits

START_MS = 1_780_000_123_456
SEED = 3


class Beats:
    """A clock that goes on one beat at a time and a stop that comes after the last."""

    def __init__(self, *now_ms: int) -> None:
        self._now_ms = list(now_ms)

    def clock(self) -> int:
        return self._now_ms.pop(0)

    def wait(self, timeout: float) -> bool:
        assert timeout <= 0.25
        return not self._now_ms


def write(path: Path, *now_ms: int) -> None:
    beats = Beats(*now_ms)
    run(path, SEED, beats.clock, beats)


def expected(until_ms: int) -> bytes:
    return "".join(f"{line}\n" for line in Centre(SEED, START_MS).advance(until_ms)).encode()


def test_the_day_so_far_is_written_before_the_first_beat(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "queue_log"
    began = time.perf_counter()
    write(path, START_MS)
    seconds = time.perf_counter() - began
    assert path.read_bytes() == expected(START_MS)
    lines = len(path.read_bytes().splitlines())
    print(f"five hours, {lines:,} lines, written in {seconds:.2f} s")


def test_live_lines_are_appended_and_a_clock_that_steps_back_writes_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    write(path, START_MS, START_MS + 60_000, START_MS + 30_000, START_MS + 90_250)
    assert path.read_bytes() == expected(START_MS + 90_250)


def test_a_beat_shows_its_lines_at_once(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    sizes: list[int] = []

    class Watching(Beats):
        def wait(self, timeout: float) -> bool:
            sizes.append(path.stat().st_size)
            return super().wait(timeout)

    beats = Watching(START_MS, START_MS + 60_000, START_MS + 120_000)
    run(path, SEED, beats.clock, beats)
    assert sizes == [len(expected(START_MS + later)) for later in (0, 60_000, 120_000)]


def test_a_restart_goes_on_from_now_and_rewrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    write(path, START_MS, START_MS + 60_000)
    before = path.read_bytes()
    again_ms = START_MS + 10 * 60_000
    write(path, again_ms, again_ms + 5 * 60_000)
    after = path.read_bytes()
    assert after.startswith(before)
    lines = after[len(before) :].decode().splitlines()
    assert lines[0] == f"{again_ms // 1000}|NONE|NONE|NONE|QUEUESTART|"
    assert len(visits(lines)) > 60
    calls_before = {visit.call for visit in visits(before.decode().splitlines())}
    assert calls_before.isdisjoint({visit.call for visit in visits(lines)})
    assert any("|CONNECT|" in line for line in lines)


def test_a_restart_keeps_business_day_and_settings(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    write(path, START_MS)
    again = centre_for(path, SEED, START_MS + 7 * 3_600_000)
    first = Centre(SEED, START_MS)
    assert again.day_start_ms == first.day_start_ms
    assert again.settings_toml("x") == first.settings_toml("x")


def test_a_restart_with_a_slow_clock_does_not_write_behind_the_last_line(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    write(path, START_MS)
    last = int(path.read_bytes().splitlines()[-1].split(b"|", 1)[0])
    write(path, START_MS - 3_600_000, START_MS - 3_599_000)
    assert int(path.read_bytes().splitlines()[-1].split(b"|", 1)[0]) >= last


def test_a_torn_last_line_stays_alone(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    write(path, START_MS)
    torn = path.read_bytes()[:-7]
    path.write_bytes(torn)
    write(path, START_MS + 60_000)
    assert path.read_bytes().startswith(torn + b"\n%d|NONE|NONE|NONE|QUEUESTART|\n" % (START_MS // 1000 + 60))


def test_a_foreign_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_bytes(b"1383900788|1383900788.1|support|NONE|ENTERQUEUE||221|1\n")
    with pytest.raises(NotOurFileError, match="move it away"):
        write(path, START_MS)
    assert path.read_bytes() == b"1383900788|1383900788.1|support|NONE|ENTERQUEUE||221|1\n"


def test_a_large_file_is_written_in_pieces_and_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    until_ms = Centre(SEED, START_MS).day_start_ms + 25 * 60_000 + 1
    count = write_file(path, Centre(SEED, START_MS), until_ms)
    assert path.read_bytes() == expected(until_ms)
    assert count == expected(until_ms).count(b"\n")
