"""The leads of one campaign: which is dialled next, how often each was, what became of it."""

from __future__ import annotations

import heapq
from collections import deque
from random import Random

from collectors.demo_centre.campaigns import Campaign
from collectors.demo_centre.staffing import HOUR_MS

ATTEMPTS_MOST = 10
RECYCLE_MS = 90 * 60_000
HOPPER = 100
# What became of leads in the days before, and how often they were called then.
_EARLIER = (
    ("NEW", 0.62),
    ("NA", 0.15),
    ("A", 0.07),
    ("B", 0.02),
    ("NI", 0.07),
    ("SALE", 0.02),
    ("DC", 0.03),
    ("NP", 0.02),
)
FINISHED = frozenset({"SALE", "INTV", "NI", "DNC", "DC"})


class Lead:
    """One address."""

    __slots__ = ("called_count", "called_ms", "id", "list_id", "status")

    def __init__(self, lead_id: int, list_id: int, status: str, called_count: int, called_ms: int) -> None:
        self.id = lead_id
        self.list_id = list_id
        self.status = status
        self.called_count = called_count
        self.called_ms = called_ms


class Leads:
    """All leads of a campaign. `hopper` are those that are dialled next, in order.

    `changed` are those that changed since it was last emptied.
    """

    def __init__(self, campaign: Campaign, random: Random, day_start_ms: int) -> None:
        self.lists = [campaign.first_user // 100 * 1000 + number for number in range(1, len(campaign.leads) + 1)]
        self.changed: dict[int, Lead] = {}
        self.hopper: deque[Lead] = deque()
        self._fresh: deque[Lead] = deque()
        self._due: list[tuple[int, int, Lead]] = []
        names, shares = zip(*_EARLIER, strict=True)
        lead_id = campaign.first_user * 1_000
        for list_id, count in zip(self.lists, campaign.leads, strict=True):
            for status in random.choices(names, shares, k=count):
                lead_id += 1
                called = 0 if status == "NEW" else min(ATTEMPTS_MOST - 2, 1 + int(random.expovariate(0.5)))
                called_ms = day_start_ms - random.randrange(14, 140) * HOUR_MS if called else 0
                lead = Lead(lead_id, list_id, status, called, called_ms)
                self.changed[lead.id] = lead
                if status == "NEW":
                    self._fresh.append(lead)
                elif status not in FINISHED:
                    self._again(lead, day_start_ms + random.randrange(4 * HOUR_MS))
        random.shuffle(self._fresh)

    def fill_hopper(self, now_ms: int) -> None:
        """Puts those who are due again behind who stands in the hopper, and then new ones, until it is full."""
        while len(self.hopper) < HOPPER:
            if self._due and self._due[0][0] <= now_ms:
                self.hopper.append(heapq.heappop(self._due)[2])
            elif self._fresh:
                self.hopper.append(self._fresh.popleft())
            else:
                return

    def dialled(self, lead: Lead, now_ms: int) -> None:
        """The lead is being called."""
        lead.called_count += 1
        lead.called_ms = now_ms
        self._state(lead, "INCALL")

    def ended(self, lead: Lead, status: str, now_ms: int, again_ms: int = 0) -> None:
        """The call has this result. The lead comes again at `again_ms`, or after the pause of recycling."""
        self._state(lead, status)
        if status not in FINISHED and lead.called_count < ATTEMPTS_MOST:
            self._again(lead, again_ms or now_ms + RECYCLE_MS)

    def _state(self, lead: Lead, status: str) -> None:
        lead.status = status
        self.changed[lead.id] = lead

    def _again(self, lead: Lead, at_ms: int) -> None:
        heapq.heappush(self._due, (at_ms, lead.id, lead))
