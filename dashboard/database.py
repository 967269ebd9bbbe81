"""The SQL that people's input lives in: accounts, sessions, failed logins. SQLite by default, another by URL.

SQLite runs in WAL mode, so that pages and commands may use one file from several processes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, MetaData, String, Table, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.schema import CreateTable

FILE_NAME = "leitstand.sqlite"
_BUSY_MS = 5000

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
)
SESSIONS = Table(
    "sessions",
    TABLES,
    Column("token_digest", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("last_used_ms", BigInteger, nullable=False),
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
RIGHTS = Table(
    "rights",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("revision", BigInteger, nullable=False),
)
"""One row, counted up whenever somebody's rights change or a session ends, so that open streams notice cheaply."""


def open_database(place: Path | str) -> Engine:
    """The database in this data folder, or at this URL; its tables are made where they are missing.

    A new SQLite file is readable by its owner only. Raises OSError or SQLAlchemyError where it cannot be opened.
    """
    if isinstance(place, Path):
        place.mkdir(parents=True, exist_ok=True)
        path = place / FILE_NAME
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        url = f"sqlite:///{path.resolve()}"
    else:
        url = place
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    with engine.begin() as connection:
        for table in TABLES.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
