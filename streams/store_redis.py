"""The live picture in Redis: cells and feeds as hashes, a head that names instant and writer, a stream of changes.

Every write is one transaction guarded by the head: whoever publishes reads the fence there, and Redis drops the
transaction if the head changed before it ran. So a replaced processor cannot change anything, however late.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import redis

from streams.reading import Reading
from streams.records import identify
from streams.redis_client import LONGEST_BLOCK_SECONDS, RedisClients, reason, text
from streams.store import FeedReport, Fenced, Picture, StoreUnavailable

_CHANGE, _REPLACED = b"c", b"r"
_CHANGES_AT_ONCE = 64
_READ_TRIES = 20


class _Written(msgspec.Struct, array_like=True):
    as_of_ms: int
    position: str
    readings: list[msgspec.Raw]
    feeds: list[msgspec.Raw]


class _Read(msgspec.Struct, array_like=True):
    as_of_ms: int
    position: str
    readings: list[Reading]
    feeds: list[FeedReport]


_encoder = msgspec.msgpack.Encoder()
_reading = msgspec.msgpack.Decoder(Reading)
_report = msgspec.msgpack.Decoder(FeedReport)
_change = msgspec.msgpack.Decoder(_Read)


class RedisStore:
    """A `Store` under the keys `name`:head, :cells, :feeds and :changes. Change ids count from "1".

    Changes are kept for `keep_changes_ms` of the picture's time and up to `keep_changes_bytes`, whichever is less; the
    newest always. One instance has one writer; any number may read. At most 64 changes are returned at once.
    """

    def __init__(
        self,
        clients: RedisClients,
        *,
        name: str = "live",
        keep_changes_ms: int = 15 * 60_000,
        keep_changes_bytes: int = 64_000_000,
    ) -> None:
        self._clients = clients
        self._head, self._cells, self._feeds, self._changes = (
            f"{name}:{part}" for part in ("head", "cells", "feeds", "changes")
        )
        self._keep_changes_ms = keep_changes_ms
        self._keep_changes_bytes = keep_changes_bytes
        self._kept: deque[tuple[int, int, int]] = deque()
        self._kept_bytes = 0

    def acquire(self) -> int:
        """See `Store.acquire`."""
        with self._faults("take over"):
            return int(self._clients.write.hincrby(self._head, "fence", 1))

    def publish(
        self, fence: int, as_of_ms: int, position: str, readings: Sequence[Reading], feeds: Sequence[FeedReport]
    ) -> None:
        """See `Store.publish`."""
        self._write(fence, as_of_ms, position, readings, feeds, replaces=False)

    def replace(
        self, fence: int, as_of_ms: int, position: str, readings: Sequence[Reading], feeds: Sequence[FeedReport]
    ) -> None:
        """See `Store.replace`. Feeds that are not named are gone, too."""
        self._write(fence, as_of_ms, position, readings, feeds, replaces=True)

    def picture(self) -> Picture | None:
        """See `Store.picture`."""
        for _ in range(_READ_TRIES):
            # No transaction: a Redis that is full refuses even reads in one. The head before and after tells the same.
            with self._faults("read"), self._clients.read.pipeline(transaction=False) as pipe:
                pipe.hmget(self._head, "as_of_ms", "position", "change")
                pipe.hvals(self._cells)
                pipe.hvals(self._feeds)
                pipe.hget(self._head, "change")
                (as_of_ms, position, change), cells, feeds, change_behind = pipe.execute()
                if change != change_behind:
                    continue
                if as_of_ms is None:
                    return None
                readings = [_reading.decode(cell) for cell in cells]
                reports = [_report.decode(feed) for feed in feeds]
                return Picture(text(change), int(as_of_ms), text(position), readings, reports)
        message = (
            f"the live picture at {self._clients.address} changed while it was read, {_READ_TRIES} times: try again"
        )
        raise StoreUnavailable(message)

    def changes(self, after: str, wait_seconds: float) -> list[Picture] | None:
        """See `Store.changes`."""
        seen = int(after)
        deadline = time.monotonic() + wait_seconds
        with self._faults("read"):
            # The number first: what is published between the two is found by the second.
            with self._clients.read.pipeline(transaction=False) as pipe:
                pipe.hget(self._head, "change")
                pipe.xread({self._changes: seen}, _CHANGES_AT_ONCE)
                newest, found = pipe.execute()
            if found or int(newest or 0) != seen:
                return _pictures(seen, found)
            while (block_ms := int(min(deadline - time.monotonic(), LONGEST_BLOCK_SECONDS) * 1000)) > 0:
                found = self._clients.read.xread({self._changes: seen}, _CHANGES_AT_ONCE, block_ms)
                if found:
                    return _pictures(seen, found)
        return []

    def _write(
        self,
        fence: int,
        as_of_ms: int,
        position: str,
        readings: Sequence[Reading],
        feeds: Sequence[FeedReport],
        *,
        replaces: bool,
    ) -> None:
        cells = {identify(*msgspec.structs.astuple(reading.cell)): _encoder.encode(reading) for reading in readings}
        reports = {report.feed.encode(): _encoder.encode(report) for report in feeds}
        parts = [[msgspec.Raw(value) for value in values.values()] for values in (cells, reports)]
        change = b"" if replaces else _encoder.encode(_Written(as_of_ms, position, *parts))
        with self._faults("write"), self._clients.write.pipeline(transaction=True) as pipe:
            pipe.watch(self._head)
            valid, newest = (int(value or 0) for value in pipe.hmget(self._head, "fence", "change"))
            if valid != fence:
                message = (
                    f"fence {fence} is no longer valid, {valid} is: another processor took over, this one must end"
                )
                raise Fenced(message)
            number = newest + 1
            pipe.multi()
            if replaces:
                pipe.delete(self._cells, self._feeds, self._changes)
            if cells:
                pipe.hset(self._cells, mapping=cells)
            if reports:
                pipe.hset(self._feeds, mapping=reports)
            pipe.hset(self._head, mapping={"as_of_ms": as_of_ms, "position": position, "change": number})
            pipe.xadd(self._changes, {_REPLACED if replaces else _CHANGE: change}, id=f"{number}-0")
            pipe.xtrim(
                self._changes, approximate=False, minid=self._oldest_to_keep(number, as_of_ms, len(change), replaces)
            )
            pipe.execute()

    def _oldest_to_keep(self, number: int, as_of_ms: int, size: int, replaces: bool) -> int:
        if replaces:
            self._kept.clear()
            self._kept_bytes = 0
        self._kept.append((number, as_of_ms, size))
        self._kept_bytes += size
        while len(self._kept) > 1 and (
            self._kept_bytes > self._keep_changes_bytes or self._kept[0][1] < as_of_ms - self._keep_changes_ms
        ):
            self._kept_bytes -= self._kept.popleft()[2]
        return self._kept[0][0]

    @contextmanager
    def _faults(self, doing: str) -> Iterator[None]:
        try:
            yield
        except redis.RedisError as error:
            message = f"could not {doing} the live picture at {self._clients.address}: {reason(error)}"
            raise StoreUnavailable(message) from error
        except msgspec.MsgspecError as error:
            message = (
                f"the live picture at {self._clients.address} was written by another version of this program and "
                f"will be readable once this version's processor has started: {error}"
            )
            raise StoreUnavailable(message) from error


def _pictures(seen: int, found: Any) -> list[Picture] | None:
    """The changes that follow `seen` without a gap; None where one is missing or the picture was replaced."""
    pictures: list[Picture] = []
    for position, fields in found[0][1] if found else ():
        number = int(position.partition(b"-")[0])
        if number != seen + 1 or _REPLACED in fields:
            return None
        seen = number
        read = _change.decode(fields[_CHANGE])
        pictures.append(Picture(str(number), read.as_of_ms, read.position, read.readings, read.feeds))
    return pictures or None
