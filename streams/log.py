"""The event log behind one small interface: Redis Streams on one machine, a memory twin in tests, Kafka on many.

Entries are opaque bytes (see `codec`) in one total order. A position is a string that only its own log understands;
`START` lies before the first entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

START = ""


class Entry(NamedTuple):
    """One appended entry and the position just behind it."""

    position: str
    payload: bytes


class EventLog(Protocol):
    """What collectors write to and the processor reads from."""

    def append(self, payload: bytes, bookmark: tuple[str, Mapping[str, bytes]] | None = None) -> str:
        """Appends one entry and returns its position.

        `bookmark` = (name, fields): the writer's own position, replaced in the same transaction, so that after a
        crash either both are there or neither. Raises `LogUnavailable` (retry: read the bookmark first) or `LogFull`.
        """
        ...

    def bookmark(self, name: str) -> dict[str, bytes]:
        """The fields last saved under this name; empty before the first append."""
        ...

    def read(self, after: str, limit: int, wait_seconds: float = 0.0) -> Sequence[Entry]:
        """At most `limit` entries behind position `after`, oldest first; waits up to `wait_seconds` for the first."""
        ...

    def first(self) -> str | None:
        """The position of the oldest entry still kept; None while the log is empty."""
        ...

    def last(self) -> str:
        """The position of the newest entry; START while the log is empty."""
        ...

    def holds(self, position: str) -> bool:
        """True when the entry at this position is in the log."""
        ...

    def missing(self) -> tuple[int, int] | None:
        """The first and last instant (UTC ms, both closed) at which entries came in that were trimmed away since.

        Kept entries of that time may still be there. None while nothing was trimmed.
        """
        ...


class LogUnavailable(Exception):
    """The log did not answer. Retry with backoff; an append may or may not have happened: read the bookmark."""


class LogFull(Exception):
    """The log refuses writes (memory or disk is full). The feed pauses and says so."""
