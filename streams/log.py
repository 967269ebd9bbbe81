"""The event log behind one small interface: Redis Streams on one machine, a memory twin in tests, Kafka on many.

A log has parts. Within a part entries are opaque bytes (see `codec`) in one total order, and a position is a string
that only this part understands; `START` lies before its first entry. One append reaches all parts or none. Nothing is
ordered between parts; what goes to which is said by `partition`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

START = ""


class Entry(NamedTuple):
    """One appended entry and the position just behind it."""

    position: str
    payload: bytes


class LogPart(Protocol):
    """One part of a log, as its processor reads it. Every call raises `LogUnavailable`."""

    def read(self, after: str, limit: int, wait_seconds: float = 0.0) -> Sequence[Entry]:
        """At most `limit` entries behind position `after`, oldest first; waits up to `wait_seconds` for the first.

        None is the end, fewer is not yet.
        """
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


class EventLog(Protocol):
    """What collectors write to; processors read its parts."""

    @property
    def parts(self) -> Sequence[LogPart]:
        """The parts in their order, at least one. Their number never changes. Raises `LogUnavailable`."""
        ...

    def append(
        self, payloads: Sequence[bytes], bookmark: tuple[str, Mapping[str, bytes]] | None = None
    ) -> tuple[str, ...]:
        """Appends one entry to every part, in the order of the parts, and returns their positions.

        `bookmark` = (name, fields): the writer's own position, replaced in the same transaction, so that after a
        crash either all of it is there or nothing. Raises `LogUnavailable` (retry: read the bookmark first) or
        `LogFull`.
        """
        ...

    def bookmark(self, name: str) -> dict[str, bytes]:
        """The fields last saved under this name; empty before the first append."""
        ...


class LogUnavailable(Exception):
    """The log did not answer. Retry with backoff; an append may or may not have happened: read the bookmark."""


class LogFull(Exception):
    """The log refuses writes (memory or disk is full). The feed pauses and says so."""


class LogWentBack(Exception):
    """The log came back without batches that it had acknowledged. Start again from what it holds."""
