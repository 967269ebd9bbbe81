"""The keys of a VICIdial feed (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.instants import read_zone
from collectors.options import Options
from collectors.vicidial.statuses import DROPPED, MACHINES, NOT_FINAL, Meanings


@dataclass(frozen=True)
class VicidialSettings:
    """The checked keys. The password stands in a file of its own, so that the settings can be shown to anybody."""

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
    meanings: Meanings

    @property
    def place(self) -> str:
        """The database as messages name it."""
        return f"{self.socket or f'{self.host}:{self.port}'}/{self.database}"


def read_settings(table: Mapping[str, object]) -> VicidialSettings:
    """The checked keys. Raises `BadOptions`."""
    options = Options(table)
    password_file = options.text("password_file", "")
    settings = VicidialSettings(
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
