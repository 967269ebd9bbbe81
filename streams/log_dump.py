"""The whole log as a portable file: entries with their positions, kept flags, bookmarks and what was trimmed.

Frames of msgpack, each behind its length: first what was trimmed and the bookmarks, then the entries in order.
Bookmarks and the last entry are read in one transaction, so they belong to the same moment.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import BinaryIO

import msgspec
import redis

from streams.log import START, LogUnavailable
from streams.redis_client import RedisClients, reason, text

VERSION = 1
_STREAM = "log"
_BOOKMARK = f"{_STREAM}:bookmark:"
_MARKS = (f"{_STREAM}:trimmed", f"{_STREAM}:trimmed_from")
_AT_ONCE = 64
_LENGTH = struct.Struct(">I")


class UnusableDump(Exception):
    """The file is no dump of a version that this program reads, or it was cut off."""


class LogNotEmpty(Exception):
    """There are entries already: a dump is only loaded into an empty log."""


class _Head(msgspec.Struct):
    version: int
    marks: dict[str, bytes]
    bookmarks: dict[str, dict[bytes, bytes]]
    last: str


class _Entry(msgspec.Struct, array_like=True):
    position: str
    field: bytes
    payload: bytes


def dump(clients: RedisClients, file: BinaryIO) -> str:
    """Writes everything that is in the log now and returns the position of its last entry. Raises `LogUnavailable`."""
    with _faults(clients):
        names = sorted(text(name) for name in clients.read.scan_iter(match=f"{_BOOKMARK}*", count=1_000))
        with clients.read.pipeline(transaction=True) as pipe:
            pipe.mget(_MARKS)
            pipe.xrevrange(_STREAM, count=1)
            for name in names:
                pipe.hgetall(name)
            marks, newest, *bookmarks = pipe.execute()
        last = text(newest[0][0]) if newest else START
        known = {name: value for name, value in zip(_MARKS, marks, strict=True) if value is not None}
        _write(file, _Head(VERSION, known, dict(zip(names, bookmarks, strict=True)), last))
        position = "-"
        while last and (found := clients.read.xrange(_STREAM, position, last, _AT_ONCE)):
            for at, fields in found:
                ((field, payload),) = fields.items()
                _write(file, _Entry(text(at), field, payload))
            position = f"({text(found[-1][0])}"
    return last


def load(clients: RedisClients, file: BinaryIO) -> int:
    """Fills an empty log from a dump and returns how many entries it has.

    Raises `LogNotEmpty`, `UnusableDump` or `LogUnavailable`.
    """
    with _faults(clients):
        if clients.read.exists(_STREAM):
            message = f"the log at {clients.address} holds entries already: restore into an empty one"
            raise LogNotEmpty(message)
        frames = _read(file)
        try:
            head = msgspec.msgpack.decode(next(frames), type=_Head)
        except (msgspec.MsgspecError, StopIteration) as error:
            message = f"this is no dump of a log: {error}"
            raise UnusableDump(message) from error
        if head.version != VERSION:
            message = f"the dump of the log has version {head.version}, this program reads {VERSION}"
            raise UnusableDump(message)
        entries = (msgspec.msgpack.decode(frame, type=_Entry) for frame in frames)
        count, last = 0, ""
        while several := list(islice(entries, _AT_ONCE)):
            with clients.write.pipeline(transaction=False) as pipe:
                for entry in several:
                    pipe.xadd(_STREAM, {entry.field: entry.payload}, id=entry.position)
                pipe.execute()
            count, last = count + len(several), several[-1].position
        if last != head.last:
            message = f"the dump of the log ends at {last or 'its beginning'}, it should end at {head.last}"
            raise UnusableDump(message)
        with clients.write.pipeline(transaction=True) as pipe:
            for name, value in head.marks.items():
                pipe.set(name, value)
            for name, fields in head.bookmarks.items():
                if fields:
                    pipe.hset(name, mapping=fields)
            pipe.execute()
    return count


def _write(file: BinaryIO, content: _Head | _Entry) -> None:
    frame = msgspec.msgpack.encode(content)
    file.write(_LENGTH.pack(len(frame)) + frame)


def _read(file: BinaryIO) -> Iterator[bytes]:
    while length := file.read(_LENGTH.size):
        frame = file.read(_LENGTH.unpack(length)[0]) if len(length) == _LENGTH.size else b""
        if len(length) < _LENGTH.size or len(frame) < _LENGTH.unpack(length)[0]:
            message = "the dump of the log was cut off"
            raise UnusableDump(message)
        yield frame


@contextmanager
def _faults(clients: RedisClients) -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        message = f"could not copy the log at {clients.address}: {reason(error)}"
        raise LogUnavailable(message) from error
