"""What one feed keeps on disk beside the log: marks of finished sources, and a shortcut to the parser's memory.

Neither is the truth. Every mark and every state says after which batch it was true; whatever is ahead of the log is
ignored, whatever is missing is learned again from the log.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec

from collectors.contract import FeedBusy
from collectors.marks import Mark

MOST_MARKS = 2_000
_CHECK_BYTES = 16


class Remembered(msgspec.Struct, array_like=True):
    """The parser's state after batch `sequence`, which lies at or before `positions` of the log's parts (`joined`)."""

    kind: str
    sequence: int
    positions: str
    state: bytes


def joined(positions: Sequence[str]) -> str:
    """Positions in the parts of a log as one text; of one part it is the position itself."""
    return " ".join(positions)


def parted(positions: str) -> list[str]:
    """What `joined` put together."""
    return positions.split(" ")


class FeedFolder:
    """The folder of one feed. While it is open no other process can collect this feed; else raises `FeedBusy`."""

    def __init__(self, data: Path, feed: str) -> None:
        self.path = data / "collectors" / quote(feed, safe="")
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            message = f"feed {feed!r} is being collected by another process: ask that one"
            raise FeedBusy(message) from error

    def close(self) -> None:
        """Lets others collect this feed."""
        if self._lock >= 0:
            os.close(self._lock)
        self._lock = -1

    def marks(self) -> list[Mark]:
        """The marks that were saved last; none where they cannot be read."""
        content = self._read("marks")
        try:
            return msgspec.msgpack.decode(content, type=list[Mark]) if content else []
        except msgspec.MsgspecError:
            return []

    def save_marks(self, marks: Iterable[Mark]) -> None:
        """Keeps the newest marks."""
        newest = sorted(marks, key=lambda mark: mark.read_ms)[-MOST_MARKS:]
        self._write("marks", msgspec.msgpack.encode(newest))

    def remembered(self, kind: str) -> Remembered | None:
        """The parser's state that was saved last by a collector of this kind."""
        content = self._read("parser")
        try:
            found = msgspec.msgpack.decode(content, type=Remembered) if content else None
        except msgspec.MsgspecError:
            return None
        return found if found is not None and found.kind == kind else None

    def remember(self, what: Remembered) -> None:
        """Keeps the parser's state."""
        self._write("parser", msgspec.msgpack.encode(what))

    def _read(self, name: str) -> bytes:
        try:
            content = (self.path / name).read_bytes()
        except FileNotFoundError:
            return b""
        check, content = content[:_CHECK_BYTES], content[_CHECK_BYTES:]
        return content if check == _check(content) else b""

    def _write(self, name: str, content: bytes) -> None:
        temporary = self.path / f"{name}.new"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_check(content) + content)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(self.path / name)


def _check(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_CHECK_BYTES).digest()
