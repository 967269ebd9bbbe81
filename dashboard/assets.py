"""Static files as pages name them: by an address to fetch, or as text inside the page.

What the first tile needs travels inside the page, because every file that it waited for would cost a round trip. The
policy of a page lets in exactly these texts, by their hashes.
"""

from __future__ import annotations

import base64
import hashlib

from markupsafe import Markup

from dashboard.precompressed import StaticFiles

STYLES = ("base.css", "phone.css", "wall.css")
SCRIPTS = ("early.js", "live.js")
DESK_SCRIPTS = (*SCRIPTS, "desk.js")
"""What stands inside pages. The desk's style needs no hash: there plotly styles inline anyway."""


class Assets:
    """The static files of the application."""

    def __init__(self, files: StaticFiles) -> None:
        self._files = files

    def url(self, name: str) -> str:
        """The address of a file, for ever the same bytes. Raises KeyError where there is no such file."""
        return self._files.url(name)

    def inline(self, name: str) -> Markup:
        """The text of a style sheet or script, to stand inside its element. Raises ValueError where that would end it.

        Raises KeyError where there is no such file.
        """
        text = self._files.text(name)
        if "</" in text:
            message = f"{name} cannot stand inside a page, since it holds '</': write it in another way"
            raise ValueError(message)
        return Markup(text)  # noqa: S704 -- our own file, and it cannot end the element it stands in

    def hashes(self, *names: str) -> list[str]:
        """The files' hashes, quoted as in a Content-Security-Policy."""
        digests = (hashlib.sha256(self.inline(name).encode()).digest() for name in names)
        return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
