"""The core over a log that breaks off: it starts again from the beginning and counts nothing twice."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from commands import wiring
from streams.batch import Batch, Tally
from streams.codec import encode
from streams.log import Entry, LogUnavailable
from streams.log_memory import MemoryPart
from streams.reading import sums
from streams.records import Arrived, Cell, identify
from streams.runtimes.embedded import Processor
from streams.states import StateFile
from streams.store import StoreUnavailable
from streams.store_memory import MemoryStore
from tests.streams.histories import CLOCK, counted, history

NOW_MS = 1_790_000_000_000


class BreakingPart(MemoryPart):
    """Does not answer some of the reads."""

    def __init__(self) -> None:
        super().__init__(threading.Condition())
        self.refused: set[int] = set()
        self.reads = 0

    def read(self, after: str, limit: int, wait_seconds: float = 0.0) -> Sequence[Entry]:
        self.reads += 1
        if self.reads in self.refused:
            message = "gone for a moment"
            raise LogUnavailable(message)
        return super().read(after, 1, 0.0)


class BreakingStore(MemoryStore):
    """Refuses the first takeover."""

    refused = False

    def acquire(self) -> int:
        if not self.refused:
            self.refused = True
            message = "gone for a moment"
            raise StoreUnavailable(message)
        return super().acquire()


@pytest.mark.parametrize("refused", [{1}, {2}, {4}, {2, 4}], ids=str)
def test_a_start_that_breaks_off_counts_nothing_twice(tmp_path: Path, refused: set[int]) -> None:
    log = BreakingPart()
    facts = history(seed=1, start_ms=NOW_MS - 3_600_000, span_ms=3_500_000).facts
    for number in range(6):
        tally = Tally(received=1, counted=1)
        log.add(encode(Batch("calls", number + 1, NOW_MS, tally, facts[number::6], NOW_MS)))
    state = tmp_path / "processor.state"

    def processor(store: MemoryStore) -> Processor:
        return Processor(log, store, lambda: NOW_MS, StateFile(state), lambda _: CLOCK)

    first = processor(MemoryStore())
    first.start()
    first.save()
    right = counted(first.pipeline.engine)
    assert sum(right["day", "arrival"].values()) > 100
    for number in range(6, 9):
        log.add(encode(Batch("calls", number + 1, NOW_MS, Tally(received=1, counted=1), [], NOW_MS)))

    log.reads, log.refused = 0, refused
    second = processor(BreakingStore())
    stop = threading.Event()
    wiring.patiently(second.start, stop)
    assert not stop.is_set()
    assert counted(second.pipeline.engine) == right
    assert second.pipeline.feeds["calls"].tally.received == 9
    assert second.position == log.last()


def test_the_picture_holds_for_the_very_second_that_it_names(tmp_path: Path) -> None:
    log, store, now_ms = BreakingPart(), MemoryStore(), NOW_MS
    cell = Cell("Service", threshold_ms=10_000)
    arrived = Arrived(identify("calls", 1), NOW_MS - 10_000, cell)
    log.add(encode(Batch("calls", 1, NOW_MS, Tally(received=1, counted=1), [arrived], NOW_MS)))
    processor = Processor(log, store, lambda: now_ms, StateFile(tmp_path / "processor.state"), lambda _: CLOCK)
    processor.start()
    seen = {}
    for now_ms in (NOW_MS + 400, NOW_MS + 900, NOW_MS + 1100):  # noqa: B007 -- the clock of the processor
        processor.step(0.0)
        picture = store.picture()
        assert picture is not None
        (reading,) = picture.readings
        seen[picture.as_of_ms] = sums(reading, "30m", "live").counts.get("open_late", 0)
    assert seen == {NOW_MS: 0, NOW_MS + 1000: 1}, "in time until ten seconds have passed, not a moment less"
