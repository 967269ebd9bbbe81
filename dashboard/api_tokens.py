"""Personal tokens with which other programs read as their owner: shown once, kept as digests, revocable."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Engine

from dashboard.access import Refused
from dashboard.database import API_TOKENS, LOST, USERS
from dashboard.session_store import Session, digest_of, user_of

PREFIX = "leitstand_"
"""Lets people and scanners of leaked secrets see what a found token opens."""
MOST_TOKENS = 20
LONGEST_NAME = 64
_NOTE_USE_AFTER_MS = 60_000


@dataclass(frozen=True)
class ApiToken:
    """A token in the list of its owner. Times are UTC milliseconds."""

    id: int
    name: str
    created_ms: int
    last_used_ms: int | None


class ApiTokens:
    """The tokens of all accounts."""

    def __init__(self, database: Engine, clock: Callable[[], int]) -> None:
        self._database = database
        self._clock = clock

    def make(self, user_id: int, name: str) -> str:
        """A new token of this name, to be shown once. Raises `Refused`."""
        name = name.strip()
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            message = f"write a name of 1 to {LONGEST_NAME} printable characters"
            raise Refused(message, "token_name")
        token = PREFIX + secrets.token_urlsafe(32)
        own = API_TOKENS.c.user_id == user_id
        with self._database.begin() as connection:
            if connection.execute(select(func.count()).select_from(API_TOKENS).where(own)).scalar_one() >= MOST_TOKENS:
                message = f"there are {MOST_TOKENS} tokens already: revoke one first"
                raise Refused(message, "token_many")
            row = {"user_id": user_id, "name": name, "created_ms": self._clock()}
            connection.execute(insert(API_TOKENS).values(token_digest=digest_of(token), **row))
        return token

    def tokens_of(self, user_id: int) -> list[ApiToken]:
        """The tokens of this user, newest first."""
        own = select(API_TOKENS).where(API_TOKENS.c.user_id == user_id).order_by(API_TOKENS.c.id.desc())
        with self._database.connect() as connection:
            rows = connection.execute(own).all()
        return [ApiToken(row.id, row.name, row.created_ms, row.last_used_ms) for row in rows]

    def revoke(self, user_id: int, token_id: int) -> bool:
        """Makes a token worthless at once; False where this user has none of that id."""
        chosen = (API_TOKENS.c.user_id == user_id) & (API_TOKENS.c.id == token_id)
        with self._database.begin() as connection:
            return connection.execute(delete(API_TOKENS).where(chosen)).rowcount == 1

    def session(self, token: str) -> Session | None:
        """Whom this token speaks for, with the role and scope of this moment; None for an unknown one.

        Its use is noted once a minute at most; while the database cannot be written, not at all.
        """
        if not token.startswith(PREFIX):
            return None
        now_ms = self._clock()
        wanted = select(USERS, API_TOKENS.c.id.label("token_id"), API_TOKENS.c.last_used_ms).join(
            API_TOKENS, API_TOKENS.c.user_id == USERS.c.id
        )
        with self._database.connect() as connection:
            row = connection.execute(wanted.where(API_TOKENS.c.token_digest == digest_of(token))).first()
        if row is None or row.disabled:
            return None
        if row.last_used_ms is None or now_ms - row.last_used_ms >= _NOTE_USE_AFTER_MS:
            self._note_use(row.token_id, now_ms)
        return Session(token, user_of(row), now_ms, now_ms)

    def _note_use(self, token_id: int, now_ms: int) -> None:
        try:
            with self._database.begin() as connection:
                same = API_TOKENS.c.id == token_id
                connection.execute(update(API_TOKENS).where(same).values(last_used_ms=now_ms))
        except LOST:
            # The engine says that once in the log; whoever reads numbers is not kept from them by it.
            return
