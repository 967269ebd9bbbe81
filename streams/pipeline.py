"""From log entries to the picture: the engine, and the accounting of every feed. Pure.

An entry may come twice (its append timed out and was repeated): batches carry a sequence per feed, so the second is
recognised and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from streams.batch import Tally
from streams.codec import Columns, decode_columns, join
from streams.engine import Engine
from streams.store import FeedReport


class Pipeline:
    """An engine and the reports of all feeds that ever wrote to the log."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.feeds: dict[str, FeedReport] = {}
        self._changed: set[str] = set()
        self._together: list[Columns] | None = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is applied while this is open reaches the engine at its end, all at once: cheaper, with the same result.

        The engine must not be read or ticked meanwhile.
        """
        self._together = []
        try:
            yield
        finally:
            waiting, self._together = self._together, None
            if waiting:
                self.engine.apply(join(waiting))

    def apply(self, payload: bytes) -> None:
        """Takes in one log entry. Raises `UnreadableBatch` and then has changed nothing."""
        columns = decode_columns(payload)
        report = self.feeds.get(columns.feed)
        if report is None:
            report = self.feeds[columns.feed] = FeedReport(columns.feed, Tally())
        if columns.sequence <= report.sequence:
            return
        if self._together is None:
            self.engine.apply(columns)
        else:
            self._together.append(columns)
        report.sequence = columns.sequence
        report.tally.add(columns.tally)
        report.heard_ms = columns.collected_ms
        report.state, report.message = columns.state, columns.message
        if columns.skew_ms is not None:
            report.skew_ms = columns.skew_ms
        if columns.last_event_ms is not None:
            report.last_event_ms = max(columns.last_event_ms, report.last_event_ms or columns.last_event_ms)
        self._changed.add(columns.feed)

    def changed_feeds(self) -> list[FeedReport]:
        """The feeds that changed since the last call."""
        changed = [self.feeds[name] for name in sorted(self._changed)]
        self._changed.clear()
        return changed
