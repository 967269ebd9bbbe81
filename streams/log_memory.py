"""The log's memory twin: same contract, no server. For tests, rehearsal and one-off computations."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from streams.log import START, Entry


class MemoryLog:
    """An `EventLog` in a list. Positions are the entry's number in decimal, from "1"."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._bookmarks: dict[str, dict[str, bytes]] = {}
        self._arrived = threading.Condition()

    def append(self, payload: bytes, bookmark: tuple[str, Mapping[str, bytes]] | None = None) -> str:
        """See `EventLog.append`."""
        with self._arrived:
            position = str(len(self._entries) + 1)
            self._entries.append(Entry(position, payload))
            if bookmark is not None:
                name, fields = bookmark
                self._bookmarks[name] = dict(fields)
            self._arrived.notify_all()
        return position

    def bookmark(self, name: str) -> dict[str, bytes]:
        """See `EventLog.bookmark`."""
        with self._arrived:
            return dict(self._bookmarks.get(name, {}))

    def read(self, after: str, limit: int, wait_seconds: float = 0.0) -> Sequence[Entry]:
        """See `EventLog.read`."""
        start = int(after) if after else 0
        with self._arrived:
            if wait_seconds > 0:
                self._arrived.wait_for(lambda: len(self._entries) > start, wait_seconds)
            return self._entries[start : start + limit]

    def first(self) -> str | None:
        """See `EventLog.first`."""
        return self._entries[0].position if self._entries else None

    def last(self) -> str:
        """See `EventLog.last`."""
        return self._entries[-1].position if self._entries else START

    def holds(self, position: str) -> bool:
        """See `EventLog.holds`."""
        return 0 < int(position) <= len(self._entries)

    def missing(self) -> tuple[int, int] | None:
        """Nothing is ever trimmed here."""
        return None
