"""Files that appear in a folder complete: read once each, oldest first, and left where they are.

The sender writes under another name and renames the file when it is done. With checksums a file is read only when the
file `NAME.sha256` beside it (as `sha256sum` writes it) agrees with what it holds, so half of one is never read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from collectors.contract import SourceTrouble
from collectors.files import OpenFile
from collectors.lines import LineReader, RawLine
from collectors.marks import Mark
from collectors.sources import Chunk, MarkOf
from streams.records import identify

_AT_ONCE = 1 << 20
_LOOK_EVERY_MS = 1_000
_Seen = tuple[str, int, int]


class DropFolder:
    """See `Source`. What was read is known by its content: a file that is renamed or sent again is not read twice."""

    live = True
    ended = False

    def __init__(self, folder: Path, pattern: str, mark_of: MarkOf, *, checksums: bool) -> None:
        self._folder = folder
        self._pattern = pattern
        self._mark_of = mark_of
        self._checksums = checksums
        self._done: set[_Seen] = set()
        self._file: OpenFile | None = None
        self._reader: LineReader | None = None
        self._seen: _Seen = ("", 0, 0)
        self._mark = Mark(b"")
        self._header = b""
        self._look_ms = 0

    def close(self) -> None:
        """See `Source.close`."""
        if self._file is not None:
            self._file.close()
        self._file = self._reader = None

    def read(self, limit: int, now_ms: int) -> Chunk | None:
        """See `Source.read`."""
        if self._reader is None and not self._open_next(now_ms):
            return None
        assert self._reader is not None
        lines = self._reader.lines(limit)
        if not lines and self._reader.ended:
            lines = self._reader.unfinished("")
            self.close()
            self._done.add(self._seen)
            if not lines:
                return None
        return self._chunk(lines, now_ms)

    def _chunk(self, lines: Sequence[RawLine], now_ms: int) -> Chunk:
        before = self._mark
        self._mark = msgspec.structs.replace(before.advanced(lines), read_ms=now_ms)
        return Chunk(before, self._header, lines, 0)

    def _open_next(self, now_ms: int) -> bool:
        """Opens the oldest complete file that was not read. Raises `SourceTrouble` when only faulty ones are there."""
        if now_ms < self._look_ms:
            return False
        trouble: SourceTrouble | None = None
        for path, seen in self._waiting():
            try:
                if self._open(path, seen):
                    return True
            except SourceTrouble as error:
                trouble = trouble or error
        if trouble is not None:
            raise trouble
        self._look_ms = now_ms + _LOOK_EVERY_MS
        return False

    def _waiting(self) -> list[tuple[Path, _Seen]]:
        try:
            names = [path for path in self._folder.iterdir() if path.match(self._pattern)]
        except OSError as error:
            message = f"{self._folder}: {error.strerror}: check `path`, it names a folder"
            raise SourceTrouble(message) from error
        found = []
        for path in names:
            try:
                status = path.stat()
            except OSError:
                continue  # taken away meanwhile
            seen = path.name, status.st_mtime_ns, status.st_size
            if seen not in self._done:
                found.append((status.st_mtime_ns, path, seen))
        return [(path, seen) for _, path, seen in sorted(found)]

    def _open(self, path: Path, seen: _Seen) -> bool:
        """False when it is not complete yet, or holds what was read before."""
        stated = self._stated(path)
        if self._checksums and not stated:
            return False
        file = OpenFile(path)
        try:
            content = hashlib.sha256()
            while part := file.read(_AT_ONCE):
                content.update(part)
            if self._checksums and content.hexdigest() != stated:
                message = f"{path}: does not agree with its checksum: it is not read, send it again"
                raise SourceTrouble(message)
            identity = identify("orders", content.hexdigest())
            mark = self._mark_of(identity) or Mark(identity)
            file.go_to(0)
            head = file.peek(0, _AT_ONCE)
            if mark.offset >= file.size():
                self._done.add(seen)
                file.close()
                return False
            file.go_to(mark.offset)
        except BaseException:
            file.close()
            raise
        self._header = head.split(b"\n", 1)[0]
        self._mark = msgspec.structs.replace(mark, name=path.name, device=file.device, inode=file.inode)
        self._file, self._reader, self._seen = file, LineReader(file.read, mark.offset), seen
        return True

    @staticmethod
    def _stated(path: Path) -> str:
        try:
            words = path.with_name(f"{path.name}.sha256").read_text("ascii", "replace").split()
        except OSError:
            return ""
        return words[0].lower() if words and re.fullmatch("[0-9a-fA-F]{64}", words[0]) else ""
