"""Facts that cannot be counted although their entry can be read: found by halving the entry until they are alone. Pure.

What is found depends on the entry alone, never on what was counted before or on the time: whoever reads the entry, and
however often, leaves out the same facts. So nothing about them has to be kept, and a replay after a crash comes to the
same result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from streams.batch import Tally
from streams.codec import ARRIVED, DOOR, HANDLED, SEEN, encode_columns
from streams.columns import Columns
from streams.days import SiteClock
from streams.engine import Engine
from streams.fact_columns import FactTable
from streams.families.billing import Billing
from streams.families.family import Family
from streams.families.table import take_in

_NO_CELL = np.int32(np.iinfo(np.int32).max)
_CLOCK = SiteClock("UTC")
_LATER_MS = (1_000, 1_900_000, 90_000_000)
"""The clock moves on past the next second, the rolling window and the day."""


class CountingFailed(Exception):
    """The engine broke off inside an entry, which is then counted by half: begin anew from a sound state.

    `positions`: the entries, of which one or several are at fault.
    """

    def __init__(self, positions: Sequence[str], error: Exception) -> None:
        self.positions = tuple(positions)
        self.error = error
        super().__init__(f"counting log entries {positions[0]} to {positions[-1]} failed: {described(error)}")


class Uncountable(NamedTuple):
    """One fact that was left out. `place`: its place in the entry. `data`: an entry with this fact alone.

    Where the entry cannot be divided, all of it stands in the first one's `data`.
    """

    feed: str
    sequence: int
    collected_ms: int
    place: int
    reason: str
    data: bytes


def described(error: Exception) -> str:
    """The exception with its type."""
    return f"{type(error).__name__}: {error}"


def trial(columns: Columns) -> None:
    """Counts these facts alone, in an engine and families of their own. Raises what those raise.

    Visits are billed too, whether or not the settings have a contract: what is left out depends on the entry alone.
    """
    engine = Engine(columns.collected_ms // 1000 * 1000, lambda _: _CLOCK)
    billing = Billing(engine)
    engine.apply(columns)
    families: dict[str, Family] = {}
    take_in(families, columns, engine.now_ms, engine.clock_of)
    counting: list[Engine | Family] = [engine, *families.values()]
    for later_ms in _LATER_MS:
        until_ms = engine.now_ms + later_ms
        for each in counting:
            each.readings()
            each.tick(until_ms)
        billing.readings()


def countable(
    columns: Columns, payload: bytes | None = None, attempt: Callable[[Columns], Any] = trial
) -> tuple[Columns, list[Uncountable]]:
    """The entry without the facts with which `attempt` fails, and those facts; its tally has them as dead.

    Each counts as one line, since an entry does not say which facts are of one line.
    """
    if _failure(columns, attempt) is None:
        return columns, []
    everything = np.arange(columns.facts)
    try:
        found = _search(columns, everything, attempt)
        left = rows(columns, np.setdiff1d(everything, [place for place, _ in found]))
        remaining = _failure(left, attempt)
        if remaining is not None:
            # Facts that fail only beside each other: none of them can be told to be the right one.
            found = [(place, remaining) for place in everything.tolist()]
        data = [encode_columns(rows(columns, np.array([place]))) for place, _ in found]
    except (IndexError, ValueError) as error:
        # Its arrays do not fit together: no fact can be told from another.
        found = [(place, error) for place in range(max(1, columns.facts))]
        data = [payload or encode_columns(columns)] + [b""] * (len(found) - 1)
    if len(found) >= columns.facts:
        left = columns._replace(cells=[], **_NOTHING)
    tally = Tally(counted=-len(found), dead=len(found))
    tally.add(columns.tally)
    aside = [
        Uncountable(columns.feed, columns.sequence, columns.collected_ms, place, described(error), bytes_of)
        for (place, error), bytes_of in zip(found, data, strict=True)
    ]
    return left._replace(tally=tally), aside


_NOTHING: dict[str, Any] = {
    "kind": np.zeros(0, np.uint8),
    "visit": np.zeros((0, 2), np.uint64),
    "at_ms": np.zeros(0, np.int64),
    "ref": np.zeros(0, np.int32),
    "code": np.zeros(0, np.uint8),
    "version": np.zeros(0, np.uint8),
    "handling": np.zeros((0, 3), np.int32),
    "places": np.zeros(0, np.uint32),
    "further": {},
    "further_cells": (),
}


def rows(columns: Columns, places: Any) -> Columns:
    """The entry with the facts at these places only, and with the cells that they name.

    Places of further facts follow on those of visits, tag by tag.
    """
    kept = columns.places[places] if columns.places.size else columns.places
    further, first = {}, columns.kind.size
    for tag, table in columns.further.items():
        own = places[(places >= first) & (places < first + table.size)] - first
        if own.size:
            of_fact = {name: column[own] for name, column in table.columns.items()}
            further[tag] = FactTable(own.size, of_fact, table.texts)
        first += table.size
    places = places[places < columns.kind.size]
    kind = columns.kind[places]
    celled = (kind == ARRIVED) | (kind == DOOR) | (kind == SEEN)
    ref = columns.ref[places]
    there = celled & (ref >= 0) & (ref < len(columns.cells))
    named, renamed = np.unique(ref[there], return_inverse=True)
    ref = np.where(celled, _NO_CELL, ref)
    ref[there] = renamed
    handled = np.cumsum(columns.kind == HANDLED) - 1
    return columns._replace(
        cells=[columns.cells[number] for number in named.tolist()],
        kind=kind,
        visit=columns.visit[places],
        at_ms=columns.at_ms[places],
        ref=ref,
        code=columns.code[places],
        version=columns.version[places],
        handling=columns.handling[handled[places[kind == HANDLED]]],
        places=kept,
        further=further,
        further_cells=columns.further_cells if further else (),
    )


def _failure(columns: Columns, attempt: Callable[[Columns], Any]) -> Exception | None:
    try:
        attempt(columns)
    except MemoryError:
        raise
    except Exception as error:  # whatever it is: that is the question
        return error
    return None


def _search(columns: Columns, places: Any, attempt: Callable[[Columns], Any]) -> list[tuple[int, Exception]]:
    """The places among these whose facts fail, each with its error."""
    if places.size == 0:
        return []
    error = _failure(rows(columns, places), attempt)
    if error is None:
        return []
    if places.size == 1:
        return [(int(places[0]), error)]
    middle = places.size // 2
    return _search(columns, places[:middle], attempt) + _search(columns, places[middle:], attempt)


class Doubts:
    """Which entries are looked at fact by fact: those that failed to be counted `ATTEMPTS` times.

    Once that has happened `ROUNDS` times it is all of them, so that many bad entries do not mean many new beginnings.
    """

    ATTEMPTS = 2
    ROUNDS = 3

    def __init__(self) -> None:
        self._failures: dict[str, int] = {}
        self._rounds = 0

    def note(self, failed: CountingFailed) -> None:
        """One more failure. Raises it when its entries were looked at already: then no fact of theirs is the cause."""
        if all(self.about(position) for position in failed.positions):
            raise failed
        for position in failed.positions:
            self._failures[position] = self._failures.get(position, 0) + 1
        self._rounds += any(self._failures[position] == self.ATTEMPTS for position in failed.positions)

    def about(self, position: str) -> bool:
        """True when the facts of the entry at this position have to be tried one by one."""
        return self._rounds >= self.ROUNDS or self._failures.get(position, 0) >= self.ATTEMPTS
