"""What an invitation or a reset link opens, once: the choice of a password. Afterwards one logs in with it."""

from __future__ import annotations

from flask import Flask, Response, make_response, redirect, request

from dashboard.access import Refused
from dashboard.links import Kind
from dashboard.login import entry_page, form_is_of_this_browser, form_token, with_form_cookie
from dashboard.session_store import User
from dashboard.sessions import caller_or_none, language_of, take_cookie
from dashboard.users import Users
from dashboard.wording.account import account_words
from dashboard.wording.entry import entry_words


def register(app: Flask, users: Users) -> None:
    """Adds GET and POST /link/TOKEN. Looking uses nothing up; a link that opens nothing is answered with 410."""

    @app.get("/link/<token>")
    def link(token: str) -> Response:
        found = users.links.find(token, "invitation", "reset")
        return _over() if found is None else _form(*found)

    @app.post("/link/<token>")
    def choose(token: str) -> Response:
        found = users.links.find(token, "invitation", "reset")
        if found is None:
            return _over()
        words = account_words(_language(found[0]))
        if not form_is_of_this_browser():
            return _form(*found, entry_words(_language(found[0])).expired, 400)
        password = request.form.get("password", "")
        if password != request.form.get("again", ""):
            return _form(*found, words.password_differs, 400)
        try:
            user = users.set_password_by_link(token, password)
        except Refused as refused:
            return _form(*found, words.refusals[refused.why], 400)
        if user is None:
            return _over()
        response = make_response(redirect("/login?set=1", 303))
        before = caller_or_none()
        if before is not None:
            # Whoever was logged in here is not the one who logs in now.
            users.end_session(before.token)
            take_cookie(response)
        return response

    def _form(user: User, kind: Kind, problem: str = "", status: int = 200) -> Response:
        language, token = _language(user), form_token()
        words = account_words(language)
        invited = kind == "invitation"
        page = entry_page(
            "link.html",
            language,
            a=words,
            title=(words.invitation_title if invited else words.reset_title).format(name=user.name),
            text=words.invitation_text if invited else words.reset_text,
            user=user.name,
            problem=problem,
            csrf=token,
        )
        return with_form_cookie(make_response(page, status), token)

    def _over() -> Response:
        language = language_of(None)
        return make_response(entry_page("link_over.html", language, a=account_words(language)), 410)


def _language(user: User) -> str:
    return user.language or language_of(None)
