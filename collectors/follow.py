"""Follows a file that another program writes: through rotation by rename, copytruncate, restarts and its absence.

Nothing is taken from the path alone. The open file is read to its end before a new one is begun, a truncated file is
looked for among the rotated ones, and after a pause every rotated file that changed since is read from where it was
left.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from collectors.contract import SourceTrouble
from collectors.files import OpenFile, Truncated
from collectors.lines import LineReader, RawLine
from collectors.marks import Mark
from collectors.sources import Chunk, MarkOf
from streams.records import identify

GRACE_MS = 1_000
"""A renamed file may still get lines by whoever has it open: it is read so long after a new one appeared."""

_CLOCK_SLACK_MS = 60_000
_UNFINISHED = "line without an end: the file was rotated or truncated in the middle of it"
_TORN = "rest of a line that was read before it was finished"


class Follow:
    """See `Source`. `rotated` = the glob of the rotated files beside `path`, `resume` = where the last run stopped.

    `keyed`: a file that was replaced as a whole is read again from its start; its rows are known by their keys.
    """

    live = True
    ended = False

    def __init__(
        self, path: Path, rotated: str, header_lines: int, keyed: bool, mark_of: MarkOf, resume: Mark | None = None
    ) -> None:
        self._path = path
        self._rotated = rotated or f"{path.name}*"
        self._header_lines = header_lines
        self._keyed = keyed
        self._mark_of = mark_of
        self._backlog: list[Path] = []
        self._seen_ms = resume.read_ms if resume else None
        self._resume = resume
        self._file: OpenFile | None = None
        self._reader: LineReader | None = None
        self._mark = Mark(b"")
        self._opening = b""
        self._torn = False
        self._broken = False
        self._replaced_ms: int | None = None
        if resume is not None:
            # The file itself may be older: it was renamed before all of it was read.
            left = self._copy_of(resume)
            changed = self._changed_since(resume.read_ms)
            self._backlog = [*([left] if left and left not in changed else []), *changed]

    def close(self) -> None:
        """See `Source.close`."""
        if self._file is not None:
            self._file.close()
        self._file = self._reader = None

    def read(self, limit: int, now_ms: int) -> Chunk | None:
        """See `Source.read`."""
        if self._file is None and not self._open_next():
            return None
        assert self._file is not None
        assert self._reader is not None
        if self._was_truncated(self._file, self._reader):
            return self._after_truncation(self._file, self._reader, now_ms)
        lines = self._lines(self._reader, limit)
        if lines or not self._reader.ended:
            self._seen_ms, self._replaced_ms = now_ms, None
            return self._chunk(lines, now_ms)
        return self._at_the_end(now_ms)

    def _lines(self, reader: LineReader, limit: int) -> list[RawLine]:
        if self._broken:
            return []
        try:
            lines = reader.lines(limit)
        except Truncated as error:
            self._broken = True
            return reader.broken(str(error))
        if self._torn and lines:
            self._torn = False
            first, *lines = lines
            if first.data.strip():
                lines = [first._replace(fault=_TORN), *lines]
        return lines

    def _chunk(self, lines: Sequence[RawLine], now_ms: int) -> Chunk:
        before = self._mark
        known = self._mark_of(before.identity)
        self._mark = msgspec.structs.replace(before.advanced(lines), read_ms=now_ms)
        return Chunk(before, self._opening.split(b"\n")[0], lines, 0 if self._keyed or known is None else known.offset)

    def _open_next(self) -> bool:
        """Opens what is to be read next; False when nothing can be read yet."""
        while self._backlog:
            path = self._backlog.pop(0)
            try:
                if self._open(path, complete=path != self._path, behind_mark=True):
                    return True
            except SourceTrouble:
                continue  # it was deleted or packed between the listing and now; what it held is listed anew or gone
        return self._open(self._path, complete=False, behind_mark=not self._keyed)

    def _open(self, path: Path, complete: bool, behind_mark: bool) -> bool:
        file = OpenFile(path)
        try:
            identity, opening, before = file.known_as(self._header_lines, complete, self._mark_of)
            if not identity:
                file.close()
                return False
            resume = self._resume
            if resume is not None and path == self._path:
                self._resume = None
                if (resume.device, resume.inode) == (file.device, file.inode) and file.agrees(resume):
                    identity, before, behind_mark = resume.identity, resume, True
            if before is None or not behind_mark or not file.agrees(before):
                before = Mark(identity)
            file.go_to(before.offset)
        except SourceTrouble:
            file.close()
            raise
        self._mark = msgspec.structs.replace(before, name=file.name, device=file.device, inode=file.inode)
        self._file, self._reader, self._opening = file, LineReader(file.read, before.offset), opening
        self._torn = file.in_a_line(before.offset)
        self._broken = False
        self._replaced_ms = None
        return True

    def _was_truncated(self, file: OpenFile, reader: LineReader) -> bool:
        if file.packed or reader.waiting:
            return False
        size = file.size()
        if size < reader.read_up_to or file.peek(0, len(self._opening)) != self._opening:
            return True
        return size > reader.read_up_to and not self._mark.ends_as(file.peek)

    def _after_truncation(self, file: OpenFile, reader: LineReader, now_ms: int) -> Chunk | None:
        """The copy that was made before the truncation holds what was not read; then the file begins anew."""
        size, mark = file.size(), self._mark
        if 0 < size < mark.offset and not self._keyed and file.peek(0, len(self._opening)) == self._opening:
            self._go_on_behind_the_cut(file, size)
        copy = self._copy_of(mark)
        rest = [] if copy else reader.unfinished(_UNFINISHED)
        chunk = self._chunk(rest, now_ms) if rest else None
        self.close()
        self._backlog = [*([copy] if copy else []), *self._backlog]
        return chunk

    def _go_on_behind_the_cut(self, file: OpenFile, size: int) -> None:
        """What was cut off had been read; what comes in its place is another source. Raises `SourceTrouble`."""
        mark = self._mark
        self._mark = Mark(
            identify(mark.identity.hex(), "cut", size, mark.offset),
            file.name,
            size,
            anchors=[anchor for anchor in mark.anchors if anchor[0] <= size],
            device=file.device,
            inode=file.inode,
            note=mark.note,
        )
        file.go_to(size)
        self._reader, self._torn = LineReader(file.read, size), file.in_a_line(size)
        message = f"{self._path}: became shorter while it was followed; going on at its new end"
        raise SourceTrouble(message)

    def _copy_of(self, mark: Mark) -> Path | None:
        for path in self._rotated_files():
            try:
                file = OpenFile(path)
            except SourceTrouble:
                continue
            try:
                identity, _, _ = file.known_as(
                    self._header_lines, True, lambda identity: mark if identity == mark.identity else None
                )
                if identity == mark.identity and (file.packed or file.size() >= mark.offset):
                    return path
            finally:
                file.close()
        return None

    def _at_the_end(self, now_ms: int) -> Chunk | None:
        """Nothing more in the open file: is it still the one that the path names?"""
        assert self._file is not None
        assert self._reader is not None
        if self._file.path == self._path:
            try:
                status = os.stat(self._path)
                place = status.st_dev, status.st_ino
            except FileNotFoundError:
                return None  # renamed, and the new one is not there yet
            except OSError:
                place = None  # opening it will say what it is
            if place == (self._file.device, self._file.inode):
                self._seen_ms = now_ms
                return None
            if self._replaced_ms is None:
                self._replaced_ms = now_ms
            if now_ms - self._replaced_ms < GRACE_MS:
                return None
        rest = self._reader.unfinished(_UNFINISHED)
        chunk = self._chunk(rest, now_ms) if rest else None
        since_ms = self._seen_ms if self._seen_ms is not None else now_ms
        if self._file.path == self._path:
            self._backlog = self._changed_since(since_ms)
        self.close()
        return chunk

    def _rotated_files(self) -> list[Path]:
        return [path for path in self._path.parent.glob(self._rotated) if path != self._path]

    def _changed_since(self, since_ms: int) -> list[Path]:
        """Rotated files that were written to since, oldest change first. What they hold and was read is skipped."""
        found = []
        for path in self._rotated_files():
            try:
                changed_ms = os.stat(path).st_mtime_ns // 1_000_000
            except OSError:
                continue
            if changed_ms >= since_ms - _CLOCK_SLACK_MS:
                found.append((changed_ms, path))
        return [path for _, path in sorted(found)]
