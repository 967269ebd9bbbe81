"""Any past instant, exactly: the records of the history and the log behind it through an engine at that instant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from streams.codec import UnreadableBatch, encode_cell
from streams.columns import Columns
from streams.days import business_day
from streams.engine import GIVE_UP_MS, ClockOf, Engine
from streams.gaps import unexplained
from streams.history.calendar import REACH_MS
from streams.history.commits import Contents
from streams.history.history import History, further_files, record_files
from streams.log import START, LogPart
from streams.pipeline import Pipeline
from streams.query import iso
from streams.uncountable import CountingFailed, countable
from streams.visits import NEVER

_ENTRIES_AT_ONCE = 64


class OlderThanLog(Exception):
    """Neither log nor history holds (any more, or yet) what would be needed for this instant."""


def payloads(log: LogPart, after: str = START) -> Iterator[bytes]:
    """Every entry of the log behind `after` up to the one that is the newest now, oldest first."""
    position, until = after, log.last()
    while position != until:
        entries = log.read(position, _ENTRIES_AT_ONCE)
        if not entries:
            return
        for entry in entries:
            yield entry.payload
            position = entry.position
            if position == until:
                return


def pipelines_at(
    parts: Sequence[LogPart],
    as_of_ms: int,
    clock_of: ClockOf,
    give_up_ms: int = GIVE_UP_MS,
    *,
    since_ms: int | None = None,
    until_ms: int | None = None,
    history: History | None = None,
    contents: Mapping[int, Contents] | None = None,
    reach_ms: int = REACH_MS,
    billing: bool = False,
) -> list[Pipeline]:
    """A pipeline for each part that knows every fact needed and stands at `as_of_ms` (facts dated <= as_of_ms count).

    `since_ms`, `until_ms`: of when facts are asked for; None: from the business day of `as_of_ms` to `as_of_ms`. What
    lies up to `reach_ms` around that is read too, because it belongs to the same visits. `contents` are the partitions
    of `history` by the number of the part; where they end, the log goes on. `billing`: see `Pipeline`. Raises
    `OlderThanLog` when the instant lies before everything that is known, or something of that time was trimmed away or
    got lost.
    """
    kept = contents or {}
    needed_ms = business_day(clock_of(""), as_of_ms)[0] if since_ms is None else since_ms
    last_ms = as_of_ms if until_ms is None else min(as_of_ms, until_ms + reach_ms)

    def filled(*, doubted: bool) -> list[Pipeline]:
        pipelines = [Pipeline(Engine(as_of_ms, clock_of, give_up_ms), billing=billing) for _ in parts]
        for number, (part, pipeline) in enumerate(zip(parts, pipelines, strict=True)):
            if number in kept:
                assert history is not None
                pipeline.engine.cells.register([encode_cell(cell) for cell in kept[number].cells])
                for columns in history.records(record_files(kept[number], needed_ms - reach_ms, last_ms)):
                    with _counting("the history"):
                        pipeline.engine.learn(countable(columns)[0] if doubted else columns)
                with _counting("the history"):
                    pipeline.engine.count()
                for columns in history.further(further_files(kept[number], needed_ms - reach_ms, last_ms)):
                    _take_further(pipeline, columns, doubted=doubted)
            _take_log(pipeline, part, kept[number].position if number in kept else START, doubted=doubted)
        return pipelines

    pipelines = _without_uncountable(filled)
    first_ms = min(
        [_first_ms(pipeline) for pipeline in pipelines]
        + [file.first_ms for one in kept.values() for file in one.files.values()]
    )
    if first_ms != NEVER and as_of_ms < first_ms:
        what = "history" if kept else "log"
        message = f"{iso(as_of_ms)} lies before the beginning of the {what} ({iso(first_ms)})"
        raise OlderThanLog(message)
    for number, (part, pipeline) in enumerate(zip(parts, pipelines, strict=True)):
        _refuse_gaps(part, pipeline, kept.get(number), needed_ms, as_of_ms)
    return pipelines


def _without_uncountable(filled: Callable[..., list[Pipeline]]) -> list[Pipeline]:
    try:
        return filled(doubted=False)
    except CountingFailed:
        # What cannot be counted is a dead letter of the processor's: every reader leaves the same out.
        return filled(doubted=True)


def _take_log(pipeline: Pipeline, part: LogPart, after: str, *, doubted: bool) -> None:
    for payload in payloads(part, after):
        try:
            with _counting("the log"):
                pipeline.apply(payload, doubted=doubted)
        except UnreadableBatch:
            # The processor reports unreadable entries where they first appear; here they change no number.
            continue


def _take_further(pipeline: Pipeline, columns: Columns, *, doubted: bool) -> None:
    with _counting("the history"):
        pipeline.take_further(countable(columns)[0] if doubted else columns)


@contextmanager
def _counting(where: str) -> Iterator[None]:
    """What the engine raises becomes `CountingFailed`."""
    try:
        yield
    except (MemoryError, UnreadableBatch):
        raise
    except Exception as error:
        raise CountingFailed([where], error) from error


def families_at(
    parts: Sequence[LogPart],
    as_of_ms: int,
    clock_of: ClockOf,
    give_up_ms: int,
    *,
    since_ms: int,
    history: History,
    contents: Mapping[int, Contents],
    reach_ms: int,
) -> list[Pipeline]:
    """`pipelines_at` for further families alone, which no closed day tells: what they count of visits is not whole.

    Raises `OlderThanLog` when something since `since_ms` was trimmed away or got lost.
    """

    def filled(*, doubted: bool) -> list[Pipeline]:
        pipelines = [Pipeline(Engine(as_of_ms, clock_of, give_up_ms)) for _ in parts]
        for number, (part, pipeline) in enumerate(zip(parts, pipelines, strict=True)):
            kept = contents.get(number)
            if kept is not None:
                for columns in history.further(further_files(kept, since_ms - reach_ms, as_of_ms)):
                    _take_further(pipeline, columns, doubted=doubted)
            _take_log(pipeline, part, kept.position if kept is not None else START, doubted=doubted)
        return pipelines

    pipelines = _without_uncountable(filled)
    for number, (part, pipeline) in enumerate(zip(parts, pipelines, strict=True)):
        _refuse_gaps(part, pipeline, contents.get(number), since_ms, as_of_ms)
    return pipelines


def _first_ms(pipeline: Pipeline) -> int:
    known = pipeline.engine.visits.arrived[: pipeline.engine.visits.size]
    return int(known.min()) if known.size else NEVER


def _refuse_gaps(part: LogPart, pipeline: Pipeline, kept: Contents | None, needed_ms: int, as_of_ms: int) -> None:
    missing = part.missing() if kept is None else kept.lost
    for gap in unexplained(pipeline.gaps, missing):
        # What lies before the first batch behind the history is in the history.
        if needed_ms <= gap.before_ms and (kept is None or gap.after_ms):
            message = (
                f"the log lost {gap.batches} batches of feed {gap.feed} from before {iso(gap.before_ms)}: what "
                "needs them cannot be counted again"
            )
            raise OlderThanLog(message)
    if missing is not None and needed_ms <= missing[1] and as_of_ms >= missing[0]:
        message = f"the log no longer holds all of {iso(needed_ms)} to {iso(as_of_ms)}: it begins {iso(missing[1])}"
        raise OlderThanLog(message)
    if kept is not None and as_of_ms > kept.newest_ms and _went_past(part, kept.position):
        # Trimming keeps that entry: whatever took it away may have taken what followed, too.
        message = (
            f"the log lost what came in behind the history, whose newest record is of {iso(kept.newest_ms)}: "
            f"{iso(as_of_ms)} cannot be counted again"
        )
        raise OlderThanLog(message)
    if kept is not None and needed_ms < kept.retired_ms:
        message = (
            f"the records of {iso(needed_ms)} are not kept any more, they begin {iso(kept.retired_ms)}: ask for "
            "intervals of 15m or longer without an instant"
        )
        raise OlderThanLog(message)


def _went_past(part: LogPart, position: str) -> bool:
    """True when a log that has entries lacks the one at this position."""
    return position != START and part.last() != START and not part.holds(position)
