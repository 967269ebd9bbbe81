"""What tests of a followed file do with it again and again."""

from __future__ import annotations

from pathlib import Path

from streams.records import Arrived
from tests.collectors.bench import Bench


def restart(bench: Bench, log_file: Path, clean: bool = False) -> None:
    bench.restart(clean).follow(log_file)


def callers(bench: Bench) -> int:
    """Visits that arrived; every one has its own id and the tally agrees."""
    visits = [fact.visit for fact in bench.facts() if isinstance(fact, Arrived)]
    assert len(visits) == len(set(visits))
    tally = bench.tally()
    assert (tally.counted, tally.duplicate, tally.dead) == (len(visits), 0, 0), tally
    return len(visits)
