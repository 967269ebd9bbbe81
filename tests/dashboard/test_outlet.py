"""The hub writes to resting streams: one framing for all, the exact bytes, and nothing lost where a socket is full."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from dashboard import channel as channels
from dashboard.access import Scope
from dashboard.board import View
from dashboard.channel import HEARTBEAT, Channel, Key
from dashboard.outlet import CHECK_EVERY_SECONDS, Outlet, chunk, connection_of
from dashboard.stream import events
from tests.dashboard.centre import Centre


class Wire:
    """A connection that takes `room` bytes at once before it is full; None: any number. `away`: nobody reads."""

    def __init__(self) -> None:
        self.written = b""
        self.room: int | None = None
        self.away = False

    def send(self, data: bytes, flags: int = 0, timeout: float | None = None) -> int:
        assert timeout == 0.0
        if self.away:
            raise BrokenPipeError
        if self.room == 0:
            raise BlockingIOError
        taken = data if self.room is None else data[: self.room]
        if self.room is not None:
            self.room -= len(taken)
        self.written += taken
        return len(taken)

    def sendall(self, data: bytes, flags: int = 0) -> None:
        self.written += data


class Resting:
    """One stream in a thread of its own, as the server runs it; what it yields is framed as gunicorn does."""

    def __init__(self, centre: Centre, channel: Channel, stands: Callable[[], bool] = lambda: True) -> None:
        self.wire = Wire()
        self.outlet = Outlet(self.wire, stands, centre.clock.seconds())
        self._stream = events(channel, stands, centre.clock.seconds, threading.Event(), self.outlet)
        self._channel = channel
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self.rests()

    def _run(self) -> None:
        for payload in self._stream:
            self.wire.sendall(chunk(payload))

    def rests(self) -> None:
        """Waits until the stream has handed itself over."""
        until(lambda: self.outlet in self._channel._outlets)

    def ended(self) -> bool:
        """True when the stream is over."""
        self._thread.join(10)
        return not self._thread.is_alive()


def until(reached: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(2000):
        if reached():
            return
        waiting.wait(0.005)
    message = "the condition did not come true in time"
    raise AssertionError(message)


@pytest.fixture
def channel(centre: Centre) -> Iterator[Channel]:
    found = centre.hub.join(Scope(), "de", View("desk"))
    yield found
    centre.app.extensions["close"]()
    found.close()


def test_one_tick_composes_encodes_and_frames_once_for_all_screens_of_a_group(
    centre: Centre, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = [Resting(centre, channel) for _ in range(7)]
    begun = [len(stream.wire.written) for stream in streams]
    framed, encoded = [], []

    class Counting:
        @staticmethod
        def encode(message: Any) -> bytes:
            encoded.append(message)
            return msgspec.json.encode(message)

    class Msgspec:
        json = Counting

    def counting(payload: bytes) -> bytes:
        framed.append(payload)
        return chunk(payload)

    monkeypatch.setattr(channels, "msgspec", Msgspec)
    monkeypatch.setattr(channels, "chunk", counting)
    centre.composed.clear()
    centre.tick()
    assert (len(centre.composed), len(encoded)) == (1, 1)
    assert len([payload for payload in framed if payload != HEARTBEAT]) == 1
    news = {stream.wire.written[begin:] for stream, begin in zip(streams, begun, strict=True)}
    assert news == {chunk(channel.recent[-1].payload)}
    for stream in streams:
        stream.outlet.wake()


def test_a_full_socket_gets_the_rest_and_then_what_it_missed(centre: Centre, channel: Channel) -> None:
    stream = Resting(centre, channel)
    first = stream.wire.written
    stream.wire.room = 10
    centre.tick()
    stream.rests()
    stream.wire.room = 0
    centre.tick()
    stream.rests()
    stream.wire.room = None
    centre.tick()
    until(lambda: stream.wire.written.endswith(chunk(channel.recent[-1].payload)))
    sent = stream.wire.written[len(first) :]
    assert sent.replace(chunk(HEARTBEAT), b"") == b"".join(chunk(event.payload) for event in list(channel.recent)[-3:])


def test_without_news_a_resting_stream_gets_a_heartbeat(centre: Centre, channel: Channel) -> None:
    stream = Resting(centre, channel)
    stream.wire.written = b""
    centre.clock.pass_seconds(2)
    centre.hub.push_if_due()
    assert stream.wire.written == chunk(HEARTBEAT)


def test_a_resting_stream_ends_with_its_session(centre: Centre, channel: Channel) -> None:
    lasts = [True]
    stream = Resting(centre, channel, lambda: lasts[0])
    centre.tick(10)
    assert stream.outlet in channel._outlets
    lasts[0] = False
    centre.tick(CHECK_EVERY_SECONDS)
    assert stream.ended()


def test_where_nobody_reads_the_stream_wakes_and_the_others_get_their_news(centre: Centre, channel: Channel) -> None:
    gone, there = Resting(centre, channel), Resting(centre, channel)
    gone.wire.away = True
    there.wire.written = b""
    centre.tick()
    assert there.wire.written == chunk(channel.recent[-1].payload)


def test_only_plain_connections_of_the_server_are_written_to() -> None:
    one, other = socket.socketpair()
    with one, other:
        asked: dict[str, object] = {"gunicorn.socket": one, "SERVER_PROTOCOL": "HTTP/1.1", "REQUEST_METHOD": "GET"}
        found: object = connection_of(asked)
        assert found is one
        assert connection_of(asked | {"SERVER_PROTOCOL": "HTTP/1.0"}) is None
        assert connection_of(asked | {"REQUEST_METHOD": "HEAD"}) is None
        assert connection_of({name: value for name, value in asked.items() if name != "gunicorn.socket"}) is None


def test_a_channel_without_outlets_frames_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: bytes) -> bytes:
        raise AssertionError

    monkeypatch.setattr(channels, "chunk", never)
    Channel(Key(Scope(), "de", View("desk"))).ring(0.0)
