"""Which screen is asking: each wall that a browser shows has a cookie of its own, worth nothing without its link."""

from __future__ import annotations

from flask import Request, Response, g, request

from dashboard.walls import Screen, Walls

_DAYS = 400
"""As long as browsers keep a cookie at all; every load of the page begins anew."""


def cookie_name(number: int, secure: bool) -> str:
    """Over TLS a name that a browser accepts from this host only."""
    return f"__Host-leitstand-wall-{number}" if secure else f"leitstand-wall-{number}"


def find(walls: Walls, asked: Request) -> Screen | None:
    """The screen of this request, which `screen` then gives; None where the wall of the address is not open to it.

    Raises one of `LOST` where the database does not answer.
    """
    number = (asked.view_args or {}).get("number")
    cookie = asked.cookies.get(cookie_name(number, asked.is_secure)) if isinstance(number, int) else None
    found = walls.screen(cookie) if cookie else None
    if found is None or found.wall.id != number:
        return None
    g.screen = found
    return found


def screen() -> Screen:
    """The screen of this request, on routes that only screens reach."""
    found = g.screen
    assert isinstance(found, Screen)
    return found


def give_cookie(response: Response, opened: Screen) -> None:
    """Hands the screen to the browser, for another 400 days."""
    secure = request.is_secure
    response.set_cookie(
        cookie_name(opened.wall.id, secure),
        opened.cookie,
        max_age=_DAYS * 86_400,
        secure=secure,
        httponly=True,
        samesite="Strict",
    )
