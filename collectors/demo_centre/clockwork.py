"""Simulated time: what is due when, and the queue_log lines that it leaves behind."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable

NONE = "NONE"


def chance(*names: str | int) -> random.Random:
    """A source of random numbers that is the same in every run for the same names."""
    return random.Random("/".join(str(name) for name in names))  # noqa: S311


class Clockwork:
    """A queue of due events in simulated time. Events due at the same millisecond run in the order they were set."""

    def __init__(self, begins_ms: int) -> None:
        self.now_ms = begins_ms
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._set = 0
        self._lines: list[str] = []
        self._channels = 0

    @property
    def now_seconds(self) -> int:
        """The whole second in which the present instant lies, as Asterisk stamps it."""
        return self.now_ms // 1000

    def at(self, when_ms: int, act: Callable[[], None]) -> None:
        """Runs `act` at `when_ms`, or at once in the order of setting if that has passed."""
        self._set += 1
        heapq.heappush(self._due, (max(when_ms, self.now_ms), self._set, act))

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Runs `act` in `seconds` from now, cut to milliseconds."""
        self.at(self.now_ms + int(seconds * 1000), act)

    def run(self, until_ms: int) -> list[str]:
        """Runs everything due up to and including `until_ms` and returns the lines written, oldest first."""
        due = self._due
        while due and due[0][0] <= until_ms:
            self.now_ms, _, act = heapq.heappop(due)
            act()
        self.now_ms = max(self.now_ms, until_ms)
        lines, self._lines = self._lines, []
        return lines

    def write(self, call: str, queue: str, agent: str, event: str, *arguments: str | int) -> None:
        """Writes one queue_log line: an event without arguments ends in `|`, as in Asterisk."""
        rest = "|".join(map(str, arguments))
        self._lines.append(f"{self.now_ms // 1000}|{call}|{queue}|{agent}|{event}|{rest}")

    def channel(self) -> str:
        """The unique id of a new channel: second of its birth and a running number."""
        self._channels += 1
        return f"{self.now_ms // 1000}.{self._channels}"
