"""When tiles change their places in a real browser: seldom, and never under a pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import ALPHA, BETA
from tests.browser.served import Served
from tests.dashboard.boards import reading

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]


def names(page: Page) -> list[str]:
    return [name.split(" ")[0].split("\n")[0] for name in page.locator(".row h2").all_inner_texts()]


def publish(served: Served, page: Page, alpha: int, beta: int) -> None:
    """Publishes service levels, and the page has them."""
    served.publish([reading(ALPHA, (alpha, 100)), reading(BETA, (beta, 100))])
    page.wait_for_selector(f".row:has(h2:has-text('Alpha')) .v:has-text('{alpha},0')")


def test_the_order_rests_for_ten_seconds_after_a_change(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.clock.install()
    page.goto(served.url)
    page.wait_for_selector("html[data-age=live]")
    publish(served, page, 1, 95)
    page.clock.run_for(500)
    page.wait_for_selector(".rows > :first-child h2:has-text('Alpha')")
    publish(served, page, 96, 2)
    page.clock.run_for(8_000)
    assert names(page) == ["Alpha", "Beta"]
    page.clock.run_for(3_000)
    page.wait_for_selector(".rows > :first-child h2:has-text('Beta')")


def test_nothing_moves_under_a_pointer(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.clock.install()
    page.goto(served.url)
    page.wait_for_selector("html[data-age=live]")
    page.locator(".row h2").first.hover()
    publish(served, page, 1, 95)
    page.clock.run_for(12_000)
    assert names(page) == ["Beta", "Alpha"]
    page.mouse.move(2, 2)
    page.clock.run_for(1_000)
    page.wait_for_selector(".rows > :first-child h2:has-text('Alpha')")
