"""One team at work: the queues it answers, who waits in them, how many agents are wanted."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from collectors.demo_centre.clockwork import chance
from collectors.demo_centre.hotlines import HALF_HOUR_SECONDS, Hotline, Queue
from collectors.demo_centre.staffing import Recent
from collectors.demo_centre.team import Agent, Team
from collectors.demo_centre.truth import QueueTruth


class Line:
    """One queue at work: who waits in it, in order, and what has happened."""

    def __init__(self, seed: int, hotline: Hotline, queue: Queue) -> None:
        self.hotline = hotline
        self.queue = queue
        self.name = queue.name
        self.random = chance(seed, "arrivals", queue.name)
        self.peak_per_second = hotline.peak_calls * queue.share / HALF_HOUR_SECONDS
        self.waiting: dict[Visit, None] = {}
        self.truth = QueueTruth()
        self.room: Room
        self.colleagues: list[Line] = []
        self.overflow: list[Line] = []


class Visit:
    """One call in one queue. `agent` is set while one rings or talks."""

    __slots__ = (
        "agent",
        "call",
        "caller",
        "connected",
        "entered",
        "hasty",
        "judged",
        "line",
        "nth",
        "position",
        "rings_since_ms",
    )

    def __init__(self, line: Line, call: str, caller: str, entered: int, nth: int, hasty: bool) -> None:
        self.line = line
        self.call = call
        self.caller = caller
        self.entered = entered
        self.nth = nth
        self.hasty = hasty
        self.position = 0
        self.agent: Agent | None = None
        self.rings_since_ms = 0
        self.connected = 0
        self.judged = False

    @property
    def waits(self) -> bool:
        return self in self.line.waiting


class Room:
    """One team at work: the queues it answers, who rings next, how many agents are wanted."""

    def __init__(self, team: Team, lines: Sequence[Line]) -> None:
        self.team = team
        self.lines = list(lines)
        self.next_up: deque[Visit] = deque()
        self.recent = Recent()
        self.aim = min(0.93, max(line.hotline.target for line in lines) + 0.07)
        self.plan = 0
        self.plan_until_ms = 0
        self.extra_agents = 0
        self.sunk = False
        self.peak_per_second = sum(line.peak_per_second for line in lines)
        self.peak_erlangs = sum(line.peak_per_second * line.hotline.busy_seconds for line in lines)

    def calls_wait(self) -> bool:
        """Whether anybody waits whose call rings nowhere."""
        while self.next_up and (not self.next_up[0].waits or self.next_up[0].agent is not None):
            self.next_up.popleft()
        return bool(self.next_up)

    def judge(self, visit: Visit, at_seconds: int, in_time: bool) -> None:
        """Notes once, for the floor, whether this visit was answered in time."""
        if not visit.judged:
            visit.judged = True
            self.recent.add(at_seconds, in_time)
