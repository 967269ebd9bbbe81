"""The threads' half of collecting: calls `step` until told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable

from collectors.ingest import FeedRun

POLL_SECONDS = 0.05


def collect(run: FeedRun, clock: Callable[[], int], stop: threading.Event, poll_seconds: float = POLL_SECONDS) -> None:
    """Collects until `stop` is set, then closes the feed. `clock` gives UTC ms."""
    try:
        while not stop.is_set():
            if not run.step(clock()):
                stop.wait(poll_seconds)
    finally:
        run.close()


def finish_replay(
    run: FeedRun, clock: Callable[[], int], stop: threading.Event, poll_seconds: float = POLL_SECONDS
) -> str:
    """Reads until every line of the replayed files is in the log, or `stop` is set.

    Returns why reading ended early, empty when it did not.
    """
    while run.replaying and not stop.is_set():
        if not run.step(clock()):
            stop.wait(poll_seconds)
    return run.replay_trouble
