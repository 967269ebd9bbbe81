"""Links and cookies that open one thing, once: an invitation, a new password, the second half of a login."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Literal

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Engine

from dashboard.database import LINKS, USERS
from dashboard.session_store import User, digest_of, user_of

Kind = Literal["invitation", "reset", "code"]
"""`code`: the password was right, the code of the second factor is still to come."""

LASTS_MS: dict[Kind, int] = {"invitation": 7 * 86_400_000, "reset": 86_400_000, "code": 5 * 60_000}


class Links:
    """What opens once. A token is known to its receiver only; the database holds its digest."""

    def __init__(self, database: Engine, clock: Callable[[], int]) -> None:
        self._database = database
        self._clock = clock

    def make(self, user_id: int, kind: Kind) -> str:
        """The token of a new link. Earlier ones to a password of this user are worth nothing any more."""
        now_ms, token = self._clock(), secrets.token_urlsafe(32)
        over = LINKS.c.expires_ms <= now_ms
        if kind != "code":
            over |= (LINKS.c.user_id == user_id) & (LINKS.c.kind != "code")
        row = {"user_id": user_id, "kind": kind, "created_ms": now_ms, "expires_ms": now_ms + LASTS_MS[kind]}
        with self._database.begin() as connection:
            connection.execute(delete(LINKS).where(over))
            connection.execute(insert(LINKS).values(token_digest=digest_of(token), **row))
        return token

    def find(self, token: str, *kinds: Kind) -> tuple[User, Kind] | None:
        """Whose link this is and which kind, if it still opens one of `kinds`. Looking uses nothing up."""
        wanted = select(USERS, LINKS.c.kind).join(LINKS, LINKS.c.user_id == USERS.c.id)
        with self._database.connect() as connection:
            row = connection.execute(
                wanted.where(
                    LINKS.c.token_digest == digest_of(token),
                    LINKS.c.kind.in_(kinds),
                    LINKS.c.expires_ms > self._clock(),
                    USERS.c.disabled.is_(False),
                )
            ).first()
        return None if row is None else (user_of(row), row.kind)

    def use_up(self, connection: Connection, token: str) -> bool:
        """Within a transaction: True for the one caller who uses the link, False for whoever comes later."""
        lasting = (LINKS.c.token_digest == digest_of(token)) & (LINKS.c.expires_ms > self._clock())
        return connection.execute(delete(LINKS).where(lasting)).rowcount == 1

    def take(self, token: str) -> bool:
        """Like `use_up`, in a transaction of its own."""
        with self._database.begin() as connection:
            return self.use_up(connection, token)


def end_links(connection: Connection, user_id: int) -> None:
    """Within a transaction: no link of this user opens anything any more."""
    connection.execute(delete(LINKS).where(LINKS.c.user_id == user_id))
