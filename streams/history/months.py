"""Months that are over: the quarters of all their days in one file, so that a month is read by opening one."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from streams.history import commits
from streams.history.calendar import Calendar, bounds, clock_name
from streams.history.commits import File
from streams.history.fact_rows import SCHEMA
from streams.history.files import FileDamaged
from streams.history.history import History
from streams.history.layout import whole_hotlines
from streams.history.merging import merged
from streams.history.record_rows import times_of
from streams.history.writer import HistoryWriter

_logger = logging.getLogger(__name__)


def merge_month(writer: HistoryWriter, calendar: Calendar, now_ms: int) -> File | None:
    """Merges the quarters of the oldest month that is over and closed into one file; None where there is nothing to do.

    A day of such a month that was closed later is merged into it. A month with a day that is dirty waits, and
    so does one with a damaged file. One month a call, because a large one takes seconds, in which the log is not read.
    """
    for clock in calendar.clocks:
        name = clock_name(clock)
        months: defaultdict[str, list[File]] = defaultdict(list)
        for file in writer.contents.of_kind(commits.QUARTERS):
            if file.name == name:
                months[_month(file.day)].append(file)
        waiting = {_month(day) for day, dirty_clock in writer.contents.dirty if dirty_clock == name}
        for month, files in sorted(months.items()):
            last_start_ms = bounds(clock, _last_day(month))[0]
            if len(files) < 2 or month in waiting or calendar.closed_at(clock, last_start_ms) > now_ms:
                continue
            if any(writer.history.is_damaged(file) for file in files):
                continue
            days = sorted(day for file in files for day in file.days or (file.day,))
            try:
                whole = _write(writer, month, files, days, [writer.history.pieces(file) for file in files])
            except FileDamaged as damage:
                writer.history.tell(damage)
                continue
            writer.commit(writer.step(now_ms, added=[whole], removed=[file.path for file in files]))
            _logger.info("month %s (%s): the quarters of %d days are in one file", month, name, len(days))
            return whole
    return None


def replace_day(writer: HistoryWriter, month: File, start_ms: int, end_ms: int, table: Any) -> File:
    """A file like this one of a month in which the day [start, end) has these rows. A commit replaces the old one."""
    others = (_outside(piece, start_ms, end_ms) for piece in writer.history.pieces(month))
    return _write(writer, month.day, [month], month.days, [others, iter([table])])


def day_in_month(history: History, month: File, start_ms: int, end_ms: int) -> Any:
    """The rows of the business day [start, end) from the file of its month."""
    found = [piece.filter(_is_inside(piece, start_ms, end_ms)) for piece in history.pieces(month)]
    return pa.concat_tables(found or [SCHEMA.empty_table()]).unify_dictionaries().combine_chunks()


def _write(
    writer: HistoryWriter, month: str, files: Sequence[File], days: Sequence[str], tables: Sequence[Iterator[Any]]
) -> File:
    return writer.history.write_facts(
        f"{commits.QUARTERS}/day={month}/clock={files[0].name}",
        writer.next_name(),
        SCHEMA,
        whole_hotlines(merged(tables)),
        kind=commits.QUARTERS,
        day=month,
        name=files[0].name,
        first_ms=min(file.first_ms for file in files),
        last_ms=max(file.last_ms for file in files),
        days=tuple(days),
    )


def _month(day: str) -> str:
    return day[:7]


def _last_day(month: str) -> str:
    first = date.fromisoformat(f"{month}-01")
    return ((first + timedelta(days=31)).replace(day=1) - timedelta(days=1)).isoformat()


def _is_inside(table: Any, start_ms: int, end_ms: int) -> Any:
    starts = times_of(table, "start")
    return pa.array((starts >= start_ms) & (starts < end_ms))


def _outside(table: Any, start_ms: int, end_ms: int) -> Any:
    inside = np.asarray(_is_inside(table, start_ms, end_ms))
    return table.filter(pa.array(~inside))
