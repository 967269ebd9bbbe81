"""A question for numbers, checked: what `leitstand kpis` and `/api/kpis` have in common (contract 3 and 4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from streams.counters import BASES, WINDOWS
from streams.days import INTERVALS, SiteClock, business_day, interval_edges, to_ms
from streams.engine import ClockOf
from streams.group_floor import FLOOR
from streams.money.postings import Posting
from streams.query import DIMENSIONS, Row, Where, interval_rows, matches, window_rows
from streams.reading import Reading, Sums
from streams.records import VISITS, Cell

MOST_ROWS = 100_000
_LATEST_MS = to_ms(datetime(2200, 1, 1, tzinfo=UTC))
_SHORTEST_MS = {"15m": 900_000, "30m": 1_800_000, "1h": 3_600_000, "day": 82_800_000}


@dataclass(frozen=True)
class Question:
    """What is asked for, checked. `as_of_ms` None: now. `from_ms` None: the windows, else intervals."""

    as_of_ms: int | None = None
    windows: tuple[str, ...] = WINDOWS
    basis: str = "live"
    by: tuple[str, ...] = ()
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)
    from_ms: int | None = None
    to_ms: int | None = None
    interval: str = "total"
    zone: str = ""


class WrongQuestion(ValueError):
    """What is asked cannot be answered as it stands; the message says what to write instead."""


def instant(text: str) -> int:
    """UTC ms of an ISO 8601 instant with offset or Z, a fraction of a second cut. Raises `WrongQuestion`."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        at_ms = to_ms(moment) // 1000 * 1000
        if not 0 <= at_ms < _LATEST_MS:
            raise ValueError
    except (ValueError, OverflowError):
        message = f"{text!r} is no instant: write ISO 8601 with Z or offset, such as 2026-05-04T10:30:00+02:00"
        raise WrongQuestion(message) from None
    return at_ms


def question(
    *,
    as_of: str | None = None,
    windows: Sequence[str] = (),
    basis: str | None = None,
    by: Sequence[str] = (),
    where: Sequence[tuple[str, str]] = (),
    from_: str | None = None,
    to: str | None = None,
    interval: str | None = None,
    zone: str | None = None,
) -> Question:
    """A checked question from words, as the command line and the API give them. Raises `WrongQuestion`."""
    for window in windows:
        _one_of("window", window, WINDOWS)
    for name in [*by, *(name for name, _ in where)]:
        _one_of("dimension", name, DIMENSIONS)
    if basis is not None:
        _one_of("basis", basis, BASES)
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for name, value in where:
        wanted[name].add(value)
    asked = Question(
        as_of_ms=None if as_of is None else instant(as_of),
        windows=tuple(windows) or WINDOWS,
        basis=basis or "live",
        by=tuple(dict.fromkeys(by)),
        where={name: frozenset(values) for name, values in wanted.items()},
    )
    if from_ is None or to is None:
        if (from_, to, interval, zone) == (None, None, None, None):
            return asked
        message = "rows of intervals need from and to, beside interval and zone: give both"
        raise WrongQuestion(message)
    if windows:
        message = "a window and from/to exclude each other: give one of them"
        raise WrongQuestion(message)
    if basis == "live":
        message = "intervals are counted by arrival: leave the basis out or give arrival"
        raise WrongQuestion(message)
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            message = f"zone {zone!r} is unknown: write an IANA name like Europe/Berlin"
            raise WrongQuestion(message) from None
    from_ms, to_ms = instant(from_), instant(to)
    if from_ms >= to_ms:
        message = f"from {from_} is not before to {to}"
        raise WrongQuestion(message)
    chosen = _one_of("interval", interval or "total", INTERVALS)
    return replace(asked, basis="arrival", from_ms=from_ms, to_ms=to_ms, interval=chosen, zone=zone or "")


def _one_of(what: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        message = f"{what} {value!r} is none of {', '.join(allowed)}"
        raise WrongQuestion(message)
    return value


def answer_windows(
    asked: Question,
    readings: Iterable[Reading],
    as_of_ms: int,
    clock_of: ClockOf,
    configured: Iterable[Cell],
    floor: int = FLOOR,
    postings: Mapping[str, Sequence[Posting]] | None = None,
) -> list[Row]:
    """The rows of the rolling 30 minutes and the day, from what the cells read at `as_of_ms`.

    `postings` by window, for whoever may see money.
    """
    return window_rows(
        readings,
        as_of_ms=as_of_ms,
        day_start=lambda site: business_day(clock_of(site), as_of_ms)[0],
        by=asked.by,
        where=asked.where,
        windows=asked.windows,
        basis=asked.basis,
        configured=configured,
        floor=floor,
        postings=postings,
    )


def edges(asked: Question, cells: Iterable[Cell], clock_of: ClockOf) -> list[int]:
    """Where the intervals are cut: at the local clock of the zone asked for, from midnight; else of the site that all
    these cells share, from its start of day; else of the default site. Raises `WrongQuestion` for too many.
    """
    assert asked.from_ms is not None
    assert asked.to_ms is not None
    shortest_ms = _SHORTEST_MS.get(asked.interval, asked.to_ms - asked.from_ms)
    if asked.to_ms - asked.from_ms > shortest_ms * MOST_ROWS:
        message = f"these are more than {MOST_ROWS} rows: ask for fewer or longer intervals"
        raise WrongQuestion(message)
    clock = SiteClock(asked.zone) if asked.zone else _clock(cells, asked.where, clock_of)
    return interval_edges(asked.from_ms, asked.to_ms, asked.interval, clock)


def answer_intervals(
    asked: Question,
    edges_ms: Sequence[int],
    counted: Mapping[Cell, Sequence[Sums]],
    configured: Iterable[Cell],
    floor: int = FLOOR,
    postings: Sequence[Sequence[Posting]] | None = None,
    provisional: Callable[[int], bool] = lambda _end_ms: True,
) -> list[Row]:
    """The rows by interval, from what `intervals.by_interval` counted between these edges.

    `postings` by interval, for whoever may see money.
    """
    return interval_rows(
        counted,
        edges_ms,
        asked.interval,
        by=asked.by,
        where=asked.where,
        configured=configured,
        floor=floor,
        postings=postings,
        provisional=provisional,
    )


def _clock(cells: Iterable[Cell], where: Where, clock_of: ClockOf) -> SiteClock:
    """The clock that all wanted cells share, else the default one."""
    clocks = {clock_of(cell.site) for cell in cells if cell.family == VISITS and matches(cell, where)}
    return clocks.pop() if len(clocks) == 1 else clock_of("")
