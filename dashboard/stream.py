"""GET /stream: the live board as server-sent events, in the session's scope. A snapshot first, then every change."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain

from flask import Flask, Response, abort, request

from dashboard.access import Permission, ViewKind, allowed, may_view
from dashboard.board import View
from dashboard.channel import HEARTBEAT, Channel
from dashboard.database import LOST
from dashboard.hub import Hub
from dashboard.outlet import CHECK_EVERY_SECONDS, Outlet, connection_of
from dashboard.session_store import Session
from dashboard.sessions import caller, language_of
from dashboard.users import Users

STREAMS_PER_SESSION = 32


def events(
    channel: Channel,
    stands: Callable[[], bool],
    clock: Callable[[], float],
    ended: threading.Event,
    outlet: Outlet | None = None,
) -> Iterator[bytes]:
    """The bytes of one stream: wakes with the channel's bell, sends what is new, ends when `stands` says no.

    With an `outlet` it only sends the first event and what catches up; meanwhile it rests and the hub writes.
    Keeps nothing but the sequence number it has sent: who is slow costs no memory and is given a snapshot.
    """
    sequence = 0
    check_at = clock() + CHECK_EVERY_SECONDS
    while not ended.is_set():
        # The bell comes first: what is shown after this line rings it.
        bell = channel.bell
        event = channel.since(sequence)
        if event is None:
            yield HEARTBEAT
        else:
            sequence = event.sequence
            yield event.payload
        if outlet is not None and sequence:
            sequence = channel.rest(outlet, sequence)
            check_at = clock()
        else:
            bell.wait()
        if clock() >= check_at:
            if not stands():
                return
            check_at = clock() + CHECK_EVERY_SECONDS


class _Body:
    """The iterable that the server drains; `close` also comes where not one byte was asked for."""

    def __init__(self, stream: Iterator[bytes], leave: Callable[[], None]) -> None:
        self._stream = stream
        self._leave = leave
        self._left = False

    def __iter__(self) -> Iterator[bytes]:
        return self._stream

    def close(self) -> None:
        if not self._left:
            self._left = True
            self._leave()


class Streaming:
    """Answers with streams, counted by who opened them. Setting `ended` and waking the channels ends all of them."""

    def __init__(self, hub: Hub, ended: threading.Event) -> None:
        self._hub = hub
        self._ended = ended
        self._open: Counter[str] = Counter()

    def may_open(self, opener: str, most: int) -> bool:
        """False when this opener has that many streams already; else it counts as one more, which `answer` ends."""
        if self._open[opener] >= most:
            return False
        self._open[opener] += 1
        return True

    def answer(
        self,
        channel: Channel,
        lasts: Callable[[], bool],
        opener: str,
        left: Callable[[], None] = lambda: None,
        first: bytes = b"",
    ) -> Response:
        """The stream of this request over a channel that was joined for it, as long as `lasts` says so.

        `first` goes out before anything else; `left` is called when the opener has no stream any more.
        """

        def leave() -> None:
            self._hub.leave(channel)
            self._open[opener] -= 1
            if self._open[opener] <= 0:
                del self._open[opener]
                left()

        connection = connection_of(request.environ)
        outlet = None if connection is None else Outlet(connection, lasts, self._hub.clock())
        stream = events(channel, lasts, self._hub.clock, self._ended, outlet)
        body = _Body(chain([first], stream) if first else stream, leave)
        response = Response(body, mimetype="text/event-stream", direct_passthrough=True)
        response.headers["X-Accel-Buffering"] = "no"
        return response


def register(app: Flask, hub: Hub, users: Users, streaming: Streaming) -> None:
    """Adds the route."""

    @app.get("/stream")
    def stream() -> Response:
        session = caller()
        view = View.from_query(request.args)
        if not streaming.may_open(session.token, STREAMS_PER_SESSION):
            abort(429)
        # Remembered from here on, so that the stream outlives a pause of the database.
        users.still_open(session.token)
        euros = _sees_euros(session)
        channel = hub.join(session.user.scope, language_of(session), view, euros=euros)
        return streaming.answer(channel, lambda: stands(users, session, view.kind), session.token)


def stands(users: Users, session: Session, kind: ViewKind) -> bool:
    """True while the session lasts and its user may still see what the stream shows. A wall is in use by being on."""
    now = users.still_open(session.token)
    if now is None or now.user.scope != session.user.scope or not may_view(now.user.role, kind):
        return False
    if _sees_euros(now) != _sees_euros(session):
        return False
    if kind == "wall":
        with suppress(*LOST):  # noted the next time
            users.note_use(now)
    return True


def _sees_euros(session: Session) -> bool:
    return allowed(session.user.role, Permission.EUROS)
