"""The log in a Redis stream.

An append is one transaction of entry and bookmark, guarded by the bookmark as this writer last saw it. The guard is
what makes a time-out safe: a command that Redis takes up late, after its writer gave up, read the bookmark and
appended again, finds the bookmark moved and changes nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import redis

from streams.log import START, Entry, LogFull, LogUnavailable
from streams.redis_client import LONGEST_BLOCK_SECONDS, RedisClients, is_full, memory_share, reason, text

FULL_SHARE = 0.8
"""Appending stops at this share of the server's memory, so that the live cells always have room."""

_CHECK_MEMORY_SECONDS = 1.0
_PLAIN, _KEPT = b"b", b"k"
_APPENDS = ""
"""The bookmark's own field: how many appends it has seen."""
_TRIM_STEP = 16
_NO_ENTRY = "0-0"
_DELETE_AND_MARK = """
redis.call('XDEL', KEYS[1], unpack(ARGV, 2))
redis.call('SET', KEYS[2], ARGV[1])
if ARGV[2] ~= '0-0' then redis.call('SETNX', KEYS[3], ARGV[2]) end
"""
"""A script, not a transaction: when memory is full Redis refuses a SET, but not one that follows a deletion here."""


class RedisLog:
    """An `EventLog` of one part, which is itself, in the stream `stream`. Positions are stream ids, given by the
    server, never from event times.

    `keeps`: what this instance appends is never trimmed (replayed files). Threads may share one instance as long as
    each bookmark name has one writer.
    """

    def __init__(self, clients: RedisClients, *, stream: str = "log", keeps: bool = False) -> None:
        self._clients = clients
        self._stream = stream
        self._trimmed = f"{stream}:trimmed"
        self._trimmed_from = f"{stream}:trimmed_from"
        self._field = _KEPT if keeps else _PLAIN
        self._seen: dict[str, int] = {}
        self._check_memory_at = 0.0
        self._memory_lock = threading.Lock()

    @property
    def parts(self) -> tuple[RedisLog]:
        """See `EventLog.parts`."""
        return (self,)

    def append(
        self, payloads: Sequence[bytes], bookmark: tuple[str, Mapping[str, bytes]] | None = None
    ) -> tuple[str, ...]:
        """See `EventLog.append`. Repeating it without reading the bookmark can fail again, but never appends twice."""
        (payload,) = payloads
        with self._faults("append to", refusal_means_full=True), self._clients.write.pipeline(transaction=True) as pipe:
            self._refuse_when_nearly_full()
            if bookmark is None:
                return (text(pipe.xadd(self._stream, {self._field: payload}).execute()[0]),)
            name, fields = bookmark
            key = self._bookmark_key(name)
            pipe.watch(key)
            appends = int(pipe.hget(key, _APPENDS) or 0)
            if appends != self._seen.setdefault(name, appends):
                raise LogUnavailable(self._moved(name))
            pipe.multi()
            pipe.xadd(self._stream, {self._field: payload})
            pipe.delete(key)
            pipe.hset(key, mapping={**fields, _APPENDS: b"%d" % (appends + 1)})
            position = text(pipe.execute()[0])
            self._seen[name] = appends + 1
            return (position,)

    def bookmark(self, name: str) -> dict[str, bytes]:
        """See `EventLog.bookmark`."""
        with self._faults("read a bookmark of"):
            fields: dict[bytes, bytes] = self._clients.read.hgetall(self._bookmark_key(name))
        self._seen[name] = int(fields.pop(_APPENDS.encode(), 0))
        return {field.decode(): value for field, value in fields.items()}

    def read(self, after: str, limit: int, wait_seconds: float = 0.0) -> Sequence[Entry]:
        """See `LogPart.read`."""
        deadline = time.monotonic() + wait_seconds
        while True:
            left_seconds = max(0.0, deadline - time.monotonic())
            block_ms = int(min(left_seconds, LONGEST_BLOCK_SECONDS) * 1000)
            with self._faults("read"):
                streams = self._clients.read.xread({self._stream: after or "0"}, limit, block_ms or None)
            if streams:
                return [Entry(position.decode(), _payload(fields)) for position, fields in streams[0][1]]
            if block_ms == 0:
                return []

    def first(self) -> str | None:
        """See `LogPart.first`."""
        with self._faults("read"):
            entries = self._clients.read.xrange(self._stream, count=1)
        return text(entries[0][0]) if entries else None

    def last(self) -> str:
        """See `LogPart.last`."""
        with self._faults("read"):
            entries = self._clients.read.xrevrange(self._stream, count=1)
        return text(entries[0][0]) if entries else START

    def holds(self, position: str) -> bool:
        """See `LogPart.holds`."""
        with self._faults("read"):
            return bool(self._clients.read.xrange(self._stream, position, position, count=1))

    def missing(self) -> tuple[int, int] | None:
        """See `LogPart.missing`."""
        with self._faults("read"):
            first, last = self._clients.read.mget(self._trimmed_from, self._trimmed)
        return None if first is None else (order(text(first))[0], order(text(last))[0])

    def complete_after(self) -> str:
        """The position up to which trimming has come; START before the first trim.

        Behind it every entry ever appended is still there, before it only the kept ones are.
        """
        with self._faults("read"):
            return text(self._clients.read.get(self._trimmed))

    def trim(self, keep_after_ms: int, not_beyond_position: str) -> int:
        """Deletes what the log took in before `keep_after_ms` (UTC, exclusive) and returns how many entries went.

        Neither `not_beyond_position` (the oldest position that somebody still has to start from) nor what follows goes,
        nor what was appended with `keeps`, nor the newest entry: `last` tells the truth over any pause. Works while
        memory is full. Raises `LogUnavailable`; calling again goes on where it stopped.
        """
        removed = 0
        at, newest = self.complete_after(), order(self.last())
        needed_from = min(newest, order(not_beyond_position))
        while True:
            with self._faults("trim"):
                found = self._clients.read.xrange(
                    self._stream, f"({at}" if at else "-", f"({keep_after_ms}-0", _TRIM_STEP
                )
            old = [(text(i), fields) for i, fields in found if order(text(i)) < needed_from]
            if not old:
                return removed
            at = old[-1][0]
            gone = [position for position, fields in old if _PLAIN in fields]
            with self._faults("trim"):
                keys = (self._stream, self._trimmed, self._trimmed_from)
                self._clients.write.eval(_DELETE_AND_MARK, len(keys), *keys, at, *(gone or [_NO_ENTRY]))
            removed += len(gone)

    def _bookmark_key(self, name: str) -> str:
        return f"{self._stream}:bookmark:{name}"

    def _refuse_when_nearly_full(self) -> None:
        with self._memory_lock:
            if time.monotonic() < self._check_memory_at:
                return
            share = memory_share(self._clients.write.info("memory"))
            if share >= FULL_SHARE:
                message = (
                    f"the log at {self._clients.address} uses {share:.0%} of Redis' memory, "
                    f"appending pauses at {FULL_SHARE:.0%}: raise the memory limit or keep the log for a shorter time"
                )
                raise LogFull(message)
            self._check_memory_at = time.monotonic() + _CHECK_MEMORY_SECONDS

    def _moved(self, name: str) -> str:
        return (
            f"bookmark {name!r} of the log at {self._clients.address} moved: an append that seemed to fail arrived "
            "after all, or a second program writes this feed. Read the bookmark and go on from there"
        )

    @contextmanager
    def _faults(self, doing: str, *, refusal_means_full: bool = False) -> Iterator[None]:
        try:
            yield
        except redis.WatchError as error:
            message = f"could not {doing} the log at {self._clients.address}, read the bookmark: {reason(error)}"
            raise LogUnavailable(message) from error
        except redis.RedisError as error:
            if refusal_means_full and is_full(error):
                message = (
                    f"Redis at {self._clients.address} refuses to {doing} the log, its memory or disk is full: "
                    f"free some or raise the limit ({reason(error)})"
                )
                raise LogFull(message) from error
            message = f"could not {doing} the log at {self._clients.address}: {reason(error)}"
            raise LogUnavailable(message) from error


def order(position: str) -> tuple[int, int]:
    """A position as numbers that compare in the log's order: the milliseconds (UTC) it was taken in, and a count."""
    if position == START:
        return 0, 0
    milliseconds, _, count = position.partition("-")
    return int(milliseconds), int(count)


def _payload(fields: dict[bytes, bytes]) -> bytes:
    return fields[_KEPT] if _KEPT in fields else fields[_PLAIN]
