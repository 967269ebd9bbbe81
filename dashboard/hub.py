"""One reader of the live picture per web process, however many screens: it keeps, presents, compares and fans out.

Screens that show the same (scope, language, view) share a channel: its board is composed once per change, and each
event is turned into bytes once. Nothing is queued per screen: who falls behind gets a fresh snapshot.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from dashboard.access import Scope
from dashboard.board import Board, View
from dashboard.channel import Channel, Key
from dashboard.feed_rates import FeedRates
from dashboard.live_money import KeptMoney, LiveMoney, Postings
from dashboard.silence import numbered_feeds
from streams.reading import Reading
from streams.records import Cell
from streams.store import FeedReport, Picture, Pictures, StoreUnavailable

PUSH_EVERY_SECONDS = 0.5
TELL_EVERY_SECONDS = 1.25
"""Streams are woken that often even without news. Longer than the second between two pictures: news comes first."""
_RETRY_SECONDS = 0.5
_YOUNG_SECONDS = 3.0

_log = logging.getLogger(__name__)


class Present(Protocol):
    """Composes the board of one channel. `readings` and `feeds` are cut to the scope; `as_of_ms` is 0 before any.

    `postings` are those of the whole picture by window, not cut to the scope; None: the reader may see no money, or
    nothing is about money.
    """

    def __call__(
        self,
        readings: Iterable[Reading],
        feeds: Iterable[FeedReport],
        *,
        as_of_ms: int,
        scope: Scope,
        language: str,
        view: View,
        postings: Postings | None,
    ) -> Board: ...


class Hub:
    """Follows the store and keeps the channels up to date.

    `present` composes boards; `expected` are the feeds that somebody follows, None: all that are in the picture.
    `clock` is a monotonic clock in seconds. `money` is asked only while somebody looks who may see it; None where
    nothing is about money. `of_campaigns` are the feeds that tell of campaigns. One thread (or greenlet) runs `run`.
    """

    def __init__(
        self,
        store: Pictures,
        present: Present,
        expected: Collection[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        money: LiveMoney | None = None,
        of_campaigns: Collection[str] = (),
    ) -> None:
        self.present = present
        self._money = None if money is None else KeptMoney(money, clock)
        self._of_campaigns = frozenset(of_campaigns)
        self._expected = expected
        self.as_of_ms: int | None = None
        self._store = store
        self.clock = clock
        self._readings: dict[Cell, Reading] = {}
        self._within: dict[Scope, list[Cell]] = {}
        self._feeds: dict[str, FeedReport] = {}
        self.rates = FeedRates()
        self._after: str | None = None
        self._channels: dict[Key, Channel] = {}
        self._lock = threading.RLock()
        self._changed = False
        self._pushed_at = self._told_at = -TELL_EVERY_SECONDS
        self._pause = threading.Event()
        self._lost = False

    def run(self, stop: threading.Event) -> None:
        """Follows until `stop` is set. A lost store is logged once, and once when it is back."""
        well = True
        while not stop.is_set():
            try:
                there = well = self.step()
            except Exception:
                if well:
                    _log.exception("following the live picture failed; trying again")
                there = well = False
            if not there:
                self._pause.wait(_RETRY_SECONDS)

    def step(self) -> bool:
        """Waits for changes, at most until the next push is due, takes them over and pushes. False: store is lost."""
        there = self._take(self._wait_seconds())
        self.push_if_due()
        return there

    def _wait_seconds(self) -> float:
        return max(0.0, self._due_at() - self.clock())

    def _due_at(self) -> float:
        return self._pushed_at + PUSH_EVERY_SECONDS if self._changed else self._told_at + TELL_EVERY_SECONDS

    def _take(self, wait_seconds: float) -> bool:
        try:
            if self._after is None:
                picture = self._store.picture()
                if picture is None:
                    self._pause.wait(min(wait_seconds, _RETRY_SECONDS))
                else:
                    self._replace(picture)
                changes: list[Picture] | None = []
            else:
                changes = self._store.changes(self._after, wait_seconds)
        except StoreUnavailable as error:
            if not self._lost:
                self._lost = True
                _log.warning("the live picture is lost: %s; the last values stay, trying again", error)
            return False
        if self._lost:
            self._lost = False
            _log.warning("the live picture is back")
        if changes is None:
            self._after = None
        for picture in changes or ():
            self._update(picture)
        return True

    def _replace(self, picture: Picture) -> None:
        with self._lock:
            self._readings = {}
            self._within.clear()
            self._feeds = {}
            self._update(picture)

    def _update(self, picture: Picture) -> None:
        with self._lock:
            known = len(self._readings)
            self._readings.update((reading.cell, reading) for reading in picture.readings)
            if len(self._readings) != known:
                self._within.clear()
            self._feeds.update((feed.feed, feed) for feed in picture.feeds)
            self.rates.note(picture.as_of_ms, picture.feeds)
            self._after = picture.id
            self.as_of_ms = picture.as_of_ms
            self._changed = True

    def push_if_due(self) -> None:
        """Composes and sends what changed, at most twice a second; wakes every stream after `TELL_EVERY_SECONDS`.

        A picture that stands still sends nothing that a page could take for news: so its numbers turn grey in time.
        """
        now = self.clock()
        if now < self._due_at():
            return
        news, self._changed, self._told_at = self._changed, False, now
        if news:
            self._pushed_at = now
        with self._lock:
            channels = list(self._channels.values())
        if news and any(channel.key.euros for channel in channels):
            self._follow_money()
        for channel in channels:
            if news:
                self._compose(channel)
            channel.ring(now)

    def _follow_money(self) -> None:
        # Never under the lock: it may take longer than one push, and only who may see money waits for it.
        if self._money is not None:
            self._money.follow(self._after, lambda: self.readings(Scope()), self.as_of_ms or 0)

    def _compose(self, channel: Channel) -> None:
        key = channel.key
        with self._lock:
            if self.as_of_ms is None:
                return
            try:
                board = self._board(key)
            except Exception:
                # One scope whose board cannot be composed must not stop the screens of all others; its own turn grey.
                _log.exception("the board of scope %r, %s, cannot be composed", key.scope.name, key.view)
                return
            channel.show(board, self.as_of_ms)
            channel.composed_at = self.clock()

    def _board(self, key: Key) -> Board:
        return self.present(
            self.readings(key.scope),
            self.feeds(key.scope),
            as_of_ms=self.as_of_ms or 0,
            scope=key.scope,
            language=key.language,
            view=key.view,
            postings=self._money.postings if self._money is not None and key.euros else None,
        )

    def readings(self, scope: Scope) -> list[Reading]:
        """The last reading of every cell in the scope."""
        with self._lock:
            if scope.everything:
                return list(self._readings.values())
            cells = self._within.get(scope)
            if cells is None:
                cells = self._within[scope] = [cell for cell in self._readings if scope.admits(cell)]
            return [self._readings[cell] for cell in cells]

    def feeds(self, scope: Scope) -> list[FeedReport]:
        """The feeds that somebody follows, as this scope may know them."""
        with self._lock:
            feeds = [feed for name, feed in self._feeds.items() if self._expected is None or name in self._expected]
            if scope.everything:
                return feeds
            within = {name for reading in self.readings(scope) for name in reading.feeds}
            if self.has_campaigns(scope):
                within |= self._of_campaigns
            return numbered_feeds(feeds, within)

    def has_campaigns(self, scope: Scope) -> bool:
        """True when there is a campaign in the scope."""
        return any(reading.cell.campaign for reading in self.readings(scope))

    def _key(self, scope: Scope, language: str, view: View, *, euros: bool) -> Key:
        # Where nothing is about money all share what is made without it. Everybody who passes sees a wall.
        return Key(scope, language, view, euros and self._money is not None and view.kind != "wall")

    def board(self, scope: Scope, language: str, view: View, *, euros: bool = False) -> Board:
        """The board as it stands, for a page drawn by the server. `euros`: its reader may see money."""
        key = self._key(scope, language, view, euros=euros)
        if key.euros:
            self._follow_money()
        with self._lock:
            channel = self._channels.get(key)
            if channel is not None and channel.board is not None and self._is_young(channel):
                return channel.board
            return self._board(key)

    @property
    def streams(self) -> int:
        """How many streams are open."""
        with self._lock:
            return sum(channel.streams for channel in self._channels.values())

    def join(self, scope: Scope, language: str, view: View, *, euros: bool = False) -> Channel:
        """The channel of this key, for one more stream; `leave` it in the end. `euros`: its reader may see money."""
        key = self._key(scope, language, view, euros=euros)
        if key.euros:
            self._follow_money()
        with self._lock:
            channel = self._channels.get(key)
            if channel is None:
                channel = self._channels[key] = Channel(key)
            channel.streams += 1
        if channel.board is None or not self._is_young(channel):
            self._compose(channel)
        return channel

    def _is_young(self, channel: Channel) -> bool:
        """False when the picture stood still since: its age then has to be judged anew for whoever comes."""
        return self.clock() - channel.composed_at < _YOUNG_SECONDS

    def leave(self, channel: Channel) -> None:
        """One stream less; a channel without any is dropped."""
        with self._lock:
            channel.streams -= 1
            if channel.streams == 0 and self._channels.get(channel.key) is channel:
                del self._channels[channel.key]

    def close(self) -> None:
        """Wakes whatever waits here, for the last time."""
        self._pause.set()
        with self._lock:
            channels = list(self._channels.values())
        for channel in channels:
            channel.close()
