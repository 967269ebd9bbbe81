"""Whether somebody's rights have changed: what open streams may go on with, also while the database is away."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import func, select
from sqlalchemy.engine import Connection, Engine

from dashboard.database import LOST, RIGHTS, write_row

LOOK_AGAIN_MS = 1000
WITHOUT_DATABASE_MS = 5 * 60_000
"""So long an open stream outlives the database; rights that change elsewhere meanwhile are not noticed."""


def count_revision(connection: Connection) -> None:
    """Says within a transaction that somebody's rights change, so that open streams look again."""
    write_row(connection, RIGHTS, {"id": 1}, {"revision": 1}, revision=RIGHTS.c.revision + 1)


class Rights:
    """Looks once a second at most."""

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._revision = -1
        self._looked_ms = -LOOK_AGAIN_MS
        self._answered_ms = 0

    def changed(self, now_ms: int) -> bool:
        """True when somebody's rights have changed since the last time: what was remembered holds no more."""
        if 0 <= now_ms - self._looked_ms < LOOK_AGAIN_MS:
            return False
        self._looked_ms = now_ms
        revision = self._revision
        with suppress(*LOST):
            with self._database.connect() as connection:
                self._revision = connection.execute(select(func.max(RIGHTS.c.revision))).scalar() or 0
            self._answered_ms = now_ms
        return revision != self._revision

    def hold(self, now_ms: int) -> bool:
        """False when the database has not answered for five minutes: what is remembered then stands no more."""
        return now_ms - self._answered_ms < WITHOUT_DATABASE_MS
