"""The life of a call: it arrives, waits, rings, is answered or lost, is talked to, perhaps transferred."""

from __future__ import annotations

import math
from functools import partial
from random import Random

from collectors.demo_centre.clockwork import NONE, Clockwork
from collectors.demo_centre.hotlines import WRAP_UP_SHARE
from collectors.demo_centre.room import Line, Room, Visit
from collectors.demo_centre.staffing import load_at
from collectors.demo_centre.team import Agent

TALK_SPREAD = 0.7
WRAP_UP_SPREAD = 0.5
HASTY_SHARE, HASTY_SECONDS = 0.16, 16.0
NO_ANSWER_SHARE = 0.025
BLIND_SHARE, ATTENDED_SHARE = 0.03, 0.015
OVERFLOW_SHARE = 0.7
MOST_VISITS = 3
# Numbers that the Bundesnetzagentur keeps free for films and examples.
NUMBERS = ("02214710{:03d}", "03023125{:03d}", "04066969{:03d}", "0699000{:04d}", "08999998{:03d}")


class Calls:
    """All calls of the centre: what befalls them and the lines that this leaves."""

    def __init__(self, clockwork: Clockwork, random: Random, day_start_ms: int, same_second_share: float) -> None:
        self._clockwork = clockwork
        self._random = random
        self._day_start_ms = day_start_ms
        self._same_second_share = same_second_share

    def next_arrival(self, line: Line) -> None:
        """Sets the next call of this queue, which sets the one after it."""
        # Thinning: candidates come at the peak rate and are kept with the probability of the hour.
        at_ms = float(self._clockwork.now_ms)
        while True:
            at_ms += line.random.expovariate(line.peak_per_second) * 1000
            if line.random.random() < load_at(self._day_start_ms, int(at_ms)):
                break
        self._clockwork.at(int(at_ms), partial(self._arrive, line))

    def _arrive(self, line: Line) -> None:
        calls = 1
        if self._same_second_share and line.random.random() < self._same_second_share:
            calls += line.random.randint(1, 3)
        for number in range(calls):
            self._enter(line, self._clockwork.channel(), self._caller(), 1, hasty=number > 0)
        self.next_arrival(line)

    def _caller(self) -> str:
        kind = self._random.random()
        if kind < 0.12:
            return "anonymous"
        if kind < 0.15:
            return ""
        return self._random.choice(NUMBERS).format(self._random.randrange(1000))

    def _enter(self, line: Line, call: str, caller: str, nth: int, hasty: bool = False) -> None:
        visit = Visit(line, call, caller, self._clockwork.now_seconds, nth, hasty)
        line.waiting[visit] = None
        line.truth.offered += 1
        visit.position = len(line.waiting)
        self._clockwork.write(call, line.name, NONE, "ENTERQUEUE", "", caller, visit.position)
        line.room.next_up.append(visit)
        self.dispatch(line.room)
        if visit.waits:
            self._clockwork.after(self._patience(visit), partial(self._abandon, visit))
            self._clockwork.after(line.hotline.timeout_seconds, partial(self._time_out, visit))

    def _patience(self, visit: Visit) -> float:
        if visit.hasty:
            return self._random.random()
        mean = HASTY_SECONDS if self._random.random() < HASTY_SHARE else visit.line.hotline.patience_seconds
        return self._random.expovariate(1 / mean)

    def dispatch(self, room: Room) -> None:
        """Rings free agents for waiting calls until either runs out."""
        while room.team.free_agents and room.calls_wait():
            visit, agent = room.next_up.popleft(), room.team.take()
            visit.agent = agent
            visit.rings_since_ms = self._clockwork.now_ms
            if visit.hasty:
                self._connect(visit, agent)
            elif self._random.random() < NO_ANSWER_SHARE:
                self._clockwork.after(self._random.uniform(11, 14), partial(self._no_answer, visit, agent))
            else:
                self._clockwork.after(self._random.uniform(1.5, 6), partial(self._connect, visit, agent))

    def _no_answer(self, visit: Visit, agent: Agent) -> None:
        if visit.agent is not agent or not visit.waits:
            return
        visit.agent = None
        line = visit.line
        line.truth.failed_attempts += 1
        rang_ms = self._clockwork.now_ms - visit.rings_since_ms
        self._clockwork.write(visit.call, line.name, agent.name, "RINGNOANSWER", rang_ms)
        line.room.next_up.appendleft(visit)
        line.room.team.auto_pause(agent, self._random.uniform(40, 150))
        self.dispatch(line.room)

    def _abandon(self, visit: Visit) -> None:
        if not visit.waits:
            return
        line, agent = visit.line, visit.agent
        if agent is not None:
            rang_ms = self._clockwork.now_ms - visit.rings_since_ms
            self._clockwork.write(visit.call, line.name, agent.name, "RINGCANCELED", rang_ms)
        place, wait = self._leave(visit)
        self._clockwork.write(visit.call, line.name, NONE, "ABANDON", place, visit.position, wait)
        truth = line.truth
        truth.wait_abandoned_ms += wait * 1000
        if wait <= line.hotline.short_abandon_seconds:
            truth.abandoned_short += 1
        elif wait <= line.hotline.threshold_seconds:
            truth.abandoned_in_time += 1
        else:
            truth.abandoned_late += 1
        if wait > line.hotline.short_abandon_seconds:
            line.room.judge(visit, self._clockwork.now_seconds, in_time=False)
        if agent is not None:
            line.room.team.release(agent)

    def _time_out(self, visit: Visit) -> None:
        if not visit.waits:
            return
        line = visit.line
        if visit.agent is not None:
            self._clockwork.after(2, partial(self._time_out, visit))
            return
        place, wait = self._leave(visit)
        self._clockwork.write(visit.call, line.name, NONE, "EXITWITHTIMEOUT", place, visit.position, wait)
        if wait <= line.hotline.threshold_seconds:
            line.truth.flow_out_in_time += 1
        else:
            line.truth.flow_out_late += 1
        line.room.judge(visit, self._clockwork.now_seconds, in_time=False)
        if line.overflow and visit.nth < MOST_VISITS and self._random.random() < OVERFLOW_SHARE:
            self._re_enter(visit, self._random.choice(line.overflow))

    def _connect(self, visit: Visit, agent: Agent) -> None:
        if visit.agent is not agent or not visit.waits:
            return
        line, truth = visit.line, visit.line.truth
        _, wait = self._leave(visit)
        visit.connected = self._clockwork.now_seconds
        rang = visit.connected - visit.rings_since_ms // 1000
        self._clockwork.write(visit.call, line.name, agent.name, "CONNECT", wait, self._clockwork.channel(), rang)
        in_time = wait <= line.hotline.threshold_seconds
        truth.wait_answered_ms += wait * 1000
        truth.answered_in_time += in_time
        truth.answered_late += not in_time
        line.room.judge(visit, self._clockwork.now_seconds, in_time=in_time)
        talk_seconds = self._random.random() if visit.hasty else self._spread(line.hotline.talk_seconds, TALK_SPREAD)
        self._clockwork.after(talk_seconds, partial(self._finish, visit, agent, wait))

    def _finish(self, visit: Visit, agent: Agent, wait: int) -> None:
        line, clockwork = visit.line, self._clockwork
        talk = clockwork.now_seconds - visit.connected
        line.truth.handled += 1
        line.truth.talk_ms += talk * 1000
        kind = self._random.random()
        may_move = bool(line.colleagues) and not visit.hasty and visit.nth < MOST_VISITS
        if may_move and kind < BLIND_SHARE + ATTENDED_SHARE:
            line.truth.transferred += 1
            target = self._random.choice(line.colleagues)
            stated = (wait, talk, visit.position)
            if kind < BLIND_SHARE:
                clockwork.write(visit.call, line.name, agent.name, "BLINDTRANSFER", target.name, "from-queue", *stated)
            else:
                bridge = f"{self._random.getrandbits(128):032x}"
                clockwork.write(visit.call, line.name, agent.name, "ATTENDEDTRANSFER", "BRIDGE", bridge, *stated)
            self._re_enter(visit, target)
        else:
            event = "COMPLETECALLER" if kind > 0.45 else "COMPLETEAGENT"
            clockwork.write(visit.call, line.name, agent.name, event, wait, talk, visit.position)
        if visit.hasty or self._random.random() > WRAP_UP_SHARE:
            line.room.team.release(agent)
            return
        acw = max(1, int(self._spread(line.hotline.acw_seconds, WRAP_UP_SPREAD)))
        line.truth.acw_ms += acw * 1000
        clockwork.write(visit.call, line.name, agent.name, "WRAPUPSTART", acw)
        clockwork.after(acw, partial(line.room.team.release, agent))

    def _re_enter(self, visit: Visit, target: Line) -> None:
        again = partial(self._enter, target, visit.call, visit.caller, visit.nth + 1)
        self._clockwork.after(self._random.uniform(0.1, 1.5), again)

    def _leave(self, visit: Visit) -> tuple[int, int]:
        place = next(place for place, other in enumerate(visit.line.waiting, start=1) if other is visit)
        del visit.line.waiting[visit]
        return place, self._clockwork.now_seconds - visit.entered

    def _spread(self, mean_seconds: float, spread: float) -> float:
        return self._random.lognormvariate(math.log(mean_seconds) - spread * spread / 2, spread)
