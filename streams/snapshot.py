"""The processor's saved state: facts, accounting and position in the log, together in one file.

Written beside, flushed to disk and renamed, so a crash leaves the old or the new file, never a mixture. A file that
does not match its checksum or comes from another version is not used; the log is then read from its beginning.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from streams.families.table import FAMILIES
from streams.pipeline import Pipeline
from streams.records import Cell
from streams.store import FeedReport

VERSION = 1
_MAGIC = b"leitstand snapshot\n"
_DIGEST_BYTES = 32


class UnusableSnapshot(Exception):
    """The file cannot be used; the message says why. Read the log from its beginning instead."""


class Snapshot(msgspec.Struct):
    """State and the position in the log up to which it holds."""

    version: int
    position: str
    now_ms: int
    cells: list[Cell]
    visits: dict[str, bytes]
    feeds: list[FeedReport]
    families: dict[str, dict[str, bytes]] = {}

    def restore(self, pipeline: Pipeline, now_ms: int) -> None:
        """Puts the state into an empty pipeline whose clock stands at `now_ms`."""
        pipeline.engine.load(now_ms, self.cells, self.visits)
        pipeline.load_families(self.families)
        pipeline.feeds = {report.feed: report for report in self.feeds}


def take(pipeline: Pipeline, position: str) -> Snapshot:
    """The state of a pipeline that has applied the log up to `position`."""
    cells, visits = pipeline.engine.dump()
    feeds, families = list(pipeline.feeds.values()), pipeline.dump_families()
    return Snapshot(VERSION, position, pipeline.engine.now_ms, cells, visits, feeds, families)


def save(snapshot: Snapshot, path: Path) -> None:
    """Replaces the file at `path`. Raises OSError when the disk refuses; the old file then still stands."""
    body = msgspec.msgpack.encode(snapshot)
    beside = path.with_suffix(".new")
    with beside.open("wb") as file:
        file.write(_MAGIC + hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest() + body)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load(path: Path) -> Snapshot | None:
    """The snapshot at `path`; None where there is none. Raises `UnusableSnapshot`."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    head, body = content[: len(_MAGIC) + _DIGEST_BYTES], content[len(_MAGIC) + _DIGEST_BYTES :]
    if head != _MAGIC + hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest():
        message = f"{path}: the checksum does not match ({len(content)} bytes)"
        raise UnusableSnapshot(message)
    try:
        snapshot = msgspec.msgpack.decode(body, type=Snapshot)
    except msgspec.MsgspecError as error:
        message = f"{path}: not readable: {error}"
        raise UnusableSnapshot(message) from error
    if snapshot.version != VERSION:
        message = f"{path}: version {snapshot.version}, this program reads {VERSION}"
        raise UnusableSnapshot(message)
    unknown = sorted(set(snapshot.families) - set(FAMILIES))
    if unknown:
        message = f"{path}: holds {', '.join(unknown)}, unknown to this program"
        raise UnusableSnapshot(message)
    return snapshot
