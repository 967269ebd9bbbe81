"""Opening what should be a file of lines, without ever hanging on what is none."""

from __future__ import annotations

import errno
import gzip
import os
import stat
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

from collectors.contract import SourceTrouble
from collectors.marks import FINGERPRINT_BYTES, Mark, fingerprint, known_again

_ADVICE = {
    errno.ENOENT: "there is no such file: check `path`, or wait for the first line",
    errno.ENOTDIR: "a part of the path is no folder: check `path`",
    errno.EACCES: "reading it is not allowed: give the user of Leitstand the right to read it",
    errno.ELOOP: "a symbolic link leads in circles: check `path`",
}
GZIP_MAGIC = b"\x1f\x8b"
MOST_UNPACKED_BYTES = 8 * 1024**3


class Truncated(Exception):
    """A packed file ends, or turns into nonsense, before its end; the message says which."""


class OpenFile:
    """A regular file opened for reading, packed with gzip or not.

    Raises `SourceTrouble` when it is missing, no regular file, or not readable.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        try:
            # Without O_NONBLOCK the opening of a FIFO waits for a writer.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            advice = _ADVICE.get(error.errno or 0, str(error.strerror))
            message = f"{path}: {advice}"
            raise SourceTrouble(message) from error
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            message = f"{path}: is no regular file: check `path`"
            raise SourceTrouble(message)
        self.device, self.inode = status.st_dev, status.st_ino
        self._file: IO[bytes] = os.fdopen(descriptor, "rb", buffering=0)
        self.packed = os.pread(descriptor, 2, 0) == GZIP_MAGIC
        self._unpacked: gzip.GzipFile | None = gzip.GzipFile(fileobj=self._file) if self.packed else None
        self._unpacked_bytes = 0

    def close(self) -> None:
        """Gives the file back."""
        self._file.close()

    def size(self) -> int:
        """Bytes in the file now (packed ones of a packed file)."""
        return os.fstat(self._file.fileno()).st_size

    def peek(self, offset: int, size: int) -> bytes:
        """Bytes at `offset` of an unpacked file, without moving the reading position."""
        try:
            return os.pread(self._file.fileno(), size, offset)
        except OSError as error:
            message = f"{self.path}: {error.strerror}"
            raise SourceTrouble(message) from error

    def agrees(self, mark: Mark) -> bool:
        """True when the file reaches to the mark and says what the mark says. A packed file is believed."""
        return self.packed or (mark.offset <= self.size() and mark.fits(self.peek, self.size()))

    def in_a_line(self, offset: int) -> bool:
        """True when the offset lies inside a line of an unpacked file."""
        return offset > 0 and not self.packed and self.peek(offset - 1, 1) != b"\n"

    def head(self) -> bytes:
        """The first `FINGERPRINT_BYTES`; only before anything else is read."""
        if self._unpacked is None:
            return self.peek(0, FINGERPRINT_BYTES)
        with os.fdopen(os.dup(self._file.fileno()), "rb", buffering=0) as twin:
            try:
                head = gzip.GzipFile(fileobj=twin).read(FINGERPRINT_BYTES)
            except (OSError, EOFError, zlib.error):
                head = b""
        os.lseek(self._file.fileno(), 0, os.SEEK_SET)
        return head

    def go_to(self, offset: int) -> None:
        """Continues at this offset (of the unpacked content)."""
        if self._unpacked is None:
            os.lseek(self._file.fileno(), offset, os.SEEK_SET)
            return
        while self._unpacked_bytes < offset:
            if not self.read(min(128 * 1024, offset - self._unpacked_bytes)):
                return

    def read(self, size: int) -> bytes:
        """The next bytes, empty at the end. Raises `SourceTrouble`, for a broken packed file `Truncated`."""
        try:
            if self._unpacked is None:
                return self._file.read(size)
            found = self._unpacked.read1(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            message = f"packed file is broken: {error}"
            raise Truncated(message) from error
        except OSError as error:
            message = f"{self.path}: {error.strerror or error}"
            raise SourceTrouble(message) from error
        self._unpacked_bytes += len(found)
        if self._unpacked_bytes > MOST_UNPACKED_BYTES:
            message = f"packed file holds more than {MOST_UNPACKED_BYTES} bytes: unpack and split it"
            raise Truncated(message)
        return found

    def known_as(
        self, header_lines: int, complete: bool, mark_of: Callable[[bytes], Mark | None]
    ) -> tuple[bytes, bytes, Mark | None]:
        """(identity, opening, mark if read before); the identity is empty while no data line is complete.

        The opening is the header and the first data line, as far as they were looked at.
        """
        head = self.head()
        found = fingerprint(head, header_lines, complete)
        if not found:
            return b"", b"", None
        opening = b"\n".join(head.split(b"\n")[: header_lines + 1])
        if self.packed:
            identity, mark = known_again(found, lambda _offset, _size: b"", 0, mark_of)
        else:
            identity, mark = known_again(found, self.peek, self.size(), mark_of)
        return identity, opening, mark
