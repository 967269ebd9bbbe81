"""What was, for whoever asks: closed days from their facts, everything else from the records."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from streams import asof
from streams.codec import UnreadableBatch, decode_columns
from streams.history.calendar import Calendar
from streams.history.commits import DAYS, QUARTERS, Contents
from streams.history.facts import covered_to, fact_files, grid, has_facts, read_facts
from streams.history.files import FileGone
from streams.history.history import History
from streams.intervals import by_interval
from streams.log import START, LogPart
from streams.pipeline import Pipeline
from streams.reading import Reading, Sums, of_all_parts
from streams.records import Cell

_LOOK_AGAIN = 5
_logger = logging.getLogger(__name__)
_Result = TypeVar("_Result")


class Past:
    """Everything that was counted, as it stands at `as_of_ms`, from the parts of a log and the history before them.

    `is_now`: nobody asked for that instant, so what closed days have told may be taken as it stands. `billing`: the
    family `billing` is wanted too, which no closed day tells: then all is counted from records. Every method raises
    `OlderThanLog`, `LogUnavailable` or `HistoryUnavailable`.
    """

    def __init__(
        self,
        parts: Sequence[LogPart],
        history: History,
        calendar: Calendar,
        as_of_ms: int,
        *,
        is_now: bool = False,
        billing: bool = False,
    ) -> None:
        self._billing = billing
        self._parts = parts
        self._history = history
        self._calendar = calendar
        self._as_of_ms = as_of_ms
        self._is_now = is_now

    def readings(self) -> Sequence[Reading]:
        """Every cell at that instant."""
        return self._steadily(self._readings)

    def cells(self) -> list[Cell]:
        """Every cell ever seen."""
        return self._steadily(lambda: list(self._known_cells))

    def by_interval(
        self, edges: Sequence[int], basis: str = "arrival", hotlines: Iterable[str] = ()
    ) -> Mapping[Cell, Sequence[Sums]]:
        """For every cell one row per interval [edge, next edge), as known at that instant.

        With `hotlines` only those need to be there.
        """
        return self._steadily(lambda: self._by_interval(list(edges), basis, tuple(hotlines)))

    def _readings(self) -> list[Reading]:
        return of_all_parts(pipeline.readings() for pipeline in self._pipelines(None, None))

    def _by_interval(self, edges: list[int], basis: str, hotlines: Sequence[str]) -> dict[Cell, list[Sums]]:
        kind, told_to = self._told(edges)
        result: dict[Cell, list[Sums]] = {
            cell: [Sums() for _ in edges[1:]] for cell in self._known_cells if not hotlines or cell.hotline in hotlines
        }
        if kind is not None:
            told = [*(edge for edge in edges if edge < told_to), told_to]
            for part in self._contents.values():
                files = fact_files(part, kind, told[0], told[-1])
                for cell, found in read_facts(self._history, files, told, basis, hotlines).items():
                    _add(result, cell, found.items(), 0, len(edges) - 1)
        if told_to < edges[-1]:
            open_edges = [told_to, *(edge for edge in edges if edge > told_to)]
            first = len(edges) - len(open_edges)
            for pipeline in self._pipelines(told_to, edges[-1]):
                counted = (
                    pipeline.by_interval(open_edges, basis)
                    if kind is None
                    else by_interval(pipeline.engine, open_edges, basis)
                )
                for cell, rows in counted.items():
                    _add(result, cell, enumerate(rows), first, len(edges) - 1)
        if kind is not None:
            self._add_further(result, edges)
        return result

    def _add_further(self, result: dict[Cell, list[Sums]], edges: list[int]) -> None:
        """Further families are counted from their records; intervals of which records are gone stay without them."""
        kept_from_ms = max((part.retired_ms for part in self._contents.values()), default=0)
        whole = [edge for edge in edges if edge >= kept_from_ms]
        if len(whole) < 2:
            return
        calendar = self._calendar
        try:
            pipelines = asof.families_at(
                self._parts,
                self._as_of_ms,
                calendar.clock_of,
                calendar.give_up_ms,
                since_ms=whole[0],
                history=self._history,
                contents=self._contents,
                reach_ms=calendar.reach_ms,
            )
        except asof.OlderThanLog as error:
            _logger.warning("what people and dialers did is left out of these intervals: %s", error)
            return
        for pipeline in pipelines:
            for family in pipeline.families.values():
                for cell, rows in family.by_interval(whole).items():
                    _add(result, cell, enumerate(rows), len(edges) - len(whole), len(edges) - 1)

    def _told(self, edges: Sequence[int]) -> tuple[str | None, int]:
        """Which facts tell the beginning of this stretch, and up to where; None and its start when none do."""
        calendar = self._calendar
        told = self._is_now and self._contents and not self._billing
        kind = grid(edges, calendar.clocks) if told else None
        if kind is None:
            return None, edges[0]
        told_to = covered_to(
            list(self._contents.values()), calendar.clocks, edges[0], edges[-1], calendar.reach_ms, self._oldest_behind
        )
        if kind == DAYS and grid([told_to], calendar.clocks) != DAYS:
            kind = QUARTERS  # sites whose days begin at different times
        fine = all(has_facts(part, kind, edges[0], told_to) for part in self._contents.values())
        return (kind, told_to) if fine and told_to > edges[0] else (None, edges[0])

    @cached_property
    def _oldest_behind(self) -> int:
        """The oldest event time in the log behind the history; the instant itself where nothing is older."""
        oldest_ms = self._as_of_ms
        for number, part in enumerate(self._parts):
            kept = self._contents.get(number)
            for payload in asof.payloads(part, kept.position if kept is not None else START):
                try:
                    at_ms = decode_columns(payload).at_ms
                except UnreadableBatch:
                    continue
                if at_ms.size:
                    oldest_ms = min(oldest_ms, int(at_ms.min()))
        return oldest_ms

    @cached_property
    def _contents(self) -> dict[int, Contents]:
        return {contents.partition: contents for contents in self._history.partitions()}

    @cached_property
    def _known_cells(self) -> dict[Cell, None]:
        known: dict[Cell, None] = {}
        for part in self._contents.values():
            known.update(part.cells)
        return known

    def _pipelines(self, since_ms: int | None, until_ms: int | None) -> list[Pipeline]:
        calendar = self._calendar
        return asof.pipelines_at(
            self._parts,
            self._as_of_ms,
            calendar.clock_of,
            calendar.give_up_ms,
            since_ms=since_ms,
            until_ms=until_ms,
            history=self._history,
            contents=self._contents,
            reach_ms=calendar.reach_ms,
            billing=self._billing,
        )

    def _steadily(self, work: Callable[[], _Result]) -> _Result:
        """Does the work, again from new commits where compaction took a file away under our hands."""
        for _ in range(_LOOK_AGAIN):
            try:
                return work()
            except FileGone:
                for name in ("_contents", "_known_cells", "_oldest_behind"):
                    self.__dict__.pop(name, None)
        return work()


def _add(result: dict[Cell, list[Sums]], cell: Cell, rows: Iterable[tuple[int, Sums]], first: int, size: int) -> None:
    into = result.get(cell)
    if into is None:
        into = result[cell] = [Sums() for _ in range(size)]
    for number, sums in rows:
        if into[first + number].is_empty:
            into[first + number] = sums  # nobody else has it
        else:
            into[first + number].add(sums)
