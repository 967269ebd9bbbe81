"""Headers, caching, compression, and answers to what goes wrong."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask

from dashboard import access
from dashboard.app import PageContext, WebSettings
from dashboard.assets import Assets
from dashboard.precompressed import Compressor, StaticFiles
from dashboard.security import content_security_policy
from tests.dashboard.centre import Centre


def test_pages_carry_the_strict_policy(centre: Centre) -> None:
    for path in ("/", "/login", "/nichts"):
        answer = centre.signed_in("chefin").get(path, follow_redirects=True)
        policy = answer.headers["Content-Security-Policy"]
        assert re.search("script-src 'self'(?: 'sha256-[^' ]+'){4};", policy)
        assert "unsafe" not in policy
        for rule in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "default-src 'none'"):
            assert rule in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in answer.headers


def test_only_the_desk_may_style_inline_and_run_its_own_script(whole_centre: Centre) -> None:
    policy = whole_centre.signed_in("chefin").get("/desk/").headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert re.search("script-src 'self'(?: 'sha256-[^' ]+'){4};", policy)
    strict = content_security_policy(["'sha256-abc'"], ["'sha256-def'"])
    assert "script-src 'self' 'sha256-abc'; style-src 'self' 'sha256-def';" in strict


def hashes(policy: str, directive: str) -> set[str]:
    found = re.search(f"{directive} ([^;]+);", policy)
    assert found
    return set(re.findall("'(sha256-[^']+)'", found[1]))


@pytest.mark.parametrize("path", ["/", "/hotlines", "/mehr", "/offline", "/wall", "/desk/"])
def test_whatever_stands_inside_a_page_is_let_in_by_its_hash(whole_centre: Centre, path: str) -> None:
    answer = whole_centre.signed_in("chefin").get(path)
    policy = answer.headers["Content-Security-Policy"]
    for element, directive in (("script", "script-src"), ("style", "style-src")):
        if element == "style" and path == "/desk/":
            continue
        inside = re.findall(f"<{element}(?![^>]*application/json)[^>]*>(.*?)</{element}>", answer.text, re.DOTALL)
        assert inside, element
        digests = (hashlib.sha256(text.encode()).digest() for text in inside if text)
        assert {f"sha256-{base64.b64encode(digest).decode()}" for digest in digests} <= hashes(policy, directive)


def test_a_text_that_would_end_its_element_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.js").write_text("const a = '</script>';")
    with pytest.raises(ValueError, match=r"x\.js"):
        Assets(StaticFiles([tmp_path])).inline("x.js")


def test_tls_is_asked_for_again(centre: Centre) -> None:
    answer = centre.client().get("/login", base_url="https://leitstand.example")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_a_body_that_is_too_large_is_refused(centre: Centre) -> None:
    client = centre.client()
    client.get("/login")
    assert client.post("/login", data={"user": "x" * 1_000_000}).status_code == 413


def test_what_is_not_there_and_what_is_not_allowed_have_their_pages(centre: Centre) -> None:
    client = centre.signed_in("nordcall")
    missing, forbidden = client.get("/nichts"), client.get("/wall")
    assert (missing.status_code, forbidden.status_code) == (404, 403)
    assert "Hier ist nichts" in missing.text
    assert "Nicht für dieses Konto" in forbidden.text
    assert client.get("/api/nichts").json == {"error": client.get("/api/nichts").json["error"]}  # type: ignore[index]
    assert client.post("/api/kpis").status_code == 405


def test_an_error_of_ours_is_logged_and_says_nothing(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> list[object]:
        message = "Teleo has 17"
        raise RuntimeError(message)

    centre.app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(centre.hub, "readings", broken)
    answer = centre.signed_in("nordcall").get("/api/kpis")
    assert (answer.status_code, answer.json) == (500, {"error": "internal error"})
    assert "Teleo" in caplog.text


def test_static_files_are_kept_for_ever_under_their_fingerprint_only(centre: Centre) -> None:
    url = centre.app.extensions["asset"]("entry.css")
    client = centre.client()
    fresh = client.get(url)
    assert "immutable" in fresh.headers["Cache-Control"]
    for stale in ("/static/entry.css", "/static/entry.css?v=0"):
        assert client.get(stale).headers["Cache-Control"] == "no-cache"
    assert client.get("/static/entry.css", headers={"If-None-Match": fresh.headers["ETag"]}).status_code == 304
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/none.css"):
        assert client.get(path).status_code == 404


def test_static_files_are_compressed_as_the_browser_accepts_it(centre: Centre) -> None:
    client = centre.client()
    plain = client.get("/static/entry.css").data
    for encoding, opened in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        answer = client.get("/static/entry.css", headers={"Accept-Encoding": encoding})
        assert answer.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert opened(answer.data) == plain
    answer = client.get("/static/entry.css", headers={"Accept-Encoding": "br;q=0, identity"})
    assert "Content-Encoding" not in answer.headers


def test_the_best_compression_is_made_ahead_and_survives_a_restart(tmp_path: Path) -> None:
    data = b"leitstand " * 5000 + bytes(range(256)) * 20
    first = Compressor(tmp_path)
    fast = first.compress(data, "br")
    first.prepare(data)
    best = first.compress(data, "br")
    assert len(best) < len(fast)
    assert brotli.decompress(best) == data
    assert Compressor(tmp_path).compress(data, "br") == best


def test_a_disk_that_takes_no_compressed_file_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A case from the full disk: what compresses in the background ended with a traceback."""
    (tmp_path / "cache").write_text("a file where the folder should be")
    compressor = Compressor(tmp_path / "cache")
    for data in (b"one " * 500, b"two " * 500):
        compressor.prepare(data)
        assert brotli.decompress(compressor.compress(data, "br")) == data
    assert [record.getMessage()[:35] for record in caplog.records] == ["compressed files cannot be kept in "]


def test_static_files_know_their_addresses(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.js").write_text("one")
    one = StaticFiles([tmp_path]).url("a/x.js")
    (tmp_path / "a" / "x.js").write_text("two")
    assert StaticFiles([tmp_path]).url("a/x.js") != one
    with pytest.raises(KeyError):
        StaticFiles([tmp_path]).url("b.js")


def test_pages_know_their_visitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "ROUTES", {**access.ROUTES, ("GET", "/visitor"): access.Open.SIGNED_IN})
    seen = []

    def page(app: Flask, context: PageContext) -> None:
        @app.get("/visitor")
        def visitor() -> str:
            seen.append(context.visitor())
            return ""

    centre = Centre(tmp_path, WebSettings(default_language="en"), with_desk=False, pages=[page])
    client = centre.signed_in("nordcall")
    client.set_cookie("theme", "dark")
    client.get("/visitor")
    (visitor,) = seen
    assert (visitor.name, visitor.role, visitor.language, visitor.theme) == ("nordcall", "partner", "en", "dark")
    assert visitor.may == {"phone", "desk", "kpis"}
    assert client.post("/logout", data={"csrf": visitor.csrf}).status_code == 303
