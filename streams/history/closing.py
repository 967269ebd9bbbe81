"""Closing business days: their facts from the records, and a new version wherever late records changed them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from streams.days import SiteClock, business_date, business_day, interval_edges
from streams.engine import ClockOf, Engine
from streams.history import commits
from streams.history.calendar import Calendar, bounds, clock_name
from streams.history.commits import DayVersion, File
from streams.history.fact_rows import to_table
from streams.history.files import FileDamaged, HistoryUnavailable
from streams.history.history import History, record_files
from streams.history.months import day_in_month, replace_day
from streams.history.writer import HistoryWriter
from streams.intervals import count_intervals
from streams.uncountable import countable, described

MINUTE_DAYS = 35
QUIET_MS = 10_000
_DAY_MS = 86_400_000
_logger = logging.getLogger(__name__)


def close_days(
    writer: HistoryWriter,
    calendar: Calendar,
    now_ms: int,
    quiet_ms: int = QUIET_MS,
    minute_days: int = MINUTE_DAYS,
) -> list[DayVersion]:
    """Closes every day whose time has come, and looks anew at closed days for which late records came in.

    A day without records is closed too where it lies as near to others as those of one visit may: whoever reads the
    days around it need not look into records for it. A day of which records were collected during the last `quiet_ms`
    waits: its feed is still being read. Returns the versions that were made.
    """
    made = []
    for clock in calendar.clocks:
        known, name = writer.contents.newest(), clock_name(clock)
        records = writer.contents.of_kind(commits.RECORDS)
        filled = _days_with_records(records, clock)
        # Those with records first: their numbers are waited for.
        for start_ms in [*sorted(filled), *sorted(_days_with_records(records, clock, calendar.reach_ms) - filled)]:
            end_ms = business_day(clock, start_ms)[1]
            day = business_date(clock, start_ms).isoformat()
            is_due = (day, name) not in known and calendar.closed_at(clock, start_ms) <= now_ms
            if start_ms not in filled and start_ms - calendar.reach_ms < writer.contents.retired_ms:
                continue  # it may have had records
            if is_due and not _is_filling(writer.collected_ms, start_ms, end_ms, now_ms - quiet_ms):
                made += _made(writer, calendar, clock, day, now_ms, minute_days)
        for day, dirty_clock in sorted(writer.contents.dirty):
            if dirty_clock != name:
                continue
            version = writer.contents.newest()[day, name]
            if version.start_ms - calendar.reach_ms < writer.contents.retired_ms:
                # What is left of its records no longer makes the day: its last version stands.
                writer.commit(writer.step(now_ms, clean=[(day, name)]))
                _logger.warning("day %s (%s): late records are kept, but its own are not any more", day, name)
            elif not _is_filling(writer.collected_ms, version.start_ms, version.end_ms, now_ms - quiet_ms):
                made += _made(writer, calendar, clock, day, now_ms, minute_days)
    return made


def _made(
    writer: HistoryWriter, calendar: Calendar, clock: SiteClock, day: str, now_ms: int, minute_days: int
) -> list[DayVersion]:
    """The version that was made; none for a day with a damaged file, which waits until that is restored."""
    contents, history = writer.contents, writer.history
    quarters = contents.of_kind(commits.QUARTERS)
    month = [file for file in quarters if file.days and file.holds(day, clock_name(clock))]
    if any(history.is_damaged(file) for file in [*contents_files(contents, *bounds(clock, day), calendar), *month]):
        return []
    try:
        return make_version(writer, calendar, clock, day, now_ms, minute_days)
    except FileDamaged as damage:
        history.tell(damage)
        return []


def _days_with_records(files: Iterable[File], clock: SiteClock, near_ms: int = 0) -> set[int]:
    """The starts of all business days in which a file has records, or in `near_ms` around them."""
    starts: set[int] = set()
    for first_ms, last_ms in {(file.first_ms, file.last_ms) for file in files}:
        at_ms = first_ms - near_ms
        while at_ms <= last_ms + near_ms:
            start_ms, end_ms = business_day(clock, at_ms)
            starts.add(start_ms)
            at_ms = end_ms
    return starts


def _is_filling(collected_ms: Mapping[int, int], start_ms: int, end_ms: int, since_ms: int) -> bool:
    days = range(start_ms // _DAY_MS, (end_ms - 1) // _DAY_MS + 1)
    return any(collected_ms.get(day * _DAY_MS, since_ms) > since_ms for day in days)


def make_version(
    writer: HistoryWriter,
    calendar: Calendar,
    clock: SiteClock,
    day: str,
    now_ms: int,
    minute_days: int = MINUTE_DAYS,
) -> list[DayVersion]:
    """Computes the facts of a day anew; one new version where they differ from the last, none where they do not."""
    contents, name = writer.contents, clock_name(clock)
    before = contents.newest().get((day, name))
    start_ms, end_ms = bounds(clock, day) if before is None else (before.start_ms, before.end_ms)
    tables = facts_of_day(
        writer.history, contents_files(contents, start_ms, end_ms, calendar), clock, calendar, start_ms
    )
    if now_ms - end_ms >= minute_days * _DAY_MS:
        del tables[commits.MINUTES]
    spent = {path for version in contents.versions for path in version.causes}
    late = [file for file in contents.of_kind(commits.LATE) if (file.day, file.name) == (day, name)]
    late = [file for file in late if file.path not in spent]
    old = [file for kind in commits.FACTS for file in contents.of_kind(kind) if file.holds(day, name)]
    if before is not None and _are_same(writer.history, old, before, tables):
        if (day, name) in contents.dirty:
            writer.commit(writer.step(now_ms, clean=[(day, name)], removed=[file.path for file in late]))
        return []
    empty = not old and not any(table.num_rows for table in tables.values())
    number = 1 if before is None else before.version + 1
    why = "nothing happened on it" if empty else "the day was closed"
    if before is not None:
        late_rows = sum(file.rows for file in late)
        why = f"{late_rows} records came after the close" if late_rows else "computed anew from the records"
    version = DayVersion(day, name, number, start_ms, end_ms, now_ms, why, tuple(file.path for file in late), empty)
    added = []
    for kind, table in () if empty else tables.items():
        month = next((file for file in old if file.kind == kind and file.days), None)
        if month is not None:
            added.append(replace_day(writer, month, start_ms, end_ms, table))
            continue
        file = writer.history.write_table(
            f"{kind}/day={day}/clock={name}",
            writer.next_name(),
            table,
            kind=kind,
            day=day,
            name=name,
            first_ms=start_ms,
            last_ms=end_ms,
            version=number,
        )
        added.append(file)
    # Minutes and quarters follow the newest version; the day itself is kept in every version.
    removed = [file.path for file in old if file.kind != commits.DAYS]
    writer.commit(writer.step(now_ms, added=added, removed=removed, versions=[version], clean=[(day, name)]))
    # A day on which nothing happened is no news.
    _logger.log(logging.DEBUG if empty else logging.INFO, "day %s (%s): version %d, %s", day, name, number, why)
    return [version]


def contents_files(contents: commits.Contents, start_ms: int, end_ms: int, calendar: Calendar) -> list[File]:
    """The files with the records that make a day's facts."""
    return record_files(contents, start_ms - calendar.reach_ms, end_ms + calendar.reach_ms)


def facts_of_day(
    history: History, files: Iterable[File], clock: SiteClock, calendar: Calendar, start_ms: int
) -> dict[str, Any]:
    """The facts of the business day that starts then, as tables by kind, from these records."""
    end_ms = business_day(clock, start_ms)[1]
    files = list(files)

    def facts(*, doubted: bool) -> dict[str, Any]:
        engine = Engine(end_ms + calendar.reach_ms, calendar.clock_of, calendar.give_up_ms)
        for columns in history.records(files):
            engine.learn(countable(columns)[0] if doubted else columns)
        return facts_from(engine, clock, calendar.clock_of, start_ms, end_ms)

    try:
        return facts(doubted=False)
    except (MemoryError, HistoryUnavailable):
        raise
    except Exception as error:
        _logger.error(
            "the facts of a day are computed without the records that cannot be counted: %s", described(error)
        )
        return facts(doubted=True)


def facts_from(engine: Engine, clock: SiteClock, clock_of: ClockOf, start_ms: int, end_ms: int) -> dict[str, Any]:
    """The facts of [start, end), of the cells that live by this clock, from an engine that knows all its records."""
    cells = engine.cells.cells
    wanted = [number for number, cell in enumerate(cells) if clock_of(cell.site) == clock]

    def table(edges: list[int]) -> Any:
        return to_table(cells, {b: count_intervals(engine, edges, b) for b in ("live", "arrival")}, edges, wanted)

    day = table([start_ms, end_ms])
    if not day.num_rows:
        # Where the day has nothing, none of its parts has.
        return dict.fromkeys(commits.FACTS, day)
    return {
        commits.MINUTES: table([*range(start_ms, end_ms, 60_000), end_ms]),
        commits.QUARTERS: table(interval_edges(start_ms, end_ms, "15m", clock)),
        commits.DAYS: day,
    }


def _are_same(history: History, old: Iterable[File], before: DayVersion, tables: Mapping[str, Any]) -> bool:
    if before.empty:
        return not any(table.num_rows for table in tables.values())
    files = {file.kind: file for file in old if file.days or file.version == before.version}
    try:
        return all(
            kind in files and plain(_rows(history, files[kind], before)).equals(plain(table))
            for kind, table in tables.items()
        )
    except FileDamaged as damage:
        # What cannot be read any more is written anew.
        history.tell(damage)
        return False


def _rows(history: History, file: File, day: DayVersion) -> Any:
    return day_in_month(history, file, day.start_ms, day.end_ms) if file.days else history.read_table(file)


def plain(table: Any) -> Any:
    """The table with names instead of dictionaries: two of them are equal when their rows are."""
    fields = [
        pa.field(field.name, field.type.value_type if pa.types.is_dictionary(field.type) else field.type)
        for field in table.schema
    ]
    return table.cast(pa.schema(fields)).replace_schema_metadata(None).combine_chunks()
