"""The templates of boards and pages: one environment, everything escaped, unknown names refused."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

FIRST_SEEN = (
    *("page.html", "entry.html", "shapes.html", "side_bar.html", "login.html", "phone.html", "desk.html", "wall.html"),
    *("board_phone.html", "board_desk.html", "board_wall.html"),
)
"""What a first visit is drawn with, and what that is made of."""


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("dashboard", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template(name: str) -> Template:
    """The template of that name."""
    return _environment().get_template(name)


def prepare() -> None:
    """Compiles what a first visit is drawn with: a server does it before anybody waits for it."""
    for name in FIRST_SEEN:
        template(name)
