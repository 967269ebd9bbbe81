"""A data folder that cannot be written: the feed waits, says so once, and goes on without a loss or a double."""

from __future__ import annotations

from pathlib import Path

from collectors.deadletters import DeadLetters
from tests.collectors.bench import Bench, entry, write
from tests.collectors.shaky import shaky_bench


def _blocked(folder: Path) -> Path:
    """A file where the folder of dead letters should be: nobody, not even root, can write letters then."""
    bar = folder / "data" / "dead"
    bar.parent.mkdir(parents=True, exist_ok=True)
    bar.write_text("")
    return bar


def _letters(bench: Bench, folder: Path) -> int:
    return len(DeadLetters(folder / "data" / "dead").all())


def test_letters_that_cannot_be_written_hold_the_feed_up(tmp_path: Path) -> None:
    bench, _ = shaky_bench(tmp_path / "data")
    path = tmp_path / "queue_log"
    write(path, entry(1))
    bench.run.follow(path)
    bench.drain()
    bar = _blocked(tmp_path)
    with path.open("ab") as file:
        file.write(b"no line of a queue_log\n")
    for _ in range(20):
        assert bench.run.step(bench.now_ms) in {True, False}
        bench.now_ms += 500
    assert bench.tally().dead == 0, "a letter was counted that is kept nowhere"
    assert bench.run.paused == "data folder cannot be written: the feed pauses"
    bar.unlink()
    for _ in range(20):
        bench.run.step(bench.now_ms)
        bench.now_ms += 500
    assert (bench.tally().received, bench.tally().counted, bench.tally().dead) == (2, 1, 1)
    assert _letters(bench, tmp_path) == 1
    said = [text.split(": ", 1)[1] for text in bench.said]
    assert [text[:25] for text in said] == ["data folder cannot be wri", "the data folder can be wr"]
