"""How `leitstand feeds` tells of a source's clock."""

from __future__ import annotations

import pytest

from commands.feeds import clocks, entry
from streams.batch import Tally
from streams.store import FeedReport


def told(skew_ms: int | None) -> tuple[float | None, list[str]]:
    one = entry(FeedReport("acd", Tally(), skew_ms=skew_ms), 0, collected=True)
    return one["skew_seconds"], clocks([one])


@pytest.mark.parametrize("skew_ms", [None, 0, 2_000, -2_000, 1_900, 2_049])
def test_a_small_skew_is_in_the_document_only(skew_ms: int | None) -> None:
    seconds, lines = told(skew_ms)
    assert seconds == (None if skew_ms is None else round(skew_ms / 1000, 1))
    assert lines == []


def test_a_clock_ahead() -> None:
    assert told(3_449) == (3.4, ["acd: its clock is 3.4 s ahead of ours: set both by one time server"])


def test_a_clock_behind() -> None:
    seconds, (line,) = told(-3_600_400)
    assert seconds == -3600.4
    assert line == "acd: its clock is 3,600.4 s behind ours, or its lines come so late"
