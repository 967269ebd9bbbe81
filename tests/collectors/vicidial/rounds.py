"""Agents of a dialer at work in a real database: rounds that are written with every step, corrected and moved away."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from tests.collectors.vicidial.simulator import wall

BEGIN = (
    "INSERT INTO vicidial_agent_log (user, event_time, campaign_id, pause_epoch, pause_sec, wait_epoch, sub_status) "
    "VALUES (%s, %s, %s, %s, 0, %s, %s)"
)
RESUME = "UPDATE vicidial_agent_log SET pause_sec = %s - pause_epoch, wait_epoch = %s WHERE agent_log_id = %s"
TALK = "UPDATE vicidial_agent_log SET wait_sec = %s - wait_epoch, talk_epoch = %s, lead_id = 7 WHERE agent_log_id = %s"
DEAD = "UPDATE vicidial_agent_log SET dead_epoch = %s WHERE agent_log_id = %s"
HANG_UP = (
    "UPDATE vicidial_agent_log SET talk_sec = %s - talk_epoch, dispo_epoch = %s, "
    "dead_sec = IF(dead_epoch IS NULL, 0, %s - dead_epoch) WHERE agent_log_id = %s"
)
DISPOSE = "UPDATE vicidial_agent_log SET dispo_sec = %s - dispo_epoch, status = %s WHERE agent_log_id = %s"
LOGIN = "INSERT INTO vicidial_user_log (user, event, campaign_id, event_date, event_epoch) VALUES (%s, %s, %s, %s, %s)"


@dataclass
class _Agent:
    user: str
    campaign: str
    stage: int = -1
    row: int = 0
    at_s: int = 0


class Agents:
    """Writes through a cursor; the same seed gives the same history. Nobody is logged in at the beginning."""

    def __init__(self, seed: int, campaigns: tuple[str, ...], number: int = 8) -> None:
        self.corrected = 0
        self._chance = random.Random(seed)
        self._agents = [_Agent(str(6001 + one), campaigns[one % len(campaigns)]) for one in range(number)]

    def work(self, cursor: Any, from_s: int, until_s: int) -> None:
        """Lets the time pass: every agent goes on through their rounds; a few rows are corrected afterwards."""
        for agent in self._agents:
            agent.at_s = max(agent.at_s, from_s)
            while True:
                next_s = agent.at_s + self._chance.choice((0, 1, 7, 30, 95, 240))
                if next_s >= until_s:
                    break
                agent.at_s = next_s
                self._step(cursor, agent)
        if self._chance.random() < 0.5:
            self._correct(cursor, until_s - 600)

    def end(self, cursor: Any) -> None:
        """Everybody ends what they do, and goes home."""
        for agent in self._agents:
            while agent.stage > 0:
                self._step(cursor, agent)
            if agent.stage == 0:
                self._leave(cursor, agent)

    def archive(self, cursor: Any, before_s: int) -> None:
        """Moves rounds that began earlier to the archive."""
        cursor.execute(
            "INSERT INTO vicidial_agent_log_archive SELECT * FROM vicidial_agent_log WHERE pause_epoch < %s",
            (before_s,),
        )
        cursor.execute("DELETE FROM vicidial_agent_log WHERE pause_epoch < %s", (before_s,))

    def _step(self, cursor: Any, agent: _Agent) -> None:
        at_s, row = agent.at_s, agent.row
        if agent.stage < 0:
            cursor.execute(LOGIN, (agent.user, "LOGIN", agent.campaign, wall(at_s), at_s))
            self._begin(cursor, agent, "LOGIN")
        elif agent.stage == 0:
            if self._chance.random() < 0.05:
                self._leave(cursor, agent)
                return
            cursor.execute(RESUME, (at_s, at_s, row))
            agent.stage = 1
        elif agent.stage == 1:
            if self._chance.random() < 0.2:
                cursor.execute(
                    "UPDATE vicidial_agent_log SET wait_sec = %s - wait_epoch WHERE agent_log_id = %s", (at_s, row)
                )
                self._begin(cursor, agent, self._chance.choice(("LUNCH", None, "COACH")))
                return
            cursor.execute(TALK, (at_s, at_s, row))
            agent.stage = 2
        elif agent.stage == 2:
            if self._chance.random() < 0.3:
                cursor.execute(DEAD, (at_s, row))
                agent.stage = 3
                return
            self._hang_up(cursor, agent)
        elif agent.stage == 3:
            self._hang_up(cursor, agent)
        else:
            cursor.execute(DISPOSE, (at_s, self._chance.choice(("SALE", "NI", "A")), row))
            self._begin(cursor, agent, None)

    def _begin(self, cursor: Any, agent: _Agent, code: str | None) -> None:
        at_s = agent.at_s
        cursor.execute(BEGIN, (agent.user, wall(at_s), agent.campaign, at_s, at_s, code))
        agent.row, agent.stage = cursor.lastrowid, 0

    def _hang_up(self, cursor: Any, agent: _Agent) -> None:
        cursor.execute(HANG_UP, (agent.at_s, agent.at_s, agent.at_s, agent.row))
        agent.stage = 4

    def _leave(self, cursor: Any, agent: _Agent) -> None:
        cursor.execute(
            "UPDATE vicidial_agent_log SET pause_sec = %s - pause_epoch, wait_epoch = %s WHERE agent_log_id = %s",
            (agent.at_s, agent.at_s, agent.row),
        )
        cursor.execute(LOGIN, (agent.user, "LOGOUT", agent.campaign, wall(agent.at_s), agent.at_s))
        agent.stage = -1
        # Nobody is back within the second.
        agent.at_s += 60

    def _correct(self, cursor: Any, begun_s: int) -> None:
        """The end of a call is put earlier, in a round that began since then, and its pause gets another code."""
        cursor.execute(
            "SELECT agent_log_id FROM vicidial_agent_log "
            "WHERE status IS NOT NULL AND talk_sec > 2 AND dead_epoch IS NULL AND pause_epoch > %s",
            (begun_s,),
        )
        rows = [row[0] for row in cursor.fetchall()]
        if rows:
            self.corrected += 1
            cursor.execute(
                "UPDATE vicidial_agent_log SET talk_sec = talk_sec - 2, dispo_sec = dispo_sec + 2, "
                "sub_status = 'FIXED' WHERE agent_log_id = %s",
                (self._chance.choice(rows),),
            )
