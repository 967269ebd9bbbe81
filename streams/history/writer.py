"""The writer of one partition: entries of the log become records in Parquet, and a commit makes them count."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa

from streams.codec import UnreadableBatch, decode_cell, decode_columns
from streams.columns import Columns
from streams.days import from_ms
from streams.history import commits, further_rows
from streams.history.calendar import REACH_MS
from streams.history.commits import Commit, Contents, DayVersion, File
from streams.history.history import History, Overtaken
from streams.history.late import LateFinder, LateRecords
from streams.history.record_rows import times_of, to_table
from streams.log import Entry
from streams.records import Cell
from streams.uncountable import countable

_DAY_MS = 86_400_000
_COMMITS_BEFORE_WHOLE = 200
_REMOVE_AFTER_MS = 600_000
_SORTED_BY = [("visit", "ascending"), ("at", "ascending")]
_logger = logging.getLogger(__name__)


class HistoryWriter:
    """Writes partition `partition` of `history` as its owner of this generation.

    `reach_ms`: how far apart in event time the facts of one visit may lie and still make one visit in closed days.
    `facts`: how many are taken and not committed yet. `contents`: the partition as of the last commit.
    """

    def __init__(self, history: History, partition: int, generation: int, reach_ms: int = REACH_MS) -> None:
        self.history = history
        self.partition = partition
        self.generation = generation
        self.facts = 0
        self.contents = Contents(partition)
        self.collected_ms: dict[int, int] = {}
        """For each UTC day (ms) when its newest fact was collected: a day that is still filling is not closed."""
        self._late = LateFinder(history, reach_ms)
        self._position = ""
        self._tables: defaultdict[str, list[Any]] = defaultdict(list)
        self._further: defaultdict[str, list[Any]] = defaultdict(list)
        self._cells: dict[bytes, None] = {}
        self._number = self._files = 0
        self._lost: tuple[int, int] | None = None

    def start(self) -> str:
        """Takes the partition over, removes what a crash left, and returns the position to read on from.

        Everything up to it is committed; START before the first. Raises `Overtaken` when a later owner was here.
        """
        self.contents = self.history.contents(self.partition)
        if self.contents.generation >= self.generation:
            message = (
                f"partition {self.partition} of the history belongs to generation {self.contents.generation}, "
                f"this is {self.generation}"
            )
            raise Overtaken(message)
        self._position = self.contents.position
        self._tables.clear()
        self._further.clear()
        self._cells = {}
        self.facts = self._number = self._files = 0
        # At once, so that the owner before us is kept out from now on.
        self.commit(self._whole())
        self._remove_debris()
        self._late.start(self.contents)
        return self._position

    def note_lost(self, lost: tuple[int, int]) -> None:
        """Entries that came in between these instants (UTC ms, closed) were trimmed before they were read here."""
        self._lost = lost

    def take(self, entries: Sequence[Entry]) -> None:
        """Buffers the facts of these entries; order and repetition do no harm, unreadable ones are left out."""
        for entry in entries:
            try:
                columns = decode_columns(entry.payload)
            except UnreadableBatch:
                # The processor reports it where it first appears.
                _logger.debug("log entry %s is left out of the history", entry.position)
            else:
                try:
                    own, further = _rows(columns)
                except MemoryError:
                    raise
                except Exception:
                    columns, _ = countable(columns, entry.payload, _rows)
                    own, further = _rows(columns)
                    _logger.error("records of log entry %s that cannot be written are left out", entry.position)
                if own.num_rows:
                    self.take_rows(columns.feed, own)
                if further.num_rows:
                    self._further[columns.feed].append(further)
                    self.facts += sum(table.size for table in columns.further.values())
                self._cells.update(dict.fromkeys(columns.cells))
            self._position = entry.position

    def take_rows(self, feed: str, table: Any) -> None:
        """Buffers facts that are rows already."""
        self._tables[feed].append(table)
        self.facts += table.num_rows

    def flush(self, now_ms: int) -> str:
        """Commits what was taken and returns the position behind it.

        Raises `HistoryUnavailable` (call again: nothing is lost) or `Overtaken`.
        """
        cells = [cell for cell in map(decode_cell, self._cells) if cell not in self.contents.cells]
        if not self._tables and not self._further and not cells and self._position == self.contents.position:
            return self._position
        added = [file for feed in sorted(self._tables) for file in self._write(feed)]
        added += [file for feed in sorted(self._further) for file in self._write_further(feed)]
        late = self._late.find(self.contents, self._tables)
        added += [self._write_late(one) for one in late.records]
        days = sorted(late.days)
        self.commit(self.step(now_ms, position=self._position, added=added, dirty=days, cells=cells))
        self._tables.clear()
        self._further.clear()
        self._cells = {}
        self.facts = 0
        return self._position

    def _write(self, feed: str) -> list[File]:
        table = pa.concat_tables(self._tables[feed]).unify_dictionaries()
        at_ms = times_of(table, "at")
        days = at_ms // _DAY_MS
        files = []
        for day in np.unique(days).tolist():
            rows = table.filter(pa.array(days == day)) if (days != day).any() else table
            newest_ms = int(times_of(rows, "collected").max())
            self.collected_ms[day * _DAY_MS] = max(newest_ms, self.collected_ms.get(day * _DAY_MS, 0))
            files.append(self.write_records(feed, day * _DAY_MS, rows))
        return files

    def write_records(self, feed: str, day_ms: int, table: Any) -> File:
        """Writes records of one feed and UTC day, sorted, as a file that a commit may add."""
        table = table.sort_by(_SORTED_BY)
        at_ms, day = times_of(table, "at"), f"{from_ms(day_ms):%Y-%m-%d}"
        return self.history.write_table(
            f"records/day={day}/feed={quote(feed, safe='')}",
            self.next_name(),
            table,
            kind=commits.RECORDS,
            day=day,
            name=feed,
            first_ms=int(at_ms.min()),
            last_ms=int(at_ms.max()),
        )

    def _write_further(self, feed: str) -> list[File]:
        table = pa.concat_tables(self._further[feed])
        days = times_of(table, "first") // _DAY_MS
        return [
            self.write_further(feed, day * _DAY_MS, table.filter(pa.array(days == day)))
            for day in np.unique(days).tolist()
        ]

    def write_further(self, feed: str, day_ms: int, table: Any) -> File:
        """Writes records of further families of one feed and UTC day as a file that a commit may add."""
        day = f"{from_ms(day_ms):%Y-%m-%d}"
        return self.history.write_table(
            f"{commits.FURTHER}/day={day}/feed={quote(feed, safe='')}",
            self.next_name(),
            table,
            kind=commits.FURTHER,
            day=day,
            name=feed,
            first_ms=int(times_of(table, "first").min()),
            last_ms=int(times_of(table, "last").max()),
        )

    def _write_late(self, late: LateRecords) -> File:
        at_ms = times_of(late.table, "at")
        return self.history.write_table(
            f"late/day={late.day}/clock={late.clock}",
            self.next_name(),
            late.table.sort_by(_SORTED_BY),
            kind=commits.LATE,
            day=late.day,
            name=late.clock,
            first_ms=int(at_ms.min()),
            last_ms=int(at_ms.max()),
        )

    def next_name(self) -> str:
        """The name of the next file, never used before: partition, generation and a number."""
        self._files += 1
        return f"{self.partition:04}-{self.generation:08}-{self._files:08}"

    def step(
        self,
        now_ms: int,
        *,
        position: str | None = None,
        added: Iterable[File] = (),
        removed: Iterable[str] = (),
        versions: Iterable[DayVersion] = (),
        dirty: Iterable[tuple[str, str]] = (),
        clean: Iterable[tuple[str, str]] = (),
        cells: Iterable[Cell] = (),
        retired_ms: int = 0,
    ) -> Commit:
        """The next commit of this owner; `commit` makes it count. `position` None: the log is as far as it was."""
        return Commit(
            self.partition,
            self.generation,
            self._number + 1,
            self.contents.place,
            now_ms,
            self.contents.position if position is None else position,
            added=tuple(added),
            removed=tuple(removed),
            versions=tuple(versions),
            dirty=tuple(dirty),
            clean=tuple(clean),
            cells=tuple(cells),
            lost=self._lost,
            retired_ms=retired_ms,
        )

    def commit(self, commit: Commit) -> None:
        """Makes a commit count; now and then one that is whole takes the place of all before it."""
        self.history.commit(commit)
        self.contents.take(commit)
        self._number = commit.number
        if commit.number % _COMMITS_BEFORE_WHOLE == 0 and not commit.whole:
            self.commit(self._whole())
        if commit.whole:
            self._remove_commits_before(commit)

    def _whole(self) -> Commit:
        contents = self.contents
        return Commit(
            self.partition,
            self.generation,
            self._number + 1,
            contents.place,
            contents.made_ms,
            contents.position,
            whole=True,
            added=tuple(contents.files.values()),
            versions=tuple(contents.versions),
            dirty=tuple(sorted(contents.dirty)),
            cells=tuple(contents.cells),
            lost=self._lost or contents.lost,
            retired_ms=contents.retired_ms,
        )

    def _remove_commits_before(self, whole: Commit) -> None:
        for path in self.history.files.list("commits"):
            if path.rpartition("/")[2].startswith(f"{self.partition:04}-") and path < whole.path:
                self.history.files.remove(path)

    def _remove_debris(self) -> None:
        mine = f"{self.partition:04}-"
        for kind in commits.KINDS:
            for path in self.history.files.list(kind):
                if path.rpartition("/")[2].startswith(mine) and path not in self.contents.files:
                    self.history.files.remove(path)
                    _logger.info("removed %s, which no commit of the history names", path)

    def remove_replaced(self, now_ms: int) -> None:
        """Removes files that were taken out long enough ago for every reader to be done with them."""
        for path, removed_ms in list(self.contents.removed.items()):
            if now_ms - removed_ms >= _REMOVE_AFTER_MS:
                self.history.files.remove(path)
                del self.contents.removed[path]


def _rows(columns: Columns) -> tuple[Any, Any]:
    """The rows of visits, and of further families."""
    return to_table(columns), further_rows.to_table(columns)
