"""Failed logins slow the next one down: per account and per address, in the database, so that all processes agree."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from sqlalchemy import delete, select
from sqlalchemy.engine import Engine

from dashboard.database import ATTEMPTS, write_row

FREE_FAILURES = 4
"""So many failures cost nothing: people mistype. From the next one on every failure doubles the delay."""

LONGEST_DELAY_MS = {"account": 15 * 60_000, "address": 60_000, "factor": 15 * 60_000}
"""An account is never locked for longer, whoever attacks it. An address may be shared by many, so it waits less."""

FORGET_AFTER_MS = 30 * 60_000
"""Longer than any delay, else waiting it out would begin anew."""

_TURNS = 64

Subjects = Sequence[tuple[str, ...]]


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
    """The failures of late. A subject is what is being slowed down: a kind (of `LONGEST_DELAY_MS`) and its names."""

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._turns = [threading.Lock() for _ in range(_TURNS)]

    @contextmanager
    def one_at_a_time(self, subjects: Subjects) -> Iterator[None]:
        """Attempts on the same subject follow one another, so that many at once cannot slip through."""
        with ExitStack() as held:
            for place in sorted({int(_key(subject)[:8], 16) % _TURNS for subject in subjects}):
                held.enter_context(self._turns[place])
            yield

    def check(self, subjects: Subjects, now_ms: int) -> None:
        """Raises `TooManyAttempts` when one of the subjects has to wait."""
        kinds = {_key(subject): subject[0] for subject in subjects}
        with self._database.connect() as connection:
            rows = connection.execute(select(ATTEMPTS).where(ATTEMPTS.c.subject.in_(kinds))).all()
        recent = [row for row in rows if row.last_ms > now_ms - FORGET_AFTER_MS]
        wait_ms = max((row.last_ms + delay_ms(kinds[row.subject], row.failures) - now_ms for row in recent), default=0)
        if wait_ms > 0:
            raise TooManyAttempts(-(-wait_ms // 1000))

    def failed(self, subjects: Subjects, now_ms: int) -> None:
        """Counts a failure of each of these."""
        with self._database.begin() as connection:
            connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.last_ms <= now_ms - FORGET_AFTER_MS))
            for subject in subjects:
                once_more = {"failures": ATTEMPTS.c.failures + 1, "last_ms": now_ms}
                new = {"failures": 1, "last_ms": now_ms}
                write_row(connection, ATTEMPTS, {"subject": _key(subject)}, new, **once_more)

    def succeeded(self, subjects: Subjects) -> None:
        """These subjects begin anew."""
        with self._database.begin() as connection:
            keys = [_key(subject) for subject in subjects]
            connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.subject.in_(keys)))


def _key(subject: tuple[str, ...]) -> str:
    # Hashed: a name may be of any length, and addresses of persons need not stand in a file.
    return hashlib.sha256("\x1f".join(subject).encode("utf-8", "surrogatepass")).hexdigest()
