"""How large a file of the history is, and its checksum, as a commit has them."""

from __future__ import annotations

import hashlib

from streams.history.files import Files

_AT_ONCE = 1 << 20


def measured(files: Files, path: str) -> tuple[int, str]:
    """Bytes and SHA-256 of the file. Raises `FileGone`."""
    size, digest = 0, hashlib.sha256()
    with files.open(path) as opened:
        while piece := opened.read(_AT_ONCE):
            size += len(piece)
            digest.update(piece)
    return size, digest.hexdigest()
