"""What the command takes away is gone from open pages within five seconds, on every device; and the way in by link."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from dashboard.access import Scope
from tests.browser.served import PASSWORD, USER, Served
from tests.commands.calling import Place

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

WITHIN_SECONDS = 5.0

pytestmark = [
    pytest.mark.browser,
    # Threads of the test's own server may still write to a browser that has gone.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]


def by_command(served: Served, *words: str) -> float:
    """Runs `leitstand user ...` in a process of its own; the moment at which it had ended."""
    done = Place(None, served.folder).call("user", *words)
    assert done.returncode == 0, done.stderr
    return time.monotonic()


def left_ms(ended: float, leaving_seconds: float) -> float:
    """What is left of the five seconds and of what this machine takes to show another page."""
    return 1000 * max(0.1, ended + WITHIN_SECONDS + leaving_seconds - time.monotonic())


def opened(context: BrowserContext, served: Served, path: str) -> Page:
    page = context.new_page()
    page.goto(f"{served.url}{path}")
    if path != "/account":
        served.live(page)
    return page


def status_with(served: Served, cookie: str) -> int:
    try:
        with urlopen(Request(f"{served.url}/whoami", headers={"Cookie": f"leitstand={cookie}"})) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_a_disabled_account_is_out_on_all_devices_in_five_seconds(
    phone: BrowserContext, chromium: Browser, served: Served
) -> None:
    desk = chromium.new_context(viewport={"width": 1440, "height": 900}, service_workers="block")
    served.log_in(desk.new_page())
    pages = [opened(phone, served, "/"), opened(phone, served, "/account"), opened(desk, served, "/desk/")]
    pages.append(opened(desk, served, "/wall"))
    cookies = [
        cookie["value"] for context in (phone, desk) for cookie in context.cookies() if cookie["name"] == "leitstand"
    ]
    assert [status_with(served, cookie) for cookie in cookies] == [200, 200]
    leaving_seconds = served.leaving_seconds(desk)
    ended = by_command(served, "disable", USER)
    assert [status_with(served, cookie) for cookie in cookies] == [401, 401]
    for page in pages:
        page.wait_for_url("**/login", timeout=left_ms(ended, leaving_seconds))
    desk.close()


def test_another_role_and_scope_hold_on_open_pages_in_five_seconds(phone: BrowserContext, served: Served) -> None:
    wall, phone_page, form = (opened(phone, served, path) for path in ("/wall", "/", "/account"))
    assert phone_page.locator(".row:has-text('Alpha')").count() == 1
    leaving_seconds = served.leaving_seconds(phone)
    ended = by_command(served, "role", USER, "--role", "account_manager", "--scope", "provider=Süd")
    wall.wait_for_url(lambda url: not url.endswith("/wall"), timeout=left_ms(ended, leaving_seconds))
    phone_page.wait_for_selector(".row:has-text('Alpha')", state="detached", timeout=left_ms(ended, leaving_seconds))
    form.wait_for_selector(":text('Sieht Süd')", timeout=left_ms(ended, leaving_seconds))
    assert phone_page.locator(".row:has-text('Beta')").count() == 1


def test_the_way_in_by_invitation(phone: BrowserContext, chromium: Browser, served: Served) -> None:
    served.users.add_user("betrieb", PASSWORD, "ops", Scope())
    desk = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = desk.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    served.log_in(page, "betrieb")
    page.goto(f"{served.url}/users")
    page.fill("#name", "Petra")
    page.select_option("#role", "partner")
    page.locator("summary:has-text('Dienstleister')").click()
    page.check("input[value='Nord']")
    page.click("#invite button.main")
    link = page.inner_text(".secret")
    guest = chromium.new_context(viewport={"width": 320, "height": 640}).new_page()
    guest.goto(link)
    guest.fill("#password", "four unrelated words here")
    guest.fill("#again", "four unrelated words here")
    guest.click("button.main")
    served.log_in(guest, "Petra", "four unrelated words here")
    guest.goto(f"{served.url}/account")
    guest.wait_for_selector(":text('Sieht Nord')")
    for path in ("/account", "/mehr"):
        guest.goto(f"{served.url}{path}")
        assert guest.evaluate("document.documentElement.scrollWidth") <= 320, path
    page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/users", "/users/1", "/account"):
        page.goto(f"{served.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    # The policy of the page blocks nothing that it needs.
    assert said == []
    guest.context.close()
    desk.close()
