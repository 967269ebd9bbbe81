"""A real Leitstand behind a real nginx: login with the cookie of this host, nine live tabs at once, health."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.commands.running import PASSWORD, Browser, StartUp, place_with_feed, start_up, wait_for
from tests.commands.test_up import TLS, add_manager, visit
from tests.deploy.nginx import nginx

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import BrowserContext

__all__ = ["start_up"]

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.xdist_group("nginx")]
TABS = 9


class Behind:
    """Where Leitstand answers behind nginx, and the file that it follows."""

    def __init__(self, secure: str, plain: str, queue_log: Path) -> None:
        self.secure = secure
        self.plain = plain
        self.queue_log = queue_log


@pytest.fixture
def behind(start_up: StartUp, tmp_path: Path) -> Iterator[Behind]:
    """One call that was answered in time, and a manager."""
    place, queue_log = place_with_feed(tmp_path, 'trusted_proxies = ["127.0.0.1"]\n')
    visit(queue_log, "1.1", 3)
    up = start_up(place)
    # Nothing here is about how long a start takes on a busy machine.
    wait_for(lambda: up.process.poll() is not None or "Leitstand: " in up.output, "the address", 120)
    up.ready()
    add_manager(place)
    wait_for(lambda: up.received() == 2, "the first lines to be counted")
    port = urlsplit(up.url).port
    assert port is not None
    with nginx(port, TLS / "certificate.pem", TLS / "key.pem") as (secure, plain):
        yield Behind(secure, plain, queue_log)


@pytest.fixture
def context(behind: Behind, chromium: Chromium) -> Iterator[BrowserContext]:
    """A browser in which the manager has logged in, over the form."""
    context = chromium.new_context(ignore_https_errors=True, service_workers="block", locale="de-DE")
    page = context.new_page()
    page.goto(f"{behind.secure}/login?language=de")
    page.fill("[name=user]", "chefin")
    page.fill("[name=password]", PASSWORD)
    page.click("form button")
    page.wait_for_url(re.compile(f"{behind.secure}/(?!login)"))
    page.close()
    yield context
    context.close()


def test_nine_live_tabs_receive_a_change_at_once(behind: Behind, context: BrowserContext) -> None:
    (cookie,) = [each for each in context.cookies() if each.get("name") == "__Host-leitstand"]
    assert (cookie.get("secure"), cookie.get("httpOnly"), cookie.get("path")) == (True, True, "/")
    tabs = [context.new_page() for _ in range(TABS)]
    for tab in tabs:
        tab.goto(f"{behind.secure}/?")
        tab.wait_for_selector("html[data-age=live]")
        assert tab.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2"
        assert tab.locator(".row .v").first.inner_text().startswith("100")
    # The tabs of one browser share a stream. As many streams of their own, side by side on one connection:
    tabs[0].evaluate(
        """(wanted) => {
            window.heard = Array(wanted).fill(0);
            window.opened = window.heard.map((_, number) => {
                const source = new EventSource(`/stream?number=${number}`);
                source.addEventListener("change", () => { window.heard[number] += 1; });
                return new Promise((ready) => source.addEventListener("snapshot", ready, { once: true }));
            });
        }""",
        TABS,
    )
    # Over HTTP/1.1 the seventh would wait for ever.
    tabs[0].evaluate("() => Promise.all(window.opened)")
    visit(behind.queue_log, "1.2", 50)
    for tab in tabs:
        tab.wait_for_selector(".row .v:has-text('50,0')", timeout=30_000)
    tabs[0].wait_for_function("() => window.heard.every((changes) => changes > 0)", timeout=30_000)


def test_what_passes_through(behind: Behind) -> None:
    trusting = ssl.create_default_context(cafile=TLS / "certificate.pem")
    browser = Browser(behind.secure, trusting)
    assert browser.ask("GET", "/healthz")[0] == 200
    assert browser.ask("GET", "/readyz")[0] == 200
    assert browser.log_in("chefin") == 303
    assert any(text.startswith("__Host-leitstand=") and "Secure" in text for text in browser.set_cookies)
    assert browser.json("/whoami")["user"] == "chefin"
    # A page of another site changes nothing, behind a proxy too.
    host, port = urlsplit(behind.secure).hostname or "", urlsplit(behind.secure).port
    connection = http.client.HTTPSConnection(host, port, timeout=10, context=trusting)
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    connection.request("POST", "/logout", headers={"Origin": "https://elsewhere.example", "Cookie": cookie})
    with connection.getresponse() as refused:
        assert refused.status == 403
    connection.close()
    assert browser.json("/whoami")["user"] == "chefin"
    # Without TLS there is only the way to TLS.
    plain = http.client.HTTPConnection(host, urlsplit(behind.plain).port, timeout=10)
    plain.request("GET", "/desk/?a=b")
    answer = plain.getresponse()
    assert (answer.status, answer.getheader("Location")) == (301, "https://localhost/desk/?a=b")
    plain.close()


def test_an_event_leaves_nginx_when_it_comes(behind: Behind) -> None:
    trusting = ssl.create_default_context(cafile=TLS / "certificate.pem")
    browser = Browser(behind.secure, trusting)
    browser.log_in("chefin")
    host, port = urlsplit(behind.secure).hostname or "", urlsplit(behind.secure).port
    connection = http.client.HTTPSConnection(host, port, timeout=20, context=trusting)
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    connection.request("GET", "/stream", headers={"Cookie": cookie})
    with connection.getresponse() as answer:
        assert answer.status == 200
        # Far less than one of nginx's buffers (4 or 8 kB): buffered it would not come before the stream is long.
        line = next(line for line in answer if line.startswith(b"data:"))
    assert isinstance(json.loads(line.removeprefix(b"data:")), dict)
    connection.close()
