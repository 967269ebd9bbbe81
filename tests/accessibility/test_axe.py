"""Every page passes axe-core, light and dark, on the screen it is made for; a new page is looked at by itself.

The pages are those of the policy table: a route with a part in its address needs a sample here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.access import ROUTES, Open, Scope
from dashboard.wall_plan import WallPlan
from dashboard.walls import Walls
from streams.records import Cell
from tests.browser.served import PASSWORD, Served
from tests.dashboard.boards import reading

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    # Threads of the test's own server may still write to a browser that has gone.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]

ROOT = Path(__file__).parents[2]
CELLS = (Cell("Alpha", "Nord"), Cell("Beta", "Süd"), Cell("Gamma", "Nord"))
SHARES = ((90, 100), (40, 100), (77, 100))
NO_PAGES = frozenset(
    {"/static/<path:filename>", "/manifest.webmanifest", "/sw.js", "/whoami", "/stream", "/board", "/healthz",
     "/readyz", "/metrics", "/api/kpis", "/palette", "/wall/<int:number>/stream", "/wall/<int:number>/board",
     "/wall/<int:number>/whoami", "/desk/<path:path>"}
)  # fmt: skip
"""What answers with something else than a page."""
_PLUMBING = ("/desk/_", "/desk/assets", "/desk/export")
SAMPLES = {
    "/users/<int:user_id>": "/users/1",
    "/walls/<int:wall_id>": "/walls/1",
    "/feeds/<path:name>": "/feeds/acd",
    "/link/<token>": "/link/{link}",
    "/wall/<int:number>": "/wall/open#{wall}",
}
BESIDE = ("/desk/hotline?name=Alpha", "/desk/campaign?name=unheard-of", "/nowhere")
"""Pages that share one route, and that of an address which leads nowhere."""
PHONE_AGENT = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"
PHONES = frozenset({"/", "/hotlines", "/campaigns", "/mehr", "/login", "/offline", "/link/<token>"})
"""Pages that are looked at on a phone too."""


def page_rules() -> list[str]:
    return sorted(
        rule
        for method, rule in ROUTES
        if method == "GET" and rule not in NO_PAGES and not rule.startswith(_PLUMBING) and "logout" not in rule
    )


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core."""
    subprocess.run(["sh", Path(__file__).with_name("axe.sh")], check=True, env=os.environ | {"PYTHON": sys.executable})
    return (ROOT / "build" / "axe" / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application with hotlines in three states, a user who runs it, a wall, and a link to each."""
    served = Served(tmp_path_factory.mktemp("axe"), CELLS)
    served.users.add_user("betrieb", PASSWORD, "ops", Scope())
    served.publish([reading(cell, share, waiting=2) for cell, share in zip(CELLS, SHARES, strict=True)], whole=True)
    served.start()
    yield served
    served.close()


@pytest.fixture(scope="module")
def links(place: Served) -> dict[str, str]:
    walls = Walls(place.users.database, lambda: 1_780_000_000_000)
    wall = walls.save(None, "Halle", WallPlan(), Scope(), "de", "betrieb")
    new = place.users.add_user("neu", None, "team_lead", Scope())
    return {"wall": walls.add_link(wall, "links", "betrieb"), "link": place.users.links.make(new.id, "invitation")}


def seen(page: Page, axe: str) -> list[str]:
    """What axe finds wrong, readable."""
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{one['id']}: {one['help']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["desk", "phone"])
def test_every_page(
    chromium: Browser, place: Served, links: dict[str, str], axe: str, device: str, scheme: str
) -> None:
    size = {"desk": (1440, 900), "phone": (390, 844)}[device]
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,
        service_workers="block",
        reduced_motion="reduce",
        is_mobile=device == "phone",
        has_touch=device == "phone",
        user_agent=PHONE_AGENT if device == "phone" else None,
    )
    page = context.new_page()
    wrong: list[str] = []

    def look(rule: str) -> None:
        address = SAMPLES.get(rule, rule).format(**links)
        assert "<" not in address, f"give a sample address for {rule} in SAMPLES"
        page.goto("about:blank")
        answer = page.goto(place.url + address)
        assert answer is not None
        assert answer.status < 500, address
        assert "text/html" in answer.headers["content-type"], f"{rule} is no page: name it in NO_PAGES"
        if "#" in address:
            # The page of a link hands its token over and goes on to the wall.
            page.wait_for_url(lambda url: "#" not in url and "open" not in url)
        page.wait_for_load_state("load")
        wrong.extend(f"{address}: {each}" for each in seen(page, axe))

    try:
        chosen = [rule for rule in page_rules() if device == "desk" or rule in PHONES]
        for rule in chosen:
            if ROUTES["GET", rule] in (Open.PUBLIC, Open.SCREEN):
                look(rule)
        place.log_in(page, "betrieb")
        for rule in chosen:
            if ROUTES["GET", rule] not in (Open.PUBLIC, Open.SCREEN):
                look(rule)
        for address in BESIDE:
            look(address)
    finally:
        context.close()
    assert not wrong, "\n".join(wrong)
