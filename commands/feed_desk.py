"""What the pages of feeds reach of the collecting side: dead letters in the data folder and wishes for another try."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from collectors.requests import Requests
from commands import wiring
from commands.collecting import dead_letters
from config.settings import Settings
from dashboard.feed_pages import DeadLine

WAIT_SECONDS = 3.0
_LOOK_SECONDS = 0.1


class DataFolderDesk:
    """The feeds of these settings, as far as they are collected on the data folder of this machine."""

    def __init__(self, settings: Settings, data: Path, wait_seconds: float = WAIT_SECONDS) -> None:
        self._data = data
        self._letters = dead_letters(settings, data)
        self._wait_seconds = wait_seconds
        self.collectors: Mapping[str, str] = {
            feed.name: feed.collector for feed in settings.feeds.values() if feed.enabled
        }
        self.sqlite: Collection[str] = {feed.name for feed in settings.feeds.values() if feed.options.get("sqlite")}

    def dead(self, feed: str) -> Sequence[DeadLine]:
        """See `FeedDesk.dead`."""
        return [
            DeadLine(
                letter.id,
                letter.source,
                letter.position,
                letter.at_ms,
                letter.reason,
                letter.data,
                whole=letter.whole,
                again=letter.whole and not letter.record,
            )
            for letter in reversed(self._letters.all(feed))
        ]

    def retry(self, feed: str) -> int | None:
        """See `FeedDesk.retry`. A wish that nobody answers in time stays, and is done when somebody collects."""
        requests = Requests(self._data, feed)
        name = requests.ask("retry", wiring.wall_clock_ms())
        until, pause = time.monotonic() + self._wait_seconds, threading.Event()
        while time.monotonic() < until:
            answer = requests.answer_to(name)
            if answer is not None:
                retried = answer.get("retried")
                return retried if isinstance(retried, int) else None
            pause.wait(_LOOK_SECONDS)
        return None
