"""*My account*, for everybody: telephone, password, second factor, sessions, keys for other programs.

What lets somebody in later (password, factor, keys) is changed with the password at hand: a screen that was left alone
is not enough.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import segno
from flask import Flask, Response, abort, make_response, redirect, request, url_for

from dashboard import formats
from dashboard.access import BY_TOKEN, Refused
from dashboard.attempts import TooManyAttempts
from dashboard.device import device
from dashboard.form_page import form_page
from dashboard.second_factor import address_of
from dashboard.session_store import OpenSession, Session
from dashboard.sessions import caller, language_of
from dashboard.users import Users
from dashboard.wording.account import AccountWording, account_words

if TYPE_CHECKING:
    from dashboard.app import PageContext

_SAID = ("saved", "password_changed", "factor_is_off", "session_ended", "token_revoked", "factor_is_on")
"""What the page can be told to say by its address, after something has been done."""

_log = logging.getLogger(__name__)


def register(app: Flask, context: PageContext, users: Users) -> None:
    """Adds GET /account and what its forms send."""

    def words() -> AccountWording:
        return account_words(language_of(caller()))

    def moment(at_ms: int) -> str:
        return formats.moment(at_ms, context.zone, language_of(caller()))

    def shown(problem: str = "", status: int = 200, about: str = "", **more: object) -> Response:
        session, text = caller(), words()
        user = session.user
        account = users.account(user.id)
        assert account is not None, "the session is of this account"
        said = request.args.get("said", "")
        html = form_page(
            "account.html",
            context,
            here="account",
            a=text,
            user=user,
            account=account,
            sees=text.sees.format(scope=user.scope.name) if user.scope.values else text.sees_everything,
            problem=problem,
            about=about,
            message=getattr(text, said) if said in _SAID else "",
            factor_on=users.second_factor.is_on(user.id),
            codes_left=users.second_factor.codes_left(user.id),
            sessions=[_line(each, session, text, moment) for each in users.sessions_of(user.id)],
            tokens=[
                {
                    "id": token.id,
                    "name": token.name,
                    "used": text.token_unused
                    if token.last_used_ms is None
                    else text.token_used.format(used=moment(token.last_used_ms)),
                }
                for token in users.api_tokens.tokens_of(user.id)
            ],
            **more,
        )
        return make_response(html, status)

    def secret_page(name: str, **filled: object) -> Response:
        return make_response(form_page(name, context, here="account", a=words(), **filled))

    def with_password(about: str) -> Response | None:
        """None where the form brought the password of whoever sent it, else what to answer."""
        user = caller().user
        try:
            right = users.verify(user.name, request.form.get("current", ""), request.remote_addr or "")
        except TooManyAttempts as error:
            response = shown(words().wait.format(seconds=error.retry_after_seconds), 429, about)
            response.headers["Retry-After"] = str(error.retry_after_seconds)
            return response
        return None if right is not None else shown(words().password_wrong, 400, about)

    def done(said: str) -> Response:
        return make_response(redirect(f"{url_for('account_page')}?said={said}", 303))

    @app.get("/account", endpoint="account_page")
    def page() -> Response:
        return shown()

    @app.post("/account/phone")
    def own_phone() -> Response:
        try:
            users.set_phone(caller().user.id, request.form.get("phone", ""))
        except Refused as refused:
            return shown(words().refusals[refused.why], 400, "phone")
        return done("saved")

    @app.post("/account/password")
    def own_password() -> Response:
        new = request.form.get("password", "")
        if new != request.form.get("again", ""):
            return shown(words().password_differs, 400, "password")
        refused_now = with_password("password")
        if refused_now is not None:
            return refused_now
        try:
            users.set_password(caller().user, new, keep=caller().token)
        except Refused as refused:
            return shown(words().refusals[refused.why], 400, "password")
        _log.info("account %s changed its password", caller().user.name)
        return done("password_changed")

    @app.post("/account/factor/begin")
    def begin_factor() -> Response:
        if users.second_factor.is_on(caller().user.id):
            abort(409, "the second factor is on already")
        return with_password("factor") or _setting_up(users.second_factor.begin(caller().user.id))

    @app.post("/account/factor/confirm")
    def confirm_factor() -> Response:
        user = caller().user
        secret = users.second_factor.pending(user.id)
        if secret is None:
            return make_response(redirect(url_for("account_page"), 303))
        try:
            codes = users.second_factor.confirm(user.id, request.form.get("code", ""))
        except TooManyAttempts as error:
            return _setting_up(secret, words().wait.format(seconds=error.retry_after_seconds), 429)
        if codes is None:
            return _setting_up(secret, words().factor_wrong, 400)
        users.end_all_of(user.id, caller().token)
        _log.info("account %s turned its second factor on", user.name)
        return secret_page("account_codes.html", codes=codes, message=words().factor_is_on)

    @app.post("/account/factor/codes")
    def new_codes() -> Response:
        if not users.second_factor.is_on(caller().user.id):
            abort(409, "the second factor is off")
        return with_password("factor") or secret_page(
            "account_codes.html", codes=users.second_factor.renew_codes(caller().user.id), message=""
        )

    @app.post("/account/factor/off")
    def factor_off() -> Response:
        refused_now = with_password("factor")
        if refused_now is not None:
            return refused_now
        users.second_factor.turn_off(caller().user.id)
        _log.info("account %s turned its second factor off", caller().user.name)
        return done("factor_is_off")

    @app.post("/account/sessions/end")
    def end_sessions() -> Response:
        session, chosen = caller(), request.form.get("session", "")
        if chosen == "others":
            users.end_all_of(session.user.id, session.token)
        elif not users.end_one_of(session.user.id, chosen):
            abort(404)
        return done("session_ended")

    @app.post("/account/tokens")
    def make_token() -> Response:
        refused_now = with_password("tokens")
        if refused_now is not None:
            return refused_now
        name = request.form.get("name", "")
        try:
            token = users.api_tokens.make(caller().user.id, name)
        except Refused as refused:
            return shown(words().refusals[refused.why], 400, "tokens")
        _log.info("account %s made a token", caller().user.name)
        addresses = [f"{context.base_url()}{path}" for path in sorted(BY_TOKEN)]
        return secret_page("account_token.html", token=token, about=name.strip(), addresses=addresses)

    @app.post("/account/tokens/revoke")
    def revoke_token() -> Response:
        chosen = request.form.get("token", "")
        if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 10):
            abort(404)
        if not users.api_tokens.revoke(caller().user.id, int(chosen)):
            abort(404)
        return done("token_revoked")

    def _setting_up(secret: str, problem: str = "", status: int = 200) -> Response:
        code = segno.make(address_of(caller().user.name, secret), micro=False)
        response = secret_page(
            "account_factor.html",
            image=code.svg_data_uri(scale=5, border=3, dark="#000", light="#fff"),
            secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
            problem=problem,
        )
        response.status_code = status
        return response


def _line(each: OpenSession, session: Session, text: AccountWording, moment: Callable[[int], str]) -> dict[str, Any]:
    known = device(each.agent)
    return {
        "id": each.id,
        "own": each.id == session.id,
        "device": text.session_device.format(browser=known[0], system=known[1]) if known else text.session_unknown,
        "address": each.address,
        "since": text.session_since.format(begun=moment(each.created_ms), used=moment(each.last_used_ms)),
    }
