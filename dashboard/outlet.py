"""The connection of a stream that rests: the hub writes to it at once, and nobody has to wake up for that.

A thousand screens cost a thousand small writes a second and not as many wake-ups, generator steps and framings. Only
gunicorn's plain HTTP/1.1 connections can be written to like this; all others are served by their stream alone.
"""

from __future__ import annotations

import itertools
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import Protocol

CHECK_EVERY_SECONDS = 3.75
"""How often a stream's session is looked at. With the hub's 1.25 s between bells, it ends 5 s later at most."""

_turn = itertools.count()


class Connection(Protocol):
    """What is used of gevent's socket. With `timeout` 0 it raises BlockingIOError rather than wait."""

    def send(self, data: bytes, flags: int = 0, timeout: float | None = ...) -> int: ...

    def sendall(self, data: bytes, flags: int = 0) -> None: ...


def chunk(payload: bytes) -> bytes:
    """The payload as one chunk of an HTTP/1.1 answer of unknown length."""
    return b"%X\r\n%b\r\n" % (len(payload), payload)


def connection_of(environ: Mapping[str, object]) -> Connection | None:
    """The connection of a request whose answer goes out in chunks over a plain socket; None for every other."""
    found = environ.get("gunicorn.socket")
    plain = isinstance(found, socket.socket) and not isinstance(found, ssl.SSLSocket)
    if not plain or environ.get("SERVER_PROTOCOL") != "HTTP/1.1" or environ.get("REQUEST_METHOD") != "GET":
        return None
    return found  # type: ignore[return-value]  # gevent's socket, whose `send` takes a timeout


class Outlet:
    """One such connection. `sequence` is the last event that was written, at least its beginning.

    `stands` says whether its session lasts; `now` is the hub's clock in seconds.
    """

    def __init__(self, connection: Connection, stands: Callable[[], bool], now: float) -> None:
        self._connection = connection
        self._stands = stands
        # Streams that begin together shall not all ask in the same moment.
        self._check_at = now + CHECK_EVERY_SECONDS * (next(_turn) % 16 + 1) / 16
        self._left = b""
        self._woken = threading.Event()
        self.sequence = 0

    def offer(self, frame: bytes, sequence: int) -> bool:
        """Writes the frame without waiting. False when the stream has to see to the rest, or to a lost connection."""
        try:
            sent = self._connection.send(frame, 0, 0.0)
        except BlockingIOError:
            sent = 0
        except OSError:
            # The stream writes next, and learns of it where the server expects that.
            return False
        if sent:
            self.sequence = sequence
        if sent == len(frame):
            return True
        self._left = frame[sent:] if sent else b""
        return False

    def may_rest(self, now: float) -> bool:
        """False when the session has ended, which is asked every `CHECK_EVERY_SECONDS` of the hub's clock."""
        if now < self._check_at:
            return True
        self._check_at = now + CHECK_EVERY_SECONDS
        return self._stands()

    def wake(self) -> None:
        """Ends the rest of the stream."""
        self._woken.set()

    def sleep(self) -> None:
        """Rests until woken."""
        self._woken.wait()
        self._woken.clear()

    def finish(self) -> None:
        """Writes what was left of a frame, however long that takes. Raises OSError where the other side is gone."""
        left, self._left = self._left, b""
        if left:
            self._connection.sendall(left)
