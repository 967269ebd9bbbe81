"""Any past instant, exactly: the whole log through a fresh engine that stands at that instant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from streams.codec import UnreadableBatch
from streams.days import business_day
from streams.engine import GIVE_UP_MS, ClockOf, Engine
from streams.gaps import unexplained
from streams.log import START, LogPart
from streams.pipeline import Pipeline
from streams.query import iso
from streams.visits import NEVER

_ENTRIES_AT_ONCE = 64


class OlderThanLog(Exception):
    """The log no longer (or not yet) holds what would be needed for this instant."""


def payloads(log: LogPart, until: str) -> Iterator[bytes]:
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
    log: LogPart, as_of_ms: int, clock_of: ClockOf, give_up_ms: int = GIVE_UP_MS, *, since_ms: int | None = None
) -> Pipeline:
    """`pipelines_at` for a log of one part."""
    return pipelines_at([log], as_of_ms, clock_of, give_up_ms, since_ms=since_ms)[0]


def pipelines_at(
    parts: Sequence[LogPart],
    as_of_ms: int,
    clock_of: ClockOf,
    give_up_ms: int = GIVE_UP_MS,
    *,
    since_ms: int | None = None,
) -> list[Pipeline]:
    """A pipeline for each part that has read all of it and stands at `as_of_ms` (facts dated <= as_of_ms count).

    `since_ms`: from when on facts are asked for; None: from the business day of `as_of_ms`. Raises `OlderThanLog` when
    the instant lies before everything that the log knows, or something of that time was trimmed away or got lost.
    """
    pipelines = [Pipeline(Engine(as_of_ms, clock_of, give_up_ms)) for _ in parts]
    for part, pipeline in zip(parts, pipelines, strict=True):
        for payload in payloads(part, part.last()):
            try:
                pipeline.apply(payload)
            except UnreadableBatch:
                # The processor reports unreadable entries where they first appear; here they change no number.
                continue
    first_ms = min(_first_ms(pipeline) for pipeline in pipelines)
    if first_ms != NEVER and as_of_ms < first_ms:
        message = f"{iso(as_of_ms)} lies before the beginning of the log ({iso(first_ms)})"
        raise OlderThanLog(message)
    needed_ms = business_day(clock_of(""), as_of_ms)[0] if since_ms is None else since_ms
    for part, pipeline in zip(parts, pipelines, strict=True):
        missing = part.missing()
        for gap in unexplained(pipeline.gaps, missing):
            if needed_ms <= gap.before_ms:
                message = (
                    f"the log lost {gap.batches} batches of feed {gap.feed} from before {iso(gap.before_ms)}: what "
                    "needs them cannot be counted again"
                )
                raise OlderThanLog(message)
        if missing is not None and needed_ms <= missing[1] and as_of_ms >= missing[0]:
            message = f"the log no longer holds all of {iso(needed_ms)} to {iso(as_of_ms)}: it begins {iso(missing[1])}"
            raise OlderThanLog(message)
    return pipelines


def _first_ms(pipeline: Pipeline) -> int:
    known = pipeline.engine.visits.arrived[: pipeline.engine.visits.size]
    return int(known.min()) if known.size else NEVER
