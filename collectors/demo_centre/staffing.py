"""How many agents a team needs: the plan from the expected load, and the hand of the floor manager on the day."""

from __future__ import annotations

import math
from collections import deque

HOUR_MS = 3_600_000
DAY_HOURS = 24
# Part of the peak load at each full hour after the business day began.
SHAPE = (
    *(0.45, 0.72, 0.94, 1.0, 0.93, 0.86, 0.82, 0.88, 0.92, 0.84, 0.66, 0.5),
    *(0.4, 0.32, 0.24, 0.16, 0.12, 0.09, 0.08, 0.08, 0.08, 0.1, 0.16, 0.28),
)
ON_BREAK = 0.06


def load_at(day_start_ms: int, at_ms: int) -> float:
    """The part of the peak load, 0..1, at `at_ms`: linear between the full hours, the same every day."""
    hours = ((at_ms - day_start_ms) / HOUR_MS) % DAY_HOURS
    hour = int(hours)
    return SHAPE[hour] + (SHAPE[(hour + 1) % DAY_HOURS] - SHAPE[hour]) * (hours - hour)


def planned_agents(erlangs: float, aim: float) -> int:
    """Agents for a load of `erlangs` by the square-root rule, at least two.

    The better the `aim` (share in time, 0..1), the larger the margin over the load.
    """
    margin = 0.55 + (aim - 0.85) * 5
    return max(2, math.ceil((erlangs + margin * math.sqrt(erlangs)) / (1 - ON_BREAK)))


class Recent:
    """The visits of a team decided lately, and whether each was answered in time."""

    def __init__(self, keep_seconds: int = 1800) -> None:
        self._keep_seconds = keep_seconds
        self._decided: deque[tuple[int, bool]] = deque()

    def add(self, at_seconds: int, in_time: bool) -> None:
        self._decided.append((at_seconds, in_time))
        while self._decided[0][0] <= at_seconds - self._keep_seconds:
            self._decided.popleft()

    def since(self, after_seconds: int) -> tuple[int, int]:
        """(in time, all) of the visits decided in (after_seconds, now]."""
        good = count = 0
        for at_seconds, in_time in reversed(self._decided):
            if at_seconds <= after_seconds:
                break
            good += in_time
            count += 1
        return good, count
