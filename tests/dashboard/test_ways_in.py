"""What lets somebody in, on SQLite and on PostgreSQL: codes, links and tokens, also when many come at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import String, select, update
from sqlalchemy.engine import Engine

from dashboard.access import Refused, Scope
from dashboard.api_tokens import MOST_TOKENS
from dashboard.attempts import TooManyAttempts
from dashboard.database import SECOND_FACTORS, TABLES, open_database
from dashboard.session_store import User
from dashboard.users import Users
from tests.dashboard.centre import PASSWORD, Clock

HERE = "192.0.2.1"
OF_THE_RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
AT_ONCE = 8


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(place: Path | str) -> Iterator[Engine]:
    opened = open_database(place)
    yield opened
    opened.dispose()


@pytest.fixture
def users(database: Engine, clock: Clock) -> Users:
    return Users(database, clock.ms)


@pytest.fixture
def anna(users: Users) -> User:
    return users.add_user("Anna", PASSWORD, "manager", Scope())


def turned_on(users: Users, anna: User, clock: Clock) -> str:
    secret = users.second_factor.begin(anna.id)
    assert users.second_factor.confirm(anna.id, pyotp.TOTP(secret).at(clock.now_ms // 1000)) is not None
    clock.pass_seconds(60)
    return secret


def count(results: Callable[[int], object]) -> Counter[object]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(results, range(AT_ONCE)))


def test_codes_are_those_of_rfc_6238(users: Users, anna: User, clock: Clock, database: Engine) -> None:
    turned_on(users, anna, clock)
    with database.begin() as connection:
        connection.execute(update(SECOND_FACTORS).values(secret=OF_THE_RFC, last_step=0))
    for seconds, code in (
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
    ):
        clock.now_ms = seconds * 1000
        assert users.second_factor.check(anna.id, code)


def test_a_code_is_good_for_the_steps_beside_it_and_no_further(users: Users, anna: User, clock: Clock) -> None:
    secret = turned_on(users, anna, clock)
    seconds = clock.now_ms // 1000
    for steps, good in ((-2, False), (2, False), (-1, True), (-1, False), (0, True), (1, True), (0, False)):
        assert users.second_factor.check(anna.id, pyotp.TOTP(secret).at(seconds + 30 * steps)) is good, steps


def test_the_same_code_by_many_at_once_is_used_by_one(users: Users, anna: User, clock: Clock) -> None:
    secret = turned_on(users, anna, clock)
    code = pyotp.TOTP(secret).at(clock.now_ms // 1000)

    def attempt(_: int) -> str:
        try:
            return "in" if users.second_factor.check(anna.id, code) else "out"
        except TooManyAttempts:
            return "wait"

    assert count(attempt)["in"] == 1


def test_an_account_without_the_factor_has_no_right_code(users: Users, anna: User) -> None:
    assert not users.second_factor.check(anna.id, "000000")
    users.second_factor.begin(anna.id)
    assert not users.second_factor.is_on(anna.id)
    assert not users.second_factor.check(anna.id, "000000")


def test_a_link_opened_by_many_at_once_sets_one_password(users: Users, clock: Clock) -> None:
    petra = users.add_user("Petra", None, "ops", Scope())
    token = users.links.make(petra.id, "invitation")
    set_by = count(lambda n: n if users.set_password_by_link(token, f"four unrelated words {n}") else "too late")
    assert set_by.pop("too late") == AT_ONCE - 1
    (number,) = set_by
    assert users.verify("Petra", f"four unrelated words {number}", HERE) is not None


def test_a_kind_of_link_opens_nothing_of_another_kind(users: Users, anna: User) -> None:
    half, reset = users.links.make(anna.id, "code"), users.links.make(anna.id, "reset")
    assert users.set_password_by_link(half, "four unrelated words") is None
    assert users.links.find(reset, "code") is None
    assert users.verify("Anna", PASSWORD, HERE) is not None


def test_a_refused_password_uses_no_link_up(users: Users, anna: User) -> None:
    token = users.links.make(anna.id, "reset")
    with pytest.raises(Refused):
        users.set_password_by_link(token, "anna2026")
    assert users.set_password_by_link(token, "four unrelated words") is not None


def test_nothing_secret_stands_in_the_database(users: Users, anna: User, clock: Clock, database: Engine) -> None:
    secret = users.second_factor.begin(anna.id)
    codes = users.second_factor.confirm(anna.id, pyotp.TOTP(secret).at(clock.now_ms // 1000))
    assert codes is not None
    given = [
        users.links.make(anna.id, "reset"),
        users.api_tokens.make(anna.id, "Grafana"),
        users.begin_session(anna).token,
        PASSWORD,
        *codes,
        *(code.replace("-", "") for code in codes),
    ]
    stored = []
    with database.connect() as connection:
        for table in TABLES.sorted_tables:
            texts = [column for column in table.columns if isinstance(column.type, String)]
            stored += [str(value) for row in connection.execute(select(*texts or table.columns)) for value in row]
    assert "Grafana" in stored
    assert not [text for text in given if any(text in value for value in stored)]


def test_tokens_are_named_counted_and_bounded(users: Users, anna: User, clock: Clock) -> None:
    token = users.api_tokens.make(anna.id, " Grafana ")
    (listed,) = users.api_tokens.tokens_of(anna.id)
    assert (listed.name, listed.last_used_ms) == ("Grafana", None)
    speaks = users.api_tokens.session(token)
    assert speaks is not None
    assert speaks.user == anna
    assert users.api_tokens.tokens_of(anna.id)[0].last_used_ms == clock.now_ms
    for name in ("", " ", "x" * 65, "a\nb"):
        with pytest.raises(Refused):
            users.api_tokens.make(anna.id, name)
    for number in range(MOST_TOKENS - 1):
        users.api_tokens.make(anna.id, f"number {number}")
    with pytest.raises(Refused, match="revoke one first"):
        users.api_tokens.make(anna.id, "one more")


def test_sessions_are_listed_while_they_last(users: Users, anna: User, clock: Clock) -> None:
    first = users.begin_session(anna, "Agent\n\x00 one" + "x" * 300, HERE)
    clock.pass_seconds(60)
    second = users.begin_session(anna, "Agent two", HERE)
    assert [each.id for each in users.sessions_of(anna.id)] == [second.id, first.id]
    assert users.sessions_of(anna.id)[1].agent == ("Agent one" + "x" * 300)[:200]
    account = users.account(anna.id)
    assert account is not None
    assert account.last_login_ms == clock.now_ms
    clock.pass_seconds(29 * 60)
    assert [each.id for each in users.sessions_of(anna.id)] == [second.id]
    users.end_all_of(anna.id, second.token)
    assert users.session(second.token) is not None
    assert users.end_one_of(anna.id, second.id)
    assert users.session(second.token) is None
    assert users.sessions_of(anna.id) == []
