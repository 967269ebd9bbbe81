"""Which lines of a file that is read again and again are dead or skipped, so that each is told once (pure)."""

from __future__ import annotations

import hashlib

import msgspec

from collectors.contract import DUPLICATE, Parsed, Verdict

MOST = 5_000
_DIGEST_BYTES = 8


class Refused:
    """The refused lines of the version that was read last; `note` is what a mark keeps of them."""

    def __init__(self, note: bytes) -> None:
        self._before: set[bytes] = set(msgspec.msgpack.decode(note, type=list[bytes])) if note else set()
        self._now: set[bytes] = set()

    def note(self) -> bytes:
        """What a new one needs to know the same lines."""
        return msgspec.msgpack.encode(sorted(self._before | self._now)[:MOST])

    def once(self, line: bytes, parsed: Parsed) -> Parsed:
        """What became of this line; a refused one that was refused before says nothing new."""
        if parsed.verdict not in (Verdict.DEAD, Verdict.SKIPPED):
            return parsed
        digest = hashlib.blake2b(line, digest_size=_DIGEST_BYTES).digest()
        self._now.add(digest)
        return DUPLICATE if digest in self._before else parsed

    def end(self) -> None:
        """The file was read to its end; lines that it does not hold any more are forgotten."""
        self._before, self._now = self._now, set()
