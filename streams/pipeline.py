"""From log entries to the picture: the engine, the further families, and the accounting of every feed. Pure.

An entry may come twice (its append timed out and was repeated): batches carry a sequence per feed, so the second is
recognised and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from streams.batch import Tally
from streams.codec import decode_columns
from streams.columns import Columns
from streams.engine import Engine
from streams.families.billing import Billing
from streams.families.family import Family
from streams.families.table import FAMILIES, take_in
from streams.gaps import Gap
from streams.intervals import by_interval
from streams.reading import Reading, Sums
from streams.records import Cell
from streams.store import FeedReport
from streams.together import together
from streams.uncountable import Uncountable, countable

_LARGE_FACTS = 500
_MOST_GATHERED = 1_000


class Pipeline:
    """An engine, the families that have facts, and the reports of all feeds that ever wrote to the log.

    `gaps`: batches that must have been in the log and did not come, until somebody deals with them. `billing`: some
    contract bills calls, so the family `billing` is read from the engine's visits too.
    """

    def __init__(self, engine: Engine, *, billing: bool = False) -> None:
        self.engine = engine
        self._billing = Billing(engine) if billing else None
        self.families: dict[str, Family] = {}
        self.feeds: dict[str, FeedReport] = {}
        self.gaps: list[Gap] = []
        self._changed: set[str] = set()
        self._gathered: list[Columns] | None = None

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Entries that are applied meanwhile go into the engine together: small ones cost little more than their facts.

        Whatever breaks off in between leaves a pipeline that is of no use any more.
        """
        self._gathered = []
        yield
        self._count_gathered()
        self._gathered = None

    def apply(self, payload: bytes, *, doubted: bool = False) -> list[Uncountable]:
        """Takes in one log entry. Raises `UnreadableBatch` and then has changed nothing.

        `doubted`: facts that cannot be counted are left out and returned, each counts as a dead line. Anything else
        that it raises leaves a pipeline that is of no use any more.
        """
        columns = decode_columns(payload)
        left_out: list[Uncountable] = []
        report = self.feeds.get(columns.feed)
        if report is None:
            report = self.feeds[columns.feed] = FeedReport(columns.feed, Tally())
        if columns.sequence <= report.sequence:
            return []
        if doubted:
            columns, left_out = countable(columns, payload)
        self.engine.cells.note(columns.feed, columns.cells)
        if self._gathered is None:
            self._count(columns)
        else:
            self._gathered.append(columns)
            if len(self._gathered) >= _MOST_GATHERED or columns.facts >= _LARGE_FACTS:
                self._count_gathered()
        if columns.sequence > report.sequence + 1:
            lacking = columns.sequence - report.sequence - 1
            self.gaps.append(Gap(columns.feed, lacking, report.heard_ms or 0, columns.collected_ms))
        report.sequence = columns.sequence
        report.tally.add(columns.tally)
        report.heard_ms = columns.collected_ms
        report.state, report.message = columns.state, columns.message
        if columns.skew_ms is not None:
            report.skew_ms = columns.skew_ms
        if columns.last_event_ms is not None:
            report.last_event_ms = max(columns.last_event_ms, report.last_event_ms or columns.last_event_ms)
        self._changed.add(columns.feed)
        return left_out

    def _count_gathered(self) -> None:
        if self._gathered:
            self._count(together(self._gathered))
            self._gathered.clear()

    def _count(self, columns: Columns) -> None:
        self.engine.apply(columns)
        self.take_further(columns)

    def take_further(self, columns: Columns) -> None:
        """Takes in the facts of further families only."""
        take_in(self.families, columns, self.engine.now_ms, self.engine.clock_of)

    def tick(self, now_ms: int) -> None:
        """Moves the clock of everything; one that steps back is ignored."""
        self.engine.tick(now_ms)
        for family in self.families.values():
            family.tick(now_ms)

    def readings(self, *, changed_only: bool = False) -> list[Reading]:
        """What every cell of every family reads now, with `changed_only` if it changed since the last such call."""
        found = self.engine.readings(changed_only=changed_only)
        for family in self.families.values():
            found += family.readings(changed_only=changed_only)
        if self._billing is not None:
            found += self._billing.readings(changed_only=changed_only)
        return found

    def by_interval(self, edges: list[int], basis: str = "arrival") -> dict[Cell, list[Sums]]:
        """For every cell of every family one `Sums` per interval between consecutive edges (UTC ms, ascending)."""
        found = by_interval(self.engine, edges, basis)
        for family in self.families.values():
            found |= family.by_interval(edges)
        if self._billing is not None:
            found |= self._billing.by_interval(edges)
        return found

    def forget(self, before_ms: int) -> None:
        """Drops what no window that begins at or behind this instant needs. See `Engine.forget`."""
        self.engine.forget(before_ms)
        for family in self.families.values():
            family.forget(before_ms)

    def dump_families(self) -> dict[str, dict[str, bytes]]:
        """The state of each further family as plain values."""
        return {name: family.dump() for name, family in self.families.items()}

    def load_families(self, saved: Mapping[str, Mapping[str, bytes]]) -> None:
        """Takes over what `dump_families` gave. Raises KeyError for a family that this program does not know."""
        for name, parts in saved.items():
            self.families[name] = FAMILIES[name].begin(self.engine.now_ms, self.engine.clock_of)
            self.families[name].load(parts)

    def changed_feeds(self) -> list[FeedReport]:
        """The feeds that changed since the last call."""
        changed = [self.feeds[name] for name in sorted(self._changed)]
        self._changed.clear()
        return changed
