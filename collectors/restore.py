"""A parser learns again what it knew when the last batch went into the log."""

from __future__ import annotations

from collections.abc import Callable

from collectors.contract import Parser
from collectors.memory import FeedFolder
from streams.codec import UnreadableBatch, decode, decode_columns
from streams.log import START, EventLog

_ENTRIES = 200


def restore(
    feed: str,
    kind: str,
    parser: Parser,
    sequence: int,
    log: EventLog,
    folder: FeedFolder,
    report: Callable[[str], None],
) -> str:
    """Brings the parser to the state after batch `sequence` and returns the log's position behind all entries.

    A saved state is a shortcut; the facts in the log are the truth. Raises `LogUnavailable`.
    """
    position, last = START, 0
    saved = folder.remembered(kind)
    if saved is not None and saved.sequence <= sequence:
        try:
            parser.load_state(saved.state)
        except ValueError as error:
            report(f"feed {feed}: the saved state is of no use, learning from the log instead ({error})")
        else:
            position, last = saved.position, saved.sequence
    while entries := log.read(position, _ENTRIES):
        for entry in entries:
            position = entry.position
            try:
                if decode_columns(entry.payload).feed != feed:
                    continue
                batch = decode(entry.payload)
            except UnreadableBatch:
                continue  # the processor says so; nothing of ours can be learned from it
            if last < batch.sequence <= sequence:
                last = batch.sequence
                parser.restore(batch.facts, batch.collected_ms)
    return position
