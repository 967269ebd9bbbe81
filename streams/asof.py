"""Any past instant, exactly: the whole log through a fresh engine that stands at that instant."""

from __future__ import annotations

from collections.abc import Iterator

from streams.codec import UnreadableBatch
from streams.days import from_ms
from streams.engine import GIVE_UP_MS, ClockOf, Engine
from streams.log import START, EventLog
from streams.pipeline import Pipeline
from streams.query import iso
from streams.visits import NEVER

_ENTRIES_AT_ONCE = 64


class OlderThanLog(Exception):
    """The log no longer (or not yet) holds what would be needed for this instant."""


def payloads(log: EventLog, until: str) -> Iterator[bytes]:
    """Every entry of the log up to and including position `until`, oldest first."""
    position = START
    while position != until:
        entries = log.read(position, _ENTRIES_AT_ONCE)
        if not entries:
            return
        for entry in entries:
            yield entry.payload
            position = entry.position
            if position == until:
                return


def pipeline_at(
    log: EventLog, as_of_ms: int, clock_of: ClockOf, give_up_ms: int = GIVE_UP_MS, *, kept_from_ms: int | None = None
) -> Pipeline:
    """A pipeline that has read the whole log and stands at `as_of_ms` (facts dated <= as_of_ms count).

    `kept_from_ms`: the log was trimmed, entries before this instant are gone. Raises `OlderThanLog` when the instant
    lies before everything that the log knows, or its day begins before what was kept.
    """
    pipeline = Pipeline(Engine(as_of_ms, clock_of, give_up_ms))
    for payload in payloads(log, log.last()):
        try:
            pipeline.apply(payload)
        except UnreadableBatch:
            # The processor reports unreadable entries where they first appear; here they change no number.
            continue
    known = pipeline.engine.visits.arrived[: pipeline.engine.visits.size]
    first_ms = int(known.min()) if known.size else NEVER
    if kept_from_ms is not None:
        first_ms = max(first_ms, kept_from_ms)
    if first_ms != NEVER and as_of_ms < first_ms:
        message = f"{iso(as_of_ms)} lies before the beginning of the log ({from_ms(first_ms):%Y-%m-%dT%H:%M:%SZ})"
        raise OlderThanLog(message)
    return pipeline
