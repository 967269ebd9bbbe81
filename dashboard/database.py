"""The SQL that people's input lives in: accounts and what lets them in. SQLite by default, PostgreSQL by URL.

SQLite runs in WAL mode, so that pages and commands may use one file from several processes.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    text,
    update,
)
from sqlalchemy import exc as sql
from sqlalchemy.engine import Connection, Engine

FILE_NAME = "leitstand.sqlite"
LOST = (sql.OperationalError, sql.InterfaceError, sql.TimeoutError)
"""What is raised while the database does not answer. Nothing was written then, and trying again later is right."""

REVISION = "0003"
"""The newest of the steps in `dashboard/migrations/versions`, which lead to these tables."""

_BUSY_MS = 5000
_PATIENCE_SECONDS = 5
_POSTGRES = {
    "connect_timeout": _PATIENCE_SECONDS,
    # A database whose machine vanished must not hold a page for the quarter of an hour that TCP would wait.
    "tcp_user_timeout": _PATIENCE_SECONDS * 1000,
    "options": f"-c statement_timeout={_PATIENCE_SECONDS * 1000} -c lock_timeout={_PATIENCE_SECONDS * 1000}",
    "application_name": "leitstand",
}
_logger = logging.getLogger(__name__)


class DatabaseRefused(Exception):
    """The database cannot be used as it is; the message says what to do."""


TABLES = MetaData()

USERS = Table(
    "users",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("name_key", String(200), nullable=False, unique=True),
    Column("password_hash", String(300), nullable=False),
    Column("role", String(32), nullable=False),
    Column("scope", String, nullable=False),
    Column("language", String(8), nullable=False, default=""),
    Column("disabled", Boolean, nullable=False, default=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("phone", String(16), nullable=False, server_default=text("''")),
    Column("last_login_ms", BigInteger),
)
"""An empty `password_hash`: invited, no password yet. `phone` as E.164 writes it, or empty."""
SESSIONS = Table(
    "sessions",
    TABLES,
    Column("token_digest", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("last_used_ms", BigInteger, nullable=False),
    Column("agent", String(200), nullable=False, server_default=text("''")),
    Column("address", String(64), nullable=False, server_default=text("''")),
)
ATTEMPTS = Table(
    "attempts",
    TABLES,
    Column("subject", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
)
KNOWN_ADDRESSES = Table(
    "known_addresses",
    TABLES,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("last_ms", BigInteger, nullable=False),
)
LINKS = Table(
    "links",
    TABLES,
    Column("token_digest", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
)
"""What opens one thing once: an invitation, a new password, the second half of a login."""
SECOND_FACTORS = Table(
    "second_factors",
    TABLES,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("secret", String(64), nullable=False),
    Column("confirmed_ms", BigInteger),
    Column("last_step", BigInteger, nullable=False),
)
"""`confirmed_ms` is empty until the first code was right. `last_step`: the newest code used; none is used twice."""
RECOVERY_CODES = Table(
    "recovery_codes",
    TABLES,
    Column("code_digest", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
)
API_TOKENS = Table(
    "api_tokens",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("token_digest", String(64), nullable=False, unique=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("last_used_ms", BigInteger),
)
RIGHTS = Table(
    "rights",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("revision", BigInteger, nullable=False),
)
"""One row, counted up whenever somebody's rights change or a session ends, so that open streams notice cheaply."""

WALLS = Table(
    "walls",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("plan", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("language", String(8), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)
WALL_LINKS = Table(
    "wall_links",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("wall_id", ForeignKey("walls.id"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("token_digest", String(64), nullable=False, unique=True),
    Column("created_by", String(64), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)
WALL_SCREENS = Table(
    "wall_screens",
    TABLES,
    Column("cookie_digest", String(64), primary_key=True),
    Column("link_id", ForeignKey("wall_links.id"), nullable=False),
    Column("opened_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger, nullable=False),
)


def open_database(place: Path | str) -> Engine:
    """The database in this data folder, or at this URL, with the tables of this release.

    A new SQLite file is readable by its owner only. Raises `DatabaseRefused` where the URL or the tables are not ours
    to use, one of `LOST` where the database does not answer, OSError where the file cannot be made.
    """
    if isinstance(place, Path):
        place.mkdir(parents=True, exist_ok=True)
        path = place / FILE_NAME
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        url = URL.create("sqlite", database=str(path.resolve()))
    else:
        url = _url(place)
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url)
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        # A pooled connection is asked before it is used: after a restart of the database the next page works.
        engine = create_engine(url, pool_pre_ping=True, pool_timeout=_PATIENCE_SECONDS, connect_args=_POSTGRES)
    _tell_of_outages(engine)
    if _revision(engine) != REVISION:
        # Imported here: half a second that every start but the first of a release need not wait for.
        from dashboard.migrate import bring_up_to_date  # noqa: PLC0415

        bring_up_to_date(engine)
    return engine


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def write_row(
    connection: Connection, table: Table, key: Mapping[str, object], new: Mapping[str, object], **changed: object
) -> None:
    """Changes the row of this key, or makes it of `key` and `new`; also where others make the same row right now."""
    change = update(table).where(*(table.c[name] == value for name, value in key.items())).values(changed or new)
    if connection.execute(change).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(table).values({**key, **new}))
    except sql.IntegrityError:
        connection.execute(change)


def _url(written: str) -> URL:
    try:
        url = make_url(written)
    except sql.ArgumentError as error:
        message = f"DATABASE_URL cannot be read: {error}: write postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
        raise DatabaseRefused(message) from None
    name = url.get_backend_name()
    if name in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if name == "sqlite":
        return url
    message = f"DATABASE_URL names {name!r}: Leitstand keeps accounts in postgresql+psycopg:// or sqlite:///"
    raise DatabaseRefused(message)


def _tell_of_outages(engine: Engine) -> None:
    """One line in the log when the database stops answering, one when it answers again."""
    lost = False

    @event.listens_for(engine, "handle_error")
    def failed(context: Any) -> None:
        nonlocal lost
        if isinstance(context.sqlalchemy_exception, LOST) and not lost:
            lost = True
            where = engine.url.render_as_string()
            _logger.error("database %s does not answer, trying again: %s", where, context.original_exception)

    @event.listens_for(engine, "checkout")
    def answered(*_: object) -> None:
        nonlocal lost
        if lost:
            lost = False
            _logger.info("database is back")


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
