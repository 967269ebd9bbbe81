"""The wall in a real browser: large enough from six metres, and left alone for weeks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING

import pytest

from dashboard.access import Scope
from dashboard.board import View
from dashboard.wall_plan import BoardPlan, Pick, WallPlan
from dashboard.walls import Walls
from streams.records import Cell
from tests.browser.conftest import ALPHA, BETA
from tests.browser.served import Served, now_ms
from tests.dashboard.boards import reading

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [
    pytest.mark.browser,
    # Threads of the test's own server may still write to a browser that has gone.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]

NAMES = ("Reklamation", "Best. Süd", "Router", "Rechnung", "Best. Nord", "Kündigung", "Partner", "Tarif", "Kabel")
SMALL = """(least) => [...document.querySelectorAll(".panel:not([data-off]) *")].filter((each) => {
    const text = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!text || !each.checkVisibility() || each.closest("svg, .big small, .unseen")) return false;
    return parseFloat(getComputedStyle(each).fontSize) < least;
}).map((each) => `${each.textContent.trim()} ${getComputedStyle(each).fontSize}`)"""
CUT = """() => [...document.querySelectorAll(".panel:not([data-off]) .tile *")].filter((each) => {
    if (each.closest("svg, .unseen") || !each.checkVisibility()) return false;
    const tile = each.closest(".tile").getBoundingClientRect(), own = each.getBoundingClientRect();
    if (own.right > tile.right + 1 || own.bottom > tile.bottom + 1 || own.left < tile.left - 1) return true;
    return each.children.length === 0 && each.clientWidth && each.scrollWidth > each.clientWidth + 1;
}).map((each) => each.textContent.trim())"""
# Lines may lend each other the room above capitals and below the baseline.
TOUCHING = """() => [...document.querySelectorAll(".panel:not([data-off]) .tile")].flatMap((tile) => {
    const parts = [...tile.children].filter((each) => each.checkVisibility() && each.tagName !== "svg");
    const boxes = parts.map((each) => {
        const range = document.createRange();
        range.selectNodeContents(each);
        return range.getBoundingClientRect();
    });
    const found = [];
    boxes.forEach((one, a) => boxes.forEach((two, b) => {
        const wide = Math.min(one.right, two.right) - Math.max(one.left, two.left);
        const high = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
        const touching = wide > 1 && high > 0.25 * Math.min(one.height, two.height);
        if (a < b && touching) found.push(`${parts[a].textContent.trim()} / ${parts[b].textContent.trim()}`);
    }));
    return found;
})"""
VALUES = """all => all.map((each) => parseFloat(getComputedStyle(each).fontSize))"""


def many(tiles: int) -> list[Cell]:
    """So many hotlines with names as long as short names are, at providers of usual length."""
    return [Cell(NAMES[each % 9][:10] + " " * (each // 9), ("Nordcall", "Köln")[each % 2]) for each in range(tiles)]


@pytest.mark.parametrize(
    ("width", "height", "counts"),
    [(1920, 1080, (1, 2, 4, 6, 8, 9, 12, 15, 18, 20, 24)), (3840, 2160, (4, 6, 12, 24))],
)
def test_everything_is_large_and_nothing_is_cut(
    phone: BrowserContext, served: Served, width: int, height: int, counts: Sequence[int]
) -> None:
    shares = [(100, 100), (41, 100), (77, 100), (90, 100), (2, 3), (0, 0)]
    times = height / 1080
    page = phone.new_page()
    page.set_viewport_size({"width": width, "height": height})
    for tiles, group in product(counts, ("", "hotline")):
        cells = many(tiles)
        oldest_ms = now_ms() - 65_000
        served.publish(
            [reading(cell, shares[n % 6], waiting=3, oldest_ms=oldest_ms) for n, cell in enumerate(cells)], whole=True
        )
        picks = [
            Pick("", (cell.hotline, cell.provider)) if not group else Pick("hotline", (cell.hotline,)) for cell in cells
        ]
        plan = WallPlan((BoardPlan("Köln", tuple(picks)),))
        page.goto(f"{served.url}/wall?{View('wall', plan=plan).query()}")
        page.locator(".tile").nth(tiles - 1).wait_for()
        served.live(page, ":is(.tile[data-s=bad], .tile[data-s=good])")
        case = (tiles, group)
        assert min(page.eval_on_selector_all(".tile .v:not(.gone)", VALUES)) >= 64 * times, case
        assert (case, page.evaluate(SMALL, 48 * times - 0.01)) == (case, [])
        assert (case, page.evaluate(CUT)) == (case, [])
        assert (case, page.evaluate(TOUCHING)) == (case, [])
        assert page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]") == [width, height], case


class Kiosk:
    """A browser on a wall that has opened a link, and the store behind it."""

    def __init__(self, browser: Browser, served: Served, plan: WallPlan, **options: object) -> None:
        self.walls = Walls(served.users.database, now_ms)
        self.served = served
        self.wall_id = self.walls.save(None, "Foyer", plan, Scope(), "de", "karin")
        self.token = self.walls.add_link(self.wall_id, "links", "karin")
        size = {"width": 1920, "height": 1080}
        self.context = browser.new_context(viewport=size, service_workers="block", **options)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.page.goto(f"{served.url}/wall/open#{self.token}")
        served.live(self.page, ".tile")

    def change(self, plan: WallPlan) -> None:
        """Saves another plan, as the desk does."""
        self.walls.save(self.wall_id, "Foyer", plan, Scope(), "de", "karin")

    def shown(self) -> list[str]:
        """The names on the board that is to be seen."""
        return self.page.locator(".panel:not([data-off]) h2").all_inner_texts()


TWO = WallPlan((BoardPlan("eins", group=""), BoardPlan("zwei", group="provider")), seconds=5)


@pytest.fixture
def kiosk(chromium: Browser, served: Served) -> Iterator[Kiosk]:
    """A wall of two boards that change every five seconds."""
    found = Kiosk(chromium, served, TWO)
    yield found
    found.context.close()


def test_the_token_stays_neither_in_the_address_nor_in_what_the_server_is_asked(kiosk: Kiosk) -> None:
    assert kiosk.page.url == f"{kiosk.served.url}/wall/{kiosk.wall_id}"
    asked: list[str] = []
    kiosk.page.on("request", lambda request: asked.append(request.url + str(request.headers)))
    kiosk.page.goto(f"{kiosk.served.url}/wall/open#{kiosk.token}")
    kiosk.served.live(kiosk.page, ".tile")
    kiosk.page.go_back()
    assert kiosk.token not in kiosk.page.url
    assert not any(kiosk.token in each for each in asked)


def test_boards_turn_by_themselves(kiosk: Kiosk) -> None:
    assert kiosk.shown() == ["Beta", "Alpha"]
    kiosk.served.until(lambda: kiosk.shown() == ["Süd", "Nord"])
    kiosk.served.until(lambda: kiosk.shown() == ["Beta", "Alpha"])


def test_what_falls_below_target_comes_forward_until_it_has_recovered(kiosk: Kiosk) -> None:
    kiosk.served.publish([reading(BETA, (95, 100))])
    kiosk.change(WallPlan(TWO.boards, seconds=5, forward=True))
    kiosk.page.wait_for_selector(".panel:not(.forward) .tile[data-s=good]:has-text('95')", state="attached")
    kiosk.served.publish([reading(ALPHA, (12, 100))])
    kiosk.page.wait_for_selector(".panel.forward:not([data-off]) .tile:has-text('Alpha')")
    # Longer than a turn: it stays.
    kiosk.page.wait_for_function(
        "(from) => performance.now() - from > 6000", arg=kiosk.page.evaluate("performance.now()")
    )
    assert "Alpha" in kiosk.shown()
    kiosk.served.publish([reading(ALPHA, (97, 100))])
    kiosk.page.wait_for_selector(".panel.forward", state="detached")
    kiosk.page.wait_for_selector(".panel:not([data-off]) .tile")


BLOCKING = """window.AudioContext = class extends AudioContext {
    constructor() { super(); this.suspend(); }
};"""


def test_a_browser_that_blocks_sound_shows_one_button(kiosk: Kiosk) -> None:
    # This Chromium lets everybody sound: here its contexts begin as they do where it does not.
    kiosk.page.add_init_script(BLOCKING)
    kiosk.page.reload()
    kiosk.served.live(kiosk.page, ".tile")
    assert kiosk.page.locator("button.sound").is_hidden()
    kiosk.change(WallPlan(TWO.boards, seconds=5, sound=True))
    kiosk.page.wait_for_selector("#board[data-sound]")

    def offered() -> bool:
        kiosk.served.publish([])
        return kiosk.page.locator("button.sound").is_visible()

    kiosk.served.until(offered)
    kiosk.page.click("button.sound")
    kiosk.page.wait_for_selector("button.sound", state="hidden")
    rang = kiosk.page.locator("#main").get_attribute("data-rang")
    kiosk.served.publish([reading(ALPHA, (12, 100))])
    kiosk.served.until(lambda: kiosk.page.locator("#main").get_attribute("data-rang") != rang)


def test_a_revoked_wall_says_so_and_shows_no_login(kiosk: Kiosk) -> None:
    (link,) = kiosk.walls.links(kiosk.wall_id)
    within_seconds = 5 + kiosk.served.leaving_seconds(kiosk.context)
    kiosk.walls.revoke(kiosk.wall_id, link.id)
    kiosk.page.wait_for_selector("text=Diese Tafel ist abgeschaltet", timeout=1000 * within_seconds)
    assert kiosk.page.locator("form, input, .tile").count() == 0
    kiosk.page.goto(f"{kiosk.served.url}/wall/open#{kiosk.token}")
    kiosk.page.wait_for_selector("[data-when=ended]:not([hidden])")


def test_a_new_version_loads_the_page_again(kiosk: Kiosk) -> None:
    kiosk.page.evaluate("window.stillTheSamePage = true")
    kiosk.page.evaluate("document.getElementById('main').dataset.version = 'an older one'")
    # The stream ends as with a restart of the server; the next one says the version first.
    with kiosk.page.expect_navigation():
        kiosk.change(WallPlan(TWO.boards, seconds=6))
    assert not kiosk.page.evaluate("Boolean(window.stillTheSamePage)")
    kiosk.served.live(kiosk.page, ".tile")


def test_the_same_version_leaves_the_page_alone(kiosk: Kiosk) -> None:
    kiosk.page.evaluate("window.stillTheSamePage = true")
    kiosk.change(WallPlan(TWO.boards, seconds=6))
    kiosk.page.wait_for_selector("#board[data-seconds='6']")
    assert kiosk.page.evaluate("window.stillTheSamePage")


def test_night_dims_by_the_clock_of_the_site(kiosk: Kiosk) -> None:
    kiosk.change(WallPlan(TWO.boards, palette="light", night_from="00:00", night_to="23:59"))
    kiosk.page.wait_for_selector("html[data-theme=night], html[data-theme=light]")
    ground = kiosk.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(11, 9, 7)"


def test_with_reduced_motion_nothing_moves(chromium: Browser, served: Served) -> None:
    kiosk = Kiosk(chromium, served, WallPlan((BoardPlan(group=""),)), reduced_motion="reduce")
    served.publish([reading(ALPHA, (1, 100)), reading(BETA, (95, 100))])
    kiosk.page.wait_for_selector(".grid > :first-child:has-text('Alpha')")
    assert kiosk.page.evaluate("document.getAnimations().length") == 0
    kiosk.context.close()
