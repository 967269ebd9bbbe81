"""Somebody who looks all the time: asks the pages and holds a live stream open, and notes what came back."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

from tests.commands.running import Browser, wait_for

LOOK_SECONDS = 0.5
LONGEST_LOOK_SECONDS = 3
"""Less than any time-out towards Redis, and enough for a machine that is busy with other tests."""
_PATHS = ("/api/kpis?by=hotline", "/", "/healthz", "/login")
_BACK_SECONDS = 20
FAILED = 500


class Watch:
    """Looks while it is open.

    `failures`: every answer 500, with its text. `readiness`: (when, status, reason, seconds).

    `messages`: when (monotonic seconds) an event with numbers came over the stream; `heartbeats`: when a mere sign of
    life did. `seen`: how often the pages answered with each status, 0 for none.
    """

    def __init__(self, url: str) -> None:
        self.failures: list[str] = []
        self.readiness: list[tuple[float, int, str, float]] = []
        self.messages: list[float] = []
        self.heartbeats: list[float] = []
        self.seen: Counter[int] = Counter()
        self._url = url
        self._browser = Browser(url)
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._look, self._ask_ready, self._listen)]

    def __enter__(self) -> Watch:
        assert self._browser.log_in("chefin") == 303
        for thread in self._threads:
            thread.start()
        wait_for(lambda: bool(self.messages and self.readiness), "the first live numbers")
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def last_ready(self) -> int:
        """The newest status of /readyz."""
        return self.readiness[-1][1]

    @property
    def last_reason(self) -> str:
        """What the newest /readyz said."""
        return self.readiness[-1][2]

    def slowest_since(self, since: float) -> float:
        """The longest that /readyz took (seconds) among what was asked since then (monotonic)."""
        return max((took for at, _, _, took in self.readiness if at >= since), default=0.0)

    def _look(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            past = datetime.fromtimestamp(int(time.time()) - _BACK_SECONDS, UTC).isoformat().replace("+00:00", "Z")
            recount = [f"/api/kpis?as_of={past}"] if sum(self.seen.values()) % 8 < 4 else []
            for path in (*_PATHS, *recount):
                status, text = self._browser.ask("GET", path)
                self.seen[status] += 1
                if status == FAILED:
                    self.failures.append(f"{path}: {text}")

    def _ask_ready(self) -> None:
        browser = Browser(self._url)
        while not self._stop.wait(LOOK_SECONDS):
            began = time.monotonic()
            status, text = browser.ask("GET", "/readyz")
            took = time.monotonic() - began
            reason = json.loads(text).get("reason", "") if status in {200, 503} else text
            self.readiness.append((began, status, reason, took))
            if status == FAILED:
                self.failures.append(f"/readyz: {text}")

    def _listen(self) -> None:
        parts = urlsplit(self._url)
        cookies = "; ".join(f"{name}={value}" for name, value in self._browser.cookies.items())
        while not self._stop.is_set():
            # Longer than any silence of a stream that lives, short enough to notice the end of the test.
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
            with suppress(OSError, http.client.HTTPException):
                connection.request("GET", "/stream", headers={"Cookie": cookies})
                answer = connection.getresponse()
                if answer.status == FAILED:
                    self.failures.append(f"/stream: {answer.read().decode()}")
                while not self._stop.is_set() and (line := answer.fp.readline()):
                    if line.startswith(b"data:"):
                        self.messages.append(time.monotonic())
                    elif line.startswith(b":"):
                        self.heartbeats.append(time.monotonic())
            connection.close()
            self._stop.wait(LOOK_SECONDS)
