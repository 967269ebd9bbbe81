"""The live pictures of all parts of a log read as one.

Cells of visits are in one part each, so their readings only have to be laid side by side; a cell of a further family
may be in several, whose readings add up. A feed is in every part: its tallies
add up. What holds for all is what holds at the smallest as_of; a part that is ahead waits for the others, so that a
part whose processor is gone makes the whole picture old instead of a little wrong.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from streams.batch import Tally
from streams.reading import Reading, added
from streams.records import VISITS, Cell
from streams.store import FeedReport, Picture, Pictures

_WAIT_SECONDS = 0.25
_LOOKS = 8
_BETWEEN_LOOKS_SECONDS = 0.03


@dataclass
class _Part:
    """What is known of one part: the last change taken over, and those that are ahead of the other parts."""

    store: Pictures
    id: str = ""
    as_of_ms: int = 0
    position: str = ""
    feeds: dict[str, FeedReport] = field(default_factory=dict)
    further: dict[Cell, Reading] = field(default_factory=dict)
    ahead: deque[Picture] = field(default_factory=deque)

    @property
    def newest(self) -> str:
        return self.ahead[-1].id if self.ahead else self.id

    @property
    def known_ms(self) -> int:
        return self.ahead[-1].as_of_ms if self.ahead else self.as_of_ms

    def take(self, change: Picture) -> None:
        self.id, self.as_of_ms, self.position = change.id, change.as_of_ms, change.position
        self.feeds |= {report.feed: report for report in change.feeds}
        self.further |= {reading.cell: reading for reading in change.readings if reading.cell.family != VISITS}


class PartedStore:
    """`Pictures` over the pictures of all parts, in their order. One instance has one reader.

    `parts` gives them at every first look; none while it is not known how many there are. While one of them never
    published there is no picture. Raises `StoreUnavailable`.
    """

    def __init__(self, parts: Callable[[], Sequence[Pictures]]) -> None:
        self._of_parts = parts
        self._parts: list[_Part] = []

    def picture(self) -> Picture | None:
        """See `Store.picture`. Readings of a part that is ahead of the others for long are newer than the as_of."""
        self._parts = [_Part(store) for store in self._of_parts()]
        if not self._parts:
            return None
        pictures: list[Picture] = []
        for look in range(_LOOKS):
            if look:
                time.sleep(_BETWEEN_LOOKS_SECONDS)
            found = [part.store.picture() for part in self._parts]
            pictures = [picture for picture in found if picture is not None]
            if len(pictures) < len(found):
                return None
            if len({picture.as_of_ms for picture in pictures}) == 1:
                break
        for part, picture in zip(self._parts, pictures, strict=True):
            part.take(picture)
        return self._merged(pictures)

    def changes(self, after: str, wait_seconds: float) -> list[Picture] | None:
        """See `Store.changes`; what is there comes as one change."""
        if after != self._id():
            return None
        deadline = time.monotonic() + wait_seconds
        wait = 0.0
        while True:
            # No as_of comes before that of the last part: waiting for it is waiting for all.
            last = min(self._parts, key=lambda part: part.known_ms)
            for part in self._parts:
                if part.ahead:
                    continue
                found = part.store.changes(part.newest, wait if part is last else 0.0)
                if found is None:
                    return None
                part.ahead.extend(found)
            taken = self._take()
            if taken:
                return [self._merged(taken)]
            wait = min(_WAIT_SECONDS, deadline - time.monotonic())
            if wait <= 0:
                return []

    def _take(self) -> list[Picture]:
        until_ms = min(part.known_ms for part in self._parts)
        taken: list[Picture] = []
        for part in self._parts:
            while part.ahead and part.ahead[0].as_of_ms <= until_ms:
                taken.append(part.ahead.popleft())
                part.take(taken[-1])
        return taken

    def _merged(self, changes: Sequence[Picture]) -> Picture:
        names = {report.feed for change in changes for report in change.feeds}
        feeds = merged_feeds(part.feeds.values() for part in self._parts)
        return Picture(
            self._id(),
            min(part.as_of_ms for part in self._parts),
            ",".join(part.position for part in self._parts),
            self._readings(changes),
            [report for report in feeds if report.feed in names],
        )

    def _readings(self, changes: Sequence[Picture]) -> list[Reading]:
        readings: list[Reading] = []
        further: dict[Cell, None] = {}
        for change in changes:
            for reading in change.readings:
                if reading.cell.family == VISITS:
                    readings.append(reading)
                else:
                    further[reading.cell] = None
        return readings + [
            added([part.further[cell] for part in self._parts if cell in part.further]) for cell in further
        ]

    def _id(self) -> str:
        return ",".join(part.id for part in self._parts)


def merged_feeds(parts: Iterable[Iterable[FeedReport]]) -> list[FeedReport]:
    """The feeds over all parts, by name: tallies add up, the newest word about a feed counts.

    `sequence` is the smallest, so far every part has counted; 0 while one has not heard of the feed.
    """
    merged: dict[str, FeedReport] = {}
    every = [list(reports) for reports in parts]
    for reports in every:
        for report in reports:
            known = merged.get(report.feed)
            if known is None:
                known = merged[report.feed] = msgspec.structs.replace(report, tally=Tally())
            known.tally.add(report.tally)
            known.sequence = min(known.sequence, report.sequence)
            known.last_event_ms = max(
                (at_ms for at_ms in (known.last_event_ms, report.last_event_ms) if at_ms is not None), default=None
            )
            if (report.heard_ms or 0) > (known.heard_ms or 0):
                known.heard_ms, known.state, known.message = report.heard_ms, report.state, report.message
                known.skew_ms = report.skew_ms
    for name, known in merged.items():
        if any(all(report.feed != name for report in reports) for reports in every):
            known.sequence = 0
    return [merged[name] for name in sorted(merged)]
