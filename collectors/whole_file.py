"""A file that is replaced by a new version as a whole, read from its beginning to its end whenever it changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import msgspec

from collectors.contract import SourceTrouble
from collectors.files import OpenFile
from collectors.lines import LineReader, RawLine
from collectors.marks import Mark
from collectors.sources import Chunk, OpenSource
from streams.records import identify

MOST_BYTES = 64 * 1024**2
SETTLES_MS = 2_000
"""A file that changed less than so long ago may still be written."""
END = -1
"""The position of what stands behind the last line: the parser is told that the file was read to its end."""

Cut = Callable[[bytes], Sequence[RawLine]]


@runtime_checkable
class ReadsWhole(Protocol):
    """The settings of a feed whose file is replaced as a whole."""

    def whole_source(self, path: Path) -> OpenSource:
        """What opens this file."""
        ...


class WholeFile:
    """See `Source`. `cut` makes lines of the content. Read again after `again_ms`, changed or not; 0: when changed."""

    live = True
    ended = False

    def __init__(self, path: Path, cut: Cut, again_ms: int = 0, note: bytes = b"") -> None:
        self._path = path
        self._cut = cut
        self._again_ms = again_ms
        self._note = note
        self._identity = identify("whole file", str(path))
        self._read_as: tuple[int, ...] = ()
        self._read_ms = 0
        self._changed: tuple[tuple[int, ...], int] = ((), 0)
        self._first_line = b""
        self._left: list[RawLine] = []
        self._mark = Mark(self._identity)

    def close(self) -> None:
        """See `Source.close`."""
        self._left = []

    def read(self, limit: int, now_ms: int) -> Chunk | None:
        """See `Source.read`."""
        if not self._left and not self._opened(now_ms):
            return None
        lines, self._left = self._left[:limit], self._left[limit:]
        before = self._mark
        self._mark = msgspec.structs.replace(before.advanced(lines), read_ms=now_ms)
        return Chunk(before, self._first_line, lines, END, repeats=True)

    def _opened(self, now_ms: int) -> bool:
        """Reads the file when there is something new in it, and it has been left alone for a while."""
        try:
            status = os.stat(self._path)
            found: tuple[int, ...] = (status.st_mtime_ns, status.st_size, status.st_ino)
        except OSError:
            found = ()
        if found and found == self._read_as and not (self._again_ms and now_ms - self._read_ms >= self._again_ms):
            return False
        if found != self._changed[0]:
            self._changed = found, now_ms
        if found and now_ms - self._changed[1] < SETTLES_MS and now_ms - found[0] // 1_000_000 < SETTLES_MS:
            return False
        content = self._content()
        lines = list(self._cut(content))
        self._read_as, self._read_ms = found, now_ms
        self._first_line = lines[0].data if lines else b""
        self._left = [*lines, RawLine(END, b"", len(content) + 1)]
        self._mark = Mark(self._identity, self._path.name, note=self._note)
        return True

    def _content(self) -> bytes:
        file = OpenFile(self._path)
        try:
            pieces, size = [], 0
            while piece := file.read(1024**2):
                pieces.append(piece)
                size += len(piece)
                if size > MOST_BYTES:
                    message = f"{self._path}: holds more than {MOST_BYTES} bytes: split it into several feeds"
                    raise SourceTrouble(message)
            return b"".join(pieces)
        finally:
            file.close()


def cut_lines(content: bytes) -> Sequence[RawLine]:
    """The lines of a text, its last one with or without a line end."""
    pieces = iter([content, b""])
    reader = LineReader(lambda _: next(pieces), 0)
    found: list[RawLine] = []
    while lines := reader.lines(1_000_000):
        found += lines
    return [*found, *reader.unfinished("")]
