"""Every attempt to reach somebody, as it stands now, and what it counts as (pure)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache

from streams.counters import FURTHER
from streams.records_outbound import Told

NAMES = FURTHER["outbound"].windowed
"""Sums over attempts, in the order of `counts_of`; behind them the distinct leads with an attempt and with a human
contact.
"""

NO_LEAD = bytes(16)


class Attempt:
    """One attempt. `rank` decides which of several facts about it stands: the highest. `windows`: bits of those in
    which it is counted now.
    """

    __slots__ = ("at_ms", "cell", "count", "lead", "rank", "told", "windows")

    def __init__(self, at_ms: int, cell: int, told: int, count: int, lead: bytes, rank: tuple[object, ...]) -> None:
        self.at_ms = at_ms
        self.cell = cell
        self.told = told
        self.count = count
        self.lead = lead
        self.rank = rank
        self.windows = 0


@cache
def counts_of(told: int, count: int) -> tuple[int, ...]:
    """What one row counts as. `told` describes the last of its `count` attempts; of the others nothing is known."""
    human, dropped, machine = bool(told & Told.HUMAN), bool(told & Told.DROPPED), bool(told & Told.MACHINE)
    return (
        count,
        int(human or dropped or machine),
        int(human),
        int(bool(told & Told.RIGHT_PARTY)),
        int(bool(told & Told.SUCCESS)),
        int(machine),
        int(dropped),
        int(bool(told & Told.DIALER_DROP)),
        int(bool(told & Told.DIALER_ANSWER)),
        int(bool(told & Told.OPEN)),
        int(bool(told & Told.UNKNOWN)),
        count * int(bool(told & Told.UNDATED)),
    )


class CellSums:
    """The counters of one cell in one window: attempts come and go."""

    __slots__ = ("_leads", "counts")

    def __init__(self) -> None:
        self.counts = [0] * len(NAMES)
        self._leads: dict[bytes, list[int]] = {}

    def add(self, attempt: Attempt, sign: int) -> None:
        """Puts an attempt in (1) or takes it out (-1)."""
        counts = self.counts
        for number, value in enumerate(counts_of(attempt.told, attempt.count)):
            counts[number] += sign * value
        human = bool(attempt.told & Told.HUMAN)
        # A lead of two attempts is one lead, so it must be known when the last of them goes.
        lead = self._leads.setdefault(attempt.lead, [0, 0])
        before = lead[0] > 0, lead[1] > 0
        lead[0] += sign
        lead[1] += sign * human
        counts[-2] += (lead[0] > 0) - before[0]
        counts[-1] += (lead[1] > 0) - before[1]
        if not lead[0]:
            del self._leads[attempt.lead]

    def named(self) -> dict[str, int]:
        """The counters by name."""
        return dict(zip(NAMES, self.counts, strict=True))


def by_interval(attempts: Iterable[Attempt], edges: list[int]) -> dict[int, list[CellSums]]:
    """For every cell one row per interval [edge, next edge)."""
    found: dict[int, list[CellSums]] = {}
    for attempt in attempts:
        place = bisect_right(edges, attempt.at_ms) - 1
        if attempt.cell not in found:
            found[attempt.cell] = [CellSums() for _ in edges[1:]]
        if 0 <= place < len(edges) - 1:
            found[attempt.cell][place].add(attempt, 1)
    return found


def packed(attempts: dict[bytes, Attempt]) -> Iterator[tuple[object, ...]]:
    """The attempts as plain values."""
    for identity, attempt in attempts.items():
        yield identity, attempt.at_ms, attempt.cell, attempt.told, attempt.count, attempt.lead, attempt.rank
