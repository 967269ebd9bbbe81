"""One campaign at work: lines ring, people answer, agents talk and say how it ended, calls nobody takes are dropped."""

from __future__ import annotations

from collections import deque
from functools import partial

from collectors.demo_centre.campaigns import Campaign
from collectors.demo_centre.clockwork import Clockwork, chance
from collectors.demo_centre.dialer_agents import DialerAgent
from collectors.demo_centre.dialer_rows import Attempt, Callback, Rows
from collectors.demo_centre.leads import Leads
from collectors.demo_centre.staffing import DAY_HOURS, HOUR_MS

PACE_SECONDS, STEER_SECONDS, HOPPER_SECONDS = 2, 30, 60
HOLD_SECONDS = 2
WORKING_HOURS = 12
# Part of the average share of people who answer, by hours since the business day began.
ANSWERING = (0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2, 1.2, 1.1, 1.0, 0.9)
BUSY_SHARE, DISCONNECTED_SHARE = 0.04, 0.02
CORRECTED_SHARE = 0.02
# Successes come a little more evenly than by chance, so that half an hour tells how a campaign does.
SELLS_AT = (0.5, 1.5)
LEVEL_LEAST = 1.0
MACHINE = "A"
BREAKS = (("PAUSE", 6, 15), ("BESPR", 8, 18), ("SCHUL", 10, 20))
BREAK_EVERY_MINUTES = (50, 130)


class Dialling:
    """See the module. `start_ms` is what the story of the campaign is told around."""

    def __init__(
        self, clockwork: Clockwork, campaign: Campaign, seed: int, day_start_ms: int, start_ms: int, rows: Rows
    ) -> None:
        self.campaign = campaign
        self.leads = Leads(campaign, chance(seed, "leads", campaign.name), day_start_ms)
        self.hopper_filled = False
        self._clockwork = clockwork
        self._random = chance(seed, "dialling", campaign.name)
        self._day_start_ms = day_start_ms
        self._start_ms = start_ms
        self._rows = rows
        self._agents = [DialerAgent(str(user), campaign.name, rows) for user in campaign.users]
        self._ready: deque[DialerAgent] = deque()
        self._held: deque[Attempt] = deque()
        self._callbacks: dict[int, Callback] = {}
        self._sold, self._sells_at = 0.0, self._random.uniform(*SELLS_AT)
        self._level = LEVEL_LEAST
        self._ringing = self._humans = self._drops = 0
        self._open = False

    def begin(self) -> None:
        """From now on the dialer paces, steers and fills its hopper by itself."""
        self._pace()
        self._steer()
        self._fill_hopper()

    def _works(self) -> bool:
        return (self._clockwork.now_ms - self._day_start_ms) % (DAY_HOURS * HOUR_MS) < WORKING_HOURS * HOUR_MS

    def _pace(self) -> None:
        if self._works() and not self._open:
            self._open_day()
        self._open = self._works()
        if self._open:
            for _ in range(round(self._level * len(self._ready)) - self._ringing):
                self._dial()
        elif self._ready:
            self._ready.popleft().log_out(self._clockwork.now_seconds)
        self._clockwork.after(PACE_SECONDS, self._pace)

    def _open_day(self) -> None:
        self._humans = self._drops = 0
        for agent in self._agents:
            if not agent.logged_in:
                self._clockwork.after(self._random.uniform(0, 240), partial(self._log_in, agent))

    def _log_in(self, agent: DialerAgent) -> None:
        agent.log_in(self._clockwork.now_seconds)
        agent.break_due_ms = self._clockwork.now_ms + int(self._random.uniform(5, BREAK_EVERY_MINUTES[1]) * 60_000)
        self._clockwork.after(self._random.uniform(5, 40), partial(self._free, agent))

    def _steer(self) -> None:
        aim = self.campaign.drop_aim
        if self._drops < aim * (self._drops + self._humans):
            self._level = min(self.campaign.level_most, self._level + 0.1)
        else:
            self._level = max(LEVEL_LEAST, self._level - 0.25)
        self._clockwork.after(STEER_SECONDS, self._steer)

    def _fill_hopper(self) -> None:
        self.leads.fill_hopper(self._clockwork.now_ms)
        self.hopper_filled = True
        self._clockwork.after(HOPPER_SECONDS, self._fill_hopper)

    def _dial(self) -> None:
        if not self.leads.hopper:
            return
        lead = self.leads.hopper.popleft()
        self.leads.dialled(lead, self._clockwork.now_ms)
        if callback := self._callbacks.pop(lead.id, None):
            self._rows.callback(callback, "INACTIVE")
        attempt = Attempt(self._clockwork.channel(), lead, self.campaign.name, self._clockwork.now_seconds)
        self._ringing += 1
        hour = (self._clockwork.now_ms - self._day_start_ms) // HOUR_MS % len(ANSWERING)
        human = self.campaign.human_share * ANSWERING[hour]
        kind = self._random.random()
        if kind < human:
            self._clockwork.after(self._random.uniform(5, 18), partial(self._answered, attempt))
        elif kind < human + self.campaign.machine_share:
            self._clockwork.after(self._random.uniform(14, 26), partial(self._missed, attempt, "AA"))
        elif kind > 1 - DISCONNECTED_SHARE:
            self._clockwork.after(self._random.uniform(2, 5), partial(self._missed, attempt, "DC"))
        elif kind > 1 - DISCONNECTED_SHARE - BUSY_SHARE:
            self._clockwork.after(self._random.uniform(2, 5), partial(self._missed, attempt, "B"))
        else:
            self._clockwork.after(self._random.uniform(22, 27), partial(self._missed, attempt, "NA"))

    def _missed(self, attempt: Attempt, status: str) -> None:
        self._ringing -= 1
        self._end(attempt, status)

    def _answered(self, attempt: Attempt) -> None:
        self._ringing -= 1
        attempt.start_seconds = self._clockwork.now_seconds
        if self._ready:
            self._connect(attempt, self._ready.popleft())
        else:
            self._held.append(attempt)
            self._clockwork.after(HOLD_SECONDS, partial(self._drop, attempt))

    def _drop(self, attempt: Attempt) -> None:
        if attempt in self._held:
            self._held.remove(attempt)
            self._drops += 1
            self._end(attempt, "DROP")

    def _connect(self, attempt: Attempt, agent: DialerAgent) -> None:
        status = self._outcome()
        self._humans += status != MACHINE
        attempt.user, attempt.status = agent.user, "INCALL"
        agent.talk(attempt, self._clockwork.now_seconds)
        self._rows.attempt(attempt)
        mean = self.campaign.talk_seconds[status]
        self._clockwork.after(
            max(3.0, self._random.gauss(mean, mean / 4)), partial(self._hang_up, attempt, agent, status)
        )

    def _outcome(self) -> str:
        ends, slump = self.campaign.ends, self.campaign.slump
        since_ms = self._clockwork.now_ms - self._start_ms
        share = slump.share if slump and slump.begins_ms <= since_ms < slump.ends_ms else 1.0
        self._sold += ends[self.campaign.success] * share
        if self._sold >= self._sells_at:
            self._sold -= self._sells_at
            self._sells_at = self._random.uniform(*SELLS_AT)
            return self.campaign.success
        others = {status: share for status, share in ends.items() if status != self.campaign.success}
        (status,) = self._random.choices(list(others), list(others.values()))
        return status

    def _hang_up(self, attempt: Attempt, agent: DialerAgent, status: str) -> None:
        attempt.end_seconds = self._clockwork.now_seconds
        self._rows.attempt(attempt)
        agent.dispose(self._clockwork.now_seconds)
        seconds = max(2.0, self._random.gauss(self.campaign.dispo_seconds, self.campaign.dispo_seconds / 3))
        self._clockwork.after(seconds, partial(self._dispose, attempt, agent, status))

    def _dispose(self, attempt: Attempt, agent: DialerAgent, status: str) -> None:
        now_ms = self._clockwork.now_ms
        self._end(attempt, status)
        agent.disposed(status, self._clockwork.now_seconds)
        if status == self.campaign.success and self._random.random() < CORRECTED_SHARE:
            self._clockwork.after(self._random.uniform(240, 780), partial(self._rows.corrected, attempt, "NI"))
        if not self._works():
            agent.log_out(self._clockwork.now_seconds)
        elif agent.break_due_ms <= now_ms:
            reason, least, most = self._random.choice(BREAKS)
            agent.break_due_ms = now_ms + int(self._random.uniform(*BREAK_EVERY_MINUTES) * 60_000)
            agent.pause(reason)
            self._clockwork.after(self._random.uniform(least, most) * 60, partial(self._free, agent))
        else:
            self._free(agent)

    def _end(self, attempt: Attempt, status: str) -> None:
        """The call has its result."""
        now_ms = self._clockwork.now_ms
        attempt.status = status
        if attempt.end_seconds is None:
            attempt.end_seconds = self._clockwork.now_seconds
        self._rows.attempt(attempt)
        again_ms = 0
        if status == "CALLBK":
            again_ms = now_ms + int(self._random.uniform(20, 240) * 60_000)
            callback = Callback(attempt, self._clockwork.now_seconds, again_ms // 1000)
            self._callbacks[attempt.lead.id] = callback
            self._rows.callback(callback, "ACTIVE")
            self._clockwork.at(again_ms, partial(self._call_back_now, callback))
        self.leads.ended(attempt.lead, status, now_ms, again_ms)

    def _call_back_now(self, callback: Callback) -> None:
        if self._callbacks.get(callback.lead_id) is callback:
            self._rows.callback(callback, "LIVE")

    def _free(self, agent: DialerAgent) -> None:
        agent.wait(self._clockwork.now_seconds)
        if self._held:
            self._connect(self._held.popleft(), agent)
        else:
            self._ready.append(agent)
