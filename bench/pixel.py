"""`python -m bench.pixel`: from a line in the queue_log to a changed number in a logged-in Chromium page.

`leitstand up` follows a file into which a thread writes 200 lines a second. A probe is one CONNECT line of a queue
that nothing else uses: the page's count of its calls goes up by one. Line and page are timed on the same clock; the
moment of a probe within the second is random.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.report import Report, quantile
from bench.running import LEITSTAND, Running, running, signed_in
from docs.chromium import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

PROMISED_MS = 1000.0
_PASSWORD = "bench-bench-bench"
QUEUES = 20
CONNECT_BEHIND, COMPLETE_BEHIND = 10, 45
"""How many seconds behind its arrival a background call is answered and ends."""

_WATCH = """(key) => {
  window.seen = [];
  let before = document.querySelector(key).textContent;
  new MutationObserver(() => {
    const now = document.querySelector(key)?.textContent;
    if (now === undefined || now === before) return;
    before = now;
    window.seen.push([now, performance.timeOrigin + performance.now()]);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""

_SETTINGS = """
[site]
zone = "Europe/Berlin"

[feeds.queue_log]
collector = "queue_log"
path = "{path}"
supplies = ["talk"]
"""


class QueueLog:
    """A queue_log file that is written as Asterisk does: whole lines, each with the second of the clock."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write_background, daemon=True)
        self._lines_per_second = 0
        self.written = 0

    def write(self, *lines: str) -> float:
        """Appends lines at once; the result is the time just before, in ms."""
        at_ms = time.time() * 1000
        self._file.write("".join(f"{int(at_ms // 1000)}|{line}\n" for line in lines).encode())
        return at_ms

    def start(self, lines_per_second: int) -> None:
        """Begins to write calls of the background queues, three lines each."""
        self._lines_per_second = lines_per_second
        self._thread.start()

    def close(self) -> None:
        """Ends the background."""
        self._stop.set()
        self._thread.join()
        self._file.close()

    def _write_background(self) -> None:
        calls_per_second = self._lines_per_second / 3
        began, call = time.monotonic(), 0
        while not self._stop.wait(max(0.0, began + call / calls_per_second - time.monotonic())):
            lines = [f"c{call}|q{call % QUEUES}|NONE|ENTERQUEUE||0|1"]
            answered = call - round(CONNECT_BEHIND * calls_per_second)
            if answered >= 0:
                lines.append(f"c{answered}|q{answered % QUEUES}|agent|CONNECT|{CONNECT_BEHIND}|u|1")
            ended = call - round(COMPLETE_BEHIND * calls_per_second)
            if ended >= 0:
                talk = COMPLETE_BEHIND - CONNECT_BEHIND
                lines.append(f"c{ended}|q{ended % QUEUES}|agent|COMPLETECALLER|{CONNECT_BEHIND}|{talk}|1")
            self.write(*lines)
            self.written += len(lines)
            call += 1


def probe(page: Page, log: QueueLog, probes: int, warm_seconds: float) -> list[float]:
    """Milliseconds from line to page, for each probe. Raises RuntimeError when the page shows something else."""
    tile = page.locator("[data-tile]", has_text="probe").get_attribute("data-tile")
    key = f'[data-k="t:{tile}:n"]'
    page.evaluate(_WATCH, key)
    chance = random.Random(1)
    page.wait_for_timeout(warm_seconds * 1000)
    took: list[float] = []
    for number in range(2, probes + 2):
        log.write(f"p{number}|probe|NONE|ENTERQUEUE||0|1")
        page.wait_for_timeout(1200 + chance.random() * 1000)
        at_ms = log.write(f"p{number}|probe|agent|CONNECT|1|u|1")
        page.wait_for_function("(count) => window.seen.length >= count", arg=len(took) + 1, timeout=10_000)
        text, seen_ms = page.evaluate("() => window.seen[window.seen.length - 1]")
        if text.removeprefix("n ") != str(number):
            message = f"after probe {number} the page shows {text!r}"
            raise RuntimeError(message)
        took.append(seen_ms - at_ms)
    return took


def measure(probes: int, lines_per_second: int, warm_seconds: float) -> tuple[list[float], float]:
    """Milliseconds of each probe, and the lines that the background really wrote per second."""
    with tempfile.TemporaryDirectory(prefix="leitstand-bench-") as folder:
        place = Path(folder)
        settings = place / "leitstand.toml"
        path = place / "queue_log"
        settings.write_text(_SETTINGS.format(path=path))
        log = QueueLog(path)
        log.write("p1|probe|NONE|ENTERQUEUE||0|1", "p1|probe|agent|CONNECT|1|u|1")
        with running(config=settings) as found, chromium() as browser:
            context = signed_in(browser, found, manager(found), viewport={"width": 390, "height": 844})
            page = context.new_page()
            began = time.monotonic()
            log.start(lines_per_second)
            try:
                page.goto(f"{found.url}/hotlines")
                page.wait_for_selector("[data-tile]:has-text('probe')")
                took = probe(page, log, probes, warm_seconds)
            finally:
                log.close()
            return took, log.written / (time.monotonic() - began)


def manager(found: Running) -> str:
    """The session cookie of a new account that sees everything."""
    words = ["user", "add", "bench", "--role", "manager", "--password-stdin"]
    command: list[str | Path] = [LEITSTAND, "--data", found.data, *words]
    subprocess.run(command, input=_PASSWORD, text=True, check=True, capture_output=True)
    return found.log_in("bench", _PASSWORD)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when a number comes later than promised."""
    parser = argparse.ArgumentParser(prog="python -m bench.pixel", description="From the line to the number.")
    parser.add_argument("--probes", type=int, default=100)
    parser.add_argument("--lines-per-second", type=int, default=200, help="lines of other calls")
    parser.add_argument("--warm-seconds", type=float, default=COMPLETE_BEHIND + 5)
    asked = parser.parse_args(arguments)
    took, lines = measure(asked.probes, asked.lines_per_second, asked.warm_seconds)
    report = Report(f"Event to pixel, {asked.probes} probes", "", "p50", "p95", "max", "promised")
    p95 = quantile(took, 0.95)
    report.judge(
        "line appended → number changed",
        *(f"{value:.0f} ms" for value in (quantile(took, 0.5), p95, max(took))),
        "p95 ≤ 1 s",
        holds=p95 <= PROMISED_MS,
    )
    report.note(f"{lines:.0f} other lines/s on average, from the first line on (three per call once calls end).")
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
