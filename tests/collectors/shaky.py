"""A memory log that fails as it is told: what kills and lost answers look like to a feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from streams.log_memory import MemoryLog
from tests.collectors.bench import Bench


class Killed(BaseException):
    """The process was killed here."""


class ShakyLog(MemoryLog):
    """Fails as `plan` says, one item per append: "before" or "after" it, with an exception of choice; None = not."""

    def __init__(self) -> None:
        super().__init__()
        self.plan: list[tuple[str, BaseException] | None] = []

    def append(
        self, payloads: Sequence[bytes], bookmark: tuple[str, Mapping[str, bytes]] | None = None
    ) -> tuple[str, ...]:
        moment, error = (self.plan.pop(0) if self.plan else None) or ("", None)
        if error is not None and moment == "before":
            raise error
        positions = super().append(payloads, bookmark)
        if error is not None:
            raise error
        return positions


def shaky_bench(folder: Path, kind: str = "queue_log") -> tuple[Bench, ShakyLog]:
    log = ShakyLog()
    bench = Bench(folder, kind, log=log)
    bench.memory = log
    return bench, log
