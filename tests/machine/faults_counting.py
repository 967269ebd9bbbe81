"""Faults planted into the counting of visits and their windows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock
from weakref import WeakKeyDictionary

from streams import visits, windows
from streams.engine import Engine
from streams.pipeline import Pipeline
from streams.records import Arrived, Ended, Fact, GivenUp, Handled
from streams.visits import CellTable
from streams.windows import Windows
from tests.machine.planting import fault, without_facts, wrap


@fault
def late_fact_dropped() -> Iterator[None]:
    with without_facts(lambda pipeline, fact: fact.at_ms < pipeline.engine.now_ms - 60_000):
        yield


@fault
def end_before_its_arrival_dropped() -> Iterator[None]:
    with without_facts(_Noting(Arrived, Ended | Handled, lost_when_noted=False)):
        yield


@fault
def real_end_after_giving_up_ignored() -> Iterator[None]:
    with without_facts(_Noting(GivenUp, Ended, lost_when_noted=True)):
        yield


class _Noting:
    """Notes the visits of which one kind of fact has come, and loses another kind of theirs (or of all others)."""

    def __init__(self, noted: Any, lost: Any, *, lost_when_noted: bool) -> None:
        self._noted, self._lost, self._lost_when_noted = noted, lost, lost_when_noted
        self._visits: WeakKeyDictionary[Pipeline, set[bytes]] = WeakKeyDictionary()

    def __call__(self, pipeline: Pipeline, fact: Fact) -> bool:
        visits = self._visits.setdefault(pipeline, set())
        if isinstance(fact, self._noted):
            visits.add(fact.visit)
        return isinstance(fact, self._lost) and (fact.visit in visits) is self._lost_when_noted


@fault
def correction_ignored() -> Iterator[None]:
    with mock.patch.object(visits, "_key", lambda _version, at_ms: at_ms | (254 << 48)):
        yield


@fault
def window_closed_at_its_older_edge() -> Iterator[None]:
    with wrap(windows, "edge", lambda right, now_ms: right(now_ms) - 1):
        yield


@fault
def day_open_at_its_start() -> Iterator[None]:
    def add(right: Any, self: Windows, *arguments: Any) -> None:
        *others, spans, sign = arguments
        right(self, *others, {name: (a + (name == "day"), b) for name, (a, b) in spans.items()}, sign)

    with wrap(Windows, "_add_counters", add):
        yield


@fault
def threshold_exclusive() -> Iterator[None]:
    with _thresholds_lowered("threshold_ms"):
        yield


@fault
def short_abandon_exclusive() -> Iterator[None]:
    with _thresholds_lowered("short_abandon_ms"):
        yield


def _thresholds_lowered(name: str) -> Any:
    def note(right: Any, table: CellTable) -> None:
        first = table._noted
        right(table)
        getattr(table, name)[first : len(table.cells)] -= 1

    return wrap(CellTable, "_note_thresholds", note)


@fault
def retraction_forgotten() -> Iterator[None]:
    def replace(_: Any, self: Windows, _before: Any, _then_ms: int, after: Any, now_ms: int) -> None:
        self.add(after, now_ms)

    with wrap(Windows, "replace", replace):
        yield


@fault
def new_day_missed() -> Iterator[None]:
    with mock.patch.object(Engine, "_begin_days"):
        yield


@fault
def picture_misses_expiry() -> Iterator[None]:
    def leave(right: Any, self: Windows, *arguments: Any) -> None:
        changed = self.changed.copy()
        right(self, *arguments)
        self.changed[:] = changed

    with wrap(Windows, "leave", leave):
        yield


@fault
def maximum_not_looked_for_again() -> Iterator[None]:
    with mock.patch.object(Engine, "refresh_maxima"):
        yield
