"""Every request passes here first and asks `access`: without a policy there is no answer."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, abort, jsonify, make_response, redirect, request

from dashboard import screens
from dashboard.access import (
    CALLBACK_PATH,
    PATHS,
    WITHOUT_FORM_TOKEN,
    Open,
    Permission,
    Role,
    allowed,
    home,
    may_call,
    may_view,
    policy,
)
from dashboard.board import View
from dashboard.login import entry_page, on_phone
from dashboard.security import READING
from dashboard.sessions import caller_or_none, form_is_of, language_of
from dashboard.walls import Walls

BY_VIEW = frozenset({"/stream", "/board"})
"""Routes that show what the query's view says: who may not open that view may not read it either."""

_FOR_PROGRAMS = ("/api/", "/metrics", "/stream", "/whoami", "/board", "/readyz", "/healthz", "/palette", "/desk/_")

_log = logging.getLogger(__name__)


def for_programs(path: str) -> bool:
    """True where the one who asks is a script: it gets a status and JSON instead of a page."""
    return path.startswith(_FOR_PROGRAMS)


def install(app: Flask, walls: Walls) -> None:
    """Registers the check; do it before anything else is registered on the application."""

    @app.before_request
    def guard() -> Any:
        rule = request.url_rule
        if rule is None:
            return None
        needed = policy(request.method, rule.rule)
        if needed is None:
            _log.error("%s %s has no policy in dashboard/access.py, so nobody may use it", request.method, rule.rule)
            abort(404)
        if needed is Open.PUBLIC:
            return None
        if needed is Open.SCREEN:
            return None if screens.find(walls, request) is not None else _wall_ended()
        session = caller_or_none()
        if session is None:
            return _login()
        role = session.user.role
        if isinstance(needed, Permission) and not allowed(role, needed):
            abort(403)
        if request.method not in READING and rule.rule not in WITHOUT_FORM_TOKEN and not form_is_of(session):
            abort(403, "the form belongs to another session")
        if rule.rule in BY_VIEW and not may_view(role, View.from_query(request.args).kind):
            abort(403)
        if rule.rule == CALLBACK_PATH:
            _check_callback(role)
        if rule.rule == PATHS[Permission.PHONE]:
            return _lead_home(role)
        return None


def _wall_ended() -> Response:
    """What a screen is told whose link has ended; a script gets 401, upon which it loads the page that says so."""
    if request.url_rule is not None and request.url_rule.rule.endswith("<int:number>"):
        return make_response(entry_page("wall_ended.html", language_of(None)), 410)
    response = jsonify(error="this link has ended")
    response.status_code = 401
    return response


def _login() -> Response:
    if for_programs(request.path):
        response = jsonify(error="not logged in")
        response.status_code = 401
        response.headers["WWW-Authenticate"] = 'Bearer realm="Leitstand"'
        return response
    if request.method != "GET":
        return _to("/login")
    wanted = request.full_path.removesuffix("?")
    return _to("/login" if wanted == "/" else f"/login?next={quote(wanted)}")


def _check_callback(role: Role) -> None:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(400)
    if not may_call(role, body.get("output")):
        abort(403)


def _lead_home(role: Role) -> Response | None:
    """`/` is the phone's page for phones and for whoever has it as home or comes from another page of ours."""
    path = home(role, phone=on_phone())
    from_us = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if path == PATHS[Permission.PHONE] or (from_us and allowed(role, Permission.PHONE)):
        return None
    return _to(path)


def _to(path: str) -> Response:
    response = redirect(path, 303)
    assert isinstance(response, Response)
    response.headers["Vary"] = "Cookie"
    return response
