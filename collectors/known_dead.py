"""Which lines of a file that is read again and again are dead already, so that each is told once (pure)."""

from __future__ import annotations

import hashlib

import msgspec

MOST = 5_000
_DIGEST_BYTES = 8


class KnownDead:
    """The dead lines of the version that was read last; `note` is what a mark keeps of them."""

    def __init__(self, note: bytes) -> None:
        self._before: set[bytes] = set(msgspec.msgpack.decode(note, type=list[bytes])) if note else set()
        self._now: set[bytes] = set()

    def note(self) -> bytes:
        """What a new one needs to know the same lines."""
        return msgspec.msgpack.encode(sorted(self._before | self._now)[:MOST])

    def again(self, line: bytes) -> bool:
        """Notes a dead line; True when it was dead before."""
        digest = hashlib.blake2b(line, digest_size=_DIGEST_BYTES).digest()
        self._now.add(digest)
        return digest in self._before

    def end(self) -> None:
        """The file was read to its end; lines that it does not hold any more are forgotten."""
        self._before, self._now = self._now, set()
