"""What lines come from: one small interface over a followed file and over files that are replayed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from collectors.contract import Parser
from collectors.lines import RawLine
from collectors.marks import Mark
from streams.days import SiteClock

MarkOf = Callable[[bytes], Mark | None]


class Chunk(NamedTuple):
    """Some lines of one source, in order. `before` = the mark in front of the first; `first_line` of the source.

    `known_up_to`: lines before this position were read before, under whatever name. `repeats`: the source gives what it
    holds again and again, so a line that says nothing new was not received.
    """

    before: Mark
    first_line: bytes
    lines: Sequence[RawLine]
    known_up_to: int
    repeats: bool = False


class Source(Protocol):
    """Something that gives lines."""

    live: bool

    def read(self, limit: int, now_ms: int) -> Chunk | None:
        """The next lines, at most `limit`; None: there is nothing now. Raises `SourceTrouble`."""
        ...

    @property
    def ended(self) -> bool:
        """True when nothing will ever follow."""
        ...

    def close(self) -> None:
        """Gives open files back."""
        ...


OpenSource = Callable[[Parser, MarkOf, Mark | None], Source]
"""Opens a feed's live source: its parser, the marks of sources by identity, and where the last run stopped."""


class Days(NamedTuple):
    """The business day: its clock, and the minute after midnight at which a day is closed."""

    clock: SiteClock
    closes_minutes: int


@runtime_checkable
class Dropped(Protocol):
    """The settings of a feed whose files appear in a folder."""

    def folder_source(self, folder: Path) -> OpenSource:
        """What opens the source."""
        ...


@runtime_checkable
class Polled(Protocol):
    """The settings of a feed that is asked again and again instead of being followed in a file."""

    def live_source(self, zone: ZoneInfo, days: Days) -> OpenSource:
        """What opens the source; `zone` is that of the site."""
        ...
