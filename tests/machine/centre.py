"""The small contact centre in which the machine's stories happen: three hotlines, two sites, two partitions."""

from __future__ import annotations

from datetime import time

from streams.days import SiteClock
from streams.records import Cell

GIVE_UP_MS = 2 * 3_600_000

CELLS = (
    Cell("A", "in-house", "Berlin", threshold_ms=20_000, short_abandon_ms=5_000),
    # The same hotline after its threshold was changed: a cell of its own, never a changed past.
    Cell("A", "in-house", "Berlin", threshold_ms=30_000, short_abandon_ms=5_000),
    Cell("B", "partner", "Berlin", "evening", threshold_ms=20_000, short_abandon_ms=0),
    Cell("C", "partner", "New York", threshold_ms=10_000, short_abandon_ms=10_000),
)
PARTITIONS = 2

BUSINESS_DAYS = {"Berlin": ("Europe/Berlin", time(22, 0)), "New York": ("America/New_York", time(0, 0))}
_CLOCKS = {site: SiteClock(zone, start.hour * 60 + start.minute) for site, (zone, start) in BUSINESS_DAYS.items()}

STARTS = (
    ("2026-07-08", 1783540500),  # 21:55 in Berlin: its business day begins in five minutes
    ("2026-03-29", 1774745700),  # 01:55 in Berlin: the hour that does not exist begins in five minutes
    ("2026-10-25", 1792889700),  # 02:55 in Berlin for the first time: the repeated hour
    ("2026-07-09", 1783569000),  # 23:50 in New York
)
"""Days and the second (UTC epoch) at which a life may begin: each shortly before something happens to a calendar."""


def clock_of(site: str) -> SiteClock:
    """Zone and business-day start of a site; those of Berlin where the site is not known."""
    return _CLOCKS.get(site, _CLOCKS["Berlin"])


def partition_of(cell: Cell) -> int:
    """The partition that counts this cell: one hotline is never split."""
    return ord(cell.hotline) % PARTITIONS
