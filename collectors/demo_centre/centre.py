"""The simulated contact centre: calls arrive, wait, are answered, give up, are transferred; agents come and go.

Pure: time is an argument, chance comes from the seed. The only thing it produces is queue_log lines and its own count
of what happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from collectors.demo_centre.calls import Calls
from collectors.demo_centre.clockwork import NONE, Clockwork, chance
from collectors.demo_centre.hotlines import HOTLINES, Hotline, scaled
from collectors.demo_centre.planning import Crew, plan_rows
from collectors.demo_centre.room import Line, Room
from collectors.demo_centre.settings_text import BesidePaths, settings_text
from collectors.demo_centre.staffing import planned_agents
from collectors.demo_centre.story import MINUTE_MS, Story
from collectors.demo_centre.supervisor import Supervisor
from collectors.demo_centre.team import Team
from collectors.demo_centre.trunks import TrunkCounts
from collectors.demo_centre.truth import QueueTruth

BACKFILL_MS = 5 * 3_600_000
AGENTS_PER_TEAM = 500


class Centre:
    """One run of the simulation.

    The business day begins five hours before `start_ms` (rounded down to the minute) and the story is told around
    `start_ms`. `resumes_ms` begins the run at that later instant instead, with the agents logging in anew.
    `hotlines` replaces the fourteen of the demo; `calls_per_second` scales all of them to that load at the peak;
    `same_second_share` (0..1) of the arrivals bring one to three more calls in the same instant, which are answered
    or given up within about a second, so that many events share one.
    """

    def __init__(
        self,
        seed: int,
        start_ms: int,
        *,
        hotlines: Sequence[Hotline] = HOTLINES,
        calls_per_second: float | None = None,
        same_second_share: float = 0.0,
        resumes_ms: int | None = None,
    ) -> None:
        self.hotlines = tuple(hotlines) if calls_per_second is None else scaled(hotlines, calls_per_second)
        self.seed = seed
        self.start_ms = start_ms
        self.day_start_ms = (start_ms - BACKFILL_MS) // MINUTE_MS * MINUTE_MS
        begins_ms = self.day_start_ms if resumes_ms is None else max(resumes_ms, self.day_start_ms)
        self._backfilled_ms = start_ms if resumes_ms is None else begins_ms
        self._clockwork = Clockwork(begins_ms)
        random = chance(seed, "calls", "first" if resumes_ms is None else begins_ms)
        self._calls = Calls(self._clockwork, random, self.day_start_ms, same_second_share)
        self._lines = [Line(seed, hotline, queue) for hotline in self.hotlines for queue in hotline.queues]
        self._rooms = self._furnish(seed)
        story = Story(seed, start_ms, [room.team.name for room in self._rooms])
        self._supervisor = Supervisor(self._clockwork, story, self.day_start_ms)
        self._clockwork.at(begins_ms, self._open)

    def backfill(self) -> list[str]:
        """The lines of the day so far: up to and including the start (after a resumption: only the beginning)."""
        return self.advance(self._backfilled_ms)

    def advance(self, until_ms: int) -> list[str]:
        """The lines written since the last call up to and including `until_ms`; none if that instant has passed.

        However the time is cut into calls, the lines together are the same.
        """
        return self._clockwork.run(until_ms)

    def settings_toml(self, path_of_queue_log: str, beside: BesidePaths | None = None) -> str:
        """A whole leitstand.toml that reads this centre's queue_log under the feed name `demo`.

        `beside`: where its other systems write, if those are to be read too.
        """
        return settings_text(self.hotlines, self.day_start_ms, path_of_queue_log, beside)

    def trunk_counts(self) -> TrunkCounts:
        """What the carrier counts in front of this centre."""
        return TrunkCounts(self.seed, self.hotlines, self.day_start_ms)

    def plan(self) -> list[str]:
        """The rows of the plan of today and tomorrow: who works when, and who is absent."""
        crews = [
            Crew(room.lines[0].name, room.team.first_number, planned_agents(room.peak_erlangs, room.aim))
            for room in self._rooms
        ]
        return plan_rows(self.seed, crews, self.day_start_ms)

    def truth(self) -> dict[str, QueueTruth]:
        """What happened so far, by queue."""
        return {line.name: line.truth for line in self._lines}

    def _furnish(self, seed: int) -> list[Room]:
        teams: dict[str, list[Line]] = {}
        clients: dict[str, list[Line]] = {}
        for line in self._lines:
            teams.setdefault(f"{line.queue.provider} {line.queue.team}", []).append(line)
            clients.setdefault(line.hotline.client, []).append(line)
        for line in self._lines:
            colleagues = clients[line.hotline.client]
            line.colleagues = [other for other in colleagues if other.hotline is not line.hotline]
            line.overflow = [o for o in colleagues if o.hotline is line.hotline and o is not line]
        rooms = []
        for index, (name, lines) in enumerate(teams.items()):
            numbers = 1000 + index * AGENTS_PER_TEAM
            team = Team(name, [one.name for one in lines], numbers, self._clockwork, chance(seed, "team", name))
            room = Room(team, lines)
            team.calls_wait = room.calls_wait
            team.on_free = partial(self._calls.dispatch, room)
            for line in lines:
                line.room = room
            rooms.append(room)
        return rooms

    def _open(self) -> None:
        self._clockwork.write(NONE, NONE, NONE, "QUEUESTART", "")
        for room in self._rooms:
            self._supervisor.look(room)
        for line in self._lines:
            self._calls.next_arrival(line)
