"""A memory log that fails as it is told: what kills and lost answers look like to a feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from streams.log import Entry
from streams.log_memory import MemoryLog
from tests.collectors.bench import Bench


class Killed(BaseException):
    """The process was killed here."""


class ShakyLog:
    """A memory log that fails as it is told: "before" and "after" the append, with an exception of choice."""

    def __init__(self) -> None:
        self.inner = MemoryLog()
        self.plan: list[tuple[str, BaseException] | None] = []

    def append(self, payload: bytes, bookmark: tuple[str, Mapping[str, bytes]] | None = None) -> str:
        moment, error = (self.plan.pop(0) if self.plan else None) or ("", None)
        if error is not None and moment == "before":
            raise error
        position = self.inner.append(payload, bookmark)
        if error is not None:
            raise error
        return position

    def bookmark(self, name: str) -> dict[str, bytes]:
        return self.inner.bookmark(name)

    def read(self, after: str, limit: int, wait_seconds: float = 0.0) -> Sequence[Entry]:
        return self.inner.read(after, limit, wait_seconds)

    def first(self) -> str | None:
        return self.inner.first()

    def last(self) -> str:
        return self.inner.last()


def shaky_bench(folder: Path, kind: str = "queue_log") -> tuple[Bench, ShakyLog]:
    log = ShakyLog()
    bench = Bench(folder, kind, log=log)
    bench.memory = log.inner
    return bench, log
