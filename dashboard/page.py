"""What every page knows beside its board: who looks at it, in which language and brightness, over what connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.templating import template
from dashboard.wording import LANGUAGES, words

THEMES = ("auto", "light", "dark")


@dataclass(frozen=True)
class Visitor:
    """Who a page is made for. `may` names the kinds of view it may open; `insecure`: the connection is plain HTTP
    over a network; `csrf` goes into every form. `name` is empty for somebody who is not signed in.
    """

    name: str
    role: str
    language: str
    may: frozenset[str]
    theme: str = "auto"
    insecure: bool = False
    csrf: str = ""


Asset = Callable[[str], str]
"""The address of a static file by its name, with its fingerprint."""


def page(name: str, visitor: Visitor, asset: Asset, **context: object) -> str:
    """The HTML of the page template `name`."""
    return template(name).render(
        visitor=visitor,
        asset=asset,
        w=words(visitor.language),
        languages=LANGUAGES,
        themes=THEMES,
        theme=visitor.theme if visitor.theme in THEMES else "auto",
        **context,
    )
