"""Failed logins slow the next one down: per account and per address, in the database, so that all processes agree."""

from __future__ import annotations

import hashlib

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from dashboard.database import ATTEMPTS

FREE_FAILURES = 4
"""So many failures cost nothing: people mistype. From the next one on every failure doubles the delay."""

LONGEST_DELAY_MS = {"account": 15 * 60_000, "address": 60_000}
"""An account is never locked for longer, whoever attacks it. An address may be shared by many, so it waits less."""

FORGET_AFTER_MS = 15 * 60_000


class TooManyAttempts(Exception):
    """The password was not even looked at: too many failures before. Try again after `retry_after_seconds`."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"too many failed logins; try again in {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


def delay_ms(kind: str, failures: int) -> int:
    """How long after its last failure the account or address has to wait."""
    if failures <= FREE_FAILURES:
        return 0
    return min(1000 << min(failures - FREE_FAILURES - 1, 30), LONGEST_DELAY_MS[kind])


class Attempts:
    """The failures of late. A subject is what is being slowed down: a kind (account or address) and its names."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def begin(self, subjects: list[tuple[str, ...]], now_ms: int) -> None:
        """Counts an attempt as failed before it is tried, so that many at once cannot slip through.

        Raises `TooManyAttempts` without counting when one of the subjects has to wait.
        """
        with self._database.begin() as connection:
            connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.last_ms < now_ms - FORGET_AFTER_MS))
            keys = {_key(subject): subject[0] for subject in subjects}
            rows = connection.execute(select(ATTEMPTS).where(ATTEMPTS.c.subject.in_(keys))).all()
            wait_ms = max((row.last_ms + delay_ms(keys[row.subject], row.failures) - now_ms for row in rows), default=0)
            if wait_ms > 0:
                raise TooManyAttempts(-(-wait_ms // 1000))
            for key in keys:
                _count(connection, key, now_ms)

    def succeeded(self, subjects: list[tuple[str, ...]]) -> None:
        """The attempt was none: these subjects begin anew."""
        with self._database.begin() as connection:
            keys = [_key(subject) for subject in subjects]
            connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.subject.in_(keys)))


def _count(connection: Connection, key: str, now_ms: int) -> None:
    more = update(ATTEMPTS).where(ATTEMPTS.c.subject == key)
    if connection.execute(more.values(failures=ATTEMPTS.c.failures + 1, last_ms=now_ms)).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(ATTEMPTS).values(subject=key, failures=1, last_ms=now_ms))
    except IntegrityError:
        connection.execute(more.values(failures=ATTEMPTS.c.failures + 1, last_ms=now_ms))


def _key(subject: tuple[str, ...]) -> str:
    # Hashed: a name may be of any length, and addresses of persons need not stand in a file.
    return hashlib.sha256("\x1f".join(subject).encode("utf-8", "surrogatepass")).hexdigest()
