"""What stays open follows the board, or says of which instant it is; and nothing on a board moves by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import ALPHA, BETA
from tests.browser.served import Served
from tests.dashboard.boards import reading

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = [
    pytest.mark.browser,
    # Threads of the test's own server may still write to a browser that has gone.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]


def test_an_open_definition_follows_the_stream(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.goto(served.url)
    served.live(page)
    page.locator(".row:has-text('Alpha') button.v").click()
    page.wait_for_selector("dialog[open] .value b:text('90,0')")
    page.evaluate("document.activeElement.blur()")

    def followed() -> bool:
        served.publish([reading(ALPHA, (83, 100))])
        return page.locator("dialog .value b").first.inner_text().startswith("83,0")

    served.until(followed)


def test_the_sheet_says_of_which_instant_it_is_and_is_read_again(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{served.url}/desk/")
    page.wait_for_selector("#all-kpis-section")
    page.click("th.who:has-text('Beta') small >> nth=0")
    page.wait_for_selector("#all-kpis :text('Momentaufnahme')")
    served.publish([reading(BETA, (71, 100))])
    page.wait_for_selector(".row:has-text('Beta') .v:has-text('71,0')")
    page.click("th.who:has-text('Beta') small >> nth=0")
    page.wait_for_selector("#all-kpis b:text('71,0')")


def test_a_changed_number_is_marked_until_the_next_message_and_nothing_moves(
    phone: BrowserContext, served: Served
) -> None:
    page = phone.new_page()
    page.goto(served.url)
    served.live(page)
    served.publish([reading(ALPHA, (87, 100))])
    page.wait_for_selector(".row:has-text('Alpha') .v .changed:has-text('87,0')")
    assert page.evaluate("document.getAnimations().length") == 0
    served.publish([reading(BETA, (41, 100))])
    page.wait_for_selector(".row:has-text('Beta') .v .changed:has-text('41,0')")
    assert page.locator(".row:has-text('Alpha') .v .changed").count() == 0
