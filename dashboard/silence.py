"""Which feeds are silent, and what that makes unknown. No data is never good.

Tiles do not name feeds, nor does anything for a reader who sees only a part: a feed may be called after an outsourcer
that this reader must not know of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from dashboard.wording import Wording
from streams.batch import Tally
from streams.feed_state import SILENT_AFTER_MS
from streams.store import FeedReport

LATE_MS = 15_000
LOST_MS = 60_000
_NAMED = 2


@dataclass(frozen=True)
class Silence:
    """A feed whose hotlines are unknown, and why, in words, without its name and with it.

    `off`: nobody expects anything of it.
    """

    feed: str
    why: str
    named: str
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
            result.append(_silence(feed.feed, words.feed_incomplete, words))
        elif feed.state == "full":
            result.append(_silence(feed.feed, words.feed_full, words))
        elif feed.state == "error":
            result.append(_silence(feed.feed, words.feed_error, words))
        elif feed.heard_ms is None or feed.state == "off":
            result.append(_silence(feed.feed, words.feed_off, words, off=True))
        elif now_ms - feed.heard_ms > SILENT_AFTER_MS:
            result.append(_silence(feed.feed, words.feed_silent, words, ago=ago(now_ms - feed.heard_ms, words)))
    return result


def _silence(feed: str, text: str, words: Wording, *, ago: str = "", off: bool = False) -> Silence:
    named = text.format(name=f" {feed}", of=words.of_feed + feed, ago=ago)
    return Silence(feed, text.format(name="", of="", ago=ago), named, off)


def named(silences: Sequence[Silence], feeds: Collection[FeedReport], words: Wording) -> str:
    """Which feeds are silent, the first two by name, for whoever may know all of them; off counts only when all are."""
    said = [silence.named for silence in silences if _matters(silence, silences, feeds)]
    more = [words.more_feeds.format(n=len(said) - _NAMED)] if len(said) > _NAMED else []
    return ", ".join(said[:_NAMED] + more)


def _matters(silence: Silence, silences: Sequence[Silence], feeds: Collection[FeedReport]) -> bool:
    return not silence.off or len(feeds) == sum(each.off for each in silences)


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
        return next((silence.why for silence in silences if _matters(silence, silences, feeds)), "")
    return next((silence.why for silence in silences if silence.feed in behind), "")


def numbered_feeds(feeds: Iterable[FeedReport], within: Collection[str]) -> list[FeedReport]:
    """The feeds for whoever sees only a part: only whether each is alive, since messages and counts are of all.

    Of those `within` the scope the name stays, so that a tile finds the feeds behind it; the others are numbered.
    """
    return [
        FeedReport(
            feed.feed if feed.feed in within else f"#{number}",
            Tally(),
            last_event_ms=feed.last_event_ms,
            heard_ms=feed.heard_ms,
            state=feed.state,
            lost_ms=feed.lost_ms,
        )
        for number, feed in enumerate(feeds, 1)
    ]
