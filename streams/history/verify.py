"""Is every file there, and as it was written?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from streams.history.files import FileGone, Files
from streams.history.history import History

_AT_ONCE = 1 << 20


def faults(history: History) -> Iterator[str]:
    """Every fault of the files that the commits name: one sentence each, nothing where all is well."""
    for contents in history.partitions():
        for file in sorted(contents.files.values(), key=lambda file: file.path):
            try:
                size, checksum = _measured(history.files, file.path)
            except FileGone:
                yield f"{file.path} is missing"
                continue
            if size != file.bytes:
                yield f"{file.path} has {size} bytes, it was written with {file.bytes}"
            elif checksum != file.checksum:
                yield f"{file.path} was changed: its checksum does not match"


def _measured(files: Files, path: str) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with files.open(path) as opened:
        while piece := opened.read(_AT_ONCE):
            size += len(piece)
            digest.update(piece)
    return size, digest.hexdigest()
