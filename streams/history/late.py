"""Which records came after the close of the business days that they change.

A record is late for the closed day in which it is dated. An end, a handling or a giving up is also late for the
closed day in which its visit arrived, because there it counts by arrival.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from streams.codec import ARRIVED, ENDED, GIVEN_UP, HANDLED
from streams.history.commits import Contents, DayVersion
from streams.history.files import FileDamaged
from streams.history.history import History, record_files
from streams.history.record_rows import KIND_NAMES, SCHEMA, codes, ids_of, times_of

LATE_SCHEMA = SCHEMA.append(pa.field("feed", pa.string()))
_FOLLOWING = (ENDED, HANDLED, GIVEN_UP)
_Ids = npt.NDArray[np.uint64]


class LateRecords(NamedTuple):
    """The late records of one closed day, as rows with their feed."""

    day: str
    clock: str
    table: Any


class Late(NamedTuple):
    """What came late: the records by closed day, and every closed day, as (day, clock), that they may change."""

    records: list[LateRecords]
    days: set[tuple[str, str]]


class LateFinder:
    """Finds late records. It remembers who arrived since the last close, so that their ends are known as not late."""

    def __init__(self, history: History, reach_ms: int) -> None:
        self._history = history
        self._reach_ms = reach_ms
        self._arrived: list[_Ids] = []
        self._open_from_ms = 0

    def start(self, contents: Contents) -> None:
        """Learns who arrived since the last close."""
        self._open_from_ms = _open_from(contents)
        self._arrived = [_arrivals(self._history, contents, self._open_from_ms, 1 << 62)]

    def find(self, contents: Contents, tables: Mapping[str, Sequence[Any]]) -> Late:
        """What of these records, by feed, is late. They need not be in the history yet."""
        if _open_from(contents) != self._open_from_ms:
            self.start(contents)
        joined = {feed: pa.concat_tables(parts).unify_dictionaries() for feed, parts in tables.items()}
        for table in joined.values():
            kind, at_ms = codes(table, "kind", KIND_NAMES), times_of(table, "at")
            self._arrived.append(ids_of(table)[(kind == ARRIVED) & (at_ms >= self._open_from_ms), 0])
        versions = list(contents.newest().values())
        found: dict[tuple[str, str], list[Any]] = {}
        days: set[tuple[str, str]] = set()
        if versions:
            self._arrived = [np.concatenate(self._arrived)]
            for feed, table in joined.items():
                self._find_in(contents, versions, feed, table, found, days)
        records = [LateRecords(*key, pa.concat_tables(parts).unify_dictionaries()) for key, parts in found.items()]
        return Late(records, days)

    def _find_in(
        self,
        contents: Contents,
        versions: Sequence[DayVersion],
        feed: str,
        table: Any,
        found: dict[tuple[str, str], list[Any]],
        days: set[tuple[str, str]],
    ) -> None:
        at_ms, ids = times_of(table, "at"), ids_of(table)[:, 0]
        follows = np.isin(codes(table, "kind", KIND_NAMES), _FOLLOWING)
        strays = np.flatnonzero(follows & ~np.isin(ids, self._arrived[0]))
        for version in versions:
            dated = np.flatnonzero((at_ms >= version.start_ms) & (at_ms < version.end_ms))
            near = strays[(at_ms[strays] >= version.end_ms) & (at_ms[strays] < version.end_ms + self._reach_ms)]
            if near.size:
                arrived = _arrivals(self._history, contents, version.start_ms, version.end_ms)
                near = near[np.isin(ids[near], arrived)]
            rows = np.concatenate([dated, near])
            if rows.size == 0:
                continue
            late = table.take(pa.array(rows))
            late = late.append_column("feed", pa.array([feed] * len(rows), pa.string()))
            found.setdefault((version.day, version.clock), []).append(late)
            first_ms = min(int(at_ms[rows].min()), version.start_ms) - self._reach_ms
            last_ms = int(at_ms[rows].max()) + self._reach_ms
            days |= {(one.day, one.clock) for one in versions if one.start_ms <= last_ms and one.end_ms > first_ms}


def _open_from(contents: Contents) -> int:
    """The end of the newest closed day, of the clock that is furthest behind."""
    ends: dict[str, int] = {}
    for version in contents.versions:
        ends[version.clock] = max(version.end_ms, ends.get(version.clock, 0))
    return min(ends.values(), default=0)


def _arrivals(history: History, contents: Contents, from_ms: int, to_ms: int) -> _Ids:
    """The first halves of the ids of who arrived in [from, to), as far as the files can be read."""
    found = [np.zeros(0, np.uint64)]
    for file in record_files(contents, from_ms, to_ms):
        try:
            table = history.read_table(file, ["kind", "visit", "at"])
        except FileDamaged as damage:
            history.tell(damage)
            continue
        kind, at_ms = codes(table, "kind", KIND_NAMES), times_of(table, "at")
        found.append(ids_of(table)[(kind == ARRIVED) & (at_ms >= from_ms) & (at_ms < to_ms), 0])
    return np.concatenate(found)
