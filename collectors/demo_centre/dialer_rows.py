"""The rows of the simulated dialer's tables, and which of them changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from collectors.demo_centre.leads import Lead

_ZONE = ZoneInfo("Europe/Berlin")
Row = Sequence[str | int | None]


@dataclass(eq=False)
class Attempt:
    """One call of a lead."""

    uniqueid: str
    lead: Lead
    campaign: str
    start_seconds: int
    status: str = ""
    user: str = "VDAD"
    end_seconds: int | None = None

    def row(self) -> Row:
        """As it stands in vicidial_log."""
        length = None if self.end_seconds is None else self.end_seconds - self.start_seconds
        return (
            self.uniqueid,
            self.lead.id,
            self.lead.list_id,
            self.campaign,
            wall(self.start_seconds),
            self.start_seconds,
            self.end_seconds,
            length,
            self.status,
            self.user,
            "ABANDON" if self.status == "DROP" else "NONE" if self.status == "INCALL" else "CALLER",
        )


class Callback:
    """A promise to call again."""

    def __init__(self, attempt: Attempt, entry_seconds: int, due_seconds: int) -> None:
        self.lead_id = attempt.lead.id
        self.id = 0
        self._list_id, self._campaign, self._user = attempt.lead.list_id, attempt.campaign, attempt.user
        self._entry_seconds, self._due_seconds = entry_seconds, due_seconds

    def row(self, status: str) -> Row:
        """As it stands in vicidial_callbacks."""
        entered, due = wall(self._entry_seconds), wall(self._due_seconds)
        return self.id, self.lead_id, self._list_id, self._campaign, status, entered, due, self._user, "ANYONE"


@dataclass(eq=False)
class AgentRound:
    """One round of an agent; what has not begun yet is None."""

    id: int
    user: str
    campaign: str
    pause_epoch: int
    sub_status: str
    pause_sec: int = 0
    wait_epoch: int | None = None
    wait_sec: int = 0
    talk_epoch: int | None = None
    talk_sec: int = 0
    dispo_epoch: int | None = None
    dispo_sec: int = 0
    status: str | None = None
    lead_id: int | None = None
    uniqueid: str | None = None

    def leave(self, now: int) -> None:
        """Nothing follows."""
        if self.wait_epoch is None:
            self.pause_sec = now - self.pause_epoch
        else:
            self.wait_sec = now - self.wait_epoch

    def row(self) -> Row:
        """As it stands in vicidial_agent_log."""
        return (
            self.id,
            self.user,
            wall(self.pause_epoch),
            self.lead_id,
            self.campaign,
            self.pause_epoch,
            self.pause_sec,
            self.wait_epoch,
            self.wait_sec,
            self.talk_epoch,
            self.talk_sec,
            self.dispo_epoch,
            self.dispo_sec,
            self.status,
            self.sub_status,
            self.uniqueid,
        )


@dataclass
class Rows:
    """What changed since it was last taken, by table and key."""

    attempts: dict[str, Attempt] = field(default_factory=dict)
    rounds: dict[int, AgentRound] = field(default_factory=dict)
    callbacks: dict[int, Row] = field(default_factory=dict)
    logins: list[Row] = field(default_factory=list)
    _rounds: int = 0
    _logins: int = 0
    _callbacks: int = 0

    def attempt(self, attempt: Attempt) -> None:
        """The attempt began or says something new."""
        self.attempts[attempt.uniqueid] = attempt

    def corrected(self, attempt: Attempt, status: str) -> None:
        """Somebody looked at the sale again and took it back."""
        attempt.status = status
        self.attempt(attempt)

    def agent_round(self, one: AgentRound) -> None:
        """The round began or says something new."""
        self.rounds[one.id] = one

    def login(self, user: str, campaign: str, event: str, now: int) -> None:
        """Somebody logged in or out."""
        self._logins += 1
        self.logins.append((self._logins, user, event, campaign, wall(now), now))

    def callback(self, callback: Callback, status: str) -> None:
        """The promise was made, is due, or is kept."""
        if not callback.id:
            self._callbacks += 1
            callback.id = self._callbacks
        self.callbacks[callback.id] = callback.row(status)

    def next_round(self) -> int:
        """The id of the next round."""
        self._rounds += 1
        return self._rounds

    def taken(self) -> dict[str, list[Row]]:
        """What changed, by table; from now on nothing has."""
        found = {
            "vicidial_log": [one.row() for one in self.attempts.values()],
            "vicidial_agent_log": [one.row() for one in self.rounds.values()],
            "vicidial_user_log": self.logins,
            "vicidial_callbacks": list(self.callbacks.values()),
        }
        self.attempts, self.rounds, self.logins, self.callbacks = {}, {}, [], {}
        return found


def wall(at_seconds: int) -> str:
    """The local time as the dialer writes it."""
    hour, seconds = divmod(at_seconds, 3600)
    return f"{_hour(hour)}:{seconds // 60:02}:{seconds % 60:02}"


@lru_cache(maxsize=1024)
def _hour(hour: int) -> str:
    """Zones change by whole hours here, so everything up to the minutes is the same for an hour."""
    return f"{datetime.fromtimestamp(hour * 3600, _ZONE):%Y-%m-%d %H}"
