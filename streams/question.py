"""A question for numbers, checked: what `leitstand kpis` and `/api/kpis` have in common (contract 3 and 4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from streams.counters import BASES, WINDOWS
from streams.days import INTERVALS, SiteClock, business_day, interval_edges, to_ms
from streams.engine import ClockOf, Engine
from streams.intervals import by_interval
from streams.query import DIMENSIONS, Row, Where, interval_rows, matches, window_rows
from streams.reading import Reading
from streams.records import Cell


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


def instant(text: str) -> int:
    """UTC ms of an ISO 8601 instant with offset or Z, a fraction of a second cut. Raises ValueError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no instant: write it like 2026-11-22T10:30:00+01:00"
        raise ValueError(message) from None
    if moment.tzinfo is None:
        message = f"{text!r} has no zone: add an offset or Z, like {text}+01:00"
        raise ValueError(message)
    return to_ms(moment) // 1000 * 1000


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
    """A checked question from words, as the command line and the API give them. Raises ValueError with what to do."""
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
    if from_ is None and to is None:
        if interval is not None or zone is not None:
            message = "an interval or zone needs from and to"
            raise ValueError(message)
        return asked
    if from_ is None or to is None:
        message = "from and to belong together: give both"
        raise ValueError(message)
    if windows:
        message = "a window and from/to exclude each other: give one of them"
        raise ValueError(message)
    if basis == "live":
        message = "intervals are counted by arrival: leave the basis out or give arrival"
        raise ValueError(message)
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            message = f"zone {zone!r} is unknown: write an IANA name like Europe/Berlin"
            raise ValueError(message) from None
    from_ms, to_ms = instant(from_), instant(to)
    if from_ms >= to_ms:
        message = f"from {from_} is not before to {to}"
        raise ValueError(message)
    chosen = _one_of("interval", interval or "total", INTERVALS)
    return replace(asked, basis="arrival", from_ms=from_ms, to_ms=to_ms, interval=chosen, zone=zone or "")


def _one_of(what: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        message = f"{what} {value!r} is none of {', '.join(allowed)}"
        raise ValueError(message)
    return value


def answer_windows(
    asked: Question, readings: Iterable[Reading], as_of_ms: int, clock_of: ClockOf, configured: Iterable[Cell]
) -> list[Row]:
    """The rows of the rolling 30 minutes and the day, from what the cells read at `as_of_ms`."""
    return window_rows(
        readings,
        as_of_ms=as_of_ms,
        day_start=lambda site: business_day(clock_of(site), as_of_ms)[0],
        by=asked.by,
        where=asked.where,
        windows=asked.windows,
        basis=asked.basis,
        configured=configured,
    )


def answer_intervals(asked: Question, engine: Engine, clock_of: ClockOf, configured: Iterable[Cell]) -> list[Row]:
    """The rows by interval, from all facts that the engine knows at its clock."""
    assert asked.from_ms is not None
    assert asked.to_ms is not None
    configured = list(configured)
    clock = SiteClock(asked.zone) if asked.zone else _clock([*configured, *engine.cells.cells], asked.where, clock_of)
    edges = interval_edges(asked.from_ms, asked.to_ms, asked.interval, clock)
    counted = by_interval(engine, edges)
    return interval_rows(counted, edges, asked.interval, by=asked.by, where=asked.where, configured=configured)


def _clock(cells: Iterable[Cell], where: Where, clock_of: ClockOf) -> SiteClock:
    """The clock that all wanted cells share, else the default one."""
    clocks = {clock_of(cell.site) for cell in cells if matches(cell, where)}
    return clocks.pop() if len(clocks) == 1 else clock_of("")
