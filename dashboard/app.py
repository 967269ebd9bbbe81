"""The web application: one factory that puts guard, pages, stream and API together. Nothing happens at import."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, Response, jsonify, make_response, request
from werkzeug.exceptions import HTTPException

from dashboard import (
    account,
    administration,
    api,
    catalogue_page,
    design,
    feed_pages,
    guard,
    link_page,
    login,
    login_code,
    metrics,
    palette,
    precompressed,
    security,
    sessions,
    stream,
    templating,
    wall_desk,
    wall_screen,
)
from dashboard.access import PERMISSIONS, Permission, Scope, allowed
from dashboard.assets import DESK_SCRIPTS, SCRIPTS, STYLES, Assets
from dashboard.board import Board, View
from dashboard.database import LOST
from dashboard.feed_pages import FeedDesk
from dashboard.hub import Hub
from dashboard.page import Visitor
from dashboard.sessions import caller, caller_or_none, language_of
from dashboard.users import Apart, Users, on_the_spot
from dashboard.walls import Walls
from streams.query import DIMENSIONS, dimension

STATIC_FOLDER = Path(__file__).parent / "static"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PageContext:
    """What pages need. `compose` and `visitor` are about the user of the current request, in scope and language.

    `zone` is the site's, for times on pages; `now_ms` the clock; `base_url` how this request reached us, without a
    slash at its end. `known_values(scope)` are the values of every dimension among the cells of a scope.
    """

    compose: Callable[[View], Board]
    visitor: Callable[[], Visitor]
    assets: Assets
    zone: str
    now_ms: Callable[[], int]
    base_url: Callable[[], str]
    known_values: Callable[[Scope], Mapping[str, Collection[str]]]
    hub: Hub
    figures: api.Figures
    walls: Walls


RegisterPages = Callable[[Flask, PageContext], object]
"""Adds pages to the application, such as `mobile.pages.register`."""


class Desk(Protocol):
    """What is needed of the Dash app."""

    def csp_hashes(self) -> Sequence[str]:
        """The hashes of its inline scripts, quoted as in a Content-Security-Policy."""
        ...


@dataclass(frozen=True)
class WebSettings:
    """`default_language` is for users who chose none; `cache_folder` keeps compressed scripts over restarts."""

    default_language: str = "de"
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    cache_folder: Path | None = None


def create_app(
    settings: WebSettings,
    hub: Hub,
    users: Users,
    figures: api.Figures,
    *,
    pages: Iterable[RegisterPages] = (),
    desk: Callable[[Flask, PageContext], Desk] | None = None,
    feed_desk: FeedDesk | None = None,
    apart: Apart = on_the_spot,
) -> Flask:
    """The application. Calling `app.extensions["close"]` ends all its streams, before the server stops."""
    app = Flask("dashboard", static_folder=None)
    inline_scripts: list[Desk] = []
    ended = threading.Event()

    def close() -> None:
        ended.set()
        hub.close()

    app.extensions["close"] = close
    walls = Walls(users.database, figures.now_ms)
    guard.install(app, walls)
    files = precompressed.StaticFiles([STATIC_FOLDER])
    assets = Assets(files)
    hashes = assets.hashes(*SCRIPTS), assets.hashes(*STYLES)
    policy = security.content_security_policy(*hashes)
    with_frames = security.content_security_policy(*hashes, frames="'self'")
    framed = security.content_security_policy(*hashes, framed_by="'self'")

    def policy_of(path: str) -> str:
        if path.startswith("/walls/"):
            return with_frames
        if path in security.FRAMED:
            return framed
        if not path.startswith("/desk/"):
            return policy
        of_dash = inline_scripts[0].csp_hashes() if inline_scripts else ()
        return security.content_security_policy([*assets.hashes(*DESK_SCRIPTS), *of_dash], None)

    security.install(app, settings.public_url, policy_of)
    sessions.install(app, users, settings.default_language)
    compressor = precompressed.Compressor(settings.cache_folder, apart)
    precompressed.register(app, files, compressor)
    app.extensions["asset"] = files.url
    login.register(app, users)
    login_code.register(app, users)
    link_page.register(app, users)
    streaming = stream.Streaming(hub, ended)
    stream.register(app, hub, users, streaming)
    api.register(app, hub, figures)
    metrics.register(app, hub, figures, figures.now_ms())
    _register_errors(app)

    def compose(view: View) -> Board:
        session = caller()
        euros = allowed(session.user.role, Permission.EUROS)
        return hub.board(session.user.scope, language_of(session), view, euros=euros)

    def visitor() -> Visitor:
        session = caller_or_none()
        return Visitor(
            name=session.user.name if session else "",
            role=session.user.role if session else "",
            language=language_of(session),
            may=PERMISSIONS[session.user.role] if session else frozenset(),
            theme=login.theme(),
            insecure=login.insecure(),
            csrf=session.csrf if session else "",
            campaigns=session is not None and has_campaigns(session.user.scope),
        )

    def has_campaigns(scope: Scope) -> bool:
        return hub.has_campaigns(scope) or any(cell.campaign for cell in figures.configured if scope.admits(cell))

    def known_values(scope: Scope) -> dict[str, set[str]]:
        cells = {*(reading.cell for reading in hub.readings(scope)), *figures.configured}
        admitted = [cell for cell in cells if scope.admits(cell)]
        return {name: {dimension(cell, name) for cell in admitted} - {""} for name in DIMENSIONS}

    def base_url() -> str:
        return settings.public_url.rstrip("/") or request.host_url.rstrip("/")

    zone = figures.clock_of("").zone
    context = PageContext(compose, visitor, assets, zone, figures.now_ms, base_url, known_values, hub, figures, walls)
    account.register(app, context, users)
    administration.register(app, context, users)
    wall_screen.register(app, context, streaming)
    wall_desk.register(app, context)
    design.register(app, context)
    catalogue_page.register(app, context)
    palette.register(app, context)
    if feed_desk is not None:
        feed_pages.register(app, context, feed_desk)
    for register in pages:
        register(app, context)
    if desk is not None:
        inline_scripts.append(desk(app, context))
    if settings.cache_folder is not None:
        compressor.prepare_ahead(files.compressible())
    templating.prepare()
    app.wsgi_app = security.TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    return app


_PAGES = {403: "forbidden.html", 404: "notfound.html", 500: "failed.html", 503: "unanswered.html"}


def _register_errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Any:
        if error.response is not None:
            return error.response
        return _error(error.code or 500, error.description or error.name)

    def unanswered(_: Exception) -> Response:
        response = _error(503, "the database of accounts does not answer")
        response.headers["Retry-After"] = "2"
        if request.path.startswith("/wall/"):
            # Nobody stands before a wall to press a button.
            response.headers["Refresh"] = "10"
        return response

    for lost in LOST:
        app.register_error_handler(lost, unanswered)

    @app.errorhandler(Exception)
    def failed(_: Exception) -> Response:
        _log.exception("%s %s failed", request.method, request.path)
        return _error(500, "internal error")


def _error(status: int, reason: str) -> Response:
    if guard.for_programs(request.path):
        response = jsonify(error=reason)
        response.status_code = status
        return response
    session = caller_or_none()
    page = login.entry_page(
        _PAGES.get(status, "refused.html"),
        language_of(session),
        status=status,
        reason=reason,
        csrf=session.csrf if session else "",
        again=login.safe_path(request.full_path.removesuffix("?")) or "/",
    )
    return make_response(page, status)
