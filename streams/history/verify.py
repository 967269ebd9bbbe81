"""Is every file there, and as it was written?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from streams.history.files import FileGone
from streams.history.history import History


def faults(history: History) -> Iterator[str]:
    """Every fault of the files that the commits name: one sentence each, nothing where all is well."""
    for contents in history.partitions():
        for file in sorted(contents.files.values(), key=lambda file: file.path):
            try:
                content = history.files.read(file.path)
            except FileGone:
                yield f"{file.path} is missing"
                continue
            if len(content) != file.bytes:
                yield f"{file.path} has {len(content)} bytes, it was written with {file.bytes}"
            elif hashlib.sha256(content).hexdigest() != file.checksum:
                yield f"{file.path} was changed: its checksum does not match"
