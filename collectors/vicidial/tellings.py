"""What rows about agents have told already, and what is new when they come again (pure).

A row that goes on tells only what was added, under the version that it has; one that was rewritten tells everything
anew under a higher version, which takes back what it said before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

import msgspec

from collectors.remembered import Remembered
from streams.records import Worked

_DIGEST_BYTES = 8
_encoder = msgspec.msgpack.Encoder()


class _Told(msgspec.Struct, array_like=True):
    """`digest` of the first `steps` facts, which have this version."""

    digest: bytes
    version: int
    steps: int


class Tellings:
    """By entry, within what `remembered` keeps."""

    def __init__(self, remembered: Remembered[bytes]) -> None:
        self._remembered = remembered

    def new(self, facts: Sequence[Worked], now_ms: int) -> list[Worked]:
        """Of all that one row says what it has not said yet, with the version under which it says so."""
        entry, digests = facts[0].entry, list(_digests(b"", facts))
        told = self._told(entry)
        if told is None:
            told = _Told(b"", now_ms, 0)
        elif not (told.steps <= len(facts) and digests[told.steps - 1] == told.digest):
            # Above the versions of a row that was forgotten, too.
            told = _Told(b"", max(told.version + 1, now_ms), 0)
        added = [msgspec.structs.replace(fact, version=told.version) for fact in facts[told.steps :]]
        if added:
            told = _Told(digests[-1], told.version, len(facts))
            self._remembered.put(entry, _encoder.encode(told), now_ms)
        return added

    def restore(self, facts: Iterable[Worked], collected_ms: int) -> None:
        """Learns again what facts, in the order of the log, have told."""
        learned: dict[bytes, _Told] = {}
        for fact in facts:
            told = learned.get(fact.entry) or self._told(fact.entry)
            if told is not None and told.version > fact.version:
                continue
            if told is None or told.version < fact.version:
                told = _Told(b"", fact.version, 0)
            digest = next(_digests(told.digest, [fact]))
            learned[fact.entry] = _Told(digest, fact.version, told.steps + 1)
        said = {entry: _encoder.encode(told) for entry, told in learned.items()}
        self._remembered.restore(said, collected_ms)

    def _told(self, entry: bytes) -> _Told | None:
        found = self._remembered.get(entry)
        return None if found is None else msgspec.msgpack.decode(found, type=_Told)


def _digests(before: bytes, facts: Iterable[Worked]) -> Iterator[bytes]:
    """The digest behind each fact. What settings say of it has no part: a changed setting is no changed row."""

    def onward(digest: bytes, fact: Worked) -> bytes:
        said = _encoder.encode((digest, fact.at_ms, int(fact.work), fact.duration_ms, fact.reason, fact.agent))
        return hashlib.blake2b(said, digest_size=_DIGEST_BYTES).digest()

    digests = accumulate(facts, onward, initial=before)
    next(digests)
    return digests
