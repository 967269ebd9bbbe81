"""The money of the live picture: worked out once for all boards, whoever may see it, and kept beside the readings."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from streams.money.postings import Posting
from streams.reading import Reading

EVERY_SECONDS = 1.0
_MOST_OF_THE_TIME = 0.1
"""Where there is much to work out, it is done less often, so that it never takes more than this part of the time."""

_log = logging.getLogger(__name__)

Postings = Mapping[str, Sequence[Posting]]
"""What is posted in each window; a window of which nothing is known does not stand in it."""


class LiveMoney(Protocol):
    """Works out what is posted in the windows at an instant."""

    def of_windows(self, readings: Sequence[Reading], as_of_ms: int) -> Postings:
        """What is posted in each window, from all readings there are."""
        ...


class KeptMoney:
    """The postings of the newest picture that was asked about. Threads may share it.

    `clock` is a monotonic clock in seconds. What fails is logged once and leaves no postings: then no figure of money
    is known, and the boards go on.
    """

    def __init__(self, money: LiveMoney, clock: Callable[[], float]) -> None:
        self._money = money
        self._clock = clock
        self._asking = threading.Lock()
        self._of: str | None = None
        self._again_at = 0.0
        self._well = True
        self.postings: Postings = {}

    def follow(self, picture: str | None, readings: Callable[[], Sequence[Reading]], as_of_ms: int) -> None:
        """Works the postings out again where the picture is another one and the last time is long enough ago."""
        if picture is None or not self._is_due(picture):
            return
        with self._asking:
            if not self._is_due(picture):
                return
            begun = self._clock()
            self.postings = self._asked(readings(), as_of_ms)
            ended = self._clock()
            self._of = picture
            self._again_at = begun + max(EVERY_SECONDS, (ended - begun) / _MOST_OF_THE_TIME)

    def _is_due(self, picture: str) -> bool:
        if self._of is None:
            return True
        # A picture each second must not find the second not quite over.
        return picture != self._of and self._clock() >= self._again_at - EVERY_SECONDS / 4

    def _asked(self, readings: Sequence[Reading], as_of_ms: int) -> Postings:
        try:
            found = self._money.of_windows(readings, as_of_ms)
        except Exception:
            if self._well:
                _log.exception("the money of the live picture cannot be worked out; no figure of it is shown")
            self._well = False
            return {}
        if not self._well:
            self._well = True
            _log.warning("the money of the live picture can be worked out again")
        return found
