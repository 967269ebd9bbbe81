"""Notices a part that stopped advancing although entries wait in it, by our own position, not by the group's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from streams.log import LogPart, LogUnavailable

STUCK_SECONDS = 30.0


@dataclass
class _Seen:
    position: str
    behind_since: float | None = None


class Watchdog:
    """`part(number)` gives a reader of its own. `clock` is a monotonic clock in seconds."""

    def __init__(self, part: Callable[[int], LogPart], clock: Callable[[], float]) -> None:
        self._part = part
        self._clock = clock
        self._seen: dict[int, _Seen] = {}

    def stuck(self, positions: Mapping[int, str]) -> list[int]:
        """Looks at the positions reached; the parts whose next entry has been waiting for 30 s (closed).

        A log that does not answer makes nobody stuck.
        """
        now = self._clock()
        self._seen = {part: seen for part, seen in self._seen.items() if part in positions}
        found = []
        for part, position in positions.items():
            seen = self._seen.get(part)
            if seen is None or seen.position != position:
                self._seen[part] = _Seen(position)
                continue
            try:
                behind = bool(self._part(part).read(position, 1))
            except LogUnavailable:
                behind = False
            if not behind:
                seen.behind_since = None
            elif seen.behind_since is None:
                seen.behind_since = now
            elif now - seen.behind_since >= STUCK_SECONDS:
                found.append(part)
        return found
