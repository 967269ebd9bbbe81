"""One real MariaDB for the tests of this folder; each test begins with empty tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.collectors.vicidial.schema import CREATE
from tests.mariadb import DATABASE, MariaDb


@pytest.fixture(scope="session")
def server() -> Iterator[MariaDb]:
    database = MariaDb()
    try:
        database.start()
        database.execute_as_admin("CREATE USER leitstand@localhost")
        database.execute_as_admin(f"GRANT SELECT ON {DATABASE}.* TO leitstand@localhost")
        yield database
    finally:
        database.remove()


@pytest.fixture
def database(server: MariaDb) -> MariaDb:
    server.fresh(*CREATE)
    return server
