"""Static files and Dash's scripts, compressed once, as small as they get, and kept by browsers for ever.

The best brotli takes seconds on the large scripts, so it is done ahead, outside any request, and kept in a folder by
content; until it is there, a faster one serves.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import mimetypes
import secrets
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import brotli
from flask import Flask, Response, abort, request

from dashboard.users import Apart, on_the_spot

FOREVER = "public, max-age=31536000, immutable"
AGAIN = "no-cache"
_SMALLEST = 600
_COMPRESSIBLE = ("text/", "application/javascript", "application/json", "application/manifest+json", "image/svg+xml")
_FAST, _BEST = 5, 11
_MOST_KEPT = 512
_DESK_SCRIPTS = "/desk/_dash-component-suites/"
_SAME_FOR_ALL = ("/static/", "/desk/assets/", _DESK_SCRIPTS)
_log = logging.getLogger(__name__)


class Compressor:
    """Compressed bytes by content and encoding.

    `folder` keeps the best brotli over restarts (None: memory only); `apart` runs the making of it.
    """

    def __init__(self, folder: Path | None = None, apart: Apart = on_the_spot) -> None:
        self._folder = folder
        self._apart = apart
        self._kept: dict[tuple[str, str], bytes] = {}
        self._begun: set[str] = set()
        self._well = True

    def compress(self, data: bytes, encoding: str) -> bytes:
        """The data in this encoding ("br" or "gzip"): the best there is without making anybody wait.

        Where that is not the best possible, the best is made in the background, for whoever asks later.
        """
        place = (_digest(data), encoding)
        known = self._kept.get(place) or (self._saved(place[0]) if encoding == "br" else None)
        if known is None:
            # Deterministic (mtime 0), so that two processes serve the same bytes.
            known = brotli.compress(data, quality=_FAST) if encoding == "br" else gzip.compress(data, 6, mtime=0)
            if encoding == "br" and place[0] not in self._begun:
                self.prepare_ahead([data])
        if len(self._kept) < _MOST_KEPT:
            self._kept.setdefault(place, known)
        return known

    def prepare(self, data: bytes) -> None:
        """Makes the best brotli of this data, where it is not there yet."""
        digest = _digest(data)
        best = self._saved(digest)
        if best is None:
            best = self._apart(lambda: brotli.compress(data, quality=_BEST))
            self._save(digest, best)
        self._kept[digest, "br"] = best

    def prepare_ahead(self, contents: Iterable[bytes]) -> threading.Thread:
        """Prepares all of these in the background; the thread is returned, already running."""
        waiting = list(contents)
        self._begun.update(_digest(data) for data in waiting)

        def work() -> None:
            for data in waiting:
                self.prepare(data)

        thread = threading.Thread(target=work, name="precompress", daemon=True)
        thread.start()
        return thread

    def _save(self, digest: str, best: bytes) -> None:
        if self._folder is None:
            return
        # Two threads may be at it at once, and two processes.
        partial = self._folder / f"{digest}.{secrets.token_hex(4)}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(best)
            partial.replace(self._folder / f"{digest}.br")
        except OSError as error:
            if self._well:
                _log.warning(
                    "compressed files cannot be kept in %s, so each start makes them anew: %s", self._folder, error
                )
            self._well = False
            with suppress(OSError):
                partial.unlink(missing_ok=True)

    def _saved(self, digest: str) -> bytes | None:
        if self._folder is None:
            return None
        try:
            return (self._folder / f"{digest}.br").read_bytes()
        except OSError:
            return None


class StaticFiles:
    """All files of some folders, in memory, under the address that carries their fingerprint."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for folder in folders
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        self._fingerprints = {name: _digest(data)[:12] for name, data in self._files.items()}

    def compressible(self) -> list[bytes]:
        """The contents of all files that get smaller by compression."""
        return [data for name, data in self._files.items() if compressible(mimetypes.guess_type(name)[0] or "")]

    def fingerprint(self, name: str) -> str | None:
        """Changes when the file does; None where there is no such file."""
        return self._fingerprints.get(name)

    def url(self, name: str) -> str:
        """The address of a file, for ever the same bytes. Raises KeyError where there is no such file."""
        return f"/static/{name}?v={self._fingerprints[name]}"

    def text(self, name: str) -> str:
        """The contents of a file of text. Raises KeyError where there is no such file."""
        return self._files[name].decode()

    def answer(self, name: str) -> Response:
        """The file; kept for ever when the request carries its fingerprint, else asked for again each time."""
        data = self._files.get(name)
        if data is None:
            abort(404)
        response = Response(data, mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream")
        right = request.args.get("v") == self._fingerprints[name]
        response.headers["Cache-Control"] = FOREVER if right else AGAIN
        response.set_etag(self._fingerprints[name])
        response.make_conditional(request)
        return response


def register(app: Flask, files: StaticFiles, compressor: Compressor) -> None:
    """Adds GET /static/<path>, fingerprints in `url_for("static", ...)`, and compression of all answers but streams."""

    @app.get("/static/<path:filename>", endpoint="static")
    def static(filename: str) -> Response:
        return files.answer(filename)

    @app.url_defaults
    def fingerprint(endpoint: str, values: dict[str, object]) -> None:
        if endpoint == "static" and "v" not in values:
            found = files.fingerprint(str(values.get("filename")))
            if found is not None:
                values["v"] = found

    @app.after_request
    def compressed(response: Response) -> Response:
        if request.path.startswith(_DESK_SCRIPTS) and response.cache_control.max_age:
            response.cache_control.private = True
            response.cache_control.immutable = True
        return encode(response, compressor)


def encode(response: Response, compressor: Compressor) -> Response:
    """Compresses an answer as the request accepts it; events and small answers stay as they are."""
    streams = response.mimetype == "text/event-stream" or (response.is_streamed and not response.direct_passthrough)
    if response.status_code != 200 or streams or "Content-Encoding" in response.headers:
        return response
    if not compressible(response.mimetype or ""):
        return response
    response.vary.add("Accept-Encoding")
    encoding = next((name for name in ("br", "gzip") if request.accept_encodings.quality(name) > 0), "")
    if not encoding:
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) < _SMALLEST:
        return response
    if request.path.startswith(_SAME_FOR_ALL):
        response.set_data(compressor.compress(data, encoding))
    else:
        # What differs from person to person is never kept.
        response.set_data(brotli.compress(data, quality=5) if encoding == "br" else gzip.compress(data, 5))
    response.headers["Content-Encoding"] = encoding
    if response.headers.get("ETag"):
        response.set_etag(response.get_etag()[0] or "", weak=True)
    return response


def compressible(mimetype: str) -> bool:
    """True for text of any kind; images and fonts are compressed already."""
    return mimetype.startswith(_COMPRESSIBLE) and mimetype != "text/event-stream"


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
