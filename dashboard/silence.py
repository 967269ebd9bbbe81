"""Which feeds are silent, and what that makes unknown. No data is never good.

Feeds are not named here: a feed may be called after an outsourcer that the reader must not know of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from dashboard.wording import Wording
from streams.store import FeedReport

LATE_MS = 15_000
LOST_MS = 60_000


@dataclass(frozen=True)
class Silence:
    """A feed whose hotlines are unknown, and why, in words. `off`: nobody expects anything of it."""

    feed: str
    why: str
    off: bool = False


def ago(passed_ms: int, words: Wording) -> str:
    """ "12 Minuten"; at least one minute, whole hours from two hours on."""
    passed = max(1, passed_ms // 60_000)
    if passed >= 120:
        return words.hours.format(n=passed // 60)
    return words.minutes_one if passed == 1 else words.minutes.format(n=passed)


def silent(feeds: Iterable[FeedReport], now_ms: int, words: Wording) -> list[Silence]:
    """The feeds that lack something, are in trouble or not heard of for more than 60 s.

    One that was never heard of is off.
    """
    result = []
    for feed in feeds:
        if feed.is_incomplete(now_ms):
            result.append(Silence(feed.feed, words.feed_incomplete))
        elif feed.state == "error":
            result.append(Silence(feed.feed, words.feed_error))
        elif feed.heard_ms is None or feed.state == "off":
            result.append(Silence(feed.feed, words.feed_off, off=True))
        elif now_ms - feed.heard_ms > LOST_MS:
            result.append(Silence(feed.feed, words.feed_silent.format(ago=ago(now_ms - feed.heard_ms, words))))
    return result


def lag(as_of_ms: int, now_ms: int) -> str:
    """How far the picture is behind: live, late (over 15 s) or lost (over 60 s)."""
    behind = now_ms - as_of_ms
    return "lost" if behind > LOST_MS else "late" if behind > LATE_MS else "live"


def reason(silences: Sequence[Silence], feeds: Collection[FeedReport], behind: Collection[str] | None) -> str:
    """Why a tile is unknown; "" where it is known.

    `behind`: the feeds behind the tile. None: that is not known, so any silent feed may be the missing one; one that
    is off counts only when all are.
    """
    if behind is None:
        every_off = len(feeds) == sum(silence.off for silence in silences)
        return next((silence.why for silence in silences if every_off or not silence.off), "")
    return next((silence.why for silence in silences if silence.feed in behind), "")
