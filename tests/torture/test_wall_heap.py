"""A wall that runs for weeks: eight hours of changes in twenty minutes make its page grow by less than 10 MB.

`LEITSTAND_WALL_MINUTES` makes it shorter.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dashboard import hub
from dashboard.access import Scope
from dashboard.wall_plan import BoardPlan, WallPlan
from dashboard.walls import Walls
from streams.records import Cell
from tests.browser.served import Served, now_ms
from tests.dashboard.boards import reading

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession

pytestmark = [pytest.mark.torture, pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")]

CHANGES_PER_SECOND = 24
MOST_GROWTH_BYTES = 10 * 1024 * 1024
WARM_SECONDS = 10


def heap_bytes(session: CDPSession) -> int:
    """What the page still needs after everything else was thrown away."""
    session.send("HeapProfiler.collectGarbage")
    return int(session.send("Runtime.getHeapUsage")["usedSize"])


def test_a_wall_does_not_grow(chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    minutes = float(os.environ.get("LEITSTAND_WALL_MINUTES", "20"))
    monkeypatch.setattr(hub, "PUSH_EVERY_SECONDS", 1 / CHANGES_PER_SECOND)
    cells = [Cell(f"Hotline {number:02}", "Köln") for number in range(24)]
    served = Served(tmp_path, cells)
    served.publish([reading(cell, (90, 100)) for cell in cells], whole=True)
    served.start()
    walls = Walls(served.users.database, now_ms)
    plan = WallPlan((BoardPlan("alle"), BoardPlan("Dienstleister", group="provider")), seconds=5, forward=True)
    token = walls.add_link(walls.save(None, "Foyer", plan, Scope(), "de", "karin"), "links", "karin")
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, service_workers="block")
    page = context.new_page()
    page.goto(f"{served.url}/wall/open#{token}")
    page.wait_for_selector("html[data-age=live] .tile", state="attached")
    page.evaluate("""() => {
        window.messages = 0;
        document.addEventListener("live", () => { window.messages += 1; });
    }""")
    session = context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    began, published, first = time.monotonic(), 0, 0
    samples: list[int] = []
    while time.monotonic() - began < minutes * 60 + WARM_SECONDS:
        # Now and then one falls below its target, comes forward and recovers: the board is read again.
        low = published // 400 % 3 == 1
        changed = [cells[(published + each) % 24] for each in range(6)]
        served.publish(
            [reading(cell, (10 if low and cell is cells[0] else 90 - published % 7, 100)) for cell in changed]
        )
        published += 1
        page.wait_for_timeout(1000 / CHANGES_PER_SECOND)
        if not first and time.monotonic() - began >= WARM_SECONDS:
            first = heap_bytes(session)
        if first and published % 1500 == 0:
            samples.append(heap_bytes(session))
    last = heap_bytes(session)
    messages = page.evaluate("window.messages")
    print(f"\n{messages} messages; {first / 1e6:.2f} MB after {WARM_SECONDS} s, {last / 1e6:.2f} MB at the end")
    print("between: " + ", ".join(f"{each / 1e6:.2f}" for each in samples))
    context.close()
    served.close()
    assert messages >= minutes * 60 * 4
    assert last - first < MOST_GROWTH_BYTES
