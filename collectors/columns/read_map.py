"""Settings become a column map; every fault is found and told at once (pure)."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.clocks import format_fault, states_day
from collectors.columns.language import (
    ATTEMPT_RESULTS,
    DOOR_RESULTS,
    QUEUED_RESULTS,
    Case,
    ColumnMap,
    Condition,
    Duration,
    Leg,
    Length,
    Moment,
    Skip,
    Time,
)
from collectors.delimited import ENCODINGS
from collectors.instants import read_day, read_zone
from collectors.options import Options

UNITS = {"ms": 1, "s": 1000, "min": 60_000}


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
        read_zone(options),
        options.truth("header", True),
        tuple(options.texts("columns")),
        tuple(options.texts("key")),
        options.text("hotline", ""),
        options.text("agent", ""),
        tuple(options.texts("no_agent")),
        options.whole("keep_hours", 168, 24, 8_760),
        options.text("rotated", ""),
        options.truth("wrapped", False),
        options.text("campaign", ""),
        options.text("campaign_name", ""),
        options.text("attempts", ""),
        tuple(options.texts("lead")),
        options.text("disposition", ""),
        read_day(options, "undated"),
        names.times,
        names.legs,
        names.durations,
        tuple(_skip(each, names) for each in options.listed("skip")),
        tuple(_case(each, names) for each in options.listed("cases")),
    )
    if not found.cases:
        options.fault("cases", "is missing", "write at least one [[cases]] that says what a row means")
    _check_whose(options, found)
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


def _check_whose(options: Options, found: ColumnMap) -> None:
    """Calls belong to a hotline, attempts to a campaign."""
    attempts = [case for case in found.cases if case.result in ATTEMPT_RESULTS]
    if len(attempts) < len(found.cases) and not found.hotline:
        options.fault("hotline", "is missing", "name the column with the queue or hotline")
    if len(attempts) < len(found.cases) and not found.key:
        options.fault("key", "is missing", "name the columns that together name one call")
    if bool(attempts) != (bool(found.campaign) != bool(found.campaign_name)):
        instead = "name either the column or the campaign where a case is an attempt, and none elsewhere"
        options.fault("campaign", "does not go with the cases and campaign_name", instead)
    if found.undated is None and any(case.arrival is None for case in attempts):
        options.fault("undated", "is missing", "name the day for attempts without `at`, or write `at`")
    if found.wrapped and not found.quote:
        options.fault("wrapped", "does not go with an empty quote", "name the sign around each line")


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
    result = options.text("result", choices=(*QUEUED_RESULTS, *DOOR_RESULTS, *ATTEMPT_RESULTS))
    queued = result in QUEUED_RESULTS
    case = Case(
        when,
        result,
        names.moment(options, "arrival" if queued else "at", required=result not in ATTEMPT_RESULTS),
        names.moment(options, "end", required=True) if queued else None,
        names.length(options, "talk"),
        names.length(options, "hold"),
        names.length(options, "acw"),
        names.moment(options, "handled", required="talk" in options.table and queued),
        options.truth("transferred", False),
    )
    options.end()
    if result in ATTEMPT_RESULTS and not case.handled and not case.transferred:
        return case
    if result != "answered" and (case.talk or case.handled or case.transferred):
        options.fault("result", f"{result} has no handling", "take talk, handled and transferred away")
    if not case.talk and (case.handled or case.hold or case.acw or case.transferred):
        options.fault("talk", "is missing", "say how long the talk was")
    return case
