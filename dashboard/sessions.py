"""Who is asking: flask-login over sessions that the server keeps; a copied cookie is worth nothing after logout.

Flask's own session cookie is not used for anything.
"""

from __future__ import annotations

import hmac
import secrets

from flask import Flask, Request, Response, current_app, g, request
from flask_login import LoginManager, UserMixin, current_user

from dashboard.access import BY_TOKEN, CALLBACK_PATH
from dashboard.database import LOST
from dashboard.session_store import ABSOLUTE_MS, Session
from dashboard.users import Users

SECURE_COOKIE = "__Host-leitstand"
PLAIN_COOKIE = "leitstand"

AUTOMATIC = frozenset({"/stream", "/whoami", "/board", "/desk/_reload-hash"})
"""What a page asks for by itself: it does not count as use, else an abandoned screen would never log out."""

BY_ITSELF = "X-By-Itself"
"""The header by which a page's script says that nobody asked for what it reads again."""

AUTOMATIC_INPUTS = frozenset({"refresh.data-at", "shown.data-at"})
"""Of the desk's callbacks those that only these inputs set off do not count as use either."""


class SignedIn(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """The session as flask-login's `current_user`."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get_id(self) -> str:
        """The account's number."""
        return str(self.session.user.id)

    @property
    def user(self) -> object:
        """The account, for templates."""
        return self.session.user


def install(app: Flask, users: Users, default_language: str) -> None:
    """Makes `current_user` work on this application; `default_language` is for whoever has not chosen one."""
    app.secret_key = secrets.token_bytes(32)
    app.config["DEFAULT_LANGUAGE"] = default_language
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(app)

    @manager.request_loader  # type: ignore[untyped-decorator]  # flask-login has no types
    def load(asked: Request) -> SignedIn | None:
        token = asked.cookies.get(cookie_name(asked.is_secure))
        personal = _personal_token(asked)
        if not (token or personal) or g.get("database_lost"):
            return None
        try:
            if personal is not None:
                session = users.api_tokens.session(personal)
            else:
                session = users.session(token or "")
                if session is not None and not _by_itself(asked):
                    users.note_use(session)
        except LOST:
            # Asked again while the answer about this is made: then nobody is logged in, and the cookie stays.
            g.database_lost = True
            raise
        return SignedIn(session) if session is not None else None


def _by_itself(asked: Request) -> bool:
    if asked.path != CALLBACK_PATH:
        return asked.path in AUTOMATIC or BY_ITSELF in asked.headers
    body = asked.get_json(silent=True)
    changed = body.get("changedPropIds") if isinstance(body, dict) else None
    return isinstance(changed, list) and changed != [] and all(each in tuple(AUTOMATIC_INPUTS) for each in changed)


def _personal_token(asked: Request) -> str | None:
    """The token of another program, on routes that one opens; there it counts and not the cookie beside it."""
    rule = asked.url_rule
    kind, _, token = asked.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and rule is not None and rule.rule in BY_TOKEN else None


def cookie_name(secure: bool) -> str:
    """Over TLS the name that a browser accepts from this host only; without TLS it would refuse that name."""
    return SECURE_COOKIE if secure else PLAIN_COOKIE


def caller_or_none() -> Session | None:
    """The session of this request."""
    session = getattr(current_user, "session", None)
    return session if isinstance(session, Session) else None


def caller() -> Session:
    """The session of this request, on routes that only users who are logged in reach."""
    session = caller_or_none()
    assert session is not None, "the policy of this route lets anonymous requests in"
    return session


def form_is_of(session: Session) -> bool:
    """True when the form that was sent carries the token of this session."""
    return hmac.compare_digest(request.form.get("csrf", "").encode(), session.csrf.encode())


def language_of(session: Session | None) -> str:
    """The language that the user chose, else that of the settings."""
    chosen = session.user.language if session else ""
    return chosen or str(current_app.config["DEFAULT_LANGUAGE"])


def give_cookie(response: Response, session: Session) -> None:
    """Hands the session to the browser."""
    secure = request.is_secure
    response.set_cookie(
        cookie_name(secure),
        session.token,
        max_age=ABSOLUTE_MS // 1000,
        secure=secure,
        httponly=True,
        samesite="Lax",
    )


def take_cookie(response: Response) -> None:
    """Makes the browser forget the session, its caches and whatever pages stored."""
    secure = request.is_secure
    response.delete_cookie(cookie_name(secure), secure=secure, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    g.pop("_login_user", None)
