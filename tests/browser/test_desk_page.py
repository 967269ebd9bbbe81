"""The page of a hotline in a real browser: charts under the strict policy, and a period that stands in the address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from dashboard import users
from streams.reading import Reading, Sums
from streams.records import Cell
from tests.browser.conftest import ALPHA
from tests.browser.served import Served
from tests.browser.test_live_board import errors_of, pytestmark
from tests.dashboard.boards import reading

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["pytestmark"]
BAR = ".chart .barlayer path"


class Counted:
    """Six calls in every interval, of which five were answered."""

    def readings(self) -> Sequence[Reading]:
        return []

    def by_interval(self, edges: list[int], basis: str, hotlines: Iterable[str]) -> Mapping[Cell, Sequence[Sums]]:
        counts = {"offered": 6, "answered": 5, "answered_in_time": 5, "abandoned": 1, "abandoned_in_time": 1}
        return {ALPHA: [Sums(dict(counts), waits={7: 6}) for _ in edges[1:]]}


@pytest.fixture
def desk(chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Page, Served]]:
    """A desk on which the user has logged in, before the page of the hotline."""
    monkeypatch.setattr(users, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    served = Served(tmp_path, [ALPHA], past=lambda *_, **__: Counted())
    served.publish([reading(ALPHA, (90, 100))], whole=True)
    served.start()
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, service_workers="block")
    page = context.new_page()
    served.log_in(page)
    yield page, served
    context.close()
    served.close()


def test_charts_are_drawn_and_the_period_stands_in_the_address(desk: tuple[Page, Served]) -> None:
    page, served = desk
    errors = errors_of(page)
    page.goto(f"{served.url}/desk/hotline?name=Alpha&period=day&date=2026-03-29")
    page.wait_for_selector(BAR)
    page.evaluate("window.stillTheSamePage = true")
    assert page.locator(".chart").count() == 3
    # The 29th of March has 92 quarters: three kinds of bars in the course.
    assert page.locator(".chart").first.locator(".barlayer .point").count() == 3 * 92
    assert page.locator("[data-tile] .v").inner_text() == "90,0\N{NO-BREAK SPACE}%"

    # By keyboard to the week, and back by the browser's own button.
    page.locator("#period a", has_text="Woche").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**period=week**")
    page.wait_for_selector("#period b:has-text('KW 13')")
    page.wait_for_selector("#sheets:not([data-busy]) h2:has-text('Verlauf je Tag')")
    assert page.evaluate("document.activeElement.textContent") == "Woche"
    page.go_back()
    page.wait_for_selector("#sheets:not([data-busy]) h2:has-text('Verlauf je Viertelstunde')")
    page.wait_for_selector("#period b:has-text('29. März 2026')")

    # The numbers behind the chart.
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    rows = page.locator("details[open] tbody tr")
    assert rows.count() == 92
    assert rows.first.inner_text().split("\t")[1:4] == ["6", "5", "1"]
    with page.expect_download() as download:
        page.locator("details[open] a", has_text="CSV").click()
    assert download.value.suggested_filename.endswith(".csv")

    # In the dark the same chart has other colours.
    before = page.locator(BAR).first.evaluate("bar => getComputedStyle(bar).fill")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"before => getComputedStyle(document.querySelector('{BAR}')).fill !== before", arg=before)
    assert page.evaluate("window.stillTheSamePage") is True
    assert errors == []
