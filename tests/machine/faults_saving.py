"""Faults planted into what is saved, restored, trimmed and fenced."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec

from streams import snapshot
from streams.engine import Engine
from streams.pipeline import Pipeline
from streams.runtimes.embedded import Processor
from streams.snapshot import Snapshot
from streams.store_memory import MemoryStore
from tests.machine.centre import PARTITIONS
from tests.machine.planting import fault, wrap
from tests.machine.simulated import SimulatedLog


@fault
def position_saved_ahead_of_the_state() -> Iterator[None]:
    def save(right: Any, processor: Processor) -> None:
        counted, processor.position = processor.position, processor._log.last()
        right(processor)
        processor.position = counted

    with wrap(Processor, "save", save):
        yield


@fault
def accounting_not_restored() -> Iterator[None]:
    def restore(right: Any, saved: Snapshot, pipeline: Pipeline, now_ms: int) -> None:
        right(saved, pipeline, now_ms)
        pipeline.feeds = {}

    with wrap(Snapshot, "restore", restore):
        yield


@fault
def sequence_not_checked() -> Iterator[None]:
    def apply(right: Any, pipeline: Pipeline, payload: bytes, *, doubted: bool = False) -> Any:
        for report in pipeline.feeds.values():
            report.sequence = 0
        return right(pipeline, payload, doubted=doubted)

    with wrap(Pipeline, "apply", apply):
        yield


@fault
def snapshot_without_the_timetable() -> Iterator[None]:
    def load(right: Any, engine: Engine, *arguments: Any) -> None:
        with mock.patch.object(Engine, "_plan"):
            right(engine, *arguments)

    with wrap(Engine, "load", load):
        yield


@fault
def restored_at_the_wrong_clock() -> Iterator[None]:
    def load(right: Any, engine: Engine, now_ms: int, *arguments: Any) -> None:
        right(engine, now_ms - 600_000, *arguments)
        engine.now_ms = now_ms

    with wrap(Engine, "load", load):
        yield


@fault
def clock_followed_backwards() -> Iterator[None]:
    def tick(right: Any, engine: Engine, now_ms: int) -> None:
        right(engine, now_ms)
        engine.now_ms = now_ms

    with wrap(Engine, "tick", tick):
        yield


@fault
def restarted_behind_its_saved_state() -> Iterator[None]:
    def restore(right: Any, saved: Snapshot, pipeline: Pipeline, now_ms: int) -> None:
        saved.now_ms = min(saved.now_ms, now_ms)
        right(saved, pipeline, now_ms)

    with wrap(Snapshot, "restore", restore):
        yield


@fault
def change_lost_with_the_store() -> Iterator[None]:
    def publish(right: Any, processor: Processor, now_ms: int) -> None:
        whole = processor._republish
        right(processor, now_ms)
        processor._republish = whole and processor._republish

    with wrap(Processor, "_publish", publish):
        yield


@fault
def forgotten_too_early() -> Iterator[None]:
    with wrap(Engine, "forget", lambda right, engine, _: right(engine, engine.now_ms)):
        yield


@fault
def trimmed_beyond_the_snapshot() -> Iterator[None]:
    with wrap(SimulatedLog, "trim", lambda right, log, now_ms, position: right(log, now_ms, str(int(position) + 1))):
        yield


@fault
def snapshot_written_in_place() -> Iterator[None]:
    def save(_: Any, saved: Snapshot, path: Path) -> None:
        body = msgspec.msgpack.encode(saved)
        with path.open("wb") as file:
            file.write(snapshot._MAGIC + hashlib.blake2b(body, digest_size=snapshot._DIGEST_BYTES).digest() + body)
            file.flush()
            vars(snapshot)["os"].fsync(file.fileno())

    with wrap(snapshot, "save", save):
        yield


@fault
def replaced_owner_still_writes() -> Iterator[None]:
    with mock.patch.object(MemoryStore, "_refuse_fenced"):
        yield


@fault
def visit_split_over_partitions() -> Iterator[None]:
    with mock.patch("tests.machine.life.partition_of", side_effect=itertools.cycle(range(PARTITIONS))):
        yield
