"""What the dialer's logs say about its agents (pure).

One row of `vicidial_agent_log` is one round of an agent: pause, wait, talk, disposition. It is written when the round
begins and rewritten with every step; what has not happened yet has no epoch. What a row says of its steps comes in
their order, so that a row that goes on only adds to what it said.
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.contract import BadLine, Wiring
from collectors.names import check_name
from collectors.vicidial.rows import AgentRow, LoginRow
from collectors.vicidial.times import RowTimes, epoch_ms, length_ms
from streams.records import Cell, Work, Worked, identify

LOGGED_OUT = "LOGOUT"
"""The pause code of a last round, and what every event of a log-out holds."""
LOGGED_IN = "LOGIN"
_LONGEST_DISPOSITION_MS = 4 * 3_600_000
"""A disposition whose end nobody writes is over so long after its begin."""
_MOST_STEPS = 16
_LOGINS_AFTER = 1 << 60
"""A log-out of the same second comes behind the round that it ended."""

_Step = tuple[int, Work, int, str]


class AgentLog:
    """Turns rows about agents into facts."""

    def __init__(self, wiring: Wiring, times: RowTimes) -> None:
        self._wiring = wiring
        self._times = times

    def round(self, row: AgentRow) -> tuple[list[Worked], str, int, bool]:
        """The facts of a round, its key, its begin in ms, and whether it may go on. Raises `BadLine`."""
        begin_ms = self._times.instant("pause_epoch", row.pause_epoch, "event_time", row.event_time)
        user = _user(row.user)
        facts = self._facts(user, row.campaign_id, "vicidial_agent_log", row.agent_log_id, 0, _steps(row, begin_ms))
        goes_on = not row.disposed and row.sub_status != LOGGED_OUT
        return facts, str(row.agent_log_id), begin_ms, goes_on

    def login(self, row: LoginRow) -> tuple[list[Worked], str, int, bool]:
        """The facts of a log-in or log-out, its key and its instant in ms; no facts of any other event."""
        at_ms = self._times.instant("event_epoch", row.event_epoch, "event_date", row.event_date)
        steps: list[_Step] = []
        if row.event == LOGGED_IN:
            steps = [(at_ms, Work.JOINED, 0, "")]
        elif LOGGED_OUT in row.event:
            steps = list(_gone(at_ms))
        numbered = ("vicidial_user_log", row.user_log_id, _LOGINS_AFTER)
        return self._facts(_user(row.user), row.campaign_id, *numbered, steps), str(row.user_log_id), at_ms, False

    def _facts(
        self, user: str, campaign: str | None, table: str, number: int, behind: int, steps: list[_Step]
    ) -> list[Worked]:
        agent = self._wiring.pseudonym(user)
        home = self._wiring.campaign_home(user, campaign or "")
        entry = identify(self._wiring.feed, table, number)
        login = identify(self._wiring.feed, "login", agent.hex(), "")
        place = behind + number * _MOST_STEPS
        return [
            Worked(agent, at_ms, work, place + step, login, Cell(""), home, lasts_ms, reason, entry)
            for step, (at_ms, work, lasts_ms, reason) in enumerate(steps)
        ]


def _user(user: str | None) -> str:
    if not user:
        message = "user: nobody"
        raise BadLine(message)
    check_name("user", user)
    return user


def _steps(row: AgentRow, begin_ms: int) -> list[_Step]:
    pause_ms, wait_ms, talk_ms, dispo_ms = (
        length_ms(name, getattr(row, name)) or 0 for name in ("pause_sec", "wait_sec", "talk_sec", "dispo_sec")
    )
    steps: list[_Step] = [(begin_ms, Work.PAUSED, 0, _reason(row.sub_status))]
    end_ms = begin_ms + pause_ms
    # A round begins with both epochs the same, long before the agent resumes.
    if row.wait_epoch and (row.wait_epoch * 1000 > begin_ms or wait_ms or row.talk_epoch):
        steps.append((epoch_ms("wait_epoch", row.wait_epoch), Work.UNPAUSED, 0, ""))
        end_ms = steps[-1][0] + wait_ms
    if row.talk_epoch:
        talks_ms = epoch_ms("talk_epoch", row.talk_epoch)
        steps.append((talks_ms, Work.CONNECTED if row.inbound else Work.DIALLED, 0, ""))
        # Some versions write into dispo_epoch when the disposition was over.
        end_ms = talks_ms + talk_ms
        ended = row.disposed or bool(row.dispo_epoch) or talk_ms > 0
        dead_ms = epoch_ms("dead_epoch", row.dead_epoch) if row.dead_epoch else 0
        if dead_ms >= talks_ms and (not ended or dead_ms < end_ms):
            steps += _after_call(dead_ms)
        if ended:
            steps += _after_call(end_ms)
        if row.disposed:
            end_ms += dispo_ms
            steps.append((end_ms, Work.WRAPPING, 0, ""))
    if row.sub_status == LOGGED_OUT:
        steps += _gone(end_ms)
    return steps


def _after_call(at_ms: int) -> Iterator[_Step]:
    """The customer is gone: the talk is over whether or not the agent has hung up."""
    yield at_ms, Work.TALKED, 0, ""
    yield at_ms, Work.WRAPPING, _LONGEST_DISPOSITION_MS, ""


def _gone(at_ms: int) -> Iterator[_Step]:
    """Who is logged out does not talk on, and has no after-call work left."""
    yield at_ms, Work.TALKED, 0, ""
    yield at_ms, Work.WRAPPING, 0, ""
    yield at_ms, Work.LEFT, 0, ""


def _reason(code: str | None) -> str:
    if code and not code.isprintable():
        message = "sub_status: not printable"
        raise BadLine(message)
    return code or ""
