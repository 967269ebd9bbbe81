"""Accounts, attempts and sessions on SQLite and on PostgreSQL: the same answers, seen from several processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select
from sqlalchemy.engine import Engine

from dashboard import users as users_module
from dashboard.access import Refused, Scope
from dashboard.attempts import FREE_FAILURES, TooManyAttempts, delay_ms
from dashboard.database import FILE_NAME, SESSIONS, USERS, open_database
from dashboard.session_store import User
from dashboard.users import NameTaken, Users
from tests.dashboard.centre import PASSWORD, Clock

OpenPlace = Callable[[], Engine]
HERE, THERE, ELSEWHERE = "192.0.2.1", "198.51.100.2", "203.0.113.3"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_place(place: Path | str) -> Iterator[Callable[[], Engine]]:
    """Opens the database once more, as another process does."""
    opened: list[Engine] = []

    def more() -> Engine:
        opened.append(open_database(place))
        return opened[-1]

    yield more
    for each in opened:
        each.dispose()


@pytest.fixture
def users(open_place: OpenPlace, clock: Clock) -> Users:
    users = Users(open_place(), clock.ms)
    users.add_user("Anna", PASSWORD, "manager", Scope())
    return users


def fail(users: Users, clock: Clock, name: str, address: str, times: int) -> None:
    """Fails this often, each time as soon as it is allowed to."""
    for _ in range(times):
        while True:
            try:
                assert users.verify(name, "wrong password", address) is None
                break
            except TooManyAttempts as error:
                clock.pass_seconds(error.retry_after_seconds)


def test_the_real_effort_of_a_hash(monkeypatch: pytest.MonkeyPatch, open_place: OpenPlace) -> None:
    monkeypatch.undo()
    database = open_place()
    Users(database, Clock().ms).add_user("Anna", PASSWORD, "ops", Scope())
    with database.connect() as connection:
        stored = connection.execute(select(USERS.c.password_hash)).scalar_one()
    effort = extract_parameters(stored)
    assert stored.startswith("$argon2id$")
    assert (effort.memory_cost, effort.time_cost, effort.parallelism) == (19_456, 2, 1)


def test_an_unknown_name_costs_a_hash_too(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            verified.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(users_module, "_HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    users.verify("Anna", "wrong password", HERE)
    users.verify("Nobody", "wrong password", HERE)
    assert len(verified) == 2


def test_a_weaker_hash_is_renewed_at_login(
    users: Users, open_place: OpenPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users_module, "_HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert users.verify("anna", PASSWORD, HERE) is not None
    with open_place().connect() as connection:
        assert extract_parameters(connection.execute(select(USERS.c.password_hash)).scalar_one()).memory_cost == 16


def test_names_are_the_same_in_upper_and_lower_case(users: Users) -> None:
    with pytest.raises(NameTaken):
        users.add_user(" ANNA ", PASSWORD, "ops", Scope())
    user = users.verify("aNNa", PASSWORD, HERE)
    assert isinstance(user, User)
    assert user.name == "Anna"


@pytest.mark.parametrize(
    ("name", "password", "role", "language"),
    [
        ("", PASSWORD, "ops", ""),
        ("x" * 65, PASSWORD, "ops", ""),
        ("a\nb", PASSWORD, "ops", ""),
        ("otto", "short", "ops", ""),
        ("otto-otto", "Otto-Otto", "ops", ""),
        ("otto", PASSWORD, "king", ""),
        ("otto", PASSWORD, "partner", ""),
        ("otto", PASSWORD, "ops", "fr"),
    ],
)
def test_accounts_that_cannot_be(users: Users, name: str, password: str, role: str, language: str) -> None:
    with pytest.raises(Refused):
        users.add_user(name, password, role, Scope(), language)


def test_delays_grow_from_the_fifth_failure_and_stay_under_a_quarter_of_an_hour() -> None:
    assert [delay_ms("account", failures) for failures in range(1, 9)] == [0, 0, 0, 0, 1000, 2000, 4000, 8000]
    assert max(delay_ms("account", failures) for failures in range(1000)) == 15 * 60_000
    assert max(delay_ms("address", failures) for failures in range(1000)) == 60_000


def test_from_the_fifth_failure_on_not_even_the_right_password_is_looked_at(users: Users, clock: Clock) -> None:
    for _ in range(FREE_FAILURES + 1):
        assert users.verify("Anna", "wrong password", HERE) is None
    with pytest.raises(TooManyAttempts) as caught:
        users.verify("Anna", PASSWORD, THERE)
    assert caught.value.retry_after_seconds == 1
    clock.pass_seconds(1)
    assert users.verify("Anna", PASSWORD, THERE) is not None


def test_success_begins_anew(users: Users) -> None:
    for _ in range(3):
        for _ in range(FREE_FAILURES):
            assert users.verify("Anna", "wrong password", HERE) is None
        assert users.verify("Anna", PASSWORD, HERE) is not None


def at_once(users: Users, password: str, times: int) -> Counter[str]:
    def attempt(_: int) -> str:
        try:
            return "no" if users.verify("Anna", password, HERE) is None else "yes"
        except TooManyAttempts:
            return "wait"

    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(attempt, range(times)))


def test_many_wrong_passwords_at_once_do_not_slip_through_and_many_right_ones_do(users: Users, clock: Clock) -> None:
    assert at_once(users, "wrong password", 20) == {"no": FREE_FAILURES + 1, "wait": 20 - FREE_FAILURES - 1}
    clock.pass_seconds(1)
    assert at_once(users, PASSWORD, 20) == {"yes": 20}


def test_an_address_that_tries_many_names_has_to_wait(users: Users) -> None:
    for number in range(FREE_FAILURES + 1):
        assert users.verify(f"name {number}", "wrong password", HERE) is None
    with pytest.raises(TooManyAttempts):
        users.verify("Anna", PASSWORD, HERE)
    assert users.verify("Anna", PASSWORD, THERE) is not None


def test_strangers_cannot_lock_somebody_out_of_the_usual_place(users: Users, clock: Clock) -> None:
    assert users.verify("Anna", PASSWORD, HERE) is not None
    fail(users, clock, "Anna", ELSEWHERE, 20)
    with pytest.raises(TooManyAttempts) as caught:
        users.verify("Anna", PASSWORD, THERE)
    assert 60 < caught.value.retry_after_seconds <= 15 * 60
    assert users.verify("Anna", PASSWORD, HERE) is not None


def test_failures_are_forgotten_after_half_an_hour(users: Users, clock: Clock) -> None:
    fail(users, clock, "Anna", HERE, 20)
    clock.pass_seconds(30 * 60)
    for _ in range(FREE_FAILURES):
        assert users.verify("Anna", "wrong password", HERE) is None
    assert users.verify("Anna", PASSWORD, HERE) is not None


def test_several_processes_share_failures_and_sessions(users: Users, open_place: OpenPlace, clock: Clock) -> None:
    other = Users(open_place(), clock.ms)
    for number in range(FREE_FAILURES + 1):
        (users, other)[number % 2].verify("Anna", "wrong password", HERE)
    with pytest.raises(TooManyAttempts):
        other.verify("Anna", PASSWORD, HERE)
    clock.pass_seconds(1)
    anna = users.verify("Anna", PASSWORD, HERE)
    assert anna is not None
    session = users.begin_session(anna)
    assert other.still_open(session.token) is not None
    users.end_session(session.token)
    assert other.session(session.token) is None
    clock.pass_seconds(1)
    assert other.still_open(session.token) is None


def test_a_stream_notices_changed_rights_within_a_second(users: Users, open_place: OpenPlace, clock: Clock) -> None:
    anna = users.verify("Anna", PASSWORD, HERE)
    assert anna is not None
    session = users.begin_session(anna)
    watching = Users(open_place(), clock.ms)
    assert watching.still_open(session.token) is not None
    users.give(anna.id, "ops", Scope.of({"site": ["Gera"]}))
    clock.pass_seconds(1)
    now = watching.still_open(session.token)
    assert now is not None
    assert now.user.scope == Scope.of({"site": ["Gera"]})


def test_only_the_digest_of_a_token_is_stored(users: Users, open_place: OpenPlace) -> None:
    anna = users.verify("Anna", PASSWORD, HERE)
    assert anna is not None
    session = users.begin_session(anna)
    with open_place().connect() as connection:
        stored = connection.execute(select(SESSIONS.c.token_digest)).scalar_one()
    assert session.token not in stored


def test_the_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    open_database(tmp_path / "new" / "folder").dispose()
    assert (tmp_path / "new" / "folder" / FILE_NAME).stat().st_mode & 0o077 == 0


def test_users_exist(open_place: OpenPlace, clock: Clock) -> None:
    users = Users(open_place(), clock.ms)
    assert not users.users_exist()
    users.add_user("Anna", PASSWORD, "ops", Scope())
    assert users.users_exist()
