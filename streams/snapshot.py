"""The processor's saved state: facts, accounting and position in the log, together in one file.

Written beside, flushed to disk and renamed, so a crash leaves the old or the new file, never a mixture. A file that
does not match its checksum or comes from another version is not used; the log is then read from its beginning.
"""

from __future__ import annotations

import copy
import hashlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import msgspec

from streams.families.table import FAMILIES
from streams.pipeline import Pipeline
from streams.records import Cell
from streams.store import FeedReport

VERSION = 1
_MAGIC = b"leitstand snapshot\n"
_DIGEST_BYTES = 32
_MAP_32, _BYTES_32 = 0xDF, 0xC6
"""MessagePack's heads of a map and of bytes whose lengths are given in four bytes."""


class UnusableSnapshot(Exception):
    """The file cannot be used; the message says why. Read the log from its beginning instead."""


class Snapshot(msgspec.Struct):
    """State and the position in the log up to which it holds. `named`: numbers of the cells that each feed named."""

    version: int
    position: str
    now_ms: int
    cells: list[Cell]
    visits: dict[str, bytes]
    feeds: list[FeedReport]
    named: dict[str, list[int]] = {}
    families: dict[str, dict[str, bytes]] = {}

    def restore(self, pipeline: Pipeline, now_ms: int) -> None:
        """Puts the state into an empty pipeline. Its clock stands at `now_ms`, but never before that of the state.

        A clock that was set back may stand in a business day that was over when the state was saved: what counted
        in it may be forgotten, so nothing but the state's own time gives right numbers until the clock has caught up.
        """
        pipeline.engine.load(max(now_ms, self.now_ms), self.cells, self.visits)
        pipeline.engine.cells.load_named(self.named)
        pipeline.load_families(self.families)
        pipeline.feeds = {report.feed: report for report in self.feeds}


def take(pipeline: Pipeline, position: str) -> Snapshot:
    """The state of a pipeline that has applied the log up to `position`: a copy, which the pipeline leaves alone."""
    cells, visits = pipeline.engine.dump()
    feeds = copy.deepcopy(list(pipeline.feeds.values()))
    named = pipeline.engine.cells.named()
    families = pipeline.dump_families()
    return Snapshot(VERSION, position, pipeline.engine.now_ms, list(cells), visits, feeds, named, families)


def content(snapshot: Snapshot) -> list[bytes]:
    """What stands in the file, in pieces, the checksum included.

    The columns are the snapshot's own: put together, they would need the state's memory once more.
    """
    body = list(_encoded(msgspec.structs.asdict(snapshot)))
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for piece in body:
        digest.update(piece)
    return [_MAGIC, digest.digest(), *body]


def _encoded(value: object) -> Iterator[bytes]:
    """MessagePack of the value, bytes as pieces of their own."""
    if isinstance(value, dict):
        yield struct.pack(">BI", _MAP_32, len(value))
        for name, inner in value.items():
            yield msgspec.msgpack.encode(name)
            yield from _encoded(inner)
    elif isinstance(value, bytes):
        yield struct.pack(">BI", _BYTES_32, len(value))
        yield value
    else:
        yield msgspec.msgpack.encode(value)


def save(snapshot: Snapshot, path: Path) -> None:
    """Replaces the file at `path`. Raises OSError when the disk refuses; the old file then still stands."""
    beside = path.with_suffix(".new")
    try:
        with beside.open("wb") as file:
            file.writelines(content(snapshot))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        # Half a file is worth nothing and takes the place that others wait for.
        beside.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load(path: Path) -> Snapshot | None:
    """The snapshot at `path`; None where there is none. Raises `UnusableSnapshot`."""
    try:
        found = memoryview(path.read_bytes())
    except FileNotFoundError:
        return None
    return decode(found, str(path))


def decode(found: bytes | memoryview, path: str) -> Snapshot:
    """What `content` wrote; `path` is for messages. Raises `UnusableSnapshot`."""
    head, body = found[: len(_MAGIC) + _DIGEST_BYTES], found[len(_MAGIC) + _DIGEST_BYTES :]
    if head != _MAGIC + hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest():
        message = f"{path}: the checksum does not match ({len(found)} bytes)"
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
