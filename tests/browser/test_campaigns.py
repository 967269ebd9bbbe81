"""Campaigns and money in a real browser: three numbers on the phone, what loses money first at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from dashboard import users
from tests.browser.conftest import ALPHA, BETA
from tests.browser.served import Served
from tests.dashboard.boards import reading
from tests.dashboard.campaigns import Told, campaign, cell, posted

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]
WINBACK, SURVEY = cell("Winback Strom", "P"), cell("Zufriedenheit", "P")
WIDTHS = (320, 390, 844)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Two hotlines that earn money, and two campaigns of which one loses it."""
    monkeypatch.setattr(users, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    money = posted({ALPHA: ("12", "340"), BETA: ("3", "50"), WINBACK: ("-156", "-1573"), SURVEY: ("90", "1095")})
    served = Served(tmp_path, [ALPHA, BETA], Told(money))
    readings = [reading(ALPHA, (90, 100)), reading(BETA, (82, 100))]
    campaigns = [campaign(WINBACK, (96, 412), (760, 3_100)), campaign(SURVEY, (64, 120), (500, 900))]
    served.publish([*readings, *campaigns], whole=True)
    served.start()
    yield served
    served.close()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_the_phone_shows_three_numbers_of_each_and_what_loses_money_first(
    phone: BrowserContext, served: Served
) -> None:
    page = phone.new_page()
    page.goto(served.url)
    page.wait_for_selector("html[data-age=live]")
    assert page.locator(".say:visible").inner_text() == "Kampagne Winback Strom mit Verlust, Hotlines im Ziel."
    worst = page.locator(".row").first
    said = worst.inner_text().replace("\xa0", " ")
    for text in ("Winback Strom", "23,3 %", "24,5 %", "Verlust", "Netto", "11,7 %", "−156 €", "−1.573 €"):
        assert text in said
    assert worst.locator(".margin .in-t").evaluate("each => getComputedStyle(each).color") == worst.locator(
        ".state"
    ).evaluate("each => getComputedStyle(each).color")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert fits(page), width
    assert "−88 €" in page.locator(".euros").inner_text().replace("\xa0", " ")
    page.click(".bar a:has-text('Kampagnen')")
    page.wait_for_selector("h1:has-text('Kampagnen')")
    assert page.locator(".row h2").all_inner_texts() == ["Winback Strom", "Zufriedenheit"]


def test_at_the_desk_the_campaign_that_loses_money_stands_first_by_margin(
    phone: BrowserContext, served: Served
) -> None:
    page = phone.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{served.url}/desk/?sort=name")
    page.wait_for_selector("html[data-age=live]")
    names = page.locator("tbody .who b")
    assert names.all_inner_texts() == ["Alpha", "Beta", "Winback Strom", "Zufriedenheit"]
    page.click("th a:has-text('DB I heute')")
    page.wait_for_selector("tbody tr:first-child .who b:has-text('Winback Strom')")
    assert page.locator("tbody tr:first-child .margin b").inner_text() == "−1.573\xa0€"
    page.click(".tools a:has-text('Kampagnen')")
    page.wait_for_selector("th a:has-text('Nettokontakt')")
    assert names.all_inner_texts() == ["Winback Strom", "Zufriedenheit"]
    page.click("tbody tr:first-child .margin", button="right")
    page.wait_for_selector("#passport h2:has-text('Deckungsbeitrag I')")
