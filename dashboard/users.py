"""Accounts and their passwords, in the database. Their sessions are in `session_store`."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError

from dashboard.access import Refused, Scope, check_account
from dashboard.api_tokens import ApiTokens
from dashboard.attempts import Attempts
from dashboard.database import KNOWN_ADDRESSES, USERS, write_row
from dashboard.links import Links, end_links
from dashboard.passwords import LONGEST_PASSWORD, check_password
from dashboard.rights import count_revision
from dashboard.second_factor import SecondFactor
from dashboard.session_store import Sessions, User, end_all, user_of
from dashboard.telephone import e164

_KNOWN_FOR_MS = 30 * 86_400_000
LANGUAGES = ("de", "en")
LONGEST_NAME = 64

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

T = TypeVar("T")


class Apart(Protocol):
    """Runs work that would hold up everybody else and returns its result; a server does so in another thread."""

    def __call__(self, work: Callable[[], T], /) -> T: ...


def on_the_spot(work: Callable[[], T]) -> T:
    """The `Apart` of commands and tests."""
    return work()


@dataclass(frozen=True)
class Account:
    """An account for whoever administers it. `invited`: it has no password yet. Times are UTC milliseconds."""

    user: User
    phone: str
    disabled: bool
    invited: bool
    created_ms: int
    last_login_ms: int | None


class NameTaken(Exception):
    """There is an account of this name; upper and lower case make no difference."""


class Users(Sessions):
    """The accounts. `clock` gives UTC milliseconds; `apart` runs the slow hashing of passwords."""

    def __init__(self, database: Engine, clock: Callable[[], int], apart: Apart = on_the_spot) -> None:
        super().__init__(database, clock)
        self._apart = apart
        self._attempts = Attempts(database)
        self._decoy: str | None = None
        self.links = Links(database, clock)
        self.second_factor = SecondFactor(database, clock)
        self.api_tokens = ApiTokens(database, clock)

    def users_exist(self) -> bool:
        """False until the first account has been made."""
        with self._database.connect() as connection:
            return connection.execute(select(USERS.c.id).limit(1)).first() is not None

    def accounts(self) -> list[Account]:
        """Every account, by name."""
        with self._database.connect() as connection:
            return [_account(row) for row in connection.execute(select(USERS).order_by(USERS.c.name_key))]

    def account(self, user_id: int) -> Account | None:
        """The account of this id."""
        return self._account(USERS.c.id == user_id)

    def account_named(self, name: str) -> Account | None:
        """The account of this name; upper and lower case make no difference."""
        return self._account(USERS.c.name_key == _name_key(name))

    def _account(self, same: Any) -> Account | None:
        with self._database.connect() as connection:
            row = connection.execute(select(USERS).where(same)).first()
        return None if row is None else _account(row)

    def add_user(
        self, name: str, password: str | None, role: str, scope: Scope, language: str = "", phone: str = ""
    ) -> User:
        """Makes an account; without a password one that is invited. Raises `Refused` with what to write instead, or
        `NameTaken`.
        """
        checked = check_account(role, scope)
        name = name.strip()
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            message = f"write a name of 1 to {LONGEST_NAME} printable characters"
            raise Refused(message, "name")
        if language not in ("", *LANGUAGES):
            message = f"there is no language {language!r}: write one of {', '.join(LANGUAGES)}"
            raise Refused(message, "language")
        row = {
            "name": name,
            "name_key": _name_key(name),
            "phone": e164(phone),
            "password_hash": "" if password is None else self._hash(name, password),
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

    def _hash(self, name: str, password: str) -> str:
        check_password(name, password)
        return self._apart(lambda: _HASHER.hash(password))

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
        return user_of(row)

    def _is_right(self, row: Row[Any] | None, password: str) -> bool:
        if self._decoy is None:
            self._decoy = _HASHER.hash(secrets.token_hex())
        # Who is invited has no hash yet; that takes no less time than a wrong password.
        against = self._decoy if row is None or not row.password_hash else row.password_hash
        try:
            return _HASHER.verify(against, password[: LONGEST_PASSWORD + 1])
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

    def set_password(self, user: User, password: str, keep: str = "") -> None:
        """Changes the password and ends the user's sessions, all but that with the token `keep`. Raises `Refused`."""
        hashed = self._hash(user.name, password)
        with self._database.begin() as connection:
            _write_password(connection, user.id, hashed, keep)

    def set_password_by_link(self, token: str, password: str) -> User | None:
        """Like `set_password`, by an invitation or a reset link, which is used up; None where it opens nothing."""
        found = self.links.find(token, "invitation", "reset")
        if found is None:
            return None
        user, _ = found
        hashed = self._hash(user.name, password)
        with self._database.begin() as connection:
            if not self.links.use_up(connection, token):
                return None
            _write_password(connection, user.id, hashed)
        return user

    def set_language(self, user_id: int, language: str) -> None:
        """Stores the language that the user chose. Raises `Refused`."""
        if language not in LANGUAGES:
            message = f"there is no language {language!r}: write one of {', '.join(LANGUAGES)}"
            raise Refused(message, "language")
        self._change(user_id, language=language)

    def set_phone(self, user_id: int, phone: str) -> None:
        """Stores the telephone number, empty for none. Raises `Refused`."""
        self._change(user_id, phone=e164(phone))

    def disable(self, user_id: int) -> None:
        """Locks the account, ends all its sessions and what links to it open; its tokens read nothing meanwhile."""
        with self._database.begin() as connection:
            connection.execute(update(USERS).where(USERS.c.id == user_id).values(disabled=True))
            end_links(connection, user_id)
            end_all(connection, user_id)

    def enable(self, user_id: int) -> None:
        """Unlocks the account: it logs in again, nothing that had ended begins anew."""
        self._change(user_id, disabled=False)

    def give(self, user_id: int, role: str, scope: Scope, phone: str | None = None) -> None:
        """Changes role and scope, at once for every open session, and the telephone number. Raises `Refused`."""
        given = {"role": str(check_account(role, scope)), "scope": _scope_text(scope)}
        self._change(user_id, **given if phone is None else given | {"phone": e164(phone)})

    def _change(self, user_id: int, **values: object) -> None:
        with self._database.begin() as connection:
            connection.execute(update(USERS).where(USERS.c.id == user_id).values(values))
            count_revision(connection)


def _write_password(connection: Connection, user_id: int, hashed: str, keep: str = "") -> None:
    connection.execute(update(USERS).where(USERS.c.id == user_id).values(password_hash=hashed))
    end_links(connection, user_id)
    end_all(connection, user_id, keep)


def _account(row: Row[Any]) -> Account:
    invited = not row.password_hash
    return Account(user_of(row), row.phone, row.disabled, invited, row.created_ms, row.last_login_ms)


def _name_key(name: str) -> str:
    return name.strip().casefold()[:200]


def _scope_text(scope: Scope) -> str:
    return msgspec.json.encode(dict(scope.values)).decode()
