"""The agents of one team: who is there, who is free, on a break or about to leave."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from collectors.demo_centre.clockwork import NONE, Clockwork

BREAKS = (
    ("Pause", 6, 15),
    ("Besprechung", 8, 20),
    ("Schulung", 10, 25),
    ("Nachbearbeitung", 3, 8),
    ("Coaching", 5, 12),
)
BREAK_EVERY_MINUTES = (40, 130)
PRESENT_AT_LEAST = 0.9
AUTO_PAUSE = "Auto-Pause"


class Agent:
    """One person with a telephone. `going` is why they will leave once free: empty = they stay."""

    __slots__ = ("break_due_ms", "busy", "going", "name", "paused")

    def __init__(self, name: str) -> None:
        self.name = name
        self.busy = False
        self.paused = ""
        self.going = ""
        self.break_due_ms = 0


class Team:
    """Agents who answer the same queues. `free_agents` has the one who has been free longest first."""

    LOG_OFF = "log off"

    def __init__(
        self, name: str, queues: Sequence[str], first_number: int, clockwork: Clockwork, random: Random
    ) -> None:
        self.name = name
        self.first_number = first_number
        self.free_agents: deque[Agent] = deque()
        self.calls_wait: Callable[[], bool] = lambda: False
        self.on_free: Callable[[], None] = lambda: None
        self._queues = tuple(queues)
        self._next_number = first_number
        self._clockwork = clockwork
        self._random = random
        self._logged_in: list[Agent] = []
        self._at_home: list[Agent] = []
        self._disturbed: list[Agent] = []

    @property
    def counted(self) -> int:
        """Agents logged in who will go on working: breaks included, the disturbed and the leaving not."""
        return sum(1 for agent in self._logged_in if not agent.going) - len(self._disturbed)

    def staff(self, wanted: int, reason: str, hurry: float = 1.0) -> None:
        """Brings the team nearer to `wanted` agents.

        Too many leave for `reason` (`LOG_OFF`, else they pause with it), the free ones first, busy ones after their
        call. `hurry` is the part of the difference that is made up now, 0..1; at least one agent moves.
        """
        change = wanted - self.counted
        steps = min(abs(change), max(1, round(abs(change) * hurry)))
        for _ in range(steps):
            if change > 0:
                self._one_more()
            else:
                self._one_less(reason)

    def take(self) -> Agent:
        """The agent who has been free longest; they are busy from now on."""
        agent = self.free_agents.popleft()
        agent.busy = True
        return agent

    def release(self, agent: Agent) -> None:
        """The agent has finished: leaves, takes a due break, or is free for the next call."""
        agent.busy = False
        if agent.going:
            self._leave(agent)
        elif agent.break_due_ms <= self._clockwork.now_ms and self._may_break():
            reason, least, most = self._random.choice(BREAKS)
            self._pause(agent, reason)
            self._clockwork.after(self._random.uniform(least, most) * 60, partial(self._back, agent))
        else:
            self._free(agent)

    def auto_pause(self, agent: Agent, seconds: float) -> None:
        """Asterisk's autopause: the agent let it ring and is taken out for a while."""
        agent.busy = False
        if agent.going:
            self._leave(agent)
        else:
            self._pause(agent, AUTO_PAUSE)
            self._clockwork.after(seconds, partial(self._back, agent))

    def _free(self, agent: Agent) -> None:
        self.free_agents.append(agent)
        self.on_free()

    def _may_break(self) -> bool:
        paused = sum(1 for agent in self._logged_in if agent.paused)
        room = max(1, int(len(self._logged_in) * (1 - PRESENT_AT_LEAST)))
        return not self.calls_wait() and bool(self.free_agents) and paused - len(self._disturbed) < room

    def _one_more(self) -> None:
        staying = next((agent for agent in self._logged_in if agent.going), None)
        if staying is not None:
            staying.going = ""
        elif self._disturbed:
            agent = self._disturbed.pop(0)
            self._unpause(agent)
            self._free(agent)
        else:
            agent = self._at_home.pop() if self._at_home else self._hired()
            agent.break_due_ms = self._next_break()
            self._logged_in.append(agent)
            for queue in self._queues:
                self._clockwork.write("MANAGER", queue, agent.name, "ADDMEMBER", "")
            self._free(agent)

    def _one_less(self, reason: str) -> None:
        if self.free_agents:
            agent = self.free_agents.popleft()
            agent.going = reason
            self._leave(agent)
            return
        busy = next((agent for agent in self._logged_in if agent.busy and not agent.going), None)
        if busy is not None:
            busy.going = reason

    def _hired(self) -> Agent:
        self._next_number += 1
        return Agent(f"PJSIP/{self._next_number - 1}")

    def _leave(self, agent: Agent) -> None:
        reason, agent.going = agent.going, ""
        if reason == self.LOG_OFF:
            self._logged_in.remove(agent)
            self._at_home.append(agent)
            for queue in self._queues:
                self._clockwork.write("MANAGER", queue, agent.name, "REMOVEMEMBER", "")
        else:
            self._pause(agent, reason)
            self._disturbed.append(agent)

    def _pause(self, agent: Agent, reason: str) -> None:
        agent.paused = reason
        for queue in self._queues:
            self._clockwork.write(NONE, queue, agent.name, "PAUSE", reason)
        self._clockwork.write(NONE, NONE, agent.name, "PAUSEALL", reason)

    def _unpause(self, agent: Agent) -> None:
        reason, agent.paused = agent.paused, ""
        for queue in self._queues:
            self._clockwork.write(NONE, queue, agent.name, "UNPAUSE", reason)
        self._clockwork.write(NONE, NONE, agent.name, "UNPAUSEALL", reason)

    def _back(self, agent: Agent) -> None:
        if agent.paused != AUTO_PAUSE:
            agent.break_due_ms = self._next_break()
        self._unpause(agent)
        self._free(agent)

    def _next_break(self) -> int:
        return self._clockwork.now_ms + int(self._random.uniform(*BREAK_EVERY_MINUTES) * 60_000)
