"""How many lines a minute come of each feed, from the counts of the last minutes."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable

from streams.store import FeedReport

_KEPT_MS = 300_000
_APART_MS = 5_000


class FeedRates:
    """Notes what was received of every feed at the instants of the live picture."""

    def __init__(self) -> None:
        self._noted: defaultdict[str, deque[tuple[int, int]]] = defaultdict(deque)

    def note(self, as_of_ms: int, feeds: Iterable[FeedReport]) -> None:
        """Takes the counts over. One that is less than before is that of a new beginning."""
        for feed in feeds:
            noted = self._noted[feed.feed]
            if noted and feed.tally.received < noted[-1][1]:
                noted.clear()
            if not noted or as_of_ms - noted[-1][0] >= _APART_MS:
                noted.append((as_of_ms, feed.tally.received))
            while as_of_ms - noted[0][0] > _KEPT_MS and len(noted) > 2:
                noted.popleft()

    def per_minute(self, report: FeedReport, as_of_ms: int) -> float | None:
        """Lines a minute over at most the last five minutes; None until that can be said."""
        noted = self._noted.get(report.feed)
        if not noted or as_of_ms - noted[0][0] < _APART_MS:
            return None
        began_ms, received = next(
            (each for each in noted if as_of_ms - each[0] <= _KEPT_MS), (as_of_ms - _KEPT_MS, noted[-1][1])
        )
        return (report.tally.received - received) * 60_000 / max(1, as_of_ms - began_ms)
