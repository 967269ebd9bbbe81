"""The history's files on a pyarrow filesystem: a local folder, or whatever pyarrow opens by its URI.

Locally a file is written beside, flushed to disk and linked to its name, so that it is there whole or not at all and
an existing one is never replaced. An object store does the same by itself, when the upload ends.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from pyarrow import fs

from streams.history.files import AlreadyThere, FileGone, HistoryUnavailable

UNFINISHED = ".new"
"""How the name of a file ends that is still being written; after a crash it is debris."""


class ArrowFiles:
    """`Files` below a local folder (a path) or a URI such as s3://bucket/folder."""

    def __init__(self, place: str | Path) -> None:
        self._system: Any
        if isinstance(place, Path) or "://" not in place:
            self._system, self._base = fs.LocalFileSystem(), str(Path(place).absolute())
            self.address = self._base
        else:
            try:
                self._system, self._base = fs.FileSystem.from_uri(place)
            except (OSError, ValueError) as error:
                message = f"the history's address is none that pyarrow opens: {error}"
                raise HistoryUnavailable(message) from error
            self.address = place.partition("?")[0].rpartition("@")[2]
        self._is_local = self._system.type_name == "local"

    def write(self, path: str, content: bytes) -> None:
        """See `Files.write`."""
        with self.writing(path) as file:
            file.write(content)

    @contextmanager
    def writing(self, path: str) -> Iterator[BinaryIO]:
        """See `Files.writing`."""
        with self._faults("write", path):
            if self._is_local:
                with _writing_locally(Path(self._full(path))) as beside:
                    yield beside
                return
            if self._system.get_file_info(self._full(path)).type != fs.FileType.NotFound:
                raise AlreadyThere(path)
            self._system.create_dir(self._full(path).rpartition("/")[0], recursive=True)
            try:
                with self._system.open_output_stream(self._full(path)) as file:
                    yield file
            except BaseException:
                # Closing it uploaded what was written so far.
                self.remove(path)
                raise

    def read(self, path: str) -> bytes:
        """See `Files.read`."""
        with self.open(path) as file, self._faults("read", path):
            return bytes(file.read())

    def open(self, path: str) -> Any:
        """See `Files.open`."""
        with self._faults("read", path):
            try:
                return self._system.open_input_file(self._full(path))
            except FileNotFoundError as error:
                message = f"{self.address}/{path} is not there any more"
                raise FileGone(message) from error

    def list(self, folder: str) -> Sequence[str]:
        """See `Files.list`."""
        selector = fs.FileSelector(self._full(folder), recursive=True, allow_not_found=True)
        with self._faults("list", folder):
            found = self._system.get_file_info(selector)
        start = len(self._base) + 1
        return sorted(info.path[start:] for info in found if info.type == fs.FileType.File)

    def remove(self, path: str) -> None:
        """See `Files.remove`."""
        with self._faults("remove", path):
            try:
                self._system.delete_file(self._full(path))
            except FileNotFoundError:
                return

    def _full(self, path: str) -> str:
        return f"{self._base}/{path}"

    @contextmanager
    def _faults(self, doing: str, path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = f"could not {doing} {self.address}/{path}: {error}"
            raise HistoryUnavailable(message) from error


@contextmanager
def _writing_locally(path: Path) -> Iterator[BinaryIO]:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}{UNFINISHED}")
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link, not a rename: it refuses to replace what another owner wrote under the same name.
            os.link(beside, path)
        except FileExistsError:
            raise AlreadyThere(str(path)) from None
    finally:
        beside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
