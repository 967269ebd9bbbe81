"""The store's memory twin: same contract, no server. For tests, rehearsal and one-off computations."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from streams.reading import Reading
from streams.records import Cell
from streams.store import Fenced, FeedReport, Picture
from streams.store_changes import KEEP_CHANGES_MS, copied


class MemoryStore:
    """A `Store` in dictionaries. Change ids count from "1"."""

    def __init__(self) -> None:
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
