"""Fixtures of the web side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from dashboard import users
from tests.dashboard.centre import Centre
from tests.dashboard.postgres import Postgres, running_postgres


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed with little effort; one test looks at the real effort."""
    monkeypatch.setattr(users, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of a process; whoever stops it starts it again."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """An empty database: once a folder for SQLite, once a URL of PostgreSQL."""
    if request.param == "sqlite":
        return tmp_path
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """An application without the desk, whose hub has seen the first picture."""
    centre = Centre(tmp_path, with_desk=False)
    centre.publish_all()
    return centre


@pytest.fixture
def whole_centre(tmp_path: Path) -> Centre:
    """The same with the desk."""
    centre = Centre(tmp_path)
    centre.publish_all()
    return centre
