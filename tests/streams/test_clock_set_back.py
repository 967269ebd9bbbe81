"""A wall clock that is set back: the picture stays fresh and says for which instant it holds, also after a restart."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from streams.batch import Batch, Tally
from streams.records import VISITS, Arrived, identify
from tests.machine.centre import CELLS, STARTS
from tests.machine.partition import Partition

FOUR_HOURS_MS = 4 * 3_600_000
NOW_MS = (STARTS[0][1] + 600) * 1000  # five minutes into a business day


class Clock:
    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


def arrived(number: int) -> Batch:
    fact = Arrived(identify("call", number), NOW_MS - 1_000, CELLS[0])
    return Batch("acd", number, NOW_MS, Tally(1, 1), [fact], fact.at_ms)


def test_what_comes_in_is_still_published_and_saved(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock, file = Clock(), tmp_path / "state"
    partition = Partition(clock, file)
    clock.now_ms += 1_000
    partition.step(None)
    before = partition.store.picture()
    assert before is not None
    assert not file.exists()

    clock.now_ms -= FOUR_HOURS_MS
    partition.append(arrived(1))
    with caplog.at_level(logging.INFO):
        partition.step(None)
        partition.step(None)
    after = partition.store.picture()
    assert after is not None
    assert [reading.waiting for reading in after.readings if reading.cell.family == VISITS] == [1]
    assert after.as_of_ms == before.as_of_ms == NOW_MS + 1_000
    assert file.exists()
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1
    assert told[0].startswith("the clock was set back: numbers stand still until 14400 s have passed")

    clock.now_ms += FOUR_HOURS_MS
    with caplog.at_level(logging.INFO):
        partition.step(None)
    assert caplog.records[-1].getMessage() == "the clock has caught up with the numbers"


@pytest.mark.parametrize("back_ms", [1, FOUR_HOURS_MS])
def test_a_restart_stands_where_its_saved_state_stood(tmp_path: Path, back_ms: int) -> None:
    clock = Clock()
    partition = Partition(clock, tmp_path / "state")
    partition.append(arrived(1))
    partition.step(None)
    partition.save()
    saved_ms = partition.owner.pipeline.engine.now_ms
    clock.now_ms -= back_ms
    partition.kill()
    partition.step(None)
    assert partition.owner.pipeline.engine.now_ms == saved_ms == NOW_MS
    partition.check()
    clock.now_ms += back_ms + 1_000
    partition.step(None)
    assert partition.owner.pipeline.engine.now_ms == NOW_MS + 1_000
    partition.check()
