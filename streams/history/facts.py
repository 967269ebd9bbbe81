"""Reading facts: how far a stretch of time is covered by closed days, and the rows of those days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from streams.days import SiteClock, business_date, business_day
from streams.history import commits
from streams.history.calendar import clock_name
from streams.history.commits import Contents, DayVersion, File
from streams.history.fact_rows import by_cell, wanted_rows
from streams.history.history import History
from streams.reading import Sums
from streams.records import Cell

_MINUTE_MS = 60_000
_QUARTER_MS = 900_000


def covered_to(
    contents: Sequence[Contents],
    clocks: Iterable[SiteClock],
    from_ms: int,
    to_ms: int,
    reach_ms: int,
    known_before_ms: int,
) -> int:
    """Up to where closed days tell everything of [from, to): `to_ms`, or the start of a day that is not closed.

    A day without any record near it has nothing to tell. Of days that end after `known_before_ms` there may be records
    that the history does not have yet.
    """
    reached_ms = to_ms
    newest = [one.newest() for one in contents]
    for clock in clocks:
        name, start_ms = clock_name(clock), business_day(clock, from_ms)[0]
        while start_ms < reached_ms:
            end_ms = business_day(clock, start_ms)[1]
            day = business_date(clock, start_ms).isoformat()
            if end_ms > known_before_ms or not all(
                _is_told(one, known.get((day, name)), start_ms, end_ms, reach_ms)
                for one, known in zip(contents, newest, strict=True)
            ):
                reached_ms = max(from_ms, start_ms)
                break
            start_ms = end_ms
    return reached_ms


def _is_told(contents: Contents, version: DayVersion | None, start_ms: int, end_ms: int, reach_ms: int) -> bool:
    if version is not None:
        is_clean = (version.day, version.clock) not in contents.dirty
        return is_clean and (version.start_ms, version.end_ms) == (start_ms, end_ms)
    near = (start_ms - reach_ms, end_ms + reach_ms)
    return not any(file.last_ms >= near[0] and file.first_ms < near[1] for file in contents.of_kind(commits.RECORDS))


def grid(edges: Sequence[int], clocks: Iterable[SiteClock]) -> str | None:
    """The coarsest facts whose intervals these edges never cut; None when none are fine enough."""
    known = list(clocks)
    if all(_starts_day(edge, known) for edge in edges):
        return commits.DAYS
    if all(edge % _QUARTER_MS == 0 or _starts_day(edge, known) for edge in edges):
        return commits.QUARTERS
    return commits.MINUTES if all(edge % _MINUTE_MS == 0 for edge in edges) else None


def _starts_day(edge: int, clocks: Sequence[SiteClock]) -> bool:
    """True when this instant begins a business day of every clock, of which there is one at least."""
    return bool(clocks) and all(business_day(clock, edge)[0] == edge for clock in clocks)


def fact_files(contents: Contents, kind: str, from_ms: int, to_ms: int) -> list[File]:
    """The files with the newest facts of this kind for the days that overlap [from, to)."""
    newest = contents.newest()
    return [
        file
        for file in contents.of_kind(kind)
        if file.first_ms < to_ms
        and file.last_ms > from_ms
        and (file.days or file.version == newest[file.day, file.name].version)
    ]


def has_facts(contents: Contents, kind: str, from_ms: int, to_ms: int) -> bool:
    """True when every closed day that overlaps [from, to) has facts of this kind: minutes are not kept for ever."""
    newest = contents.newest().items()
    days = {key for key, one in newest if not one.empty and one.start_ms < to_ms and one.end_ms > from_ms}
    files = fact_files(contents, kind, from_ms, to_ms)
    return days <= {(day, file.name) for file in files for day in file.days or (file.day,)}


def read_facts(
    history: History, files: Iterable[File], edges: Sequence[int], basis: str, hotlines: Iterable[str] = ()
) -> dict[Cell, dict[int, Sums]]:
    """The sums between these edges by cell and number of the interval; with `hotlines` of those cells only.

    Where nothing happened there is nothing.
    """
    wanted = sorted(hotlines)
    tables = [history.read_table(file, hotlines=wanted) for file in files]
    if not tables:
        return {}
    return by_cell(wanted_rows(pa.concat_tables(tables).unify_dictionaries(), edges, basis, wanted), edges)
