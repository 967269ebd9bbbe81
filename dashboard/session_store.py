"""Sessions in the database: who is logged in, where, since when, and whether that still stands."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import OperationalError

from dashboard.access import Role, Scope
from dashboard.database import LOST, SESSIONS, USERS
from dashboard.rights import Rights, count_revision

IDLE_MS = 30 * 60_000
ABSOLUTE_MS = 12 * 3600_000
_NOTE_USE_AFTER_MS = 60_000
_ID_DIGITS = 16
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class User:
    """One account. `language` is empty where the user has not chosen one."""

    id: int
    name: str
    role: Role
    scope: Scope
    language: str = ""


@dataclass(frozen=True)
class Session:
    """One login. `token` is known to the browser only; the database holds its digest. Times are UTC milliseconds."""

    token: str
    user: User
    created_ms: int
    last_used_ms: int

    def lasts(self, now_ms: int) -> bool:
        """True until 30 minutes without use, or 12 hours, have passed."""
        return now_ms < min(self.last_used_ms + IDLE_MS, self.created_ms + ABSOLUTE_MS)

    @property
    def csrf(self) -> str:
        """The token that a form of this session carries."""
        return hashlib.blake2b(self.token.encode(), digest_size=16, person=b"csrf").hexdigest()

    @property
    def id(self) -> str:
        """What the session is called where its token must not stand."""
        return digest_of(self.token)[:_ID_DIGITS]


@dataclass(frozen=True)
class OpenSession:
    """A session in the list of its user. `agent` is what the browser said of itself. Times are UTC milliseconds."""

    id: str
    agent: str
    address: str
    created_ms: int
    last_used_ms: int


class Sessions:
    """The sessions. `clock` gives UTC milliseconds."""

    def __init__(self, database: Engine, clock: Callable[[], int]) -> None:
        self._database = self.database = database
        self._clock = clock
        self._open: dict[str, Session] = {}
        self._rights = Rights(database)
        self._unwritable = False

    def begin_session(self, user: User, agent: str = "", address: str = "") -> Session:
        """A new session; sessions that ran out, of whomever, are cleared away."""
        now_ms = self._clock()
        session = Session(secrets.token_urlsafe(32), user, now_ms, now_ms)
        values = {
            "user_id": user.id,
            "created_ms": now_ms,
            "last_used_ms": now_ms,
            "agent": "".join(filter(str.isprintable, agent))[:200],
            "address": address[:64],
        }
        with self._database.begin() as connection:
            over = (SESSIONS.c.created_ms <= now_ms - ABSOLUTE_MS) | (SESSIONS.c.last_used_ms <= now_ms - IDLE_MS)
            connection.execute(delete(SESSIONS).where(over))
            connection.execute(insert(SESSIONS).values(token_digest=digest_of(session.token), **values))
            connection.execute(update(USERS).where(USERS.c.id == user.id).values(last_login_ms=now_ms))
        return session

    def end_session(self, token: str) -> None:
        """Ends a session for good: its cookie is worth nothing afterwards, and its streams close."""
        with self._database.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.token_digest == digest_of(token)))
            count_revision(connection)

    def sessions_of(self, user_id: int) -> list[OpenSession]:
        """Every session of this user that lasts, the one used last first."""
        now_ms = self._clock()
        lasting = select(SESSIONS).where(
            SESSIONS.c.user_id == user_id,
            SESSIONS.c.created_ms > now_ms - ABSOLUTE_MS,
            SESSIONS.c.last_used_ms > now_ms - IDLE_MS,
        )
        with self._database.connect() as connection:
            rows = connection.execute(lasting.order_by(SESSIONS.c.last_used_ms.desc())).all()
        return [
            OpenSession(row.token_digest[:_ID_DIGITS], row.agent, row.address, row.created_ms, row.last_used_ms)
            for row in rows
        ]

    def end_one_of(self, user_id: int, session_id: str) -> bool:
        """Ends the session of this id; False where this user has none of that id."""
        if len(session_id) != _ID_DIGITS or not session_id.isalnum():
            return False
        chosen = SESSIONS.c.token_digest.startswith(session_id, autoescape=True)
        with self._database.begin() as connection:
            ended = connection.execute(delete(SESSIONS).where(SESSIONS.c.user_id == user_id, chosen)).rowcount
            count_revision(connection)
        return ended > 0

    def end_all_of(self, user_id: int, but: str = "") -> None:
        """Ends the sessions of this user, all but the one with the token `but`."""
        with self._database.begin() as connection:
            end_all(connection, user_id, but)

    def session(self, token: str) -> Session | None:
        """The session of this token as it stands now; None where it ended, ran out or never was."""
        now_ms = self._clock()
        wanted = select(USERS, SESSIONS.c.created_ms.label("begun_ms"), SESSIONS.c.last_used_ms).join(SESSIONS)
        with self._database.connect() as connection:
            row = connection.execute(wanted.where(SESSIONS.c.token_digest == digest_of(token))).first()
        if row is None or row.disabled:
            return None
        session = Session(token, user_of(row), row.begun_ms, row.last_used_ms)
        return session if session.lasts(now_ms) else None

    def note_use(self, session: Session) -> None:
        """The person did something: the 30 minutes start again. Written once a minute at most.

        While the database cannot be written they run on: looking must go on, only longer without a login it must not.
        """
        now_ms = self._clock()
        if now_ms - session.last_used_ms < _NOTE_USE_AFTER_MS:
            return
        try:
            with self._database.begin() as connection:
                same = SESSIONS.c.token_digest == digest_of(session.token)
                connection.execute(update(SESSIONS).where(same).values(last_used_ms=now_ms))
        except OperationalError as error:
            if not self._unwritable:
                _logger.error("the database cannot be written, sessions are not prolonged: %s", error.orig)
            self._unwritable = True
            return
        if self._unwritable:
            _logger.info("the database can be written again")
        self._unwritable = False
        if session.token in self._open:
            self._open[session.token] = replace(session, last_used_ms=now_ms)

    def still_open(self, token: str) -> Session | None:
        """Like `session`, for streams: remembered until somebody's rights change, looked up once a second at most.

        While the database does not answer, what is remembered stands, for five minutes; then None.
        """
        now_ms = self._clock()
        if self._rights.changed(now_ms):
            self._open.clear()
        session = self._open.get(token)
        if session is None or not session.lasts(now_ms):
            try:
                session = self.session(token)
            except LOST:
                return None
            if session is None:
                self._open.pop(token, None)
            else:
                self._open[token] = session
        return session if self._rights.hold(now_ms) else None


def end_all(connection: Connection, user_id: int, but: str = "") -> None:
    """Ends the sessions of this user within a transaction, all but the one with the token `but`."""
    others = (SESSIONS.c.user_id == user_id) & (SESSIONS.c.token_digest != digest_of(but))
    connection.execute(delete(SESSIONS).where(others))
    count_revision(connection)


def digest_of(token: str) -> str:
    """What the database holds instead of a token: whoever reads it can do nothing with it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def user_of(row: Row[Any]) -> User:
    """The account of a row of `users`."""
    scope = Scope.of(msgspec.json.decode(row.scope, type=dict[str, list[str]]))
    return User(row.id, row.name, Role(row.role), scope, row.language)
