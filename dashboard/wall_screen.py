"""The wall of a link: its page, its stream, its board, and the page that exchanges the link. Never a login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, abort, jsonify, make_response, request

from dashboard.board import View, render
from dashboard.login import entry_page, insecure
from dashboard.page import Visitor, page
from dashboard.screens import give_cookie, screen
from dashboard.sessions import language_of
from dashboard.walls import Screen

if TYPE_CHECKING:
    from dashboard.app import PageContext
    from dashboard.board import Board
    from dashboard.stream import Streaming

STREAMS_PER_SCREEN = 4


def register(app: Flask, context: PageContext, streaming: Streaming) -> None:
    """Adds `/wall/open` and `/wall/NUMBER` with its `stream`, `board` and `whoami`."""
    hub, walls = context.hub, context.walls

    def view(opened: Screen) -> View:
        return View("wall", plan=opened.wall.plan)

    def board(opened: Screen) -> Board:
        return hub.board(opened.wall.scope, opened.wall.language, view(opened))

    @app.get("/wall/open")
    def exchange_page() -> str:
        return entry_page("wall_open.html", language_of(None))

    @app.post("/wall/open")
    def exchange() -> Response:
        opened = walls.open(request.form.get("token", "")[:200])
        if opened is None:
            response = jsonify(error="this link has ended")
            response.status_code = 404
            return response
        response = jsonify(path=f"/wall/{opened.wall.id}")
        give_cookie(response, opened)
        return response

    @app.get("/wall/<int:number>")
    def wall_page(number: int) -> Response:
        opened = screen()
        composed = board(opened)
        visitor = Visitor(
            name="",
            role="",
            language=opened.wall.language,
            may=frozenset(),
            theme=composed.fields["page:palette"],
            insecure=insecure(),
        )
        response = make_response(
            page(
                "wall.html",
                visitor,
                context.assets,
                board_html=render(composed),
                board=composed,
                at=f"/wall/{number}",
            )
        )
        give_cookie(response, opened)
        walls.note_seen(opened)
        return response

    @app.get("/wall/<int:number>/board")
    def wall_board(number: int) -> str:
        del number
        return render(board(screen()))

    @app.get("/wall/<int:number>/whoami")
    def wall_whoami(number: int) -> Response:
        return jsonify(wall=number)

    @app.get("/wall/<int:number>/stream")
    def wall_stream(number: int) -> Response:
        del number
        opened = screen()

        def lasts() -> bool:
            now = walls.still_open(opened.cookie)
            # A changed wall ends the stream: the browser comes back at once and is shown the new one.
            if now is None or now.wall != opened.wall:
                return False
            walls.note_seen(now)
            return True

        if not streaming.may_open(opened.cookie, STREAMS_PER_SCREEN):
            abort(429)
        # Remembered from here on, so that the stream outlives a pause of the database.
        walls.still_open(opened.cookie)
        channel = hub.join(opened.wall.scope, opened.wall.language, view(opened))
        first = f"retry: 1000\nevent: version\ndata: {context.assets.version}\n\n".encode()
        return streaming.answer(channel, lasts, opened.cookie, lambda: walls.forget(opened), first)
