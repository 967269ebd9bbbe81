"""In which state a feed is, from what the processor knows of it."""

from __future__ import annotations

import pytest

from streams.batch import Tally
from streams.feed_state import FeedState, message_of, state_of
from streams.store import FeedReport

NOW_MS = 1_780_000_000_000


def report(
    state: str = "live", *, heard_s: float | None = 1, event_s: float | None = 1, lost_h: float = 0
) -> FeedReport:
    return FeedReport(
        "acd",
        Tally(),
        last_event_ms=None if event_s is None else int(NOW_MS - event_s * 1000),
        heard_ms=None if heard_s is None else int(NOW_MS - heard_s * 1000),
        state=state,
        message="disk full",
        lost_ms=int(NOW_MS - lost_h * 3_600_000) if lost_h else None,
    )


@pytest.mark.parametrize(
    ("feed", "expected"),
    [
        (report(), "live"),
        (report(event_s=60), "live"),
        (report(event_s=60.001), "quiet"),
        (report(event_s=None), "quiet"),
        (report(heard_s=60), "live"),
        (report(heard_s=60.001), "silent"),
        (report("error", heard_s=61), "silent"),
        (report("error"), "error"),
        (report("full", heard_s=None), "error"),
        (report("off"), "off"),
        (report(heard_s=None), "off"),
        (report(lost_h=24.9), "error"),
        (report(lost_h=25), "live"),
    ],
)
def test_the_state(feed: FeedReport, expected: FeedState) -> None:
    assert state_of(feed, NOW_MS, collected=True) == expected
    assert state_of(feed, NOW_MS, collected=False) == "off"


def test_what_the_log_lost_is_told_for_a_day_before_anything_else() -> None:
    assert message_of(report(), NOW_MS) == "disk full"
    assert "the log lost batches from before 2026-05-28T19:26:40Z" in message_of(report(lost_h=1), NOW_MS)
    assert message_of(report(lost_h=26), NOW_MS) == "disk full"
