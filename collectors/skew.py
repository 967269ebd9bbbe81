"""How far the clock of a source is ahead of ours, estimated from lines read just after they were written (pure).

A line is dated by the source's clock and read by ours a little later, so event time − reading time is the skew less
some delay, and the delay is never below zero. The largest of the recent differences therefore is nearest to the skew;
a mean or a median would tell of how slowly lines are written. Lines in whole seconds make it up to a second too small.
"""

from __future__ import annotations

from collections import deque

RECENT = 20
"""Readings that count: few enough to follow a clock that is set back, enough to outlive some that came slowly."""
FRESH_MS = 5_000
"""After a longer time without a look at the source, what is found there may be as old as that."""
_SPREAD_MS = 2_000
"""Lines of whole seconds, written in the order in which things ended, spread a little more than the time they took."""


class ClockSkew:
    """The skew of one followed source. What was there before it was looked at, or is filled in later, never counts."""

    def __init__(self) -> None:
        self._caught_up_ms: int | None = None
        self._recent: deque[int] = deque(maxlen=RECENT)

    @property
    def ms(self) -> int | None:
        """Positive: the source's clock is ahead. None before the first line that was read just after it was written."""
        return max(self._recent, default=None)

    def caught_up(self, now_ms: int) -> None:
        """At this instant everything that the source held was read."""
        self._caught_up_ms = now_ms

    def read(self, oldest_ms: int, newest_ms: int, now_ms: int) -> None:
        """Lines dated from the one to the other event time were read now.

        They count when the source was caught up with just before, and when they do not span more time than passed
        since: lines that do were filled in.
        """
        if self._caught_up_ms is None:
            return
        passed_ms = now_ms - self._caught_up_ms
        if 0 <= passed_ms <= FRESH_MS and newest_ms - oldest_ms <= passed_ms + _SPREAD_MS:
            self._recent.append(newest_ms - now_ms)
