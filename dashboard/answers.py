"""What pages ask of the past and of now: the answers of /api/kpis as rows, remembered for a minute.

Only what was counted is remembered, before any scope or permission; every answer is cut anew for who asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dashboard.access import Role, Scope
from dashboard.api import Figures, Past, live_rows, recounted_rows
from dashboard.hub import Hub
from streams.query import Row
from streams.question import Question
from streams.reading import Reading, Sums
from streams.records import Cell

_MOST_KEPT = 64
_LARGEST_KEPT = 20_000
_MINUTE_MS = 60_000

Counted = Mapping[Cell, Sequence[Sums]]
_Place = tuple[int, bool, tuple[int, ...], str, tuple[str, ...]]


class Answers:
    """Rows for pages. Raises what `recounted_rows` raises, and `Busy`."""

    def __init__(self, hub: Hub, figures: Figures) -> None:
        self._hub = hub
        self._kept = _Kept()
        self._figures = replace(figures, history=self._history)
        self._past = figures.history

    def windows(self, scope: Scope, role: Role, asked: Question) -> list[Row]:
        """The rolling 30 minutes and the day, from the live picture."""
        money = self._figures.money_for(role)
        return live_rows(self._hub, self._figures, scope, asked, money)[1]

    def intervals(self, scope: Scope, role: Role, asked: Question, *, with_money: bool = False) -> list[Row]:
        """Intervals from log and history. `with_money`: also their money, where the role may see it; that takes longer,
        because no closed day tells what calls are billed by.
        """
        money = self._figures.money_for(role) if with_money else None
        return self._figures.alone(lambda: recounted_rows(self._figures, scope, asked, money))[1]

    def _history(self, as_of_ms: int, *, is_now: bool, billing: bool = False) -> Past:
        past = self._past(as_of_ms, is_now=is_now, billing=billing)
        return _RememberedPast(past, self._kept, as_of_ms, billing=billing) if is_now else past


class _Kept:
    """The last counts, by what was asked. Threads of recounts write it, so every step is one that Python does whole."""

    def __init__(self) -> None:
        self._counted: dict[_Place, Counted] = {}

    def find(self, place: _Place) -> Counted | None:
        return self._counted.get(place)

    def keep(self, place: _Place, counted: Counted) -> None:
        if len(counted) * len(place[2]) > _LARGEST_KEPT:
            return
        self._counted[place] = counted
        for oldest in list(self._counted)[:-_MOST_KEPT]:
            self._counted.pop(oldest, None)


@dataclass(frozen=True)
class _RememberedPast:
    """The past of now, which stays what it is for the rest of the minute."""

    past: Past
    kept: _Kept
    as_of_ms: int
    billing: bool

    def readings(self) -> Sequence[Reading]:
        return self.past.readings()

    def by_interval(self, edges: list[int], basis: str, hotlines: Iterable[str]) -> Counted:
        names = tuple(sorted(hotlines))
        place = (self.as_of_ms // _MINUTE_MS, self.billing, tuple(edges), basis, names)
        counted = self.kept.find(place)
        if counted is None:
            counted = self.past.by_interval(edges, basis, names)
            self.kept.keep(place, counted)
        return counted
