"""Static files as pages name them: by an address to fetch, or as text inside the page.

What the first tile needs travels inside the page, because every file that it waited for would cost a round trip. The
policy of a page lets in exactly these texts, by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cached_property
from pathlib import Path

from markupsafe import Markup

from dashboard.precompressed import StaticFiles

STYLES = ("tokens.css", "base.css", "phone.css", "wall.css", "desk.css")
_FOLLOWING = ("early.js", "live.js")
SCRIPTS = (*_FOLLOWING, "offline.js", "wall.js")
DESK_SCRIPTS = (*_FOLLOWING, "desk.js")
"""What stands inside pages."""

_COMMENTS = {
    "css": re.compile(r"/\*.*?\*/\n?", re.DOTALL),
    "js": re.compile(r"^ *//.*\n", re.MULTILINE),
}
"""What people read and browsers need not be sent; in scripts only where a line holds nothing else."""


_SPACE = re.compile(r"\s*([{};])\s*")
_PROGRAM = {".py", ".html", ".css", ".js"}


class Assets:
    """The static files of the application."""

    def __init__(self, files: StaticFiles) -> None:
        self._files = files

    def url(self, name: str) -> str:
        """The address of a file, for ever the same bytes. Raises KeyError where there is no such file."""
        return self._files.url(name)

    @cached_property
    def version(self) -> str:
        """Another one for every other state of the program: a wall that reads it is then loaded again."""
        digest = hashlib.blake2b(digest_size=8)
        for path in sorted(Path(__file__).parent.rglob("*.*")):
            if path.suffix in _PROGRAM:
                digest.update(path.read_bytes())
        return digest.hexdigest()

    def inline(self, name: str) -> Markup:
        """The text of a style sheet or script without its comments, to stand inside its element.

        Raises ValueError where it would end that element, KeyError where there is no such file.
        """
        text = _COMMENTS[name.rsplit(".", maxsplit=1)[-1]].sub("", self._files.text(name))
        if name.endswith(".css"):
            text = _SPACE.sub(r"\1", text).strip()
        if "</" in text:
            message = f"{name} cannot stand inside a page, since it holds '</': write it in another way"
            raise ValueError(message)
        return Markup(text)  # noqa: S704 -- our own file, and it cannot end the element it stands in

    def hashes(self, *names: str) -> list[str]:
        """The files' hashes, quoted as in a Content-Security-Policy."""
        digests = (hashlib.sha256(self.inline(name).encode()).digest() for name in names)
        return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
