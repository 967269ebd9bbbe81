"""Batches that the log lost: noticed by their numbers, told apart from what was trimmed on purpose."""

from __future__ import annotations

import pytest

from streams.batch import Batch, Tally
from streams.codec import encode
from streams.gaps import Gap, unexplained
from streams.pipeline import Pipeline
from streams.recovery import tell_gaps
from tests.streams.histories import new_engine

NOW_MS = 1_783_512_000_000


def pipeline_of(*sequences: int) -> Pipeline:
    pipeline = Pipeline(new_engine(NOW_MS))
    for sequence in sequences:
        pipeline.apply(encode(Batch("a", sequence, NOW_MS + sequence, Tally(), [])))
    return pipeline


@pytest.mark.parametrize(
    ("sequences", "gaps"),
    [
        ((1, 2, 2, 1, 3), []),
        ((1, 2, 6, 7), [Gap("a", 3, NOW_MS + 2, NOW_MS + 6)]),
        ((4, 5, 9), [Gap("a", 3, 0, NOW_MS + 4), Gap("a", 3, NOW_MS + 5, NOW_MS + 9)]),
    ],
)
def test_numbers_that_do_not_follow_are_gaps(sequences: tuple[int, ...], gaps: list[Gap]) -> None:
    assert pipeline_of(*sequences).gaps == gaps


def test_what_was_trimmed_on_purpose_is_no_loss() -> None:
    gaps = pipeline_of(4, 5, 9).gaps
    assert unexplained(gaps, (NOW_MS - 1000, NOW_MS + 3)) == gaps[1:]
    assert unexplained(gaps, (NOW_MS - 1000, NOW_MS + 5)) == []
    assert unexplained(gaps, None) == gaps


def test_a_loss_marks_the_feed_for_a_day_and_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    pipeline = pipeline_of(1, 3)
    for _ in range(2):
        tell_gaps(pipeline)
    assert [record.message.split(":")[0][:35] for record in caplog.records] == ["the log lost 1 batches of feed a fr"]
    report = pipeline.feeds["a"]
    assert report.lost_ms == NOW_MS + 3
    assert report.is_incomplete(NOW_MS + 24 * 3_600_000)
    assert not report.is_incomplete(NOW_MS + 26 * 3_600_000)
