"""What lines come from: one small interface over a followed file and over files that are replayed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from collectors.lines import RawLine
from collectors.marks import Mark

MarkOf = Callable[[bytes], Mark | None]


class Chunk(NamedTuple):
    """Some lines of one source, in order. `before` = the mark in front of the first; `first_line` of the source.

    `known_up_to`: lines before this position were read before, under whatever name.
    """

    before: Mark
    first_line: bytes
    lines: Sequence[RawLine]
    known_up_to: int


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
