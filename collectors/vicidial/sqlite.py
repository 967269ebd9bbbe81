"""The tables in an SQLite file, where no MariaDB runs: everything in which SQLite differs stands here.

Declare dates and decimals as TEXT: SQLite would make numbers of decimals, and rows are read as MariaDB writes them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, Executable, column, create_engine, func, select, table
from sqlalchemy.pool import NullPool

LOCKED_SECONDS = 3


def engine(path: Path) -> Engine:
    """Opens the file for reading only: one that is missing is not made."""

    def opened() -> sqlite3.Connection:
        address = f"file:{quote(str(path))}?mode=ro"
        return sqlite3.connect(address, LOCKED_SECONDS, uri=True, check_same_thread=False)

    return create_engine("sqlite://", creator=opened, poolclass=NullPool, isolation_level="AUTOCOMMIT")


def columns_of_schema(names: Sequence[str]) -> Executable:
    """Which columns these tables have."""
    master = table("sqlite_master", column("name"), column("type"))
    columns = func.pragma_table_info(master.c.name).table_valued("name", name="columns")
    return (
        select(master.c.name, columns.c.name)
        .select_from(master)
        .join(columns, master.c.type == "table")
        .where(master.c.name.in_(list(names)))
    )
