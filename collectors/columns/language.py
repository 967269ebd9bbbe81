"""The column map as written in the settings: which keys there are, and what is wrong with them (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from collectors.columns.clocks import format_fault, states_day
from collectors.options import Options

ENCODINGS = ("utf-8", "latin-1", "cp1252")
UNITS = {"ms": 1, "s": 1000, "min": 60_000}
QUEUED_RESULTS = ("answered", "abandoned", "flow_out", "callback", "error")
DOOR_RESULTS = ("blocked", "busy_played", "closed", "ivr_abandon")


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
    """What a row means for which the condition holds."""

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
    """A whole column map, checked."""

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
    times: Mapping[str, Time] = field(default_factory=dict)
    legs: Mapping[str, Leg] = field(default_factory=dict)
    durations: Mapping[str, Duration] = field(default_factory=dict)
    skips: tuple[Skip, ...] = ()
    cases: tuple[Case, ...] = ()

    def used_columns(self) -> set[str]:
        """Every column that the map speaks of."""
        used = {*self.key, self.hotline}
        used.update([self.agent] if self.agent else [])
        for time in self.times.values():
            used.update([time.column, time.date] if time.date else [time.column])
        used.update(duration.column for duration in self.durations.values())
        for condition in [skip.when for skip in self.skips] + [case.when for case in self.cases]:
            used.update(condition.columns)
        return used


def read_map(table: Mapping[str, object]) -> ColumnMap:
    """The checked column map. Raises `BadOptions` with every fault."""
    options = Options(table)
    delimiter = options.text("delimiter", ",")
    if len(delimiter) != 1:
        options.fault("delimiter", f"is {delimiter!r}", 'write one sign, for example "," or "\\t"')
    quote = options.text("quote", '"')
    if len(quote) > 1:
        options.fault("quote", f"is {quote!r}", 'write one sign, or "" where nothing is quoted')
    names = _Names(options)
    found = ColumnMap(
        delimiter,
        quote,
        options.text("encoding", "utf-8", ENCODINGS),
        options.text("decimal", ".", (".", ",")),
        _zone(options),
        options.truth("header", True),
        tuple(options.texts("columns")),
        tuple(options.texts("key", required=True)),
        options.text("hotline"),
        options.text("agent", ""),
        tuple(options.texts("no_agent")),
        options.whole("keep_hours", 168, 24, 8_760),
        options.text("rotated", ""),
        names.times,
        names.legs,
        names.durations,
        tuple(_skip(each, names) for each in options.listed("skip")),
        tuple(_case(each, names) for each in options.listed("cases")),
    )
    if not found.cases:
        options.fault("cases", "is missing", "write at least one [[cases]] that says what a row means")
    if found.header == bool(found.columns):
        options.fault("columns", "does not go with header", "name the columns exactly when header = false")
    if found.columns:
        missing = sorted(found.used_columns() - set(found.columns) - {""})
        if missing or len(set(found.columns)) < len(found.columns):
            what = f"lacks {', '.join(missing)}" if missing else "names a column twice"
            options.fault("columns", what, "name each column of the file once, in order")
    options.end()
    options.raise_faults()
    return found


def _zone(options: Options) -> ZoneInfo | None:
    text = options.text("zone", "")
    try:
        return ZoneInfo(text) if text else None
    except (ValueError, OSError):
        options.fault("zone", f"is {text!r}, no zone", 'write a name such as "Europe/Berlin"')
        return None


class _Names:
    """The named times, legs and durations of a map."""

    def __init__(self, options: Options) -> None:
        defaults = options.tables("defaults")
        for name in set(defaults) - {"times"}:
            options.fault("defaults", f"knows no {name!r}", "write [defaults.times]")
        every = defaults.get("times") or Options({})
        shared = {key: every.text(key, "") for key in ("format", "date", "date_format", "after")}
        every.end()
        self.times = {name: _time(each, name, shared) for name, each in options.tables("times").items()}
        for name, time in self.times.items():
            if time.after and time.after not in self.times:
                options.fault("times", f"{name} is after {time.after!r}, which is no time", "name one of the times")
            if time.after and self.times.get(time.after, time).after:
                options.fault("times", f"{name} is after {time.after!r}, which hangs on another", "name a first time")
        self.durations = {name: _duration(each, name) for name, each in options.tables("durations").items()}
        self.legs = {name: _leg(each, self.times) for name, each in options.tables("legs").items()}
        for name in self.legs:
            if name in self.durations:
                options.fault("legs", f"{name} is also a duration", "give one of them another name")

    def moment(self, options: Options, key: str, required: bool) -> Moment | None:
        """The moment under this key."""
        value = options.raw(key)
        if value is None:
            if required:
                options.fault(key, "is missing", "name a time")
            return None
        if isinstance(value, dict):
            inner = Options(value, (*options.place, key), options.faults)
            found = Moment(*(tuple(inner.texts(part, part == "at")) for part in ("at", "plus", "minus")))
            inner.end()
        else:
            found = Moment(tuple(options.texts(key)))
        if unknown := [each for each in found.times if each not in self.times]:
            options.fault(key, f"names {unknown[0]!r}, which is no time", f"name one of {', '.join(self.times)}")
        if unknown := [each for each in (*found.plus, *found.minus) if each not in self.durations]:
            options.fault(key, f"names {unknown[0]!r}, which is no duration", "name one of the durations")
        return found

    def length(self, options: Options, key: str) -> Length | None:
        """The length under this key."""
        value = options.raw(key)
        if value is None:
            return None
        if isinstance(value, dict):
            inner = Options(value, (*options.place, key), options.faults)
            found = Length("", inner.text("from"), inner.text("to"))
            inner.end()
            if unknown := [each for each in (found.start, found.exit) if each not in self.times]:
                options.fault(key, f"names {unknown[0]!r}, which is no time", f"name one of {', '.join(self.times)}")
            return found
        name = options.text(key)
        if name not in self.durations and name not in self.legs:
            options.fault(key, f"is {name!r}", "name a duration or a leg, or write { from = TIME, to = TIME }")
        return Length(name)


def _time(options: Options, name: str, shared: Mapping[str, str]) -> Time:
    own = {key: options.text(key, shared[key]) for key in shared}
    time = Time(options.text("column", name), own["format"], own["date"], own["date_format"], own["after"])
    options.end()
    if fault := format_fault(time.format):
        options.fault("format", fault, 'write for example "%Y-%m-%d %H:%M:%S"')
    elif states_day(time.format):
        time = Time(time.column, time.format, "", "", time.after)
    elif not time.date:
        options.fault("date", "is missing", "name the column that says on which day this clock time lies")
    elif format_fault(time.date_format) or not states_day(time.date_format):
        options.fault("date_format", f"is {time.date_format!r}", 'write for example "%Y-%m-%d"')
    return Time(time.column, time.format, time.date, time.date_format) if time.after == name else time


def _duration(options: Options, name: str) -> Duration:
    column = options.text("column", name)
    unit = options.text("unit", "s", (*UNITS, "clock"))
    options.end()
    return Duration(column, UNITS.get(unit, 0))


def _leg(options: Options, times: Mapping[str, Time]) -> Leg:
    start, exit_ = options.text("start"), options.text("exit")
    absent = tuple(options.texts("absent", required=True))
    options.end()
    for key, name in (("start", start), ("exit", exit_)):
        if name not in times:
            options.fault(key, f"is {name!r}, which is no time", f"name one of {', '.join(times) or 'the times'}")
    return Leg(start, exit_, absent)


def _condition(options: Options, names: _Names) -> Condition:
    columns = {column: tuple(texts) for column, texts in options.table_of_texts("when").items()}
    present, absent = tuple(options.texts("with")), tuple(options.texts("without"))
    for key, legs in (("with", present), ("without", absent)):
        if unknown := [leg for leg in legs if leg not in names.legs]:
            options.fault(key, f"names {unknown[0]!r}, which is no leg", "name one of the legs")
    return Condition(columns, present, absent)


def _skip(options: Options, names: _Names) -> Skip:
    skip = Skip(_condition(options, names), options.text("reason"))
    options.end()
    return skip


def _case(options: Options, names: _Names) -> Case:
    when = _condition(options, names)
    result = options.text("result", choices=(*QUEUED_RESULTS, *DOOR_RESULTS))
    queued = result in QUEUED_RESULTS
    case = Case(
        when,
        result,
        names.moment(options, "arrival" if queued else "at", required=True),
        names.moment(options, "end", required=True) if queued else None,
        names.length(options, "talk"),
        names.length(options, "hold"),
        names.length(options, "acw"),
        names.moment(options, "handled", required="talk" in options.table),
        options.truth("transferred", False),
    )
    options.end()
    if result != "answered" and (case.talk or case.handled or case.transferred):
        options.fault("result", f"{result} has no handling", "take talk, handled and transferred away")
    if not case.talk and (case.handled or case.hold or case.acw or case.transferred):
        options.fault("talk", "is missing", "say how long the talk was")
    return case
