"""The keys of a VICIdial feed (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.instants import read_zone
from collectors.options import Options
from collectors.vicidial.statuses import DROPPED, MACHINES, NOT_FINAL, Meanings

_OF_A_SERVER = ("host", "port", "socket", "user", "password_file", "database")


@dataclass(frozen=True)
class VicidialSettings:
    """The checked keys. The password stands in a file of its own, so that the settings can be shown to anybody.

    `sqlite`: the file that holds the tables instead of a server.
    """

    sqlite: Path | None
    host: str
    port: int
    socket: str
    user: str
    password_file: Path | None
    database: str
    zone: ZoneInfo | None
    poll_seconds: int
    backfill_days: int
    keep_hours: int
    list_seconds: int
    attempt_maximum: int
    recycle_seconds: int
    overdue_seconds: int
    meanings: Meanings

    @property
    def place(self) -> str:
        """The database as messages name it."""
        if self.sqlite is not None:
            return str(self.sqlite)
        return f"{self.socket or f'{self.host}:{self.port}'}/{self.database}"


def read_settings(table: Mapping[str, object]) -> VicidialSettings:
    """The checked keys. Raises `BadOptions`."""
    options = Options(table)
    sqlite, password_file = options.text("sqlite", ""), options.text("password_file", "")
    of_a_server = [key for key in _OF_A_SERVER if key in table]
    if sqlite and of_a_server:
        options.fault("sqlite", f"stands beside {', '.join(of_a_server)}", "leave those out, or sqlite")
    settings = VicidialSettings(
        Path(sqlite) if sqlite else None,
        options.text("host", "127.0.0.1"),
        options.whole("port", 3306, 1, 65_535),
        options.text("socket", ""),
        options.text("user", "leitstand"),
        Path(password_file) if password_file else None,
        options.text("database", "asterisk"),
        read_zone(options),
        options.whole("poll_seconds", 5, 1, 3_600),
        options.whole("backfill_days", 0, 0, 31),
        options.whole("keep_hours", 36, 31, 744),
        options.whole("list_seconds", 300, 10, 86_400),
        options.whole("attempt_maximum", 10, 1, 1_000),
        options.whole("recycle_seconds", 1_800, 0, 31_536_000),
        options.whole("overdue_seconds", 900, 0, 31_536_000),
        Meanings(
            _statuses(options, "dropped", DROPPED),
            _statuses(options, "machines", MACHINES),
            _statuses(options, "not_final", NOT_FINAL),
        ),
    )
    options.end()
    options.raise_faults()
    return settings


def _statuses(options: Options, key: str, default: tuple[str, ...]) -> frozenset[str]:
    found = options.texts(key)
    return frozenset(found if key in options.table else default)
