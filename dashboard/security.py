"""What every request and answer has to keep to: origin, headers, caching, and which proxies are believed."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_BODY = 256 * 1024
FRAMED = frozenset({"/wall"})
"""Pages that other pages of ours may show inside themselves: the wall, as the preview of the page that makes walls."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing."""

_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")
_NOT_NEEDED = ("camera", "microphone", "geolocation", "payment", "usb", "serial", "midi")


def content_security_policy(
    script_hashes: Sequence[str], style_hashes: Sequence[str] | None, frames: str = "'none'", framed_by: str = "'none'"
) -> str:
    """The policy of a page. The hashes are of the scripts and styles inside it; None: any style may stand there.

    `frames`: what it may show inside itself; `framed_by`: who may show it.
    """
    scripts = " ".join(["'self'", *script_hashes])
    # plotly draws with style attributes; nothing else here does.
    styles = " ".join(["'self'", *(["'unsafe-inline'"] if style_hashes is None else style_hashes)])
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {scripts}",
            f"style-src {styles}",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            f"frame-src {frames}",
            f"frame-ancestors {framed_by}",
        ]
    )


def install(app: Flask, public_url: str, policy_of: Callable[[str], str]) -> None:
    """Checks the origin of requests that change something, and adds the headers to all answers.

    `policy_of` gives the Content-Security-Policy of the page at a path.
    """
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    public_host = urlsplit(public_url).netloc

    @app.before_request
    def same_origin() -> None:
        if request.method in READING:
            return
        origin = request.headers.get("Origin")
        if origin is not None:
            if urlsplit(origin).netloc not in {request.host, public_host} - {""}:
                abort(403, "this request comes from a page of another site")
        elif request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            abort(403, "this request comes from a page of another site")

    @app.after_request
    def headers(response: Response) -> Response:
        add = response.headers.setdefault
        if response.mimetype == "text/html":
            add("Content-Security-Policy", policy_of(request.path))
        add("X-Content-Type-Options", "nosniff")
        add("X-Frame-Options", "SAMEORIGIN" if request.path in FRAMED else "DENY")
        # Not `no-referrer`: browsers would then send `Origin: null` with our own forms.
        add("Referrer-Policy", "same-origin")
        add("Permissions-Policy", ", ".join(f"{name}=()" for name in _NOT_NEEDED))
        add("Cross-Origin-Opener-Policy", "same-origin")
        add("Cross-Origin-Resource-Policy", "same-origin")
        if request.is_secure:
            add("Strict-Transport-Security", "max-age=31536000")
        if "Cache-Control" not in response.headers:
            add("Cache-Control", "no-store")
        return response


class TrustedProxies:
    """WSGI middleware: believes X-Forwarded-For, -Proto and -Host from these networks only, else removes them.

    The client is the last forwarded address that is no trusted proxy itself, so nobody can name an address for us.
    """

    def __init__(self, application: WSGIApplication, networks: Iterable[str]) -> None:
        self._application = application
        self._networks = [ipaddress.ip_network(network, strict=False) for network in networks]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        forwarded = {name: environ.pop(name, "") for name in _FORWARDED}
        if self._networks and self._trusts(environ.get("REMOTE_ADDR", "")):
            self._believe(environ, forwarded)
        return self._application(environ, start_response)

    def _believe(self, environ: dict[str, Any], forwarded: dict[str, str]) -> None:
        chain = [part.strip() for part in forwarded["HTTP_X_FORWARDED_FOR"].split(",") if part.strip()]
        for address in reversed(chain):
            if not _is_address(address):
                break
            environ["REMOTE_ADDR"] = address
            if not self._trusts(address):
                break
        scheme = forwarded["HTTP_X_FORWARDED_PROTO"].split(",")[-1].strip()
        if scheme in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme
        host = forwarded["HTTP_X_FORWARDED_HOST"].split(",")[-1].strip()
        if host:
            environ["HTTP_HOST"] = host

    def _trusts(self, address: str) -> bool:
        return _is_address(address) and any(ipaddress.ip_address(address) in network for network in self._networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
