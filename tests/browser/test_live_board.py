"""The live board in a real browser: what changes, what ages, what is shared, and how it looks."""

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
    # Threads of the test's own server may still write to a browser that has gone.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]


def value(page: Page, text: str, name: str = "Alpha") -> None:
    page.wait_for_selector(f".row:has(h2:has-text('{name}')) .v:has-text('{text}')")


def errors_of(page: Page) -> list[str]:
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    return found


def test_a_change_reaches_the_page_without_a_reload(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    errors = errors_of(page)
    page.goto(served.url)
    value(page, "90,0")
    page.evaluate("window.stillTheSamePage = true")
    served.publish([reading(ALPHA, (87, 100))])
    value(page, "87,0")
    assert page.evaluate("window.stillTheSamePage")
    assert errors == []


def test_a_new_order_brings_the_board_again(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.goto(served.url)
    assert page.locator(".row h2").all_inner_texts() == ["Beta Süd", "Alpha Nord"]
    served.live(page)
    served.publish([reading(ALPHA, (1, 100)), reading(BETA, (95, 100))])
    page.wait_for_selector(".rows > :first-child h2:has-text('Alpha')")
    assert page.locator(".say b:visible").inner_text() == "1 von 2 Hotlines"


def test_numbers_turn_grey_and_then_unknown_by_the_clock_of_the_device(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.clock.install()
    page.goto(served.url)
    value(page, "90,0")
    age = "document.documentElement.dataset.age"
    ink = "getComputedStyle(document.querySelector('.row .v')).color"
    fresh = page.evaluate(ink)
    page.clock.fast_forward(14_000)
    assert page.evaluate(age) == "live"
    page.clock.fast_forward(3_000)
    assert page.evaluate(age) == "late"
    assert page.evaluate(ink) != fresh
    assert page.locator(".when-late").is_visible()
    page.clock.fast_forward(45_000)
    assert page.evaluate(age) == "lost"
    assert page.locator(".row .v").first.inner_text() == "–"
    assert page.locator(".row .state").first.inner_text() == "unbekannt"
    # The server is asked again in the meantime, and its old picture is no news; a newer one is.
    served.publish([reading(ALPHA, (88, 100))])

    def a_second_later() -> bool:
        page.clock.fast_forward(1_000)
        return bool(page.evaluate(age) == "live")

    # Selectors are waited for by timers, which stand still here.
    served.until(a_second_later)
    assert "88,0" in page.locator(".rows").inner_text()


def test_a_hidden_page_closes_its_stream_and_reads_again(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.goto(served.url)
    value(page, "90,0")
    hide = """(hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    served.live(page)
    wait_for_streams(served, 1)
    page.evaluate(hide, True)
    served.publish([reading(ALPHA, (85, 100))])
    wait_for_streams(served, 0)
    page.evaluate(hide, False)
    value(page, "85,0")


def wait_for_streams(served: Served, wanted: int) -> None:
    def reached() -> bool:
        # A stream learns that its browser has gone when it writes the next time.
        served.publish([])
        return served.streams == wanted

    served.until(reached)


def test_ten_tabs_share_one_stream(phone: BrowserContext, served: Served) -> None:
    tabs = [phone.new_page() for _ in range(10)]
    for tab in tabs:
        tab.goto(served.url)
        value(tab, "90,0")
    served.publish([reading(ALPHA, (86, 100))])
    for tab in tabs:
        value(tab, "86,0")
    wait_for_streams(served, 1)
    # The tab that held the stream goes; another one takes over.
    tabs[0].close()
    served.publish([reading(ALPHA, (84, 100))])
    for tab in tabs[1:]:
        value(tab, "84,0")


def test_a_session_that_ended_leads_to_the_login(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.goto(served.url)
    value(page, "90,0")
    other = phone.new_page()
    other.goto(f"{served.url}/mehr")
    other.locator("form[action='/logout'] button").click()
    page.wait_for_url("**/login*", timeout=15_000)


def test_press_hold_and_key_open_the_definition(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.goto(served.url)
    number = page.locator("button.v").first
    for way in ("left", "right", "key"):
        if way == "key":
            number.press("Enter")
        else:
            number.click(button="left" if way == "left" else "right")
        page.wait_for_selector("dialog[open] .passport")
        assert "SL-Standard T=20 s S=5 s" in page.locator("dialog").inner_text()
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="hidden")


def test_theme_and_language_are_kept(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.goto(f"{served.url}/mehr")
    page.click("[data-theme=dark].chip")
    page.goto(served.url)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 20)"
    page.goto(f"{served.url}/mehr")
    page.click("button[value=en]")
    page.goto(served.url)
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator(".row .v").first.inner_text() == "40.0%"


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("path", ["/", "/hotlines", "/mehr", "/desk/"])
def test_pages_fit_a_phone_and_can_be_hit_with_a_thumb(
    phone: BrowserContext, served: Served, path: str, width: int
) -> None:
    page = phone.new_page()
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(served.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if path != "/desk/":
        small = page.eval_on_selector_all(
            ".bar a, .chip, .button",
            "found => found.filter((e) => e.offsetHeight && e.offsetHeight < 44).map((e) => e.textContent)",
        )
        assert small == []


def test_the_desk_sorts_and_groups_by_its_address(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    errors = errors_of(page)
    page.goto(f"{served.url}/desk/")
    page.click("thead >> text=Erreichb.")
    page.wait_for_selector("th[aria-sort=ascending]:has-text('Erreichb.')")
    assert "sort=reachability" in page.url
    page.click("thead >> text=SL 30 min")
    page.wait_for_selector("th[aria-sort=ascending]:has-text('SL 30 min')")
    page.click(".tools >> text=Dienstleister")
    page.wait_for_selector("th.who:has-text('Nord')")
    page.go_back()
    page.wait_for_selector("th.who:has-text('Alpha')")
    served.publish([reading(ALPHA, (83, 100))])
    page.wait_for_selector(".row:has-text('Alpha') .v:has-text('83,0')")
    assert errors == []


def test_dash_never_redraws_the_board(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.goto(f"{served.url}/desk/")
    page.evaluate("document.getElementById('board').dataset.mine = 'yes'")
    page.wait_for_selector("#all-kpis-section")
    assert page.locator("#board").get_attribute("data-mine") == "yes"
    assert page.locator("#react-entry-point #board").count() == 0


def test_choosing_a_row_shows_all_its_kpis(phone: BrowserContext, served: Served) -> None:
    page = phone.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{served.url}/desk/")
    page.wait_for_selector("#all-kpis-section")
    page.click("th.who:has-text('Beta') small >> nth=0")
    page.wait_for_selector("#all-kpis :text('Servicelevel 7')")
    assert "Beta · Süd" in page.locator("#all-kpis").inner_text()
