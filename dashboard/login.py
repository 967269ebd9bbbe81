"""Login, logout, language, and what a page asks to learn whether its session still stands."""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, abort, current_app, jsonify, make_response, redirect, request

from dashboard.access import PERMISSIONS, Refused, home
from dashboard.attempts import TooManyAttempts
from dashboard.links import LASTS_MS
from dashboard.session_store import User
from dashboard.sessions import caller, caller_or_none, form_is_of, give_cookie, language_of, take_cookie
from dashboard.templating import template
from dashboard.users import Users
from dashboard.wording import words as words_of
from dashboard.wording.entry import ENTRY, entry_words

_FORM_COOKIE = "leitstand-form"
_CODE_COOKIE = "leitstand-code"
_FORM_SECONDS = 3600
_CALM = {"out": "signed_out", "set": "password_set"}
"""What the login says to whoever comes from a logout or has just set a password."""

FIRST_ACCOUNT = "leitstand user add NAME --role manager"


def on_phone() -> bool:
    """True when the browser says that it runs on a phone."""
    hint = request.headers.get("Sec-CH-UA-Mobile")
    return hint == "?1" if hint else "Mobi" in request.headers.get("User-Agent", "")


def safe_path(path: str | None) -> str | None:
    """The path if it leads to a page of ours, else None: nobody shall be sent elsewhere by a link to our login."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        return None
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or parts.path in ("/login", "/logout", "/language"):
        return None
    return path


def register(app: Flask, users: Users) -> None:
    """Adds GET and POST /login, POST /logout, POST /language and GET /whoami."""

    @app.get("/login")
    def login_form() -> Response:
        session = caller_or_none()
        if session is not None:
            return _see(safe_path(request.args.get("next")) or home(session.user.role, phone=on_phone()))
        said = next((text for name, text in _CALM.items() if request.args.get(name) == "1"), "")
        return _form(said)

    @app.post("/login")
    def login() -> Response:
        if not form_is_of_this_browser():
            return _form("expired", 400)
        name, password = request.form.get("user", ""), request.form.get("password", "")
        try:
            user = users.verify(name, password, request.remote_addr or "")
        except TooManyAttempts as error:
            response = _form("wait", 429, seconds=error.retry_after_seconds)
            response.headers["Retry-After"] = str(error.retry_after_seconds)
            return response
        if user is None:
            return _form("wrong", 401)
        if users.second_factor.is_on(user.id):
            return _ask_for_code(users.links.make(user.id, "code"))
        return sign_in(users, user)

    @app.post("/logout")
    def logout() -> Response:
        _check_token()
        users.end_session(caller().token)
        response = _see("/login?out=1")
        take_cookie(response)
        return response

    @app.post("/language")
    def language() -> Response:
        _check_token()
        try:
            users.set_language(caller().user.id, request.form.get("language", ""))
        except Refused as error:
            abort(400, str(error))
        referrer = urlsplit(request.referrer or "")
        back = referrer.path + (f"?{referrer.query}" if referrer.query else "")
        return _see(safe_path(request.form.get("next")) or safe_path(back) or "/")

    @app.get("/whoami")
    def whoami() -> Response:
        session = caller()
        user = session.user
        return jsonify(
            user=user.name,
            role=user.role,
            scope={dimension: list(names) for dimension, names in user.scope.values},
            language=language_of(session),
            opens=sorted(PERMISSIONS[user.role]),
        )

    def _form(problem: str, status: int = 200, **filled: object) -> Response:
        asked = request.args.get("language", "")
        tongue = asked if asked in ENTRY else language_of(None)
        words = entry_words(tongue)
        token = form_token()
        page = entry_page(
            "login.html",
            tongue,
            problem=getattr(words, problem).format(**filled) if problem else "",
            calm=problem in _CALM.values(),
            csrf=token,
            next=safe_path(request.values.get("next")) or "",
            user=request.form.get("user", "")[:64],
            chosen=asked if asked in ENTRY else "",
            no_accounts=not users.users_exist(),
            command=FIRST_ACCOUNT,
        )
        return with_form_cookie(make_response(page, status), token)


def sign_in(users: Users, user: User) -> Response:
    """Begins a session, ends the one that this browser had, and leads to the wanted page or to the role's home."""
    before = caller_or_none()
    if before is not None:
        users.end_session(before.token)
    response = _see(safe_path(request.form.get("next")) or home(user.role, phone=on_phone()))
    agent = request.headers.get("User-Agent", "")
    give_cookie(response, users.begin_session(user, agent, request.remote_addr or ""))
    for name in (_FORM_COOKIE, _CODE_COOKIE):
        response.delete_cookie(_cookie(name), secure=request.is_secure)
    return response


def _ask_for_code(token: str) -> Response:
    kept = {"next": safe_path(request.form.get("next")), "language": request.args.get("language")}
    query = urlencode({name: text for name, text in kept.items() if text}, safe="/")
    response = _see(f"/login/code?{query}" if query else "/login/code")
    _give(response, _CODE_COOKIE, token, LASTS_MS["code"] // 1000)
    return response


def code_token() -> str:
    """What this browser was given when its password was right; empty for none."""
    return request.cookies.get(_cookie(_CODE_COOKIE), "")


def form_token() -> str:
    """The token for a form outside any session: the one that this browser has, else a new one."""
    return request.cookies.get(_cookie(_FORM_COOKIE)) or secrets.token_urlsafe(24)


def with_form_cookie(response: Response, token: str) -> Response:
    """Gives the browser the other half of its form's token."""
    _give(response, _FORM_COOKIE, token, _FORM_SECONDS)
    return response


def form_is_of_this_browser() -> bool:
    """True when the form that was sent was given to this browser."""
    sent, kept = request.form.get("csrf", ""), request.cookies.get(_cookie(_FORM_COOKIE), "")
    return bool(kept) and hmac.compare_digest(sent.encode(), kept.encode())


def entry_page(name: str, language: str, **filled: object) -> str:
    """The HTML of a page that stands outside the views: the login and what went wrong."""
    return template(name).render(
        words=entry_words(language),
        language=language,
        product=words_of(language).product,
        asset=current_app.extensions["asset"],
        theme=theme(),
        insecure=insecure(),
        **filled,
    )


def theme() -> str:
    """The brightness that was chosen on this device."""
    return request.cookies.get("theme", "auto")


def insecure() -> bool:
    """True where what is shown and typed travels a network unencrypted."""
    host = request.host.rsplit(":", 1)[0].strip("[]")
    return not request.is_secure and host not in ("localhost", "127.0.0.1", "::1")


def _cookie(name: str) -> str:
    return f"__Host-{name}" if request.is_secure else name


def _give(response: Response, name: str, token: str, seconds: int) -> None:
    response.set_cookie(
        _cookie(name), token, max_age=seconds, secure=request.is_secure, httponly=True, samesite="Strict"
    )


def _check_token() -> None:
    # Other sites are kept out by the cookie's SameSite and the check of the origin; a token that is wrong is refused.
    if request.form.get("csrf") and not form_is_of(caller()):
        abort(403, "the form belongs to another session")


def _see(path: str) -> Response:
    # 303: whatever was posted, the next request is a GET.
    response = make_response(redirect(path, 303))
    response.headers["Vary"] = "Cookie"
    return response
