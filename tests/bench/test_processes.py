"""The benches that start real processes, each in a tiny setting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench import memory, replay
from tests.batch.samples import BANK_FILE, sample

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("bench")]


def test_the_memory_bench_measures_a_processor_that_counted_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert memory.main(["--hotlines", "20", "--per-second", "100", "--minutes", "0.5"]) == 0
    table = capsys.readouterr().out
    counted = re.search(r"([\d,]+) records counted", table)
    assert counted
    assert int(counted[1].replace(",", "")) > 500
    assert "tick, at a whole second" in table
    assert "publish to Redis" in table


def test_the_replay_bench_replays_the_whole_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = tmp_path / "calls.tsv"
    with sample(BANK_FILE).open("rb") as whole:
        few.write_bytes(b"".join(whole.readline() for _ in range(200)))
    status = replay.main(["--runs", "1", "--file", str(few)])
    table = capsys.readouterr().out
    assert "wall time" in table
    assert status == ("short" in table)


def test_the_replay_bench_says_which_file_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay.main(["--file", str(tmp_path / "none")]) == 2
    assert "none is not there" in capsys.readouterr().err
