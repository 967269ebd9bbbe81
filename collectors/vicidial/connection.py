"""One read-only connection to VICIdial's tables; whatever goes wrong is a `SourceTrouble` that names the database."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pymysql
from pymysql.constants import FIELD_TYPE
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from collectors.contract import SourceTrouble
from collectors.vicidial import sqlite
from collectors.vicidial.queries import (
    LATE_COLUMNS,
    OF_AGENTS,
    OPTIONAL_FLAGS,
    STATUSES,
    TABLES,
    ReadTable,
    Statement,
    columns_of_schema,
    needed_columns,
    optional_columns,
    statuses,
)
from collectors.vicidial.settings import VicidialSettings
from collectors.vicidial.statuses import FLAGS

CONNECT_SECONDS = 3
READ_SECONDS = 30

_STAY_TEXT = (FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP, FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL)
_CONVERSIONS = {key: value for key, value in pymysql.converters.conversions.items() if key not in _STAY_TEXT}

Flags = dict[tuple[str, str], list[str]]
"""The flags of a status, by campaign and status; the campaign is "" for a status of the system."""


class Database:
    """See the module. `tables`: what is polled, as the schema has it. `archives`: the tables that have an archive.
    `rules`: the tables of the dialer's own rules that are there. `late`: of the columns that came late those there are.
    """

    def __init__(self, settings: VicidialSettings) -> None:
        self.tables: tuple[ReadTable, ...] = TABLES
        self.archives: set[str] = set()
        self.rules: set[str] = set()
        self.late: dict[str, set[str]] = {}
        self._settings = settings
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._flags: tuple[str, ...] = FLAGS

    def close(self) -> None:
        """Ends the connection, if there is one."""
        connection, engine, self._connection, self._engine = self._connection, self._engine, None, None
        try:
            if connection is not None:
                connection.close()
            if engine is not None:
                engine.dispose()
        except (SQLAlchemyError, pymysql.MySQLError, OSError):
            pass  # it was lost already

    def read(self, statement: Statement, most: int) -> Iterator[Sequence[Any]]:
        """The rows of a statement, `most` at a time, so that no poll is held in memory. Raises `SourceTrouble`."""
        try:
            result = self._connected().execution_options(stream_results=True).execute(statement)
            while rows := result.fetchmany(most):
                yield rows
        except (SQLAlchemyError, pymysql.MySQLError, OSError) as error:
            self.close()
            raise self.lost(error) from error

    def flags(self) -> Flags:
        """What the tables of statuses say now. Raises `SourceTrouble`."""
        found: Flags = {}
        for name in STATUSES:
            for rows in self.read(statuses(name, self._flags), 10_000):
                for row in rows:
                    width = len(row) - len(self._flags)
                    *key, status = list(row[:width])
                    said = row[width:]
                    flags = [flag for flag, value in zip(self._flags, said, strict=True) if value == "Y"]
                    found[key[0] if key else "", status] = flags
        return found

    def lost(self, error: Exception) -> SourceTrouble:
        """The trouble that an error of the driver is."""
        said = str(getattr(error, "orig", None) or error)
        return SourceTrouble(f"database {self._settings.place} does not answer, trying again: {said[:200]}")

    def _connected(self) -> Connection:
        if self._connection is None:
            self._engine = self._engine or self._new_engine()
            self._connection = self._engine.connect()
            self._look_at_schema(self._connection)
        return self._connection

    def _new_engine(self) -> Engine:
        if self._settings.sqlite is not None:
            return sqlite.engine(self._settings.sqlite)
        # Autocommit: no transaction stays open between two polls and holds back the database's clean-up.
        return create_engine(
            "mysql+pymysql://", creator=self._new_connection, poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )

    def _new_connection(self) -> Any:
        settings = self._settings
        password = settings.password_file.read_text("utf-8").strip() if settings.password_file else ""
        connection = pymysql.connect(
            host=settings.host,
            port=settings.port,
            user=settings.user,
            password=password,
            database=settings.database,
            charset="utf8mb4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            conv=_CONVERSIONS,
            init_command="SET SESSION TRANSACTION READ ONLY",
            defer_connect=True,
        )
        connection.connect(_opened(settings.socket) if settings.socket else None)
        return connection

    def _look_at_schema(self, connection: Connection) -> None:
        """Raises `SourceTrouble` with every column that is missing."""
        needed, optional = needed_columns(), optional_columns()
        archives = {read.archive: read.name for read in (*TABLES, *OF_AGENTS)}
        found: dict[str, set[str]] = {}
        columns = sqlite.columns_of_schema if self._settings.sqlite is not None else columns_of_schema
        for row in connection.execute(columns([*needed, *optional, *archives])):
            found.setdefault(str(row[0]), set()).add(str(row[1]))
        needed |= {name: columns for name, columns in optional.items() if name in found}
        missing = [
            f"{name}.{column}"
            for name, columns in needed.items()
            for column in columns
            if column not in found.get(name, ())
        ]
        if missing:
            self.close()
            message = f"database {self._settings.place} lacks {', '.join(missing)}: is this VICIdial's schema?"
            raise SourceTrouble(message)
        self.archives = {name for archive, name in archives.items() if _has(found, archive, needed.get(name))}
        polled = [read for read in (*TABLES, *OF_AGENTS) if read.name in found]
        self.tables = tuple(read.among(found[read.name]) for read in polled)
        self.rules = set(optional) & set(found)
        self.late = {name: found.get(name, set()).intersection(columns) for name, columns in LATE_COLUMNS.items()}
        self._flags = tuple(flag for flag in FLAGS if flag not in OPTIONAL_FLAGS or flag in found[STATUSES[0]])


def _has(found: Mapping[str, set[str]], name: str, columns: Collection[str] | None) -> bool:
    return columns is not None and set(columns) <= found.get(name, set())


def _opened(path: str) -> socket.socket:
    """A connection to the server's socket; the driver would leave one that fails open."""
    opened = socket.socket(socket.AF_UNIX)
    try:
        opened.settimeout(CONNECT_SECONDS)
        opened.connect(path)
    except OSError:
        opened.close()
        raise
    opened.settimeout(None)
    return opened
