"""What every page knows beside its board: who looks at it, in which language and brightness, over what connection."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.assets import Assets
from dashboard.templating import template
from dashboard.wording import LANGUAGES, words

THEMES = ("auto", "light", "dark", "night", "safe")
"""What people choose from for their device; "safe" is as bright as the device, in colours for colour-blind eyes."""

SETS = (*THEMES, "safe-light", "safe-dark")
"""Every set of colours that tokens.css has."""


@dataclass(frozen=True)
class Visitor:
    """Who a page is made for. `may` names the kinds of view it may open; `insecure`: the connection is plain HTTP
    over a network; `csrf` goes into every form; `campaigns`: there are some in their scope. `name` is empty for
    somebody who is not signed in.
    """

    name: str
    role: str
    language: str
    may: frozenset[str]
    theme: str = "auto"
    insecure: bool = False
    csrf: str = ""
    campaigns: bool = False


def page(name: str, visitor: Visitor, assets: Assets, **context: object) -> str:
    """The HTML of the page template `name`."""
    return template(name).render(
        visitor=visitor,
        assets=assets,
        w=words(visitor.language),
        languages=LANGUAGES,
        themes=THEMES,
        theme=visitor.theme if visitor.theme in SETS else "auto",
        **context,
    )
