"""The memory twin of the history's files: same contract, no disk."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

import pyarrow as pa

from streams.history.files import AlreadyThere, FileGone


class MemoryFiles:
    """`Files` in a dictionary."""

    address = "memory"

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def write(self, path: str, content: bytes) -> None:
        """See `Files.write`."""
        if path in self._contents:
            raise AlreadyThere(path)
        self._contents[path] = content

    @contextmanager
    def writing(self, path: str) -> Iterator[BinaryIO]:
        """See `Files.writing`."""
        file = io.BytesIO()
        yield file
        self.write(path, file.getvalue())

    def read(self, path: str) -> bytes:
        """See `Files.read`."""
        if path not in self._contents:
            message = f"{path} is not there any more"
            raise FileGone(message)
        return self._contents[path]

    def open(self, path: str) -> Any:
        """See `Files.open`."""
        return pa.BufferReader(self.read(path))

    def list(self, folder: str) -> Sequence[str]:
        """See `Files.list`."""
        return sorted(path for path in self._contents if path.startswith(f"{folder}/"))

    def remove(self, path: str) -> None:
        """See `Files.remove`."""
        self._contents.pop(path, None)
