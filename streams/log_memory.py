"""The log's memory twin: same contract, no server. For tests, rehearsal and one-off computations."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from streams.log import START, Entry


class MemoryPart:
    """A `LogPart` in a list. Positions are the entry's number in decimal, from "1"."""

    def __init__(self, arrived: threading.Condition) -> None:
        self._entries: list[Entry] = []
        self._arrived = arrived

    def add(self, payload: bytes) -> str:
        """One entry more; whoever calls holds the lock and tells those who wait."""
        position = str(len(self._entries) + 1)
        self._entries.append(Entry(position, payload))
        return position

    def read(self, after: str, limit: int, wait_seconds: float = 0.0) -> Sequence[Entry]:
        """See `LogPart.read`."""
        start = int(after) if after else 0
        with self._arrived:
            if wait_seconds > 0:
                self._arrived.wait_for(lambda: len(self._entries) > start, wait_seconds)
            return self._entries[start : start + limit]

    def first(self) -> str | None:
        """See `LogPart.first`."""
        return self._entries[0].position if self._entries else None

    def last(self) -> str:
        """See `LogPart.last`."""
        return self._entries[-1].position if self._entries else START

    def holds(self, position: str) -> bool:
        """See `LogPart.holds`."""
        return 0 < int(position) <= len(self._entries)

    def missing(self) -> tuple[int, int] | None:
        """Nothing is ever trimmed here."""
        return None


class MemoryLog:
    """An `EventLog` of so many parts."""

    def __init__(self, parts: int = 1) -> None:
        self._arrived = threading.Condition()
        self.parts = [MemoryPart(self._arrived) for _ in range(parts)]
        self._bookmarks: dict[str, dict[str, bytes]] = {}

    def append(
        self, payloads: Sequence[bytes], bookmark: tuple[str, Mapping[str, bytes]] | None = None
    ) -> tuple[str, ...]:
        """See `EventLog.append`."""
        to_each = list(zip(self.parts, payloads, strict=True))
        with self._arrived:
            positions = tuple(part.add(payload) for part, payload in to_each)
            if bookmark is not None:
                name, fields = bookmark
                self._bookmarks[name] = dict(fields)
            self._arrived.notify_all()
        return positions

    def bookmark(self, name: str) -> dict[str, bytes]:
        """See `EventLog.bookmark`."""
        with self._arrived:
            return dict(self._bookmarks.get(name, {}))
