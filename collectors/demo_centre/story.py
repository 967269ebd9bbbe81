"""What goes wrong in the simulated centre, and when: fixed around the start, drawn from the seed afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collectors.demo_centre.clockwork import chance

MINUTE_MS = 60_000


@dataclass(frozen=True)
class Incident:
    """A team loses agents in [begins_ms, ends_ms).

    `staff_left` is the part of the planned agents that goes on working. Those who leave log off, or pause with
    `reason` if there is one. With `sinks_to` the beginning is not a fixed instant: within the first `sinks_within_ms`
    it waits until losing every further call would still leave that share in time in the half hour before `seen_at_ms`.
    """

    team: str
    begins_ms: int
    ends_ms: int
    staff_left: float
    reason: str = ""
    sinks_to: float | None = None
    sinks_within_ms: int = 0
    seen_at_ms: int = 0


def around_the_start(start_ms: int) -> tuple[Incident, ...]:
    """One incident that is over, one that is there at the start, one that is about to begin."""

    def minutes(count: int) -> int:
        return start_ms + count * MINUTE_MS

    return (
        Incident("Köln Technik Router", minutes(-86), minutes(-64), 0.45, "Systemstörung"),
        Incident(
            "Nordcall Reklamation",
            minutes(-22),
            minutes(4),
            0.27,
            sinks_to=0.39,
            sinks_within_ms=14 * MINUTE_MS,
            seen_at_ms=start_ms,
        ),
        Incident("Nordcall Reklamation", minutes(4), minutes(50), 0.85),
        Incident("Teleo Bestellung Süd", minutes(3), minutes(14), 0.15, "Systemstörung"),
        Incident("Teleo Bestellung Süd", minutes(14), minutes(38), 0.95, "Systemstörung"),
    )


class Story:
    """All incidents of one run. Those of teams that the centre does not have never happen."""

    def __init__(self, seed: int, start_ms: int, teams: Sequence[str]) -> None:
        self._incidents = [incident for incident in around_the_start(start_ms) if incident.team in teams]
        self._later_teams = sorted(teams) if self._incidents else []
        self._drawn_until_ms = start_ms + 75 * MINUTE_MS
        self._random = chance(seed, "story")

    def incidents(self, team: str, now_ms: int) -> list[Incident]:
        """The incidents of `team` whose time includes `now_ms`. Ask with instants that never go back."""
        while self._later_teams and now_ms >= self._drawn_until_ms:
            self._draw()
        self._incidents = [incident for incident in self._incidents if now_ms < incident.ends_ms]
        return [one for one in self._incidents if one.team == team and one.begins_ms <= now_ms]

    def _draw(self) -> None:
        begins_ms = self._drawn_until_ms + self._random.randrange(5, 60) * MINUTE_MS
        ends_ms = begins_ms + self._random.randrange(12, 35) * MINUTE_MS
        team = self._random.choice(self._later_teams)
        left = self._random.uniform(0.3, 0.7)
        reason = self._random.choice(("Systemstörung", "Teambesprechung", ""))
        self._incidents.append(Incident(team, begins_ms, ends_ms, left, reason))
        self._drawn_until_ms = ends_ms + self._random.randrange(10, 60) * MINUTE_MS
