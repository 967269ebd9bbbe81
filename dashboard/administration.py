"""The page of users: ops lists accounts, invites, gives roles and scopes, disables, and issues links.

Only accounts within the own scope are there: neither can a wider one be given, nor is one seen or changed. Nobody
changes role, scope or access of the own account, so that there is always one who can.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, make_response, redirect, request

from dashboard import formats
from dashboard.access import Refused, Scope
from dashboard.form_page import form_page
from dashboard.links import LASTS_MS, Kind
from dashboard.sessions import caller, language_of
from dashboard.users import LANGUAGES, Account, NameTaken, Users
from dashboard.wording.account import account_words
from dashboard.wording.administration import administration_words
from streams.query import DIMENSIONS

if TYPE_CHECKING:
    from dashboard.app import PageContext

_SAID = ("saved", "factor_removed", "sessions_ended", "now_disabled", "now_enabled")
_MOST_BOXES = 60
"""From here on the values of a dimension are written, one a line: nobody reads so many boxes."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Choice:
    """One dimension of a scope in the form: its known values and those that are chosen."""

    dimension: str
    label: str
    values: Sequence[str]
    chosen: Sequence[str]

    @property
    def as_lines(self) -> bool:
        """True where the values are written instead of picked."""
        return len(self.values) > _MOST_BOXES


def register(app: Flask, context: PageContext, users: Users) -> None:
    """Adds GET and POST /users, /users/ID and what is done there."""

    def within(user_id: int) -> Account:
        account = users.account(user_id)
        if account is None or not caller().user.scope.covers(account.user.scope):
            abort(404)
        return account

    def other(user_id: int) -> Account:
        account = within(user_id)
        if account.user.id == caller().user.id:
            abort(403, account_words(language_of(caller())).refusals["own"])
        return account

    def choices(chosen: Scope) -> list[Choice]:
        return scope_choices(context, chosen)

    def asked_scope() -> Scope:
        scope = Scope.of(scope_values_of_form())
        if not caller().user.scope.covers(scope):
            message = "the scope reaches beyond that of whoever gives it"
            raise Refused(message, "scope_wider")
        return scope

    def listed(problem: str = "", status: int = 200) -> Response:
        own = caller().user
        language = language_of(caller())
        text, shown = administration_words(language), []
        with_factor = users.second_factor.whose()
        for account in users.accounts():
            if own.scope.covers(account.user.scope):
                last = account.last_login_ms
                shown.append(
                    {
                        "account": account,
                        "own": account.user.id == own.id,
                        "state": _state(account),
                        "factor": account.user.id in with_factor,
                        "last": text.never if last is None else formats.moment(last, context.zone, language),
                    }
                )
        html = form_page(
            "users.html",
            context,
            here="users",
            ad=text,
            a=account_words(language),
            accounts=shown,
            count=text.lead_one if len(shown) == 1 else text.lead.format(n=formats.whole(len(shown), language)),
            problem=problem,
            message="",
            filled=request.form,
            choices=choices(_scope_or_all()),
        )
        return make_response(html, status)

    def opened(account: Account, problem: str = "", status: int = 200) -> Response:
        language = language_of(caller())
        text, said = administration_words(language), request.args.get("said", "")
        last = account.last_login_ms
        html = form_page(
            "user.html",
            context,
            here="users",
            ad=text,
            a=account_words(language),
            account=account,
            own=account.user.id == caller().user.id,
            state=_state(account),
            factor=users.second_factor.is_on(account.user.id),
            sessions=text.sessions_text.format(n=len(users.sessions_of(account.user.id))),
            last=text.never if last is None else formats.moment(last, context.zone, language),
            problem=problem,
            message=getattr(text, said) if said in _SAID else "",
            choices=choices(account.user.scope),
        )
        return make_response(html, status)

    def link_of(account: Account) -> Response:
        language = language_of(caller())
        text = administration_words(language)
        kind: Kind = "invitation" if account.invited else "reset"
        token = users.links.make(account.user.id, kind)
        until = formats.moment(context.now_ms() + LASTS_MS[kind], context.zone, language)
        html = form_page(
            "user_link.html",
            context,
            here="users",
            ad=text,
            account=account,
            link=f"{context.base_url()}/link/{token}",
            lasts=(text.link_invitation if account.invited else text.link_reset).format(until=until),
        )
        return make_response(html)

    def done(user_id: int, said: str) -> Response:
        return make_response(redirect(f"/users/{user_id}?said={said}", 303))

    @app.get("/users")
    def all_users() -> Response:
        return listed()

    @app.post("/users")
    def invite() -> Response:
        form, refusals = request.form, account_words(language_of(caller())).refusals
        language = form.get("language", "")
        try:
            user = users.add_user(
                form.get("name", ""),
                None,
                form.get("role", ""),
                asked_scope(),
                language if language in LANGUAGES else "",
                form.get("phone", ""),
            )
        except Refused as refused:
            return listed(refusals[refused.why], 400)
        except NameTaken:
            return listed(refusals["name_taken"], 409)
        _log.info("account %s invited %s as %s, %s", caller().user.name, user.name, user.role, user.scope.name)
        return link_of(within(user.id))

    @app.get("/users/<int:user_id>")
    def one_user(user_id: int) -> Response:
        return opened(within(user_id))

    @app.post("/users/<int:user_id>")
    def save(user_id: int) -> Response:
        account = other(user_id)
        try:
            users.give(user_id, request.form.get("role", ""), asked_scope(), request.form.get("phone", ""))
        except Refused as refused:
            return opened(account, account_words(language_of(caller())).refusals[refused.why], 400)
        _log.info("account %s gave %s another role or scope", caller().user.name, account.user.name)
        return done(user_id, "saved")

    @app.post("/users/<int:user_id>/link")
    def make_link(user_id: int) -> Response:
        account = other(user_id)
        if account.disabled:
            abort(409, "the account is disabled")
        _log.info("account %s issued a link for %s", caller().user.name, account.user.name)
        return link_of(account)

    @app.post("/users/<int:user_id>/factor")
    def remove_factor(user_id: int) -> Response:
        account = other(user_id)
        users.second_factor.turn_off(user_id)
        _log.info("account %s removed the second factor of %s", caller().user.name, account.user.name)
        return done(user_id, "factor_removed")

    @app.post("/users/<int:user_id>/sessions")
    def end_sessions_of(user_id: int) -> Response:
        other(user_id)
        users.end_all_of(user_id)
        return done(user_id, "sessions_ended")

    @app.post("/users/<int:user_id>/disable")
    def disable(user_id: int) -> Response:
        account = other(user_id)
        users.disable(user_id)
        _log.info("account %s disabled %s", caller().user.name, account.user.name)
        return done(user_id, "now_disabled")

    @app.post("/users/<int:user_id>/enable")
    def enable(user_id: int) -> Response:
        account = other(user_id)
        users.enable(user_id)
        _log.info("account %s enabled %s", caller().user.name, account.user.name)
        return done(user_id, "now_enabled")


def scope_choices(context: PageContext, chosen: Scope) -> list[Choice]:
    """What whoever asks can put into a scope, and what of it is `chosen`."""
    known, given = context.known_values(caller().user.scope), chosen.where()
    labels = account_words(language_of(caller())).dimensions
    return [
        Choice(
            name,
            labels[name],
            sorted({*known.get(name, ()), *given.get(name, ())}),
            sorted(given.get(name, ())),
        )
        for name in DIMENSIONS
        if known.get(name) or given.get(name)
    ]


def _state(account: Account) -> str:
    """The name of the word for how the account stands."""
    return "disabled" if account.disabled else "invited" if account.invited else "active"


def scope_values_of_form() -> Mapping[str, list[str]]:
    """The values of a scope that were ticked or written in the form of this request."""
    values = {}
    for name in DIMENSIONS:
        lines = request.form.get(f"lines.{name}", "").splitlines()
        names = [*request.form.getlist(f"scope.{name}"), *(line.strip() for line in lines)]
        if any(names):
            values[name] = [each for each in names if each]
    return values


def _scope_or_all() -> Scope:
    """What the form has chosen, to be shown again beside what was wrong."""
    return Scope.of(scope_values_of_form())
