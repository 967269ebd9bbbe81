"""Keeping the history small: many small files become few, and what is older than it is to be kept goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from streams.days import from_ms
from streams.history import commits
from streams.history.commits import File
from streams.history.files import FileDamaged
from streams.history.history import History
from streams.history.writer import HistoryWriter

SMALL_ROWS = 200_000
_FEWEST = 8
_DAY_MS = 86_400_000


def compact(writer: HistoryWriter, now_ms: int) -> int:
    """Merges the small files of each day and feed where there are many, or the day is over; returns how many went."""
    today = f"{from_ms(now_ms):%Y-%m-%d}"
    groups: defaultdict[tuple[str, str, str], list[File]] = defaultdict(list)
    for file in [file for kind in (commits.RECORDS, commits.FURTHER) for file in writer.contents.of_kind(kind)]:
        if file.rows < SMALL_ROWS:
            groups[file.kind, file.day, file.name].append(file)
    gone = 0
    for (kind, day, feed), files in groups.items():
        if len(files) < (_FEWEST if day >= today else 2):
            continue
        tables = _readable(writer.history, files)
        if len(tables) < 2:
            continue
        table = pa.concat_tables(list(tables.values())).unify_dictionaries()
        write = writer.write_records if kind == commits.RECORDS else writer.write_further
        merged = write(feed, files[0].first_ms // _DAY_MS * _DAY_MS, table)
        writer.commit(writer.step(now_ms, added=[merged], removed=list(tables)))
        gone += len(tables)
    return gone


def _readable(history: History, files: Iterable[File]) -> dict[str, Any]:
    """The rows of these files by path, without those that are damaged."""
    tables = {}
    for file in files:
        try:
            tables[file.path] = history.read_table(file)
        except FileDamaged as damage:
            history.tell(damage)
    return tables


def retire(writer: HistoryWriter, now_ms: int, record_days: int, minute_days: int) -> None:
    """Takes out records and facts by the minute that are older than they are to be kept."""
    keep_from_ms = (now_ms // _DAY_MS - record_days) * _DAY_MS
    old = [file for kind in (commits.RECORDS, commits.FURTHER, commits.LATE) for file in writer.contents.of_kind(kind)]
    removed = [file.path for file in old if file.last_ms < keep_from_ms]
    minutes_from_ms = now_ms - minute_days * _DAY_MS
    removed += [file.path for file in writer.contents.of_kind(commits.MINUTES) if file.last_ms <= minutes_from_ms]
    if removed:
        gone = any(path.startswith((f"{commits.RECORDS}/", f"{commits.FURTHER}/")) for path in removed)
        writer.commit(writer.step(now_ms, removed=removed, retired_ms=keep_from_ms if gone else 0))
