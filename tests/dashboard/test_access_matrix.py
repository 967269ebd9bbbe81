"""The access matrix: every route × method × who asks, made from the application and the policy table.

A row of the application without a policy, or with a part in its address that nobody gave a sample for, fails here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from dashboard.access import BY_TOKEN, CALLBACK_PATH, PERMISSIONS, ROUTES, Open, Permission, Role, Scope, policy
from dashboard.guard import BY_VIEW
from tests.dashboard.centre import ACCOUNTS, PASSWORD, Centre, log_in

SAMPLES = {
    "/static/<path:filename>": "/static/nothing.css",
    "/desk/<path:path>": "/desk/nothing",
    "/desk/export/<subject>/<sheet>.<ending>": "/desk/export/hotline/nothing.csv",
    "/desk/assets/<path:filename>": "/desk/assets/nothing.css",
    "/desk/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": (
        "/desk/_dash-component-suites/dash/html/dash_html_components.min.js"
    ),
    "/link/<token>": "/link/invented",
    "/users/<int:user_id>": "/users/999999",
    "/users/<int:user_id>/link": "/users/999999/link",
    "/users/<int:user_id>/factor": "/users/999999/factor",
    "/users/<int:user_id>/sessions": "/users/999999/sessions",
    "/users/<int:user_id>/disable": "/users/999999/disable",
    "/users/<int:user_id>/enable": "/users/999999/enable",
    "/feeds/<path:name>": "/feeds/unheard-of",
    "/feeds/<path:name>/retry": "/feeds/unheard-of/retry",
    "/wall/<int:number>": "/wall/999999",
    "/wall/<int:number>/stream": "/wall/999999/stream",
    "/wall/<int:number>/board": "/wall/999999/board",
    "/wall/<int:number>/whoami": "/wall/999999/whoami",
    "/walls/<int:wall_id>": "/walls/999999",
    "/walls/<int:wall_id>/board": "/walls/999999/board",
    "/walls/<int:wall_id>/links": "/walls/999999/links",
    "/walls/<int:wall_id>/links/<int:link_id>/revoke": "/walls/999999/links/1/revoke",
    "/walls/<int:wall_id>/remove": "/walls/999999/remove",
}
"""An address for every route with a part that changes, mostly of things that are not there: the guard decides."""


@dataclass(frozen=True)
class Asker:
    """Somebody who asks: a role with a session or a token, or nobody. `role` None: nobody that is known."""

    name: str
    client: FlaskClient
    role: Role | None
    headers: Mapping[str, str]
    csrf: str = ""

    @property
    def by_token(self) -> bool:
        return "Authorization" in self.headers


def routes(centre: Centre) -> list[tuple[str, str]]:
    return sorted(
        (method, rule.rule)
        for rule in centre.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def address(rule: str) -> str:
    assert "<" not in rule or rule in SAMPLES, f"give a sample address for {rule} in SAMPLES"
    return SAMPLES.get(rule, rule)


def signed_in(centre: Centre, name: str, client: FlaskClient, role: Role) -> Asker:
    session = centre.users.session(client.get_cookie("leitstand").value)  # type: ignore[union-attr]
    assert session is not None
    return Asker(name, client, role, {}, session.csrf)


def askers(centre: Centre) -> Iterator[Asker]:
    """Every role with its scope, by session and by token; and everybody who must be let in nowhere."""
    yield Asker("nobody", centre.client(), None, {})
    for name, (role, scope) in ACCOUNTS.items():
        yield signed_in(centre, name, centre.signed_in(name), role)
        account = centre.users.account_named(name)
        assert account is not None
        token = centre.users.api_tokens.make(account.user.id, "matrix")
        yield Asker(f"token of {name}", centre.client(), role, {"Authorization": f"Bearer {token}"})
        # The same role without a scope: what may be opened hangs on the role alone.
        if role is not Role.PARTNER and scope:
            centre.users.add_user(f"{name} whole", PASSWORD, role, Scope())
            client = centre.client()
            log_in(client, f"{name} whole")
            yield signed_in(centre, f"{name} whole", client, role)
    gone = centre.users.add_user("gone", PASSWORD, "ops", Scope())
    client = centre.client()
    log_in(client, "gone")
    token = centre.users.api_tokens.make(gone.id, "matrix")
    centre.users.disable(gone.id)
    yield Asker("disabled", client, None, {})
    yield Asker("token of disabled", centre.client(), None, {"Authorization": f"Bearer {token}"})
    client = centre.signed_in("betrieb")
    replayed = client.get_cookie("leitstand")
    assert replayed is not None
    client.post("/logout")
    client.set_cookie("leitstand", replayed.value)
    yield Asker("replayed cookie", client, None, {})


def expected(asker: Asker, method: str, rule: str) -> str:
    """What the policy table says: "in", "login" (a page leads there, a program gets 401), "forbidden" or "ended"."""
    needed = ROUTES[method, rule]
    if needed is Open.PUBLIC:
        return "in"
    if needed is Open.SCREEN:
        return "ended"  # nobody here is a screen: that a role opens no wall of a link is just what is shown
    if asker.role is None or (asker.by_token and rule not in BY_TOKEN):
        return "login"
    if isinstance(needed, Permission) and needed not in PERMISSIONS[asker.role]:
        return "forbidden"
    return "in"


def answer_to(asker: Asker, method: str, rule: str) -> str:
    path = address(rule)
    if rule in BY_VIEW:
        # The view decides as well; here one that the role may open.
        kinds = ("desk", "phone", "wall")
        path += "?view=" + next((kind for kind in kinds if asker.role and kind in PERMISSIONS[asker.role]), "desk")
    data = {"csrf": asker.csrf} if method == "POST" else None
    answer = asker.client.open(path, method=method, headers=asker.headers, data=data)
    answer.close()
    assert answer.status_code != 500, path
    if rule.startswith("/wall/") and answer.status_code in (401, 410):
        return "ended"
    if answer.status_code == 401 or (answer.status_code == 303 and answer.location.startswith("/login?next=")):
        return "login"
    if answer.status_code == 303 and answer.location == "/login" and not path.startswith("/login"):
        return "login"
    if answer.status_code == 403:
        return "forbidden"
    return "in"


def test_every_cell_is_as_the_policy_table_says(whole_centre: Centre) -> None:
    centre = whole_centre
    wrong, cells = [], 0
    everybody = list(askers(centre))
    for method, rule in routes(centre):
        assert policy(method, rule) is not None, f"{method} {rule} has no policy in dashboard/access.py"
        if rule in ("/logout", CALLBACK_PATH):
            continue  # ends the session, needs a callback: below and in test_access
        for asker in everybody:
            cells += 1
            said, meant = answer_to(asker, method, rule), expected(asker, method, rule)
            if said != meant:
                wrong.append(f"{method} {rule} for {asker.name}: {said}, but the table says {meant}")
    assert wrong == []
    assert cells >= len(everybody) * 40


def test_a_new_route_without_a_policy_fails_here(whole_centre: Centre) -> None:
    whole_centre.app.add_url_rule("/neu", "neu", lambda: "", methods=["POST"])
    with pytest.raises(AssertionError, match="POST /neu has no policy"):
        test_every_cell_is_as_the_policy_table_says(whole_centre)


def test_a_new_form_without_the_token_of_the_session_is_refused(
    whole_centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.access.ROUTES", {**ROUTES, ("POST", "/neu"): Open.SIGNED_IN})
    whole_centre.app.add_url_rule("/neu", "neu", lambda: "", methods=["POST"])
    asker = signed_in(whole_centre, "chefin", whole_centre.signed_in("chefin"), Role.MANAGER)
    assert asker.client.post("/neu").status_code == 403
    assert asker.client.post("/neu", data={"csrf": asker.csrf}).status_code == 200


def test_no_policy_is_left_over_for_a_route_that_is_gone(whole_centre: Centre) -> None:
    assert set(ROUTES) == set(routes(whole_centre))
