"""The live picture behind one small interface: the processor writes it, hubs, alerts and commands read it.

Values are absolute, so writing one twice changes nothing. A fence keeps out a processor that was replaced without
noticing: whoever acquires the store last is the only one who may publish.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from streams.batch import Tally
from streams.reading import Reading

LONGEST_DAY_MS = 25 * 3_600_000


class FeedReport(msgspec.Struct):
    """One feed as the processor knows it: its accounting, its newest event, when it was last heard of.

    `state` is what the collector said: live, error, full (the log is, and takes nothing more) or off; `message` tells
    why. `skew_ms`: how far the source's clock was ahead of the collector's when that was last known (negative: behind);
    None: never yet. Silence is judged by the reader from `heard_ms`, so that a dead collector cannot look alive.
    `lost_ms`: up to this instant the log lost batches before they were counted; for a day its numbers are too low.
    """

    feed: str
    tally: Tally
    sequence: int = 0
    last_event_ms: int | None = None
    heard_ms: int | None = None
    state: str = "off"
    message: str = ""
    skew_ms: int | None = None
    lost_ms: int | None = None

    def is_incomplete(self, now_ms: int) -> bool:
        """True while a window may lack what the log lost."""
        return self.lost_ms is not None and now_ms - self.lost_ms < LONGEST_DAY_MS


class Picture(msgspec.Struct):
    """The whole live picture, or what changed in it.

    `as_of_ms`: the instant it holds for. `position`: how far in the log. `id`: the place of this change in the order
    of changes, to ask for what follows.
    """

    id: str
    as_of_ms: int
    position: str
    readings: list[Reading]
    feeds: list[FeedReport]


class Fenced(Exception):
    """Another processor took over: this one must stop writing and end."""


class StoreUnavailable(Exception):
    """The store did not answer. Retry with backoff; publishing again is harmless."""


class Pictures(Protocol):
    """What hubs, alerts and commands read."""

    def picture(self) -> Picture | None:
        """Everything; None before the first publish."""
        ...

    def changes(self, after: str, wait_seconds: float) -> list[Picture] | None:
        """What was published behind change `after`, oldest first; waits up to `wait_seconds` for the first.

        None when `after` is too old or the picture was replaced: read `picture` again.
        """
        ...


class Store(Pictures, Protocol):
    """What the processor of one part of the log writes."""

    def acquire(self) -> int:
        """Makes the caller the only writer and returns its fence."""
        ...

    def publish(
        self, fence: int, as_of_ms: int, position: str, readings: Sequence[Reading], feeds: Sequence[FeedReport]
    ) -> None:
        """Writes these cells and feeds as they read at `as_of_ms`. Raises `Fenced` or `StoreUnavailable`."""
        ...

    def replace(
        self, fence: int, as_of_ms: int, position: str, readings: Sequence[Reading], feeds: Sequence[FeedReport]
    ) -> None:
        """Like `publish`, but cells that are not named are gone: the picture of a processor that just started."""
        ...
