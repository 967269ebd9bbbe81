"""Saving beside the counting: ticks go on while the disk is slow, and what is saved is one instant's state."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams import snapshot
from streams.batch import Batch, Tally
from streams.codec import encode
from streams.log import START
from streams.log_memory import MemoryLog
from streams.pipeline import Pipeline
from streams.runtimes.embedded import Processor
from streams.runtimes.saving import in_a_thread
from streams.states import StateFile
from streams.store_memory import MemoryStore
from tests.streams.histories import CLOCK, counted, history, new_engine

START_MS = 1_790_000_000_000


class SlowDisk:
    """Flushing takes until `let_go`, and fails with `error` where there is one."""

    def __init__(self, real: Callable[[int], None]) -> None:
        self._real = real
        self.reached, self.let_go = threading.Event(), threading.Event()
        self.error: Exception | None = None

    def fsync(self, descriptor: int) -> None:
        """Stands in for `os.fsync`."""
        self.reached.set()
        assert self.let_go.wait(30)
        if self.error is not None:
            raise self.error
        self._real(descriptor)


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDisk]:
    disk = SlowDisk(os.fsync)
    monkeypatch.setattr("streams.snapshot.os.fsync", disk.fsync)
    yield disk
    disk.let_go.set()


class Life:
    """A processor that saves in a thread, and its clock."""

    def __init__(self, folder: Path) -> None:
        self.now_ms = START_MS
        self.log, self.state = MemoryLog(), folder / "state"
        self.trimmed: list[str] = []
        self.store = MemoryStore()
        self.processor = Processor(
            self.log.parts[0],
            self.store,
            lambda: self.now_ms,
            StateFile(self.state),
            lambda _: CLOCK,
            trim=lambda _, position: self.trimmed.append(position),
            beside=in_a_thread,
        )
        self.processor.start()
        self._facts = iter(history(1, START_MS, span_ms=600_000).facts)
        self._sequence = 0

    def seconds(self, count: int) -> None:
        """So many seconds pass, a few facts in each."""
        for _ in range(count):
            self.now_ms += 1000
            self._sequence += 1
            facts = [fact for _, fact in zip(range(3), self._facts, strict=False)]
            self.log.append([encode(Batch("f", self._sequence, self.now_ms, Tally(1, 1), facts, self.now_ms))])
            self.processor.step(0)

    def published_ms(self) -> int:
        picture = self.store.picture()
        assert picture is not None
        return picture.as_of_ms


def test_ticks_and_pictures_go_on_while_the_disk_is_slow(tmp_path: Path, slow_disk: SlowDisk) -> None:
    life = Life(tmp_path)
    life.seconds(21)
    assert slow_disk.reached.wait(30)
    then = life.processor.position
    life.seconds(60)
    assert life.published_ms() == life.now_ms
    assert not life.state.exists()
    slow_disk.let_go.set()
    life.processor.close()
    saved = snapshot.load(life.state)
    assert saved is not None
    assert int(then) < int(saved.position) == int(life.processor.position)


def test_what_is_saved_is_the_state_of_one_instant(tmp_path: Path, slow_disk: SlowDisk) -> None:
    life = Life(tmp_path)
    life.seconds(19)
    position, right = life.processor.position, counted(life.processor.pipeline.engine)
    life.processor.save()
    assert slow_disk.reached.wait(30)
    life.seconds(19)
    assert counted(life.processor.pipeline.engine) != right
    slow_disk.let_go.set()
    life.processor._finish_saving()
    saved = snapshot.load(life.state)
    assert saved is not None
    assert saved.position == position
    again = Pipeline(new_engine(0))
    saved.restore(again, saved.now_ms)
    assert counted(again.engine) == right
    assert again.feeds["f"].tally.received == 19


def test_the_log_is_trimmed_behind_what_stands_not_behind_what_is_being_saved(
    tmp_path: Path, slow_disk: SlowDisk
) -> None:
    life = Life(tmp_path)
    life.seconds(21)
    assert slow_disk.reached.wait(30)
    life.now_ms += 3_600_000
    life.seconds(1)
    assert life.trimmed == []
    slow_disk.let_go.set()
    life.processor.close()
    life.now_ms += 3_600_000
    life.seconds(1)
    assert len(life.trimmed) == 1
    assert life.trimmed[0] != START


def test_a_disk_that_refuses_is_told_and_tried_again(
    tmp_path: Path, slow_disk: SlowDisk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    life = Life(tmp_path)
    slow_disk.error = OSError(28, "No space left on device")
    slow_disk.let_go.set()
    life.processor.close()
    life.processor.close()
    told = "state not saved to {}, the log keeps everything meanwhile: [Errno 28] No space left on device"
    assert caplog.text.count(told.format(life.state)) == 1
    assert not life.state.exists()
    slow_disk.error = None
    life.processor.close()
    assert "state saved again" in caplog.text
    assert snapshot.load(life.state) is not None


def test_any_other_fault_ends_the_processor(tmp_path: Path, slow_disk: SlowDisk) -> None:
    life = Life(tmp_path)
    slow_disk.error = ZeroDivisionError("a bug")
    slow_disk.let_go.set()
    with pytest.raises(ZeroDivisionError):
        life.processor.close()
