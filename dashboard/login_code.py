"""The second half of a login: the code of the second factor, asked for after the password was right."""

from __future__ import annotations

from flask import Flask, Response, make_response, redirect, request

from dashboard.attempts import TooManyAttempts
from dashboard.login import (
    code_token,
    entry_page,
    form_is_of_this_browser,
    form_token,
    safe_path,
    sign_in,
    with_form_cookie,
)
from dashboard.session_store import User
from dashboard.sessions import language_of
from dashboard.users import Users
from dashboard.wording.account import account_words
from dashboard.wording.entry import ENTRY, entry_words


def register(app: Flask, users: Users) -> None:
    """Adds GET and POST /login/code. Without a password that was right just now they lead back to the login."""

    def who() -> User | None:
        found = users.links.find(code_token(), "code")
        return None if found is None else found[0]

    @app.get("/login/code")
    def code_form() -> Response:
        user = who()
        return _form(user) if user is not None else _back()

    @app.post("/login/code")
    def code() -> Response:
        user = who()
        if user is None:
            return _back()
        words = account_words(_language(user))
        if not form_is_of_this_browser():
            return _form(user, entry_words(_language(user)).expired, 400)
        try:
            right = users.second_factor.check(user.id, request.form.get("code", ""))
        except TooManyAttempts as error:
            response = _form(user, words.wait.format(seconds=error.retry_after_seconds), 429)
            response.headers["Retry-After"] = str(error.retry_after_seconds)
            return response
        if not right:
            return _form(user, words.code_wrong, 401)
        return sign_in(users, user) if users.links.take(code_token()) else _back()

    def _form(user: User, problem: str = "", status: int = 200) -> Response:
        language, token = _language(user), form_token()
        page = entry_page(
            "code.html",
            language,
            a=account_words(language),
            problem=problem,
            csrf=token,
            next=safe_path(request.values.get("next")) or "",
            chosen=asked if (asked := request.args.get("language", "")) in ENTRY else "",
        )
        return with_form_cookie(make_response(page, status), token)

    def _back() -> Response:
        return make_response(redirect("/login", 303))


def _language(user: User) -> str:
    asked = request.args.get("language", "")
    return user.language or (asked if asked in ENTRY else language_of(None))
