"""Where the history's files lie: one small interface, with a memory twin, over any pyarrow filesystem.

A path is relative, with `/` between its parts. A file is there whole or not at all; nothing is ever changed in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, BinaryIO, Protocol


class HistoryUnavailable(Exception):
    """The place of the history does not answer or refuses. Retry with backoff; nothing was half done."""


class FileGone(HistoryUnavailable):
    """A file that was listed is not there any more: compaction replaced it. Read the commits again."""


class FileDamaged(HistoryUnavailable):
    """The file at `path` is not as it was written. The message names it and says what to do; others can be read."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


class AlreadyThere(Exception):
    """A file of this name exists and was left as it is."""


class Files(Protocol):
    """What the history needs from a filesystem. Everything raises `HistoryUnavailable`."""

    @property
    def address(self) -> str:
        """Where this is, for messages; holds no password."""
        ...

    def write(self, path: str, content: bytes) -> None:
        """Makes the file, durable on return. Raises `AlreadyThere` where one of this name exists."""
        ...

    def writing(self, path: str) -> AbstractContextManager[BinaryIO]:
        """A new file to be written piece by piece: it is there, durable, when the block ends, and not at all when the
        block raises. Raises `AlreadyThere` where one of this name exists.
        """
        ...

    def read(self, path: str) -> bytes:
        """The whole file. Raises `FileGone`."""
        ...

    def open(self, path: str) -> Any:
        """A pyarrow file to read parts of. Raises `FileGone`."""
        ...

    def list(self, folder: str) -> Sequence[str]:
        """The paths of all files below a folder, sorted; none where there is no such folder."""
        ...

    def remove(self, path: str) -> None:
        """Removes the file; one that is not there is no fault."""
        ...
