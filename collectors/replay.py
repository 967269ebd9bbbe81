"""Files that are read once from their first line to their last, packed or not."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path

import msgspec

from collectors.files import OpenFile, Truncated
from collectors.lines import LineReader, RawLine
from collectors.marks import Mark
from collectors.sources import Chunk, MarkOf


class Replay:
    """See `Source`. A last line without a line end is a line: nothing more will come.

    Raises `SourceTrouble` in the beginning when one of the files cannot be opened, so that nothing is half done.
    """

    live = False

    def __init__(self, paths: Sequence[Path], header_lines: int, keyed: bool, mark_of: MarkOf) -> None:
        for path in paths:
            OpenFile(path).close()
        self._paths = deque(paths)
        self._header_lines = header_lines
        self._keyed = keyed
        self._mark_of = mark_of
        self._file: OpenFile | None = None
        self._reader: LineReader | None = None
        self._mark = Mark(b"")
        self._first_line = b""
        self._known_up_to = 0

    @property
    def ended(self) -> bool:
        """See `Source.ended`."""
        return self._file is None and not self._paths

    def close(self) -> None:
        """See `Source.close`."""
        if self._file is not None:
            self._file.close()
        self._file = self._reader = None

    def read(self, limit: int, now_ms: int) -> Chunk | None:
        """See `Source.read`."""
        while self._file is not None or self._paths:
            reader = self._reader or self._open(self._paths.popleft())
            broken = False
            try:
                lines = reader.lines(limit)
            except Truncated as error:
                lines, broken = reader.broken(str(error)), True
            finished = broken or (not lines and reader.ended)
            if finished:
                lines = lines or reader.unfinished("")
                self.close()
            if lines or not finished:
                return self._chunk(lines, now_ms)
        return None

    def _open(self, path: Path) -> LineReader:
        file = OpenFile(path)
        identity, opening, known = file.known_as(self._header_lines, True, self._mark_of)
        self._known_up_to = 0 if known is None or self._keyed else known.offset
        self._mark = Mark(identity, file.name, device=file.device, inode=file.inode)
        self._first_line = opening.split(b"\n")[0]
        self._file, self._reader = file, LineReader(file.read, 0)
        return self._reader

    def _chunk(self, lines: Sequence[RawLine], now_ms: int) -> Chunk:
        before = self._mark
        self._mark = msgspec.structs.replace(before.advanced(lines), read_ms=now_ms)
        return Chunk(before, self._first_line, lines, self._known_up_to)
