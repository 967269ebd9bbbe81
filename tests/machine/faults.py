"""Planted faults: each makes the core a little wrong, as real programs have been wrong. The machine must find each.

They guard the guard: a machine that no longer finds one of them has lost a sense.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock
from weakref import WeakKeyDictionary

import msgspec
import numpy as np

from streams import snapshot, visits, windows
from streams.codec import decode, encode
from streams.counters import BILLING_STEPS
from streams.engine import Engine
from streams.families import billing
from streams.families.attempts import CellSums
from streams.families.orders import Orders
from streams.families.outbound import Outbound
from streams.moments import Moments
from streams.pipeline import Pipeline
from streams.records import Arrived, Ended, Fact, GivenUp, Handled
from streams.runtimes.embedded import Processor
from streams.snapshot import Snapshot
from streams.store_memory import MemoryStore
from streams.visits import CellTable
from streams.windows import Windows
from tests.machine.centre import PARTITIONS
from tests.machine.simulated import SimulatedLog

Plant = Callable[[], Iterator[None]]
FAULTS: dict[str, Callable[[], Any]] = {}
"""Every fault by its name: a context in which it is planted."""


def _fault(plant: Plant) -> Plant:
    FAULTS[plant.__name__.replace("_", " ")] = contextmanager(plant)
    return plant


def _wrap(owner: Any, name: str, wrong: Callable[..., Any]) -> Any:
    """Replaces a function by `wrong`, which gets the right one as its first argument."""
    right = getattr(owner, name)
    return mock.patch.object(owner, name, lambda *arguments, **named: wrong(right, *arguments, **named))


def _without_facts(lost: Callable[[Pipeline, Fact], bool]) -> Any:
    """Drops the facts that are `lost` before they are counted."""

    def apply(right: Any, pipeline: Pipeline, payload: bytes, *, doubted: bool = False) -> Any:
        batch = decode(payload)
        batch.facts = [fact for fact in batch.facts if not lost(pipeline, fact)]
        return right(pipeline, encode(batch), doubted=doubted)

    return _wrap(Pipeline, "apply", apply)


@_fault
def position_saved_ahead_of_the_state() -> Iterator[None]:
    def save(right: Any, processor: Processor) -> None:
        counted, processor.position = processor.position, processor._log.last()
        right(processor)
        processor.position = counted

    with _wrap(Processor, "save", save):
        yield


@_fault
def accounting_not_restored() -> Iterator[None]:
    def restore(right: Any, saved: Snapshot, pipeline: Pipeline, now_ms: int) -> None:
        right(saved, pipeline, now_ms)
        pipeline.feeds = {}

    with _wrap(Snapshot, "restore", restore):
        yield


@_fault
def sequence_not_checked() -> Iterator[None]:
    def apply(right: Any, pipeline: Pipeline, payload: bytes, *, doubted: bool = False) -> Any:
        for report in pipeline.feeds.values():
            report.sequence = 0
        return right(pipeline, payload, doubted=doubted)

    with _wrap(Pipeline, "apply", apply):
        yield


@_fault
def late_fact_dropped() -> Iterator[None]:
    with _without_facts(lambda pipeline, fact: fact.at_ms < pipeline.engine.now_ms - 60_000):
        yield


@_fault
def end_before_its_arrival_dropped() -> Iterator[None]:
    with _without_facts(_Noting(Arrived, Ended | Handled, lost_when_noted=False)):
        yield


@_fault
def real_end_after_giving_up_ignored() -> Iterator[None]:
    with _without_facts(_Noting(GivenUp, Ended, lost_when_noted=True)):
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


@_fault
def correction_ignored() -> Iterator[None]:
    with mock.patch.object(visits, "_key", lambda _version, at_ms: at_ms | (254 << 48)):
        yield


@_fault
def window_closed_at_its_older_edge() -> Iterator[None]:
    with _wrap(windows, "edge", lambda right, now_ms: right(now_ms) - 1):
        yield


@_fault
def day_open_at_its_start() -> Iterator[None]:
    def add(right: Any, self: Windows, *arguments: Any) -> None:
        *others, spans, sign = arguments
        right(self, *others, {name: (a + (name == "day"), b) for name, (a, b) in spans.items()}, sign)

    with _wrap(Windows, "_add_counters", add):
        yield


@_fault
def threshold_exclusive() -> Iterator[None]:
    with _thresholds_lowered("threshold_ms"):
        yield


@_fault
def short_abandon_exclusive() -> Iterator[None]:
    with _thresholds_lowered("short_abandon_ms"):
        yield


def _thresholds_lowered(name: str) -> Any:
    def note(right: Any, table: CellTable) -> None:
        first = table._noted
        right(table)
        getattr(table, name)[first : len(table.cells)] -= 1

    return _wrap(CellTable, "_note_thresholds", note)


@_fault
def retraction_forgotten() -> Iterator[None]:
    def replace(_: Any, self: Windows, _before: Any, _then_ms: int, after: Any, now_ms: int) -> None:
        self.add(after, now_ms)

    with _wrap(Windows, "replace", replace):
        yield


@_fault
def snapshot_without_the_timetable() -> Iterator[None]:
    def load(right: Any, engine: Engine, *arguments: Any) -> None:
        with mock.patch.object(Engine, "_plan"):
            right(engine, *arguments)

    with _wrap(Engine, "load", load):
        yield


@_fault
def restored_at_the_wrong_clock() -> Iterator[None]:
    def load(right: Any, engine: Engine, now_ms: int, *arguments: Any) -> None:
        right(engine, now_ms - 600_000, *arguments)
        engine.now_ms = now_ms

    with _wrap(Engine, "load", load):
        yield


@_fault
def clock_followed_backwards() -> Iterator[None]:
    def tick(right: Any, engine: Engine, now_ms: int) -> None:
        right(engine, now_ms)
        engine.now_ms = now_ms

    with _wrap(Engine, "tick", tick):
        yield


@_fault
def restarted_behind_its_saved_state() -> Iterator[None]:
    def restore(right: Any, saved: Snapshot, pipeline: Pipeline, now_ms: int) -> None:
        saved.now_ms = min(saved.now_ms, now_ms)
        right(saved, pipeline, now_ms)

    with _wrap(Snapshot, "restore", restore):
        yield


@_fault
def new_day_missed() -> Iterator[None]:
    with mock.patch.object(Engine, "_begin_days"):
        yield


@_fault
def picture_misses_expiry() -> Iterator[None]:
    def leave(right: Any, self: Windows, *arguments: Any) -> None:
        changed = self.changed.copy()
        right(self, *arguments)
        self.changed[:] = changed

    with _wrap(Windows, "leave", leave):
        yield


@_fault
def change_lost_with_the_store() -> Iterator[None]:
    def publish(right: Any, processor: Processor, now_ms: int) -> None:
        whole = processor._republish
        right(processor, now_ms)
        processor._republish = whole and processor._republish

    with _wrap(Processor, "_publish", publish):
        yield


@_fault
def maximum_not_looked_for_again() -> Iterator[None]:
    with mock.patch.object(Engine, "refresh_maxima"):
        yield


@_fault
def forgotten_too_early() -> Iterator[None]:
    with _wrap(Engine, "forget", lambda right, engine, _: right(engine, engine.now_ms)):
        yield


@_fault
def trimmed_beyond_the_snapshot() -> Iterator[None]:
    with _wrap(SimulatedLog, "trim", lambda right, log, now_ms, position: right(log, now_ms, str(int(position) + 1))):
        yield


@_fault
def snapshot_written_in_place() -> Iterator[None]:
    def save(_: Any, saved: Snapshot, path: Path) -> None:
        body = msgspec.msgpack.encode(saved)
        with path.open("wb") as file:
            file.write(snapshot._MAGIC + hashlib.blake2b(body, digest_size=snapshot._DIGEST_BYTES).digest() + body)
            file.flush()
            vars(snapshot)["os"].fsync(file.fileno())

    with _wrap(snapshot, "save", save):
        yield


@_fault
def replaced_owner_still_writes() -> Iterator[None]:
    with mock.patch.object(MemoryStore, "_refuse_fenced"):
        yield


@_fault
def visit_split_over_partitions() -> Iterator[None]:
    with mock.patch("tests.machine.life.partition_of", side_effect=itertools.cycle(range(PARTITIONS))):
        yield


@_fault
def first_reading_of_an_attempt_stands() -> Iterator[None]:
    def put(right: Any, family: Outbound, identity: bytes, attempt: Any) -> None:
        if identity not in family._attempts:
            right(family, identity, attempt)

    with _wrap(Outbound, "_put", put):
        yield


@_fault
def lead_counted_for_each_attempt() -> Iterator[None]:
    def add(right: Any, sums: CellSums, attempt: Any, sign: int) -> None:
        lead, attempt.lead = attempt.lead, str(id(attempt)).encode()
        right(sums, attempt, sign)
        attempt.lead = lead

    with _wrap(CellSums, "add", add):
        yield


@_fault
def attempts_never_leave_the_window() -> Iterator[None]:
    with mock.patch.object(Outbound, "_edge_ms", return_value=0):
        yield


@_fault
def call_lengths_are_cut_to_whole_steps() -> Iterator[None]:

    def billed(right: Any, handled: Moments) -> Any:
        found = right(handled)
        found[2:] = found[1] // (np.array(BILLING_STEPS)[:, None] * 1000)
        return found

    with _wrap(billing, "_billed", billed):
        yield


@_fault
def call_is_billed_still_when_the_window_left_it() -> Iterator[None]:
    def add(right: Any, own: Any, handled: Moments, inside: Any, sign: Any) -> None:
        if sorted(inside) != ["30m"]:
            right(own, handled, inside, sign)

    with _wrap(billing.Billing, "add", add):
        yield


@_fault
def yesterdays_calls_are_billed_today() -> Iterator[None]:
    with mock.patch.object(billing.Billing, "start_day"):
        yield


@_fault
def first_word_of_an_order_stands() -> Iterator[None]:
    def put(right: Any, family: Orders, identity: bytes, order: Any) -> None:
        if identity not in family._orders:
            right(family, identity, order)

    with _wrap(Orders, "_put", put):
        yield


@_fault
def order_stays_when_the_clock_goes_on() -> Iterator[None]:
    def tick(right: Any, family: Orders, now_ms: int) -> None:
        right(family, now_ms)
        family._changed.clear()

    with _wrap(Orders, "tick", tick):
        yield
