"""Is every file there, and as it was written?"""

from __future__ import annotations

from collections.abc import Iterator

from streams.history.checksum import measured
from streams.history.files import FileGone
from streams.history.history import History


def faults(history: History) -> Iterator[str]:
    """Every fault of the files that the commits name: one sentence each, nothing where all is well."""
    for contents in history.partitions():
        for file in sorted(contents.files.values(), key=lambda file: file.path):
            try:
                size, checksum = measured(history.files, file.path)
            except FileGone:
                yield f"{file.path} is missing"
                continue
            if size != file.bytes:
                yield f"{file.path} has {size} bytes, it was written with {file.bytes}"
            elif checksum != file.checksum:
                yield f"{file.path} was changed: its checksum does not match"
