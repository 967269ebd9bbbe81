"""The keys of a feed of shifts or absences in a calendar file (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collectors.delimited import ENCODINGS
from collectors.instants import read_zone
from collectors.options import Options

PERSONS = ("summary", "attendee", "calendar_name")


@dataclass(frozen=True)
class IcsSettings:
    """The checked keys.

    `person`: what names the person. `means` says what all events are; empty: their first category does, `work` are
    those that mean planned work, `ignored` those that are neither; every other one is an absence. `location_is_queue`:
    the location names the queue. Events that begin from `back_days` before today to `ahead_days` behind it count.
    """

    zone: ZoneInfo | None
    person: str
    means: str
    work: tuple[str, ...]
    ignored: tuple[str, ...]
    location_is_queue: bool
    back_days: int
    ahead_days: int
    encoding: str


def read_settings(table: Mapping[str, object]) -> IcsSettings:
    """The checked keys. Raises `BadOptions`."""
    options = Options(table)
    found = IcsSettings(
        read_zone(options),
        options.text("person", "summary", PERSONS),
        options.text("means", "", ("", "work", "absent")),
        tuple(options.texts("work") or ["work"]),
        tuple(options.texts("ignored")),
        options.truth("location_is_queue", False),
        options.whole("back_days", 7, 1, 366),
        options.whole("ahead_days", 60, 1, 366),
        options.text("encoding", "utf-8", ENCODINGS),
    )
    options.end()
    options.raise_faults()
    return found
