"""The words of a column map (pure). `read_map` makes them of the settings, `rows` binds them to a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from streams.records_outbound import Told

QUEUED_RESULTS = ("answered", "abandoned", "flow_out", "callback", "error")
DOOR_RESULTS = ("blocked", "busy_played", "closed", "ivr_abandon")
_CONTACT = Told.HUMAN | Told.RIGHT_PARTY
ATTEMPT_RESULTS = {
    "success": _CONTACT | Told.SUCCESS | Told.TERMINAL,
    "right_party_contact": _CONTACT,
    "human_contact": Told.HUMAN,
    "machine": Told.MACHINE,
    "dropped_live": Told.DROPPED,
    "no_contact": Told.NOTHING,
}
"""What a row of a dialer's export says of the (last) attempt on a lead."""


@dataclass(frozen=True)
class Time:
    """A named time. `date` is the column that says the day of a mere clock; `after` a time that lies before it."""

    column: str
    format: str
    date: str = ""
    date_format: str = ""
    after: str = ""


@dataclass(frozen=True)
class Leg:
    """A part of a call between two times; absent when both columns hold one of the `absent` texts."""

    start: str
    exit: str
    absent: tuple[str, ...]


@dataclass(frozen=True)
class Duration:
    """A named length. `unit_ms` 0: written as a clock, h:mm:ss."""

    column: str
    unit_ms: int


@dataclass(frozen=True)
class Moment:
    """The latest of `times`, plus and minus named durations."""

    times: tuple[str, ...]
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()


@dataclass(frozen=True)
class Length:
    """A named duration or leg, or (`start`, `exit`) what lies between two times."""

    name: str = ""
    start: str = ""
    exit: str = ""


@dataclass(frozen=True)
class Condition:
    """Every column holds one of its texts, every leg of `present` is there and none of `absent`."""

    columns: Mapping[str, tuple[str, ...]]
    present: tuple[str, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """What a row means for which the condition holds.

    `arrival` is also when something happened at the door or was attempted; None for an attempt without a date.
    """

    when: Condition
    result: str
    arrival: Moment | None
    end: Moment | None
    talk: Length | None
    hold: Length | None
    acw: Length | None
    handled: Moment | None
    transferred: bool


@dataclass(frozen=True)
class Skip:
    """Rows that are read and counted as skipped, with this reason."""

    when: Condition
    reason: str


@dataclass(frozen=True)
class ColumnMap:
    """A whole column map, checked.

    `key` empty: a row is known by its place in the file. `wrapped`: every line is one quoted field that holds the row.
    `campaign` is a column, `campaign_name` the campaign where no column says it. `attempts` is the column that says how
    many attempts a row stands for; rows without a time stand on the day `undated`.
    """

    delimiter: str
    quote: str
    encoding: str
    decimal: str
    zone: ZoneInfo | None
    header: bool
    columns: tuple[str, ...]
    key: tuple[str, ...]
    hotline: str
    agent: str
    no_agent: tuple[str, ...]
    keep_hours: int
    rotated: str
    wrapped: bool = False
    campaign: str = ""
    campaign_name: str = ""
    attempts: str = ""
    lead: tuple[str, ...] = ()
    disposition: str = ""
    undated: date | None = None
    times: Mapping[str, Time] = field(default_factory=dict)
    legs: Mapping[str, Leg] = field(default_factory=dict)
    durations: Mapping[str, Duration] = field(default_factory=dict)
    skips: tuple[Skip, ...] = ()
    cases: tuple[Case, ...] = ()

    def used_columns(self) -> set[str]:
        """Every column that the map speaks of."""
        single = (self.hotline, self.agent, self.campaign, self.attempts, self.disposition)
        used = {*self.key, *self.lead, *[name for name in single if name]}
        for time in self.times.values():
            used.update([time.column, time.date] if time.date else [time.column])
        used.update(duration.column for duration in self.durations.values())
        for condition in [skip.when for skip in self.skips] + [case.when for case in self.cases]:
            used.update(condition.columns)
        return used
