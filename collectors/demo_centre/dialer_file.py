"""The database of the simulated dialer: an SQLite file with VICIdial's tables, kept up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from collectors.demo_centre import dialer_tables
from collectors.demo_centre.campaigns import CAMPAIGNS, Campaign
from collectors.demo_centre.dialer import Dialer
from collectors.demo_centre.dialer_rows import Row
from collectors.demo_centre.story import MINUTE_MS

EVERY_MS = 1_000
_LOCKED_SECONDS = 0.2


class DialerFile:
    """Writes what the dialer does; goes on where the file stands, as if it had never stopped.

    The rows depend on seed and day alone, so whoever begins again counts the day anew and writes each row once more.
    """

    def __init__(
        self,
        path: Path,
        seed: int,
        day_start_ms: int,
        backfill_ms: int,
        campaigns: Sequence[Campaign] = CAMPAIGNS,
    ) -> None:
        self.path = path
        self._seed = seed
        self._day_start_ms = day_start_ms
        self._backfill_ms = backfill_ms
        self._campaigns = campaigns
        self._dialer: Dialer | None = None
        self._connection: sqlite3.Connection | None = None
        self._rows: dict[str, list[Row]] = {}
        self._hoppers: dict[str, list[Row]] = {}
        self._next_ms = 0

    def make(self) -> None:
        """Makes the file with empty tables where it is missing, so that it can be read. Raises `sqlite3.Error`."""
        if self.path.exists():
            return
        fresh = self.path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with closing(_opened(fresh)) as connection:
            connection.execute("BEGIN")
            for statement in dialer_tables.CREATE:
                connection.execute(statement)
            # The day is part of the file: a program that starts a minute later goes on with the same one.
            connection.execute(f"PRAGMA user_version = {self._day_start_ms // MINUTE_MS}")
            connection.execute("COMMIT")
        fresh.rename(self.path)

    def advance(self, now_ms: int) -> None:
        """Writes what changed up to now, in one transaction. While a reader holds the file it waits for the next call.

        Raises `sqlite3.Error`.
        """
        if now_ms < self._next_ms:
            return
        self._next_ms = now_ms + EVERY_MS
        connection = self._connected()
        if self._dialer is None:
            self._begin(connection)
        assert self._dialer is not None
        for table, rows in self._dialer.advance(now_ms).items():
            self._rows.setdefault(table, []).extend(rows)
        self._hoppers |= self._dialer.hoppers()
        if not (self._rows or self._hoppers):
            return
        try:
            connection.execute("BEGIN IMMEDIATE")
            self._write(connection)
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
        else:
            self._rows, self._hoppers = {}, {}

    def close(self) -> None:
        """Gives the file back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = _opened(self.path)
        return self._connection

    def _begin(self, connection: sqlite3.Connection) -> None:
        (minutes,) = connection.execute("PRAGMA user_version").fetchone()
        day_start_ms = minutes * MINUTE_MS
        self._dialer = Dialer(self._seed, day_start_ms, day_start_ms + self._backfill_ms, self._campaigns)
        self._rows = {
            **dialer_tables.status_rows({each.name: each.success for each in self._dialer.campaigns}),
            "vicidial_lists": self._dialer.lists(),
        }

    def _write(self, connection: sqlite3.Connection) -> None:
        for table, rows in self._rows.items():
            connection.executemany(f"REPLACE INTO {table} VALUES ({_marks(rows)})", rows)  # noqa: S608 -- our own names
        for campaign, rows in self._hoppers.items():
            connection.execute("DELETE FROM vicidial_hopper WHERE campaign_id = ?", (campaign,))
            if rows:
                columns = "lead_id, list_id, campaign_id, status"
                statement = f"INSERT INTO vicidial_hopper ({columns}) VALUES ({_marks(rows)})"  # noqa: S608
                connection.executemany(statement, rows)


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, _LOCKED_SECONDS, isolation_level=None)
    # A killed writer loses nothing by it, and a machine that loses its power loses a demo.
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def _marks(rows: list[Row]) -> str:
    return ", ".join("?" * len(rows[0]))
