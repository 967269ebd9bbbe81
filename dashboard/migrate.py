"""Brings a database to the tables of this release: the steps are in `dashboard/migrations/versions`.

All steps run in one transaction behind a lock, so that processes which start in the same moment do not collide and a
step that fails leaves nothing behind.
"""

from __future__ import annotations

import logging
from pathlib import Path

# ruff: noqa: E402 - alembic tells of itself while it is imported, and of every connection
logging.getLogger("alembic").setLevel(logging.WARNING)

from alembic.config import Config
from alembic.environment import EnvironmentContext
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, text

from dashboard.database import DatabaseRefused

_LOCK = 0x1E175
"""Which of PostgreSQL's advisory locks is ours: any number will do, the same in every release."""
_logger = logging.getLogger(__name__)


def scripts() -> ScriptDirectory:
    """The steps that this release knows."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def bring_up_to_date(engine: Engine) -> None:
    """Makes the tables of an empty database, and whatever is missing in one of an earlier release.

    Raises `DatabaseRefused` for one that a newer release has written to; it is then left as it is.
    """
    known = scripts()
    newest = known.get_current_head()
    with engine.begin() as connection:
        _lock(connection)
        revision = _revision(connection)
        if revision == newest:
            return  # another process was quicker
        if revision is not None:
            _check_known(known, revision, engine)
        new = not inspect(connection).has_table("users")
        _run(known, connection)
    if not new:
        _logger.info("database brought from revision %s to %s", revision or "of the first release", newest)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _lock(connection: Connection) -> None:
    """One process at a time passes; the lock ends with the transaction."""
    if connection.dialect.name == "sqlite":
        # The driver would begin no transaction before statements that make tables.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        # A step may take longer than a page is allowed to, and so may waiting for it.
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _check_known(known: ScriptDirectory, revision: str, engine: Engine) -> None:
    try:
        known.get_revision(revision)
    except (ResolutionError, CommandError):
        message = (
            f"the database {engine.url.render_as_string()} was written by a newer Leitstand (revision {revision}; "
            f"this one knows up to {known.get_current_head()}): start that release again, or restore the backup made "
            "before the update"
        )
        raise DatabaseRefused(message) from None


def _run(known: ScriptDirectory, connection: Connection) -> None:
    def steps(revision: object, _: MigrationContext) -> object:
        return known._upgrade_revs("head", revision)  # type: ignore[arg-type]

    with EnvironmentContext(Config(), known, fn=steps, destination_rev="head") as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()
