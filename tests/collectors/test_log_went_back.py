"""A log that comes back without what it had acknowledged: the feed starts again from it, and no line is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.log import LogUnavailable, LogWentBack
from tests.collectors.bench import entry, write
from tests.collectors.shaky import shaky_bench


def test_what_the_log_lost_is_read_again(tmp_path: Path) -> None:
    bench, log = shaky_bench(tmp_path / "data")
    path = tmp_path / "queue_log"
    write(path, entry(1))
    bench.run.follow(path)
    bench.drain()
    kept = log.bookmark("feed")
    write(path, entry(2))
    bench.drain()
    assert bench.tally().counted == 2

    # Redis was killed while its disk was full: entry and bookmark of the second batch are gone.
    part = log.parts[0]
    part._entries.pop()
    log._bookmarks["feed"] = kept
    write(path, entry(3))
    log.plan = [("before", LogUnavailable("connection refused"))]
    assert not bench.run.step(bench.now_ms), "the log did not answer"
    bench.now_ms += 500
    with pytest.raises(LogWentBack, match="batch 1, batch 2 was acknowledged"):
        bench.run.step(bench.now_ms)

    bench.restart().follow(path)
    bench.drain()
    assert bench.tally().counted == 3
