"""What a feed of shifts and absences says at present, row by row, and what changes when it says it anew (pure).

A row is known by what it says and by how many equal ones stand before it in the same source, so a source that is read
again says nothing new. When a source was read to its end, what it said before of the time from the day of its earliest
row on and does not say any more is withdrawn; what lies before that is past, and stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from collectors.contract import Wiring
from streams.days import SiteClock, business_day
from streams.records import Cell, Fact, Plan, Rostered, identify

_DAY_MS = 86_400_000
KEPT_MS = 400 * _DAY_MS


class PlanRow(NamedTuple):
    """One row of a plan: [`from_ms`, `until_ms`) of one person; of stated hours `until_ms` is `from_ms`."""

    plan: Plan
    from_ms: int
    until_ms: int
    agent: bytes
    cell: Cell
    amount_ms: int = 0
    undated: bool = False


class _Standing(msgspec.Struct, array_like=True):
    from_ms: int
    until_ms: int
    version: int
    withdrawn: bool = False


class _Reading:
    """How far one source was read since its beginning."""

    def __init__(self) -> None:
        self.equal: dict[bytes, int] = {}
        self.seen: set[bytes] = set()
        self.from_ms: int | None = None


_encoder = msgspec.msgpack.Encoder()


class Roster:
    """The rows of one feed. `feed` tells equal rows of two feeds apart, `zone` says when a day begins."""

    def __init__(self, feed: str, zone: ZoneInfo) -> None:
        self._feed = feed
        self._clock = SiteClock(zone.key)
        self._rows: dict[bytes, _Standing] = {}
        self._readings: dict[str, _Reading] = {}

    def begin(self, source: str) -> None:
        """This source is read from its beginning."""
        self._readings[source] = _Reading()

    def take(self, source: str, row: PlanRow, now_ms: int, *, known: bool = False) -> list[Fact]:
        """The facts of the next row of a source; none when that stands already. `known`: nothing is remembered."""
        reading = self._readings.setdefault(source, _Reading())
        content = identify(self._feed, int(row.plan), row.from_ms, row.until_ms, row.agent.hex(), *_said(row))
        number = reading.equal[content] = reading.equal.get(content, 0) + 1
        entry = identify(content.hex(), number)
        reading.seen.add(entry)
        reading.from_ms = row.from_ms if reading.from_ms is None else min(reading.from_ms, row.from_ms)
        standing = self._rows.get(entry)
        if known or (standing is not None and not standing.withdrawn):
            return []
        version = now_ms if standing is None else max(now_ms, standing.version + 1)
        self._rows[entry] = _Standing(row.from_ms, row.until_ms, version)
        return list(_facts(entry, row, version))

    def covers(self, source: str, from_ms: int) -> None:
        """This source speaks of the time from here on, whatever its earliest row is."""
        reading = self._readings.setdefault(source, _Reading())
        reading.from_ms = from_ms if reading.from_ms is None else min(reading.from_ms, from_ms)

    def end(self, source: str, now_ms: int) -> list[Fact]:
        """The source was read to its end: withdraws what it does not say any more."""
        reading = self._readings.setdefault(source, _Reading())
        if reading.from_ms is None:
            return []
        covered_from_ms, _ = business_day(self._clock, reading.from_ms)
        facts: list[Fact] = []
        for entry, standing in self._rows.items():
            if standing.withdrawn or standing.from_ms < covered_from_ms or entry in reading.seen:
                continue
            standing.version = max(now_ms, standing.version + 1)
            standing.withdrawn = True
            row = PlanRow(Plan.WITHDRAWN, standing.from_ms, standing.until_ms, b"", Cell("", family="shifts"))
            facts += _facts(entry, row, standing.version)
        return facts

    def restore(self, facts: Sequence[Fact]) -> None:
        """Learns again what these facts, in the order of the log, said."""
        for fact in facts:
            if isinstance(fact, Rostered):
                before = self._rows.get(fact.entry)
                if before is None or before.version < fact.version:
                    before = _Standing(fact.at_ms, fact.until_ms, fact.version, fact.plan is Plan.WITHDRAWN)
                before.from_ms, before.until_ms = min(before.from_ms, fact.at_ms), max(before.until_ms, fact.until_ms)
                self._rows[fact.entry] = before

    def forget(self, now_ms: int) -> None:
        """Drops rows that were said, and lie, more than 400 days back."""
        old_ms = now_ms - KEPT_MS
        self._rows = {entry: row for entry, row in self._rows.items() if max(row.version, row.until_ms) >= old_ms}

    def dump(self) -> bytes:
        """All rows that stand or were withdrawn."""
        return _encoder.encode(self._rows)

    def load(self, state: bytes) -> None:
        """Takes over what `dump` gave. Raises ValueError when the bytes are of no use."""
        self._rows = msgspec.msgpack.decode(state, type=dict[bytes, _Standing])


def cell_of(wiring: Wiring, person: str, queue: str) -> Cell:
    """Where a person belongs, with the hotline of a queue (empty: none)."""
    home = wiring.home(person, queue)
    routed = wiring.route(queue) if queue else Cell("")
    return Cell(
        routed.hotline,
        home.provider,
        home.site,
        home.team,
        routed.project,
        routed.client,
        configured=routed.configured,
        family="shifts",
    )


def _said(row: PlanRow) -> tuple[str | int, ...]:
    cell = row.cell
    return row.amount_ms, cell.hotline, cell.provider, cell.site, cell.team, cell.project, cell.client


def _facts(entry: bytes, row: PlanRow, version: int) -> Iterator[Rostered]:
    """One fact for each UTC day, so that whoever counts a day finds what concerns it among the facts of that day."""
    cuts = range((row.from_ms // _DAY_MS + 1) * _DAY_MS, row.until_ms, _DAY_MS)
    edges = [row.from_ms, *cuts, row.until_ms]
    for from_ms, until_ms in pairwise(edges):
        said = (row.agent or bytes(16), row.cell, row.plan, row.amount_ms, row.undated, version)
        yield Rostered(entry, from_ms, until_ms, *said)
