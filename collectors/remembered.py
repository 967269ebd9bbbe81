"""What rows said, by their keys, so that a row that comes again is known (pure).

Keys live in two generations, each as long as was asked for; the older one is dropped as a whole.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

Key = TypeVar("Key")


class _Saved(msgspec.Struct, Generic[Key], array_like=True):
    young: dict[Key, bytes]
    old: dict[Key, bytes]
    young_since_ms: int


class Remembered(Generic[Key]):
    """Remembers for at least `keep_ms`, at most twice that. `key` is the type of the keys."""

    def __init__(self, keep_ms: int, key: type[Key]) -> None:
        self._keep_ms = keep_ms
        self._saved_type = _Saved[key]  # type: ignore[valid-type]
        self._young: dict[Key, bytes] = {}
        self._old: dict[Key, bytes] = {}
        self._young_since_ms = 0

    def get(self, key: Key) -> bytes | None:
        """What the row of this key said last; None where none is remembered."""
        return self._young.get(key) or self._old.get(key)

    def put(self, key: Key, said: bytes, now_ms: int) -> None:
        """The row of this key says this now."""
        self._young_since_ms = self._young_since_ms or now_ms
        self._young[key] = said

    def restore(self, said: dict[Key, bytes], collected_ms: int) -> None:
        """Learns again what a batch of then said; batches come in the log's order."""
        self.forget(collected_ms)
        self._young_since_ms = self._young_since_ms or collected_ms
        self._young |= said

    def forget(self, now_ms: int) -> None:
        """Drops the older generation when the younger one has lasted long enough."""
        if self._young and now_ms - self._young_since_ms > self._keep_ms:
            self._old, self._young, self._young_since_ms = self._young, {}, now_ms

    def dump(self) -> bytes:
        """All of it, for `load`."""
        return msgspec.msgpack.encode(_Saved(self._young, self._old, self._young_since_ms))

    def load(self, state: bytes) -> None:
        """Takes over what `dump` gave. Raises ValueError when the bytes are of no use."""
        saved = msgspec.msgpack.decode(state, type=self._saved_type)
        self._young, self._old, self._young_since_ms = saved.young, saved.old, saved.young_since_ms
