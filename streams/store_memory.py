"""The store's memory twin: same contract, no server. For tests, rehearsal and one-off computations."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

import msgspec

from streams.reading import Reading
from streams.records import Cell
from streams.store import FeedReport, Fenced, Picture

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Picture)


class MemoryStore:
    """A `Store` in dictionaries. Changes older than `keep_changes_ms` before the newest are forgotten."""

    def __init__(self, keep_changes_ms: int = 15 * 60_000) -> None:
        self._keep_changes_ms = keep_changes_ms
        self._fence = 0
        self._count = 0
        self._head: Picture | None = None
        self._cells: dict[Cell, Reading] = {}
        self._feeds: dict[str, FeedReport] = {}
        self._changes: deque[Picture] = deque()
        self._published = threading.Condition()

    def acquire(self) -> int:
        """See `Store.acquire`."""
        with self._published:
            self._fence += 1
            return self._fence

    def publish(
        self, fence: int, as_of_ms: int, position: str, readings: Sequence[Reading], feeds: Sequence[FeedReport]
    ) -> None:
        """See `Store.publish`."""
        with self._published:
            self._changes.append(self._take(fence, as_of_ms, position, readings, feeds))
            while self._changes[0].as_of_ms < as_of_ms - self._keep_changes_ms:
                self._changes.popleft()

    def replace(
        self, fence: int, as_of_ms: int, position: str, readings: Sequence[Reading], feeds: Sequence[FeedReport]
    ) -> None:
        """See `Store.replace`."""
        with self._published:
            self._refuse_fenced(fence)
            self._cells.clear()
            self._feeds.clear()
            self._changes.clear()
            self._take(fence, as_of_ms, position, readings, feeds)

    def picture(self) -> Picture | None:
        """See `Store.picture`."""
        with self._published:
            if self._head is None:
                return None
            head = self._head
            return _copy(head.id, head.as_of_ms, head.position, list(self._cells.values()), list(self._feeds.values()))

    def changes(self, after: str, wait_seconds: float) -> list[Picture] | None:
        """See `Store.changes`."""
        seen = int(after)
        with self._published:
            self._published.wait_for(lambda: self._count != seen, wait_seconds)
            oldest = int(self._changes[0].id) if self._changes else self._count + 1
            if not oldest - 1 <= seen <= self._count:
                return None
            return [change for change in self._changes if int(change.id) > seen]

    def _take(
        self, fence: int, as_of_ms: int, position: str, readings: Sequence[Reading], feeds: Sequence[FeedReport]
    ) -> Picture:
        self._refuse_fenced(fence)
        self._count += 1
        change = _copy(str(self._count), as_of_ms, position, list(readings), list(feeds))
        self._head = change
        self._cells |= {reading.cell: reading for reading in change.readings}
        self._feeds |= {report.feed: report for report in change.feeds}
        self._published.notify_all()
        return change

    def _refuse_fenced(self, fence: int) -> None:
        if fence != self._fence:
            message = (
                f"fence {fence} is no longer valid, {self._fence} is: another processor took over, this one must end"
            )
            raise Fenced(message)


def _copy(id: str, as_of_ms: int, position: str, readings: list[Reading], feeds: list[FeedReport]) -> Picture:
    """What was published, so that whoever goes on changing a tally changes nothing here."""
    return _decoder.decode(_encoder.encode(Picture(id, as_of_ms, position, readings, feeds)))
