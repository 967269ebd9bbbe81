"""The second factor of a login: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for its loss.

The secret is shown while the factor is set up and never again. A code is good for its own 30 seconds and those before
and after, because clocks differ, and for one use.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable

import pyotp
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection, Engine

from dashboard.attempts import Attempts
from dashboard.database import RECOVERY_CODES, SECOND_FACTORS, write_row
from dashboard.session_store import digest_of

ISSUER = "Leitstand"
RECOVERY_CODES_AT_ONCE = 10
_STEP_SECONDS = 30
_GROUPS = 4


class SecondFactor:
    """The second factors of all accounts."""

    def __init__(self, database: Engine, clock: Callable[[], int]) -> None:
        self._database = database
        self._clock = clock
        self._attempts = Attempts(database)

    def is_on(self, user_id: int) -> bool:
        """True when this account asks for a code."""
        on = SECOND_FACTORS.c.confirmed_ms.is_not(None)
        with self._database.connect() as connection:
            found = connection.execute(select(SECOND_FACTORS.c.user_id).where(SECOND_FACTORS.c.user_id == user_id, on))
            return found.first() is not None

    def whose(self) -> set[int]:
        """The ids of all accounts that ask for a code."""
        on = select(SECOND_FACTORS.c.user_id).where(SECOND_FACTORS.c.confirmed_ms.is_not(None))
        with self._database.connect() as connection:
            return set(connection.execute(on).scalars())

    def begin(self, user_id: int) -> str:
        """A new secret in base32, to be confirmed by its first code. Only where the factor is off."""
        assert not self.is_on(user_id), "a factor that is on is turned off first"
        secret = pyotp.random_base32()
        values = {"secret": secret, "confirmed_ms": None, "last_step": 0}
        with self._database.begin() as connection:
            write_row(connection, SECOND_FACTORS, {"user_id": user_id}, values)
        return secret

    def pending(self, user_id: int) -> str | None:
        """The secret that still waits for its first code."""
        waiting = select(SECOND_FACTORS.c.secret).where(
            SECOND_FACTORS.c.user_id == user_id, SECOND_FACTORS.c.confirmed_ms.is_(None)
        )
        with self._database.connect() as connection:
            return connection.execute(waiting).scalar()

    def confirm(self, user_id: int, code: str) -> list[str] | None:
        """Turns the factor on if the code is right; the recovery codes, which nobody can read again. Else None.

        Raises `TooManyAttempts`.
        """
        if self.pending(user_id) is None or not self._try(user_id, code, recovery=False):
            return None
        with self._database.begin() as connection:
            same = SECOND_FACTORS.c.user_id == user_id
            connection.execute(update(SECOND_FACTORS).where(same).values(confirmed_ms=self._clock()))
            return _new_codes(connection, user_id)

    def check(self, user_id: int, code: str) -> bool:
        """True for the app's code or a recovery code of a factor that is on; either is used up by it.

        Raises `TooManyAttempts`.
        """
        return self.is_on(user_id) and self._try(user_id, code, recovery=True)

    def renew_codes(self, user_id: int) -> list[str]:
        """New recovery codes; the old ones are worth nothing any more."""
        with self._database.begin() as connection:
            return _new_codes(connection, user_id)

    def codes_left(self, user_id: int) -> int:
        """How many recovery codes are not used up."""
        count = select(func.count()).select_from(RECOVERY_CODES).where(RECOVERY_CODES.c.user_id == user_id)
        with self._database.connect() as connection:
            return connection.execute(count).scalar_one()

    def turn_off(self, user_id: int) -> None:
        """The account asks for its password only."""
        with self._database.begin() as connection:
            connection.execute(delete(SECOND_FACTORS).where(SECOND_FACTORS.c.user_id == user_id))
            connection.execute(delete(RECOVERY_CODES).where(RECOVERY_CODES.c.user_id == user_id))

    def _try(self, user_id: int, code: str, *, recovery: bool) -> bool:
        subjects = [("factor", str(user_id))]
        now_ms = self._clock()
        with self._attempts.one_at_a_time(subjects):
            self._attempts.check(subjects, now_ms)
            with self._database.begin() as connection:
                right = _use_app(connection, user_id, code, now_ms) or (
                    recovery and _use_recovery(connection, user_id, code)
                )
            if right:
                self._attempts.succeeded(subjects)
            else:
                self._attempts.failed(subjects, now_ms)
        return right


def address_of(name: str, secret: str) -> str:
    """What an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def _use_app(connection: Connection, user_id: int, code: str, now_ms: int) -> bool:
    row = connection.execute(select(SECOND_FACTORS).where(SECOND_FACTORS.c.user_id == user_id)).first()
    digits = "".join(code.split())
    if row is None or len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return False
    totp = pyotp.TOTP(row.secret)
    step = now_ms // 1000 // _STEP_SECONDS
    for near in (step, step - 1, step + 1):
        if near > row.last_step and secrets.compare_digest(totp.at(near * _STEP_SECONDS), digits):
            # The condition makes it one use also where two processes are asked at once.
            unused = (SECOND_FACTORS.c.user_id == user_id) & (SECOND_FACTORS.c.last_step < near)
            return connection.execute(update(SECOND_FACTORS).where(unused).values(last_step=near)).rowcount == 1
    return False


def _use_recovery(connection: Connection, user_id: int, code: str) -> bool:
    bare = "".join(filter(str.isalnum, code)).upper()
    same = (RECOVERY_CODES.c.user_id == user_id) & (RECOVERY_CODES.c.code_digest == digest_of(bare))
    return connection.execute(delete(RECOVERY_CODES).where(same)).rowcount == 1


def _new_codes(connection: Connection, user_id: int) -> list[str]:
    codes = [base64.b32encode(secrets.token_bytes(10)).decode() for _ in range(RECOVERY_CODES_AT_ONCE)]
    connection.execute(delete(RECOVERY_CODES).where(RECOVERY_CODES.c.user_id == user_id))
    connection.execute(insert(RECOVERY_CODES), [{"user_id": user_id, "code_digest": digest_of(code)} for code in codes])
    return ["-".join(code[place : place + _GROUPS] for place in range(0, len(code), _GROUPS)) for code in codes]
