"""Accounts, their passwords and their sessions, in the database."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError, OperationalError

from dashboard.access import Refused, Role, Scope, check_account
from dashboard.attempts import Attempts
from dashboard.database import KNOWN_ADDRESSES, LOST, RIGHTS, SESSIONS, USERS, write_row

IDLE_MS = 30 * 60_000
ABSOLUTE_MS = 12 * 3600_000
_NOTE_USE_AFTER_MS = 60_000
_KNOWN_FOR_MS = 30 * 86_400_000
_LOOK_AGAIN_MS = 1000
WITHOUT_DATABASE_MS = 5 * 60_000
"""So long an open stream outlives the database; rights that change elsewhere meanwhile are not noticed."""

LANGUAGES = ("de", "en")
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1024
LONGEST_NAME = 64

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

T = TypeVar("T")
_logger = logging.getLogger(__name__)


class Apart(Protocol):
    """Runs work that would hold up everybody else and returns its result; a server does so in another thread."""

    def __call__(self, work: Callable[[], T], /) -> T: ...


def on_the_spot(work: Callable[[], T]) -> T:
    """The `Apart` of commands and tests."""
    return work()


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


class NameTaken(Exception):
    """There is an account of this name; upper and lower case make no difference."""


class Users:
    """The accounts. `clock` gives UTC milliseconds; `apart` runs the slow hashing of passwords."""

    def __init__(self, database: Engine, clock: Callable[[], int], apart: Apart = on_the_spot) -> None:
        self._database = database
        self._clock = clock
        self._apart = apart
        self._attempts = Attempts(database)
        self._decoy: str | None = None
        self._open: dict[str, Session] = {}
        self._revision = -1
        self._unwritable = False
        self._looked_ms = -_LOOK_AGAIN_MS
        self._answered_ms = 0

    def users_exist(self) -> bool:
        """False until the first account has been made."""
        with self._database.connect() as connection:
            return connection.execute(select(USERS.c.id).limit(1)).first() is not None

    def add_user(self, name: str, password: str, role: str, scope: Scope, language: str = "") -> User:
        """Makes an account. Raises `Refused` with what to write instead, or `NameTaken`."""
        checked = check_account(role, scope)
        name = name.strip()
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            message = f"write a name of 1 to {LONGEST_NAME} printable characters"
            raise Refused(message)
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or password.casefold() == name.casefold():
            message = f"write a password of at least {SHORTEST_PASSWORD} characters that is not the name"
            raise Refused(message)
        if language not in ("", *LANGUAGES):
            message = f"there is no language {language!r}: write one of {', '.join(LANGUAGES)}"
            raise Refused(message)
        row = {
            "name": name,
            "name_key": _name_key(name),
            "password_hash": self._apart(lambda: _HASHER.hash(password)),
            "role": str(checked),
            "scope": _scope_text(scope),
            "language": language,
            "disabled": False,
            "created_ms": self._clock(),
        }
        try:
            with self._database.begin() as connection:
                key = connection.execute(insert(USERS).values(row)).inserted_primary_key
        except IntegrityError:
            message = f"there is an account {name!r} already"
            raise NameTaken(message) from None
        assert key is not None
        return User(key[0], name, checked, scope, language)

    def verify(self, name: str, password: str, address: str) -> User | None:
        """The user of this name and password, None where they are wrong or the account is disabled.

        Takes the same effort for unknown names. Raises `TooManyAttempts`. An address from which this account logged
        in before is counted by itself, so that strangers cannot keep its owner out.
        """
        now_ms = self._clock()
        name_key = _name_key(name)
        with self._database.connect() as connection:
            row = connection.execute(select(USERS).where(USERS.c.name_key == name_key)).first()
            known = row is not None and self._knows(connection, row.id, address, now_ms)
        account = ("account", name_key, address) if known else ("account", name_key)
        subjects = [account, ("address", address)]
        with self._attempts.one_at_a_time(subjects):
            self._attempts.check(subjects, now_ms)
            right = self._apart(lambda: self._is_right(row, password))
            if row is None or not right or row.disabled:
                self._attempts.failed(subjects, now_ms)
                return None
            self._attempts.succeeded(subjects)
        with self._database.begin() as connection:
            self._remember(connection, row.id, address, now_ms)
        if _HASHER.check_needs_rehash(row.password_hash):
            renewed = self._apart(lambda: _HASHER.hash(password))
            with self._database.begin() as connection:
                connection.execute(update(USERS).where(USERS.c.id == row.id).values(password_hash=renewed))
        return _user(row)

    def _is_right(self, row: Row[Any] | None, password: str) -> bool:
        if self._decoy is None:
            self._decoy = _HASHER.hash(secrets.token_hex())
        try:
            return _HASHER.verify(self._decoy if row is None else row.password_hash, password[: LONGEST_PASSWORD + 1])
        except (VerificationError, InvalidHashError):
            return False

    def _knows(self, connection: Connection, user_id: int, address: str, now_ms: int) -> bool:
        known = select(KNOWN_ADDRESSES.c.last_ms).where(
            KNOWN_ADDRESSES.c.user_id == user_id,
            KNOWN_ADDRESSES.c.address == address,
            KNOWN_ADDRESSES.c.last_ms > now_ms - _KNOWN_FOR_MS,
        )
        return connection.execute(known).first() is not None

    def _remember(self, connection: Connection, user_id: int, address: str, now_ms: int) -> None:
        table = KNOWN_ADDRESSES
        connection.execute(delete(table).where(table.c.last_ms <= now_ms - _KNOWN_FOR_MS))
        write_row(connection, table, {"user_id": user_id, "address": address}, {"last_ms": now_ms})

    def set_language(self, user_id: int, language: str) -> None:
        """Stores the language that the user chose. Raises `Refused`."""
        if language not in LANGUAGES:
            message = f"there is no language {language!r}: write one of {', '.join(LANGUAGES)}"
            raise Refused(message)
        self._change(user_id, language=language)

    def disable(self, user_id: int) -> None:
        """Locks the account and ends all its sessions."""
        self._change(user_id, disabled=True)
        with self._database.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.user_id == user_id))

    def give(self, user_id: int, role: str, scope: Scope) -> None:
        """Changes role and scope, at once for every open session. Raises `Refused`."""
        checked = check_account(role, scope)
        self._change(user_id, role=str(checked), scope=_scope_text(scope))

    def _change(self, user_id: int, **values: object) -> None:
        with self._database.begin() as connection:
            connection.execute(update(USERS).where(USERS.c.id == user_id).values(values))
            _count_revision(connection)

    def begin_session(self, user: User) -> Session:
        """A new session; the sessions of this user that ran out are cleared away."""
        now_ms = self._clock()
        session = Session(secrets.token_urlsafe(32), user, now_ms, now_ms)
        values = {"user_id": user.id, "created_ms": now_ms, "last_used_ms": now_ms}
        with self._database.begin() as connection:
            over = (SESSIONS.c.created_ms <= now_ms - ABSOLUTE_MS) | (SESSIONS.c.last_used_ms <= now_ms - IDLE_MS)
            connection.execute(delete(SESSIONS).where(over))
            connection.execute(insert(SESSIONS).values(token_digest=_digest(session.token), **values))
        return session

    def end_session(self, token: str) -> None:
        """Ends a session for good: its cookie is worth nothing afterwards, and its streams close."""
        with self._database.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.token_digest == _digest(token)))
            _count_revision(connection)

    def session(self, token: str) -> Session | None:
        """The session of this token as it stands now; None where it ended, ran out or never was."""
        now_ms = self._clock()
        wanted = select(USERS, SESSIONS.c.created_ms.label("begun_ms"), SESSIONS.c.last_used_ms).join(SESSIONS)
        with self._database.connect() as connection:
            row = connection.execute(wanted.where(SESSIONS.c.token_digest == _digest(token))).first()
        if row is None or row.disabled:
            return None
        session = Session(token, _user(row), row.begun_ms, row.last_used_ms)
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
                same = SESSIONS.c.token_digest == _digest(session.token)
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
        if not 0 <= now_ms - self._looked_ms < _LOOK_AGAIN_MS:
            self._looked_ms = now_ms
            with suppress(*LOST):
                self._forget_where_rights_changed()
                self._answered_ms = now_ms
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
        return session if now_ms - self._answered_ms < WITHOUT_DATABASE_MS else None

    def _forget_where_rights_changed(self) -> None:
        with self._database.connect() as connection:
            revision = connection.execute(select(func.max(RIGHTS.c.revision))).scalar() or 0
        if revision != self._revision:
            self._revision = revision
            self._open.clear()


def _count_revision(connection: Connection) -> None:
    write_row(connection, RIGHTS, {"id": 1}, {"revision": 1}, revision=RIGHTS.c.revision + 1)


def _name_key(name: str) -> str:
    return name.strip().casefold()[:200]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _user(row: Row[Any]) -> User:
    scope = Scope.of(msgspec.json.decode(row.scope, type=dict[str, list[str]]))
    return User(row.id, row.name, Role(row.role), scope, row.language)


def _scope_text(scope: Scope) -> str:
    return msgspec.json.encode(dict(scope.values)).decode()
