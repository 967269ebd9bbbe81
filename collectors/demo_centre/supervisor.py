"""The floor of the simulated centre: how many agents each team gets, every quarter minute."""

from __future__ import annotations

from functools import partial

from collectors.demo_centre.clockwork import Clockwork
from collectors.demo_centre.hotlines import HALF_HOUR_SECONDS
from collectors.demo_centre.room import Room
from collectors.demo_centre.staffing import load_at, planned_agents
from collectors.demo_centre.story import MINUTE_MS, Incident, Story
from collectors.demo_centre.team import Team

LOOK_SECONDS = 15
PLAN_MS = 15 * MINUTE_MS


class Supervisor:
    """Keeps every team near its plan, asks for help when calls wait too long, and lets the story happen."""

    def __init__(self, clockwork: Clockwork, story: Story, day_start_ms: int) -> None:
        self._clockwork = clockwork
        self._story = story
        self._day_start_ms = day_start_ms

    def look(self, room: Room) -> None:
        """Looks at one team now and every `LOOK_SECONDS` from now on."""
        now_ms = self._clockwork.now_ms
        for line in room.lines:
            overdue = self._clockwork.now_seconds - line.hotline.threshold_seconds
            for visit in line.waiting:
                if visit.entered >= overdue:
                    break
                room.judge(visit, self._clockwork.now_seconds, in_time=False)
        if now_ms >= room.plan_until_ms:
            room.plan_until_ms = (now_ms // PLAN_MS + 1) * PLAN_MS
            erlangs = room.peak_erlangs * load_at(self._day_start_ms, now_ms + PLAN_MS // 2)
            room.plan = planned_agents(erlangs, room.aim)
        disturbed = [i for i in self._story.incidents(room.team.name, now_ms) if self._begun(room, i)]
        if disturbed:
            worst = min(disturbed, key=lambda incident: incident.staff_left)
            staff = max(1, round(room.plan * worst.staff_left))
            room.team.staff(staff, worst.reason or Team.LOG_OFF, hurry=0.4)
        else:
            self._ask_for_help(room)
            room.team.staff(room.plan + room.extra_agents, Team.LOG_OFF)
        self._clockwork.after(LOOK_SECONDS, partial(self.look, room))

    def _ask_for_help(self, room: Room) -> None:
        good, count = room.recent.since(self._clockwork.now_seconds - HALF_HOUR_SECONDS // 2)
        most = max(2, round(room.plan * 0.3))
        overdue = any(visit.judged for line in room.lines for visit in line.waiting)
        if overdue or (count >= 5 and good < count * (room.aim - 0.03)):
            room.extra_agents = min(most, room.extra_agents + 1)
        elif count >= 5 and good > count * (room.aim + 0.04):
            room.extra_agents = max(-most // 2, room.extra_agents - 1)

    def _begun(self, room: Room, incident: Incident) -> bool:
        now_ms = self._clockwork.now_ms
        if incident.sinks_to is None or room.sunk or now_ms >= incident.begins_ms + incident.sinks_within_ms:
            return True
        good, count = room.recent.since(incident.seen_at_ms // 1000 - HALF_HOUR_SECONDS)
        to_come = (incident.seen_at_ms - now_ms) / 1000 * load_at(self._day_start_ms, now_ms)
        count += round(to_come * room.peak_per_second)
        room.sunk = good >= incident.sinks_to * max(1, count)
        return room.sunk
