"""What the core stands on, simulated: a log that can be trimmed, a disk on which a write can be cut, a lost store."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from streams.log import START, Entry
from streams.reading import Reading
from streams.records import Cell
from streams.store import FeedReport, StoreUnavailable
from streams.store_memory import MemoryStore


class SimulatedLog:
    """A `LogPart` whose reader gets only as many entries as `allowed` says, and whose beginning can be cut off."""

    def __init__(self) -> None:
        self.kept: list[Entry] = []
        self.trimmed = 0
        self.allowed: int | None = None

    def append(self, payload: bytes) -> None:
        """One entry more."""
        self.kept.append(Entry(str(self.trimmed + len(self.kept) + 1), payload))

    def read(self, after: str, limit: int, wait_seconds: float = 0.0) -> Sequence[Entry]:
        """What is kept behind `after`; like every log it cannot know that what was trimmed was never read."""
        start = max(0, int(after or 0) - self.trimmed)
        if self.allowed is not None:
            limit = min(limit, self.allowed)
            self.allowed -= len(self.kept[start : start + limit])
        return self.kept[start : start + limit]

    def first(self) -> str | None:
        """See `LogPart.first`."""
        return self.kept[0].position if self.kept else None

    def last(self) -> str:
        """See `LogPart.last`."""
        end = self.trimmed + len(self.kept)
        return str(end) if end else START

    def holds(self, position: str) -> bool:
        """See `LogPart.holds`."""
        return self.trimmed < int(position) <= self.trimmed + len(self.kept)

    def missing(self) -> tuple[int, int] | None:
        """Nobody asks here."""
        return None

    def trim(self, _now_ms: int, position: str) -> None:
        """Forgets every entry before `position`; the one there shows that a state saved there belongs to this log."""
        behind = max(0, int(position or 1) - 1 - self.trimmed)
        del self.kept[:behind]
        self.trimmed += behind


class Killed(BaseException):
    """The process died here: nothing of it runs on, not even its error handling."""


CUTS = ("half written", "not renamed", "renamed")
"""Where saving can be cut off: in the middle of the file, before it takes its name, just after."""


@contextmanager
def disk(cut: str | None = None) -> Iterator[None]:
    """`streams.snapshot` saves at once instead of waiting for a real disk; at `cut` the process dies.

    "refused": the disk is full, the process lives on.
    """
    flushed = 0

    def fsync(descriptor: int) -> None:
        nonlocal flushed
        flushed += 1
        if cut == "refused":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if flushed == 1 and cut in ("half written", "not renamed"):
            if cut == "half written":
                os.truncate(descriptor, os.fstat(descriptor).st_size // 2)
            raise Killed
        if flushed == 2 and cut == "renamed":
            raise Killed

    shim = SimpleNamespace(open=os.open, close=os.close, fsync=fsync, O_RDONLY=os.O_RDONLY)
    with mock.patch("streams.snapshot.os", shim):
        yield


class SimulatedStore(MemoryStore):
    """A store that refuses while `lost`."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = False

    def publish(
        self, fence: int, as_of_ms: int, position: str, readings: Sequence[Reading], feeds: Sequence[FeedReport]
    ) -> None:
        """See `Store.publish`."""
        self._refuse_lost()
        super().publish(fence, as_of_ms, position, readings, feeds)

    def replace(
        self, fence: int, as_of_ms: int, position: str, readings: Sequence[Reading], feeds: Sequence[FeedReport]
    ) -> None:
        """See `Store.replace`."""
        self._refuse_lost()
        super().replace(fence, as_of_ms, position, readings, feeds)

    def _refuse_lost(self) -> None:
        if self.lost:
            message = "the store is lost on purpose"
            raise StoreUnavailable(message)


class Reader:
    """Somebody who keeps the picture from changes, as every hub does."""

    def __init__(self, store: SimulatedStore) -> None:
        self._store = store
        self._seen: str | None = None
        self.cells: dict[Cell, Reading] = {}
        self.feeds: dict[str, FeedReport] = {}

    def poll(self) -> bool:
        """Takes what is new; False when nothing is."""
        changes = None if self._seen is None else self._store.changes(self._seen, 0)
        if changes is None:
            picture = self._store.picture()
            if picture is None:
                return False
            self.cells.clear()
            self.feeds.clear()
            changes = [picture]
        for change in changes:
            self.cells |= {reading.cell: reading for reading in change.readings}
            self.feeds |= {report.feed: report for report in change.feeds}
            self._seen = change.id
        return bool(changes)


def remove(folder: Path) -> None:
    """Takes away the disk of one life."""
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


Clock = Callable[[], int]
