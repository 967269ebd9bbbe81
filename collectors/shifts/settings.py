"""The keys of a feed of shifts or absences in a CSV file (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from collectors.delimited import Splitter, read_splitter
from collectors.instants import read_day, read_format, read_zone
from collectors.options import Options

MEANINGS = ("work", "absent")


@dataclass(frozen=True)
class ShiftsSettings:
    """The checked keys. `person` to `queue` name columns; empty: there is none.

    `work` are the kinds that mean planned work, `ignored` those that are neither; every other kind is an absence.
    `means` says what all rows are where no column holds a kind. `whole_days`: times are mere dates, both included.
    """

    splitter: Splitter
    zone: ZoneInfo | None
    time_format: str
    person: str
    begin: str
    end: str
    hours: str
    kind: str
    queue: str
    means: str
    work: tuple[str, ...]
    ignored: tuple[str, ...]
    decimal: str
    undated: date | None

    @property
    def whole_days(self) -> bool:
        """True when the format has no clock."""
        return not any(part in self.time_format for part in ("%H", "%I", "epoch"))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read."""
        return tuple(filter(None, (self.person, self.begin, self.end, self.hours, self.kind, self.queue)))


def read_settings(table: Mapping[str, object]) -> ShiftsSettings:
    """The checked keys. Raises `BadOptions`."""
    options = Options(table)
    found = ShiftsSettings(
        read_splitter(options),
        read_zone(options),
        read_format(options, "time_format", "%Y-%m-%d %H:%M"),
        options.text("person", "person"),
        options.text("from", "from"),
        options.text("to", "to"),
        options.text("hours", ""),
        options.text("kind", "kind"),
        options.text("queue", ""),
        options.text("means", "", ("", *MEANINGS)),
        tuple(options.texts("work") or ["work"]),
        tuple(options.texts("ignored")),
        options.text("decimal", ".", (".", ",")),
        read_day(options, "undated"),
    )
    _check(options, found)
    options.end()
    options.raise_faults()
    return found


def _check(options: Options, found: ShiftsSettings) -> None:
    if not found.person:
        options.fault("person", "is empty", "name the column")
    if bool(found.kind) == bool(found.means):
        options.fault(
            "means", "does not go with kind", 'name the column of the kind, or kind = "" and what all rows mean'
        )
    if not found.begin and (found.undated is None or not found.hours):
        options.fault("from", "is empty", "name the column, or hours and the day for rows without a date in undated")
    if found.begin and not found.end and not found.hours:
        options.fault("to", "is empty", "name the column, or the one with the hours")
