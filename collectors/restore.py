"""A parser learns again what it knew when the last batch went into the log."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import attrgetter

from collectors.contract import Parser
from collectors.memory import FeedFolder, parted
from streams.batch import Batch
from streams.codec import UnreadableBatch, decode, decode_columns
from streams.log import START, EventLog, LogPart
from streams.partition import join

_ENTRIES = 200


def restore(
    feed: str,
    kind: str,
    parser: Parser,
    sequence: int,
    log: EventLog,
    folder: FeedFolder,
    report: Callable[[str], None],
) -> tuple[str, ...]:
    """Brings the parser to the state after batch `sequence`; returns the positions behind all entries, part by part.

    A saved state is a shortcut; the facts in the log are the truth. Raises `LogUnavailable`.
    """
    positions, last = [START] * len(log.parts), 0
    saved = folder.remembered(kind)
    if saved is not None and saved.sequence <= sequence and len(parted(saved.positions)) == len(positions):
        try:
            parser.load_state(saved.state)
        except ValueError as error:
            report(f"feed {feed}: the saved state is of no use, learning from the log instead ({error})")
        else:
            positions, last = parted(saved.positions), saved.sequence
    parts = [_Part(part, position, feed, last) for part, position in zip(log.parts, positions, strict=True)]
    by_sequence = attrgetter("sequence")
    for number, batches in groupby(heapq.merge(*(part.batches() for part in parts), key=by_sequence), by_sequence):
        whole = list(batches)
        if number <= sequence:
            parser.restore(join(whole), whole[0].collected_ms)
    return tuple(part.position for part in parts)


class _Part:
    """One part read to its end: every batch of the feed behind batch `last`, each once."""

    def __init__(self, part: LogPart, position: str, feed: str, last: int) -> None:
        self.position = position
        self._part = part
        self._feed = feed
        self._last = last

    def batches(self) -> Iterator[Batch]:
        while entries := self._part.read(self.position, _ENTRIES):
            for entry in entries:
                self.position = entry.position
                try:
                    if decode_columns(entry.payload).feed != self._feed:
                        continue
                    batch = decode(entry.payload)
                except UnreadableBatch:
                    continue  # the processor says so; nothing of ours can be learned from it
                if batch.sequence > self._last:
                    self._last = batch.sequence
                    yield batch
