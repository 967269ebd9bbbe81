"""GET /stream: the live board as server-sent events, in the session's scope. A snapshot first, then every change."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from flask import Flask, Response, abort, request

from dashboard.access import ViewKind, may_view
from dashboard.board import View
from dashboard.hub import Channel, Hub
from dashboard.sessions import caller, language_of
from dashboard.users import Session, Users

CHECK_EVERY_SECONDS = 4.0
"""How often a stream asks whether its session still stands. Waking once a second, that makes 5 s at most."""

STREAMS_PER_SESSION = 32
HEARTBEAT = b": the picture stands still\n\n"
_WORD = re.compile("[a-z0-9_]{0,40}")
_PAGES = 100

_turn = itertools.count()


def view_of(values: Mapping[str, str]) -> View:
    """The view that a query asks for. Raises ValueError with the reason where there is none such."""
    kind = values.get("view", "phone")
    if kind not in ("phone", "wall", "desk"):
        message = f"view is one of phone, wall, desk, not {kind!r}"
        raise ValueError(message)
    sort, group, page = values.get("sort", "worst"), values.get("group", ""), values.get("page", "0")
    if not _WORD.fullmatch(sort):
        message = f"sort is the id of a KPI or of a column, not {sort!r}"
        raise ValueError(message)
    if group not in ("", "hotline", "provider", "project"):
        message = f"group is empty or one of hotline, provider, project, not {group!r}"
        raise ValueError(message)
    if not (page.isascii() and page.isdigit() and int(page) < _PAGES):
        message = f"page is a number from 0 to {_PAGES - 1}, not {page!r}"
        raise ValueError(message)
    descending = values.get("descending", "") in ("1", "true")
    return View(kind, sort=sort or "worst", descending=descending, group=group, page=int(page))


def events(
    channel: Channel, stands: Callable[[], bool], clock: Callable[[], float], ended: threading.Event
) -> Iterator[bytes]:
    """The bytes of one stream: wakes with the channel's bell, sends what is new, ends when `stands` says no.

    Keeps nothing but the sequence number it has sent: who is slow costs no memory and is given a snapshot.
    """
    sequence = 0
    # Streams that begin together shall not all ask in the same moment.
    check_at = clock() + CHECK_EVERY_SECONDS * (next(_turn) % 16) / 16
    while not ended.is_set():
        # The bell comes first: what is shown after this line rings it.
        bell = channel.bell
        event = channel.since(sequence)
        if event is None:
            yield HEARTBEAT
        else:
            sequence = event.sequence
            yield event.payload
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


def register(
    app: Flask, hub: Hub, users: Users, ended: threading.Event, clock: Callable[[], float] = time.monotonic
) -> None:
    """Adds the route. Setting `ended` and waking the channels ends all streams."""
    open_streams: Counter[str] = Counter()

    @app.get("/stream")
    def stream() -> Response:
        session = caller()
        try:
            view = view_of(request.args)
        except ValueError as error:
            abort(400, str(error))
        if not may_view(session.user.role, view.kind):
            abort(403)
        if open_streams[session.token] >= STREAMS_PER_SESSION:
            abort(429)
        open_streams[session.token] += 1
        channel = hub.join(session.user.scope, language_of(session), view)

        def leave() -> None:
            hub.leave(channel)
            open_streams[session.token] -= 1
            if open_streams[session.token] <= 0:
                del open_streams[session.token]

        body = _Body(events(channel, lambda: stands(users, session, view.kind), clock, ended), leave)
        response = Response(body, mimetype="text/event-stream", direct_passthrough=True)
        response.headers["X-Accel-Buffering"] = "no"
        return response


def stands(users: Users, session: Session, kind: ViewKind) -> bool:
    """True while the session lasts and its user may still see what the stream shows. A wall is in use by being on."""
    now = users.still_open(session.token)
    if now is None or now.user.scope != session.user.scope or not may_view(now.user.role, kind):
        return False
    if kind == "wall":
        users.note_use(now)
    return True
