"""The plan of the simulated centre: who works when, following the load of the day, and who is absent (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from collectors.demo_centre.clockwork import chance
from collectors.demo_centre.staffing import DAY_HOURS, HOUR_MS, SHAPE

PLAN_HEADER = "person,from,to,kind,queue"
PLAN_TIMES = "%Y-%m-%dT%H:%M%z"
_ZONE = ZoneInfo("Europe/Berlin")
_SHIFT_HOURS = 8
_DAYS = 2
_ABSENT_SHARE, _THIN_SHARE = 0.06, 0.28
_THIN = "reklamation"
_ABSENCES = ("Urlaub", "krank", "krank", "Fortbildung")


class Crew(NamedTuple):
    """A team as the plan knows it: its first queue, the number of its first agent, and how many it has at the peak."""

    queue: str
    first_number: int
    agents: int


def plan_rows(seed: int, crews: Sequence[Crew], day_start_ms: int) -> list[str]:
    """The rows of the plan of two days from `day_start_ms` on, without a header."""
    return [
        row
        for day in range(_DAYS)
        for crew in crews
        for row in _crew_rows(seed, crew, day_start_ms + day * DAY_HOURS * HOUR_MS)
    ]


def _crew_rows(seed: int, crew: Crew, day_start_ms: int) -> Iterator[str]:
    random = chance(seed, "plan", crew.queue, day_start_ms)
    share = _THIN_SHARE if crew.queue.startswith(_THIN) else _ABSENT_SHARE
    for place, begin_hour in enumerate(_begins(crew.agents)):
        person = f"PJSIP/{crew.first_number + place}"
        begin_ms = day_start_ms + begin_hour * HOUR_MS
        times = f"{_text(begin_ms)},{_text(begin_ms + _SHIFT_HOURS * HOUR_MS)}"
        yield f"{person},{times},work,{crew.queue}"
        if random.random() < share:
            yield f"{person},{times},{random.choice(_ABSENCES)},"


def _begins(agents: int) -> list[int]:
    """The hour of the day at which each shift begins, so that about as many work as the load of each hour wants."""
    begins: list[int] = []
    for hour, load in enumerate(SHAPE):
        working = sum(1 for begin in begins if begin <= hour < begin + _SHIFT_HOURS)
        begins += [hour] * max(0, round(load * agents) - working)
    return begins


def _text(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, _ZONE):{PLAN_TIMES}}"
