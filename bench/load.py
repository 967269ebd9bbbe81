"""`python -m bench.load`: the first visit of phone and desk over a slow 4G line with a processor slowed four times.

Every visit is a fresh browser profile. Wire bytes are what Chromium received; visible and live are measured in the
page: the first tile painted, and the first message of the stream taken over. Medians of several visits.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from statistics import median
from typing import Any

from playwright.sync_api import Browser

from bench.report import Report
from bench.running import Running, chromium, running, signed_in

SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
SLOWER = 4
_MEASURE = """
window.measured = {shift: 0};
new PerformanceObserver(list => { for (const one of list.getEntries()) if (!one.hadRecentInput)
  window.measured.shift += one.value; }).observe({type: 'layout-shift', buffered: true});
new MutationObserver((_, watch) => {
  const tile = document.querySelector('[data-tile]');
  if (tile) { watch.disconnect(); requestAnimationFrame(() => requestAnimationFrame(() => {
    window.measured.visible = performance.now(); })); }
}).observe(document, {childList: true, subtree: true});
const Source = window.EventSource;
window.EventSource = class extends Source { constructor(...words) { super(...words);
  this.addEventListener('snapshot', () => requestAnimationFrame(() => {
    window.measured.live ??= performance.now(); })); } };
"""


@dataclass(frozen=True)
class Budget:
    """What screens.md promises: wire bytes (all, or scripts only), seconds until tiles are visible and live."""

    path: str
    width: int
    height: int
    wire: int
    scripts_only: bool
    visible: float
    live: float


BUDGETS = {
    "phone": Budget("/", 390, 844, 40_000, False, 0.6, 0.8),
    "desk": Budget("/desk/", 1440, 900, 200_000, True, 0.8, 1.2),
}


def visit(browser: Browser, found: Running, cookie: str, budget: Budget) -> dict[str, float]:
    """One first visit."""
    context = signed_in(browser, found, cookie, viewport={"width": budget.width, "height": budget.height})
    page = context.new_page()
    page.add_init_script(_MEASURE)
    session = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    wire: dict[str, float] = {}

    def answered(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]

    def finished(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "")
        wire[kind] = wire.get(kind, 0) + event["encodedDataLength"]

    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(found.url + budget.path)
    page.wait_for_function("() => window.measured.visible && window.measured.live", timeout=60_000)
    page.wait_for_timeout(3000)
    measured = page.evaluate("() => window.measured")
    context.close()
    scripts = wire.get("Script", 0.0)
    return {
        "all": sum(wire.values()),
        "scripts": scripts,
        "visible": measured["visible"] / 1000,
        "live": measured["live"] / 1000,
        "shift": measured["shift"],
    }


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=5)
    asked = parser.parse_args()
    columns = ("page", "wire", "scripts", "budget", "visible", "budget", "live", "budget", "layout shift")
    report = Report("first load, slow 4G, processor 4 times slower, medians", *columns)
    with running("--demo") as found, chromium() as browser:
        cookie = found.log_in("manager", "manager-demo")
        for name, budget in BUDGETS.items():
            visits = [visit(browser, found, cookie, budget) for _ in range(asked.visits)]
            middle = {key: median(one[key] for one in visits) for key in visits[0]}
            weighed = middle["scripts"] if budget.scripts_only else middle["all"]
            report.judge(
                name,
                f"{middle['all'] / 1000:.1f} kB",
                f"{middle['scripts'] / 1000:.1f} kB",
                f"{budget.wire / 1000:.0f} kB",
                f"{middle['visible']:.2f} s",
                f"{budget.visible} s",
                f"{middle['live']:.2f} s",
                f"{budget.live} s",
                f"{middle['shift']:.4f}",
                holds=weighed <= budget.wire and middle["visible"] <= budget.visible and middle["live"] <= budget.live,
            )
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
