"""`python -m bench.load`: the first visit of phone and desk over a slow 4G line with a processor slowed four times.

Every visit is a fresh browser profile. Wire bytes are what Chromium received; visible and live are measured in the
page: the first tile painted, and the first message of the stream taken over by the board. Then the page is watched for
ten seconds: the main thread's work per update, still slowed. Medians of several visits, which the pages take in turns.

The first row is a page of one word from a bare server, visited alike: what the emulation and the machine cost anybody.
"""

from __future__ import annotations

import argparse
import math
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession

from bench.report import Report
from bench.running import Running, running, signed_in
from docs.chromium import chromium

SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
SLOWER = 4
SETTLE_MS, WATCH_MS, MOST_LOOKS = 4000, 10_000, 15
MOST_SHIFT = 0.001
"""Less than a pixel's move on a whole screen: no shift that anybody sees."""
_MEASURE = """
window.measured = {shift: 0, updates: 0};
new PerformanceObserver(list => { for (const one of list.getEntries()) if (!one.hadRecentInput)
  window.measured.shift += one.value; }).observe({type: 'layout-shift', buffered: true});
new MutationObserver((_, watch) => {
  const tile = document.querySelector('[data-tile]');
  if (tile) { watch.disconnect(); requestAnimationFrame(() => requestAnimationFrame(() => {
    window.measured.visible = performance.now(); })); }
}).observe(document, {childList: true, subtree: true});
document.addEventListener('live', () => { window.measured.updates++;
  if (window.measured.updates === 1) requestAnimationFrame(() => { window.measured.live = performance.now(); }); });
"""


@dataclass(frozen=True)
class Budget:
    """What is promised: wire bytes (all, or scripts only), seconds until tiles are visible and live, and milliseconds
    of the main thread per update, promised for the phone only.
    """

    path: str
    width: int
    height: int
    wire: int
    scripts_only: bool
    visible: float
    live: float
    update_ms: float


BUDGETS = {
    "phone": Budget("/", 390, 844, 40_000, False, 0.6, 0.8, 10.0),
    "desk": Budget("/desk/", 1440, 900, 200_000, True, 0.8, 1.2, math.inf),
}


class _OneWord(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = b'<!doctype html><title>-</title><p data-tile="">one</p>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def one_word() -> Iterator[str]:
    """The address of a page of one word."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _OneWord)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def visit(browser: Browser, found: Running, cookie: str, url: str, budget: Budget | None) -> dict[str, float]:
    """One first visit; without a budget nothing is expected to become live."""
    width, height = (390, 844) if budget is None else (budget.width, budget.height)
    context = signed_in(browser, found, cookie, viewport={"width": width, "height": height})
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
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    # Nobody looks into the page while it loads: a look costs its main thread a tenth of a second.
    page.goto(url, wait_until="commit")
    there = "(alive) => window.measured.visible && (!alive || window.measured.live)"
    for _ in range(MOST_LOOKS):
        page.wait_for_timeout(SETTLE_MS)
        if page.evaluate(there, budget is not None):
            break
    else:
        message = f"{url} showed nothing, or did not become live"
        raise SystemExit(message)
    before, begun = busy_seconds(session), page.evaluate("() => window.measured.updates")
    page.wait_for_timeout(WATCH_MS)
    measured = page.evaluate("() => window.measured")
    busy = busy_seconds(session) - before
    updates = measured["updates"] - begun
    context.close()
    scripts = wire.get("Script", 0.0)
    return {
        "all": sum(wire.values()),
        "scripts": scripts,
        "visible": measured["visible"] / 1000,
        "live": measured.get("live", 0.0) / 1000,
        "shift": measured["shift"],
        "update_ms": busy * 1000 / max(updates, 1),
    }


def busy_seconds(session: CDPSession) -> float:
    """Processor seconds of the page's main thread; time in which others had the processor does not count."""
    found = {one["name"]: float(one["value"]) for one in session.send("Performance.getMetrics")["metrics"]}
    return found["TaskDuration"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when a page comes later or is larger than promised."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description="First load of phone and desk.")
    parser.add_argument("--visits", type=int, default=5)
    asked = parser.parse_args(arguments)
    columns = (
        "page",
        "wire",
        "scripts",
        "budget",
        "visible",
        "budget",
        "live",
        "budget",
        "layout shift",
        "main thread/update",
    )
    report = Report("first load, slow 4G, processor 4 times slower, medians", *columns)
    with running("--demo") as found, chromium() as browser, one_word() as bare:
        cookie = found.log_in("manager", "manager-demo")
        visits: dict[str, list[dict[str, float]]] = {name: [] for name in ("one word", *BUDGETS)}
        for _ in range(asked.visits):
            visits["one word"].append(visit(browser, found, cookie, bare, None))
            for name, budget in BUDGETS.items():
                visits[name].append(visit(browser, found, cookie, found.url + budget.path, budget))
        middle = {name: {key: median(one[key] for one in own) for key in own[0]} for name, own in visits.items()}
        nothing = middle.pop("one word")
        shown = (f"{nothing['visible']:.2f} s", "", "", "", f"{nothing['shift']:.4f}", f"{nothing['update_ms']:.1f}")
        report.row("one word", f"{nothing['all'] / 1000:.1f} kB", "", "", *shown)
        for name, found_ in middle.items():
            budget = BUDGETS[name]
            weighed = found_["scripts"] if budget.scripts_only else found_["all"]
            report.judge(
                name,
                f"{found_['all'] / 1000:.1f} kB",
                f"{found_['scripts'] / 1000:.1f} kB",
                f"{budget.wire / 1000:.0f} kB",
                f"{found_['visible']:.2f} s",
                f"{budget.visible} s",
                f"{found_['live']:.2f} s",
                f"{budget.live} s",
                f"{found_['shift']:.4f}",
                f"{found_['update_ms']:.1f}",
                holds=weighed <= budget.wire
                and found_["visible"] <= budget.visible
                and found_["live"] <= budget.live
                and found_["shift"] <= MOST_SHIFT
                and found_["update_ms"] <= budget.update_ms,
            )
    report.note(
        "One word: a bare page from a bare server; main thread there for all ten seconds, per update elsewhere."
    )
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
