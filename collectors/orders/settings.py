"""The keys of an orders feed, read strictly."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collectors.instants import read_zone
from collectors.options import Options
from streams.counters import CURRENCIES

_DELIMITERS = (";", ",", "|", "\t")
LEAST_KEEP_HOURS = 31


@dataclass(frozen=True)
class OrdersSettings:
    """How the files are written. `checksums`: only files whose `.sha256` agrees are read. `zone` None: the site's."""

    pattern: str
    checksums: bool
    delimiter: str
    decimal: str
    encoding: str
    currency: str
    zone: ZoneInfo | None
    keep_hours: int


def read_settings(table: Mapping[str, object]) -> OrdersSettings:
    """The checked keys. Raises `BadOptions`."""
    options = Options(table)
    settings = OrdersSettings(
        options.text("pattern", "*.csv"),
        options.truth("checksums", True),
        options.text("delimiter", ";", _DELIMITERS),
        options.text("decimal", ".", (".", ",")),
        options.text("encoding", "utf-8"),
        options.text("currency", "EUR", CURRENCIES),
        read_zone(options),
        options.whole("keep_hours", 24 * 62, LEAST_KEEP_HOURS, 24 * 400),
    )
    try:
        codecs.lookup(settings.encoding)
    except LookupError:
        options.fault("encoding", f"is {settings.encoding!r}, no known encoding", "write utf-8 or latin-1")
    if "/" in settings.pattern or not settings.pattern:
        options.fault("pattern", f"is {settings.pattern!r}", "write the pattern of file names, such as *.csv")
    if settings.delimiter == settings.decimal:
        options.fault("decimal", "is the delimiter too", "choose another delimiter")
    options.end()
    options.raise_faults()
    return settings
