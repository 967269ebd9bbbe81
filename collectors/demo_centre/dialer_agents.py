"""One agent of the dialer, and the row of the agent log that each round of pause, wait, talk and disposition fills."""

from __future__ import annotations

from collectors.demo_centre.dialer_rows import AgentRound, Attempt, Rows


class DialerAgent:
    """Logged in while there is a round. Times are whole seconds since 1970."""

    def __init__(self, user: str, campaign: str, rows: Rows) -> None:
        self.user = user
        self.break_due_ms = 0
        self._campaign = campaign
        self._rows = rows
        self._round: AgentRound | None = None

    @property
    def logged_in(self) -> bool:
        """Whether the agent is there, on a break too."""
        return self._round is not None

    def log_in(self, now: int) -> None:
        """Comes, and is paused at first."""
        self._rows.login(self.user, self._campaign, "LOGIN", now)
        self._begin(now, "LOGIN")

    def log_out(self, now: int) -> None:
        """Goes home. What the last round waited and paused ends now."""
        row = self._now()
        row.leave(now)
        row.sub_status = "LOGOUT"
        self._rows.agent_round(row)
        self._rows.login(self.user, self._campaign, "LOGOUT", now)
        self._round = None

    def pause(self, reason: str) -> None:
        """Takes a break; the round has begun already."""
        self._now().sub_status = reason
        self._rows.agent_round(self._now())

    def wait(self, now: int) -> None:
        """Is free for the next call."""
        row = self._now()
        row.wait_epoch, row.pause_sec = now, now - row.pause_epoch
        self._rows.agent_round(row)

    def talk(self, attempt: Attempt, now: int) -> None:
        """Is talking."""
        row = self._now()
        assert row.wait_epoch is not None
        row.talk_epoch, row.wait_sec = now, now - row.wait_epoch
        row.lead_id, row.uniqueid = attempt.lead.id, attempt.uniqueid
        self._rows.agent_round(row)

    def dispose(self, now: int) -> None:
        """The talk is over; how it ended is still to be said."""
        row = self._now()
        assert row.talk_epoch is not None
        row.dispo_epoch, row.talk_sec = now, now - row.talk_epoch
        self._rows.agent_round(row)

    def disposed(self, status: str, now: int) -> None:
        """The round is over, the next begins with a pause that may last no time at all."""
        row = self._now()
        assert row.dispo_epoch is not None
        row.status, row.dispo_sec = status, now - row.dispo_epoch
        self._rows.agent_round(row)
        self._begin(now, "")

    def _begin(self, now: int, reason: str) -> None:
        self._round = AgentRound(self._rows.next_round(), self.user, self._campaign, now, reason)
        self._rows.agent_round(self._round)

    def _now(self) -> AgentRound:
        assert self._round is not None, f"{self.user} is not logged in"
        return self._round
