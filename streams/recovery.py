"""From the saved state and the log behind it to the pipeline as it would stand had nothing ever ended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from streams.codec import UnreadableBatch
from streams.gaps import unexplained
from streams.log import START, Entry, LogPart
from streams.pipeline import Pipeline
from streams.query import iso
from streams.snapshot import UnusableSnapshot
from streams.states import States
from streams.uncountable import CountingFailed, Doubts, Uncountable

ENTRIES_AT_ONCE = 64
_MOST_AT_ONCE = 2048
_BYTES_AT_ONCE = 2_000_000
_logger = logging.getLogger(__name__)


def recover(
    part: LogPart,
    states: States,
    pipeline: Pipeline,
    reached: Callable[[str], None] = lambda _: None,
    doubts: Doubts | None = None,
    left_out: list[Uncountable] | None = None,
) -> str:
    """Brings an empty pipeline to the end of this part of the log and returns that position.

    `reached` is told every position on the way, so that whoever watches can see that it goes on.
    A saved state is used when it is sound and the log still has the entry where it was taken; else the whole log is
    read. Raises `LogUnavailable`, and `CountingFailed` as `take_in` does.
    """
    position = START
    trimmed = part.missing()
    try:
        saved = states.load()
    except UnusableSnapshot as error:
        _logger.warning("saved state not used, reading the whole log instead: %s", error)
    else:
        if saved is not None and saved.position != START:
            if part.holds(saved.position):
                saved.restore(pipeline, pipeline.engine.now_ms)
                position = saved.position
            else:
                _logger.warning("the log has no entry %s of the saved state: reading the whole log", saved.position)
                # Trimming keeps that entry: whatever took it away was not trimming.
                trimmed = None
    at_once = ENTRIES_AT_ONCE
    while entries := part.read(position, at_once):
        position = take_in(pipeline, entries, doubts, left_out)
        reached(position)
        # Small entries are read by the thousand, large ones stay few: memory is bounded and the engine kept busy.
        small = sum(len(entry.payload) for entry in entries) < _BYTES_AT_ONCE
        at_once = min(at_once * 2, _MOST_AT_ONCE) if small else ENTRIES_AT_ONCE
    tell_gaps(pipeline, trimmed)
    return position


def take_in(
    pipeline: Pipeline,
    entries: Sequence[Entry],
    doubts: Doubts | None = None,
    left_out: list[Uncountable] | None = None,
) -> str:
    """Applies entries and returns the position of the last; START without any. Unreadable ones are logged and left.

    Raises `CountingFailed` when the engine broke off: the pipeline is then of no use any more. Of entries that `doubts`
    are about, `left_out` gets the facts that cannot be counted.
    """
    position = START
    found: list[Uncountable] = []
    try:
        with pipeline.gathering():
            for entry in entries:
                doubted = doubts is not None and doubts.about(entry.position)
                try:
                    found += pipeline.apply(entry.payload, doubted=doubted)
                except UnreadableBatch as error:
                    _logger.error("log entry %s is left out: %s", entry.position, error)
                position = entry.position
    except MemoryError:
        raise
    except Exception as error:
        raise CountingFailed([entry.position for entry in entries], error) from error
    if left_out is not None:
        left_out += found
    return position


def tell_gaps(pipeline: Pipeline, trimmed: tuple[int, int] | None = None) -> None:
    """Marks the feeds that lack batches which were not trimmed on purpose, and says so once."""
    for gap in unexplained(pipeline.gaps, trimmed):
        pipeline.feeds[gap.feed].lost_ms = gap.before_ms
        _logger.error(
            "the log lost %d batches of feed %s from before %s: somebody trimmed or deleted them before they were "
            "counted, its numbers are too low until the day is over",
            gap.batches,
            gap.feed,
            iso(gap.before_ms),
        )
    pipeline.gaps.clear()
