"""Who may do what, on which cells: roles, scopes and the policy of every route. Deny by default.

Pages, stream, API and callbacks all ask here, and nowhere else is a role or a scope compared with anything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum, StrEnum
from typing import Literal

import msgspec

from streams.query import DIMENSIONS, matches
from streams.records import Cell

ViewKind = Literal["phone", "wall", "desk"]


class Permission(StrEnum):
    """What a role can be allowed to open. The first three are also the kinds of view.

    EUROS opens no route: without it nothing that is made for a reader says anything of money.
    """

    PHONE = "phone"
    WALL = "wall"
    DESK = "desk"
    KPIS = "kpis"
    USERS = "users"
    FEEDS = "feeds"
    WALLS = "walls"
    DESIGN = "design"
    EUROS = "euros"


class Role(StrEnum):
    """The roles of `leitstand user add --role`."""

    MANAGER = "manager"
    TEAM_LEAD = "team_lead"
    ACCOUNT_MANAGER = "account_manager"
    OPS = "ops"
    PARTNER = "partner"
    AUDITOR = "auditor"


_P = Permission
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.MANAGER: frozenset({_P.PHONE, _P.WALL, _P.DESK, _P.KPIS, _P.EUROS}),
    Role.TEAM_LEAD: frozenset({_P.PHONE, _P.WALL, _P.DESK, _P.KPIS, _P.WALLS}),
    Role.ACCOUNT_MANAGER: frozenset({_P.PHONE, _P.DESK, _P.KPIS, _P.EUROS}),
    Role.OPS: frozenset({_P.PHONE, _P.WALL, _P.DESK, _P.KPIS, _P.USERS, _P.FEEDS, _P.WALLS, _P.DESIGN}),
    Role.PARTNER: frozenset({_P.PHONE, _P.DESK, _P.KPIS}),
    Role.AUDITOR: frozenset({_P.DESK, _P.KPIS, _P.EUROS}),
}
PATHS: Mapping[Permission, str] = {_P.PHONE: "/", _P.WALL: "/wall", _P.DESK: "/desk/"}
"""Where each kind of view lives."""

_HOME: Mapping[Role, Permission] = {
    Role.MANAGER: _P.PHONE,
    Role.TEAM_LEAD: _P.WALL,
    Role.ACCOUNT_MANAGER: _P.DESK,
    Role.OPS: _P.DESK,
    Role.PARTNER: _P.DESK,
    Role.AUDITOR: _P.DESK,
}


def allowed(role: Role, permission: Permission) -> bool:
    """True when the role has the permission."""
    return permission in PERMISSIONS[role]


def home(role: Role, *, phone: bool) -> str:
    """The path of the role's home screen; on a phone-size device the phone's, where the role may see it."""
    return PATHS[_P.PHONE if phone and allowed(role, _P.PHONE) else _HOME[role]]


class Refused(ValueError):
    """What cannot be given to an account; the message says what to write instead.

    `why` names the reason for pages, which say it in the reader's language (`wording.accounts`, `refusals`).
    """

    def __init__(self, message: str, why: str = "") -> None:
        super().__init__(message)
        self.why = why


class Scope(msgspec.Struct, frozen=True):
    """The cells a user may see: several values of a dimension = or, several dimensions = and, empty = everything."""

    values: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Collection[str]]) -> Scope:
        """The scope of these values, in one normal form. Raises `Refused` for an unknown dimension or no value."""
        for dimension, names in values.items():
            if dimension not in DIMENSIONS:
                message = f"there is no dimension {dimension!r}: write one of {', '.join(DIMENSIONS)}"
                raise Refused(message, "scope")
            if not names or not all(names):
                message = f"the scope names {dimension} without a value: write {dimension}=NAME"
                raise Refused(message, "scope")
        return cls(tuple((dimension, tuple(sorted(set(values[dimension])))) for dimension in sorted(values)))

    def where(self) -> dict[str, frozenset[str]]:
        """The scope as a filter on cells."""
        return {dimension: frozenset(names) for dimension, names in self.values}

    def admits(self, cell: Cell) -> bool:
        """True when the user may see this cell."""
        return matches(cell, dict(self.values))

    def restrict(self, where: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
        """What was asked for, cut to the scope. A foreign value leaves an empty choice, which no cell matches."""
        asked = {dimension: frozenset(names) for dimension, names in where.items()}
        for dimension, names in self.where().items():
            asked[dimension] = asked[dimension] & names if dimension in asked else names
        return asked

    def covers(self, other: Scope) -> bool:
        """True when whoever has `other` sees nothing that this scope hides."""
        names_of = other.where()
        return all(
            names_of.get(dimension) and names_of[dimension] <= names for dimension, names in self.where().items()
        )

    @property
    def everything(self) -> bool:
        """True when nothing is cut away."""
        return not self.values

    @property
    def name(self) -> str:
        """The scope for people: its values; empty for everything."""
        return " · ".join(", ".join(names) for _, names in self.values)


def check_account(role: str, scope: Scope) -> Role:
    """The role of that name, if an account may have it with this scope. Raises `Refused`."""
    if role not in set(Role):
        message = f"there is no role {role!r}: write one of {', '.join(Role)}"
        raise Refused(message, "role")
    if role == Role.PARTNER and "provider" not in dict(scope.values):
        message = "a partner sees only itself: add --scope provider=NAME"
        raise Refused(message, "partner")
    return Role(role)


class Open(Enum):
    """Policies that ask for no permission: everybody, everybody who is logged in, or the screens of the wall in the
    address.
    """

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    SCREEN = "screen of a wall"


Policy = Open | Permission

ROUTES: Mapping[tuple[str, str], Policy] = {
    ("GET", "/login"): Open.PUBLIC,
    ("POST", "/login"): Open.PUBLIC,
    # These look for themselves whether the password was right before, or the link is still good.
    ("GET", "/login/code"): Open.PUBLIC,
    ("POST", "/login/code"): Open.PUBLIC,
    ("GET", "/link/<token>"): Open.PUBLIC,
    ("POST", "/link/<token>"): Open.PUBLIC,
    ("POST", "/logout"): Open.SIGNED_IN,
    ("POST", "/language"): Open.SIGNED_IN,
    ("GET", "/whoami"): Open.SIGNED_IN,
    ("GET", "/healthz"): Open.PUBLIC,
    ("GET", "/readyz"): Open.PUBLIC,
    ("GET", "/static/<path:filename>"): Open.PUBLIC,
    ("GET", "/manifest.webmanifest"): Open.PUBLIC,
    ("GET", "/sw.js"): Open.PUBLIC,
    ("GET", "/offline"): Open.PUBLIC,
    # The view asked for decides: see `view_permission`.
    ("GET", "/stream"): Open.SIGNED_IN,
    ("GET", "/board"): Open.SIGNED_IN,
    ("GET", "/api/kpis"): Permission.KPIS,
    ("GET", "/metrics"): Permission.KPIS,
    # Everybody's own account.
    ("GET", "/account"): Open.SIGNED_IN,
    ("POST", "/account/phone"): Open.SIGNED_IN,
    ("POST", "/account/password"): Open.SIGNED_IN,
    ("POST", "/account/factor/begin"): Open.SIGNED_IN,
    ("POST", "/account/factor/confirm"): Open.SIGNED_IN,
    ("POST", "/account/factor/codes"): Open.SIGNED_IN,
    ("POST", "/account/factor/off"): Open.SIGNED_IN,
    ("POST", "/account/sessions/end"): Open.SIGNED_IN,
    ("POST", "/account/tokens"): Open.SIGNED_IN,
    ("POST", "/account/tokens/revoke"): Open.SIGNED_IN,
    # Other people's accounts, as far as the own scope reaches.
    ("GET", "/users"): Permission.USERS,
    ("POST", "/users"): Permission.USERS,
    ("GET", "/users/<int:user_id>"): Permission.USERS,
    ("POST", "/users/<int:user_id>"): Permission.USERS,
    ("POST", "/users/<int:user_id>/link"): Permission.USERS,
    ("POST", "/users/<int:user_id>/factor"): Permission.USERS,
    ("POST", "/users/<int:user_id>/sessions"): Permission.USERS,
    ("POST", "/users/<int:user_id>/disable"): Permission.USERS,
    ("POST", "/users/<int:user_id>/enable"): Permission.USERS,
    # Feeds and their dead letters, which hold what nobody else may read.
    ("GET", "/feeds"): Permission.FEEDS,
    ("GET", "/feeds/<path:name>"): Permission.FEEDS,
    ("POST", "/feeds/<path:name>/retry"): Permission.FEEDS,
    # What all numbers mean, and what the palette finds: each cut to what the reader may know.
    ("GET", "/catalogue"): Permission.KPIS,
    ("GET", "/palette"): Open.SIGNED_IN,
    # `/` leads to the role's home, so that everybody may ask for it; its page needs Permission.PHONE.
    ("GET", "/"): Open.SIGNED_IN,
    ("GET", "/hotlines"): Permission.PHONE,
    ("GET", "/campaigns"): Permission.PHONE,
    ("GET", "/mehr"): Open.SIGNED_IN,
    ("GET", "/wall"): Permission.WALL,
    # A wall is opened by a link: its page hands the token over, and the cookie then opens this one wall.
    ("GET", "/wall/open"): Open.PUBLIC,
    ("POST", "/wall/open"): Open.PUBLIC,
    ("GET", "/wall/<int:number>"): Open.SCREEN,
    ("GET", "/wall/<int:number>/stream"): Open.SCREEN,
    ("GET", "/wall/<int:number>/board"): Open.SCREEN,
    ("GET", "/wall/<int:number>/whoami"): Open.SCREEN,
    # Walls are made here, as far as the own scope reaches.
    ("GET", "/walls"): Permission.WALLS,
    ("POST", "/walls"): Permission.WALLS,
    ("GET", "/walls/<int:wall_id>"): Permission.WALLS,
    ("POST", "/walls/<int:wall_id>"): Permission.WALLS,
    ("POST", "/walls/<int:wall_id>/board"): Permission.WALLS,
    ("POST", "/walls/<int:wall_id>/links"): Permission.WALLS,
    ("POST", "/walls/<int:wall_id>/links/<int:link_id>/revoke"): Permission.WALLS,
    ("POST", "/walls/<int:wall_id>/remove"): Permission.WALLS,
    ("GET", "/design"): Permission.DESIGN,
    ("GET", "/desk/"): Permission.DESK,
    ("GET", "/desk/<path:path>"): Permission.DESK,
    # The page that the table belongs to decides what is in it.
    ("GET", "/desk/export/<subject>/<sheet>.<ending>"): Permission.DESK,
    ("GET", "/desk/_dash-layout"): Permission.DESK,
    ("GET", "/desk/_dash-dependencies"): Permission.DESK,
    ("POST", "/desk/_dash-update-component"): Permission.DESK,
    ("GET", "/desk/_reload-hash"): Permission.DESK,
    ("GET", "/desk/_favicon.ico"): Permission.DESK,
    ("GET", "/desk/assets/<path:filename>"): Permission.DESK,
    ("GET", "/desk/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"): Permission.DESK,
}
CALLBACKS: Mapping[str, Permission] = {
    "all-kpis.children": _P.DESK,
    "..sheets.children...shown.data-at..": _P.DESK,
    "money.children": _P.EUROS,
}
"""Every callback of the desk by its output, and what it needs beside `Permission.DESK`."""

CALLBACK_PATH = "/desk/_dash-update-component"

BY_TOKEN = frozenset({"/api/kpis", "/metrics"})
"""What a personal token opens, and nothing else: never a page, never a form."""

WITHOUT_FORM_TOKEN = frozenset({"/logout", "/language", CALLBACK_PATH})
"""What is changed without the session's token in a form: other sites are kept out by SameSite and origin alone.

Whatever else changes something has to bring the token, so that a new form without one is refused.
"""


def policy(method: str, rule: str) -> Policy | None:
    """The policy of a route; None where there is none, which means: nobody. HEAD is GET."""
    return ROUTES.get(("GET" if method == "HEAD" else method, rule))


def may_call(role: Role, output: object) -> bool:
    """True when the role may run the desk's callback with this output; an unknown one nobody may."""
    needed = CALLBACKS.get(output) if isinstance(output, str) else None
    return needed is not None and allowed(role, needed)


def may_view(role: Role, kind: ViewKind) -> bool:
    """True when the role may see the live board in this kind of view."""
    return allowed(role, Permission(kind))
