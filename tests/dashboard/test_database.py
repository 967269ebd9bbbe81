"""Opening a database: made, taken over, refused, opened by several processes at once, on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.environment import EnvironmentContext
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from commands import accounts
from commands.failures import WorkFailed
from dashboard.database import (
    ATTEMPTS,
    FILE_NAME,
    REVISION,
    TABLES,
    USERS,
    DatabaseRefused,
    open_database,
    write_row,
)
from dashboard.migrate import scripts
from dashboard.session_store import digest_of
from dashboard.users import Users
from tests.dashboard.centre import Clock

OPENS = "import sys; from dashboard.database import open_database; open_database({place}).dispose()"


def first_release(place: Path | str) -> Engine:
    """A database as the first release left it: its tables, and no word about steps."""
    database = create_engine(place if isinstance(place, str) else f"sqlite:///{place / FILE_NAME}")
    known = scripts()

    def steps(revision: Any, _: MigrationContext) -> Any:
        return known._upgrade_revs("0001", revision)

    with database.begin() as connection, EnvironmentContext(Config(), known, fn=steps) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()
        connection.execute(text("DROP TABLE alembic_version"))
    return database


def test_the_steps_lead_to_the_tables_that_the_program_uses(place: Path | str) -> None:
    database = open_database(place)
    with database.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), TABLES) == []
        assert set(inspect(connection).get_table_names()) == {*TABLES.tables, "alembic_version"}
    database.dispose()


def test_there_is_one_newest_step_and_the_program_knows_it() -> None:
    assert scripts().get_heads() == [REVISION]


def test_a_database_of_the_first_release_is_taken_over_with_what_is_in_it(place: Path | str) -> None:
    clock, token = Clock(), "a token that a browser has"
    database = first_release(place)
    user = {"id": 7, "name": "Anna", "name_key": "anna", "password_hash": "x", "role": "manager", "scope": "{}",
            "language": "", "disabled": False, "created_ms": 5}  # fmt: skip
    session_row = {"token_digest": digest_of(token), "user_id": 7, "created_ms": clock.ms(), "last_used_ms": clock.ms()}
    with database.begin() as connection:
        for table, row in (("users", user), ("sessions", session_row)):
            places = ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"), row)
    database.dispose()
    again = open_database(place)
    with again.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == REVISION
    session = Users(again, clock.ms).session(token)
    assert session is not None
    assert session.user.name == "Anna"
    again.dispose()


def test_a_file_that_the_first_release_wrote_opens(tmp_path: Path) -> None:
    # Its statements, as SQLite keeps them; open_database has never seen this file.
    made = """
    CREATE TABLE users (id INTEGER NOT NULL, name VARCHAR(64) NOT NULL, name_key VARCHAR(200) NOT NULL,
      password_hash VARCHAR(300) NOT NULL, role VARCHAR(32) NOT NULL, scope VARCHAR NOT NULL,
      language VARCHAR(8) NOT NULL, disabled BOOLEAN NOT NULL, created_ms BIGINT NOT NULL,
      PRIMARY KEY (id), UNIQUE (name_key));
    CREATE TABLE sessions (token_digest VARCHAR(64) NOT NULL, user_id INTEGER NOT NULL, created_ms BIGINT NOT NULL,
      last_used_ms BIGINT NOT NULL, PRIMARY KEY (token_digest), FOREIGN KEY(user_id) REFERENCES users (id));
    CREATE TABLE rights (id INTEGER NOT NULL, revision BIGINT NOT NULL, PRIMARY KEY (id));
    INSERT INTO users VALUES (7, 'Anna', 'anna', 'x', 'manager', '{}', '', 0, 5);
    """
    file = sqlite3.connect(tmp_path / "leitstand.sqlite")
    file.executescript(made)
    file.close()
    database = open_database(tmp_path)
    with database.connect() as connection:
        assert connection.execute(select(USERS.c.id, USERS.c.name)).all() == [(7, "Anna")]
        assert set(TABLES.tables) <= set(inspect(connection).get_table_names())
    database.dispose()


def test_a_database_of_a_newer_release_is_refused_and_left_as_it_is(place: Path | str) -> None:
    database = open_database(place)
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(
        DatabaseRefused, match=rf"revision 9999.*knows up to {REVISION}.*start that release again, or restore"
    ):
        open_database(place)
    with database.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"
    database.dispose()


def test_a_step_that_fails_leaves_nothing_behind(place: Path | str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = op.create_table

    def fails_at_the_third(name: str, *columns: Any, **options: Any) -> object:
        if name == "attempts":
            raise RuntimeError("torn")
        return made(name, *columns, **options)

    with monkeypatch.context() as broken:
        broken.setattr("alembic.op.create_table", fails_at_the_third)
        with pytest.raises(RuntimeError, match="torn"):
            open_database(place)
    url = place if isinstance(place, str) else f"sqlite:///{place / FILE_NAME}"
    untouched = create_engine(url)
    assert inspect(untouched).get_table_names() == []
    untouched.dispose()
    open_database(place).dispose()


def test_processes_that_start_at_once_do_not_collide(place: Path | str) -> None:
    where = repr(place) if isinstance(place, str) else f"__import__('pathlib').Path({str(place)!r})"
    command = [sys.executable, "-c", OPENS.format(place=where)]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(process.communicate(timeout=60)[1], process.returncode) for process in started] == [("", 0)] * 3


def test_the_same_row_made_by_many_at_once_is_one_row(place: Path | str) -> None:
    database = open_database(place)

    def once(_: int) -> None:
        with database.begin() as connection:
            change = {"failures": ATTEMPTS.c.failures + 1}
            write_row(connection, ATTEMPTS, {"subject": "x"}, {"failures": 1, "last_ms": 0}, **change)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(once, range(16)))
    with database.connect() as connection:
        assert connection.execute(select(ATTEMPTS.c.subject, ATTEMPTS.c.failures)).all() == [("x", 16)]
    database.dispose()


def test_a_session_of_nobody_cannot_be_written(place: Path | str) -> None:
    database = open_database(place)
    row = {"token_digest": "x", "user_id": 12, "created_ms": 0, "last_used_ms": 0}
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(insert(TABLES.tables["sessions"]).values(row))
    database.dispose()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://host/db", "DATABASE_URL names 'mysql'"),
        ("nonsense", "DATABASE_URL cannot be read"),
    ],
)
def test_a_url_of_something_else_is_refused(url: str, says: str) -> None:
    with pytest.raises(DatabaseRefused, match=says):
        open_database(url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql+psycopg://anna:geheim@127.0.0.1:1/leitstand", "the database of accounts does not answer"),
        ("mysql://host/db", "DATABASE_URL names 'mysql'"),
    ],
)
def test_the_command_says_what_is_wrong_with_the_database(
    url: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(WorkFailed, match=says) as caught:
        accounts.users(tmp_path)
    assert "geheim" not in str(caught.value)
