"""`python -m bench.pixel`: from a line appended to the followed file to the changed number in a logged-in browser.

A probe is a caller who enters an otherwise empty queue; its hotline's waiting count on the phone page changes. The
background goes to other queues. Page and writer share one clock.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from bench.report import Report, quantile
from bench.running import LEITSTAND, chromium, running, signed_in

PROMISED_MS = 1000.0
HOTLINES = 12
_CHANGED = """
(before) => {
  const text = () => [...document.querySelectorAll('[data-tile]')]
    .find(each => each.textContent.includes('probe')).innerText;
  window.changed = new Promise(done => {
    const watch = new MutationObserver(() => {
      if (text() !== before) { watch.disconnect(); done(Date.now()); }
    });
    watch.observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
  });
  return true;
}
"""
_TEXT = """
() => [...document.querySelectorAll('[data-tile]')].find(each => each.textContent.includes('probe')).innerText
"""


def settings(folder: Path) -> Path:
    """Settings that follow one queue_log."""
    file = folder / "leitstand.toml"
    file.write_text(
        '[feeds.bench]\ncollector = "queue_log"\npath = "queue_log"\n'
        '[[queues]]\nqueue = "probe"\nhotline = "probe"\n'
        + "".join(f'[[queues]]\nqueue = "q{n}"\nhotline = "hotline {n}"\n' for n in range(HOTLINES))
    )
    return file


class Background(threading.Thread):
    """Appends so many lines a second to the other queues, and whatever `probe` wants in between."""

    def __init__(self, path: Path, per_second: int) -> None:
        super().__init__(daemon=True)
        self._file = path.open("ab", buffering=0)
        self._per_second = per_second
        self._lock = threading.Lock()
        self.stop = threading.Event()

    def write(self, text: str) -> int:
        """Appends lines and returns when, in ms."""
        with self._lock:
            self._file.write(text.encode())
        return time.time_ns() // 1_000_000

    def run(self) -> None:
        number = 0
        while not self.stop.wait(0.05):
            now = int(time.time())
            lines = []
            for _ in range(max(1, self._per_second // 40)):
                number += 1
                queue = f"q{number % HOTLINES}"
                lines.append(f"{now}|b{number}|{queue}|NONE|ENTERQUEUE||1|1\n")
                lines.append(f"{now}|b{number}|{queue}|NONE|ABANDON|1|1|3\n")
            self.write("".join(lines))


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--probes", type=int, default=100)
    parser.add_argument("--background", type=int, default=200, help="lines a second")
    asked = parser.parse_args()
    delays: list[float] = []
    with tempfile.TemporaryDirectory(prefix="pixel-") as place:
        folder = Path(place)
        config = settings(folder)
        (folder / "queue_log").touch()
        with running(config=config) as found, chromium() as browser:
            subprocess.run(
                [LEITSTAND, "--data", found.data, "user", "add", "bench", "--role", "manager", "--password-stdin"],
                input="bench-bench-bench",
                text=True,
                check=True,
                capture_output=True,
            )
            context = signed_in(browser, found, found.log_in("bench", "bench-bench-bench"))
            page = context.new_page()
            background = Background(folder / "queue_log", asked.background)
            background.start()
            page.goto(found.url + "/?view=phone")
            page.wait_for_selector("text=probe")
            for number in range(asked.probes):
                # Spread over the second, so that no phase of the pipeline is favoured.
                page.wait_for_timeout(300 + number * 37 % 700)
                before = page.evaluate(_TEXT)
                page.evaluate(_CHANGED, before)
                now = int(time.time())
                at = background.write(
                    f"{now}|p{number}|probe|NONE|ENTERQUEUE||1|1\n{now}|p{number}|probe|NONE|ABANDON|1|1|3\n"
                )
                delays.append(page.evaluate("() => window.changed") - at)
            background.stop.set()
    report = Report("line appended -> number changed on the page", "measured", "p50", "p95", "max", "promised p95")
    p95 = quantile(delays, 0.95)
    report.judge(
        f"{len(delays)} probes, {asked.background} lines/s beside them",
        f"{quantile(delays, 0.5):.0f} ms",
        f"{p95:.0f} ms",
        f"{max(delays):.0f} ms",
        f"{PROMISED_MS:.0f} ms",
        holds=p95 <= PROMISED_MS,
    )
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
