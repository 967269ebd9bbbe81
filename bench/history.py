"""The history: how large a year is, how fast a month is read, how long an instant of the past takes.

    python -m bench.history

A year is 200 hotlines × 5 providers, six calls per cell and quarter of an hour, 12 hours a day. Random days are made
in full and weighed; a year is 365 of their mean.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa

from bench.report import Report, quantile
from bench.traffic import START_MS, cells, columns, minutes
from streams.batch import Tally
from streams.codec import ARRIVED, ENDED, HANDLED, NONE, encode_cell
from streams.columns import Columns
from streams.counters import BASES
from streams.days import SiteClock, interval_edges
from streams.engine import GIVE_UP_MS, Engine
from streams.history import fact_rows
from streams.history.calendar import Calendar, bounds, clock_name
from streams.history.closing import facts_from
from streams.history.commits import DAYS, MINUTES, QUARTERS, RECORDS, DayVersion
from streams.history.facts import fact_files, read_facts
from streams.history.history import History
from streams.history.months import merge_month
from streams.history.open import open_history
from streams.history.record_rows import to_table
from streams.history.writer import HistoryWriter
from streams.id_table import halves
from streams.intervals import count_intervals
from streams.log_memory import MemoryLog
from streams.past import Past
from streams.records import ID_BYTES, Cell, Outcome

DAYS_MADE = 2
MONTH = "2026-04"
MONTH_DAYS = 30
READS = 20
DAY_MS = 86_400_000
CLOCK = SiteClock("Europe/Berlin")
_OPEN_MS, _OPENS_MS = 12 * 3_600_000, 8 * 3_600_000
_CALLS = 6
_PER_SECOND = 50


def year_cells() -> list[Cell]:
    """200 hotlines, each with five providers."""
    return [
        Cell(
            f"hotline {hotline:03}",
            provider=f"provider {provider}",
            site=f"site {provider}",
            project=f"project {hotline % 20}",
            client=f"client {hotline % 8}",
        )
        for hotline in range(200)
        for provider in range(5)
    ]


def day_of_calls(places: list[Cell], start_ms: int, seed: int) -> Columns:
    """A random day: calls at any millisecond, nine of ten answered, one of five held, all wrapped up."""
    random = np.random.default_rng(seed)
    count = len(places) * _CALLS * _OPEN_MS // 900_000
    arrived = start_ms + _OPENS_MS + random.integers(0, _OPEN_MS, count)
    cell = random.integers(0, len(places), count)
    visit = halves(random.bytes(count * ID_BYTES))
    ended = arrived + random.exponential(12_000, count).astype(np.int64)
    answered = random.random(count) < 0.9
    talks = int(answered.sum())
    talk = random.lognormal(np.log(160_000), 0.6, talks).astype(np.int64)
    hold = np.where(random.random(talks) < 0.2, random.exponential(20_000, talks), 0).astype(np.int64)
    wrap = random.exponential(30_000, talks).astype(np.int64)
    size = 2 * count + talks
    return Columns(
        *("bench", 1, start_ms, Tally(), None, "live", ""),
        cells=[encode_cell(place) for place in places],
        agents=[],
        kind=np.repeat(np.array([ARRIVED, ENDED, HANDLED], np.uint8), [count, count, talks]),
        visit=np.concatenate([visit, visit, visit[answered]]),
        at_ms=np.concatenate([arrived, ended, ended[answered] + talk + hold + wrap]),
        ref=np.concatenate([cell, np.full(size - count, NONE)]).astype(np.int32),
        code=np.concatenate(
            [np.zeros(count), np.where(answered, Outcome.ANSWERED, Outcome.ABANDONED), np.zeros(talks)]
        ).astype(np.uint8),
        version=np.zeros(size, np.uint8),
        handling=np.stack([talk, hold, wrap], axis=1).astype(np.int32),
    )


def learned(places: list[Cell], number: int) -> tuple[Columns, Engine]:
    """The calls of this day of the month, and an engine that knows them."""
    start_ms, end_ms = bounds(CLOCK, _day(number))
    made = day_of_calls(places, start_ms, number)
    engine = Engine(end_ms + DAY_MS, lambda _: CLOCK)
    engine.learn(made)
    return made, engine


def year(report: Report, history: History) -> None:
    """Weighs some days."""
    sizes: dict[str, list[int]] = {DAYS: [], QUARTERS: [], MINUTES: [], RECORDS: []}
    for number in range(DAYS_MADE):
        start_ms, end_ms = bounds(CLOCK, _day(number))
        made, engine = learned(year_cells(), number)
        tables = facts_from(engine, CLOCK, lambda _: CLOCK, start_ms, end_ms)
        records = to_table(made).sort_by([("visit", "ascending"), ("at", "ascending")])
        for kind, table in {**tables, RECORDS: records}.items():
            about = {"kind": kind, "day": _day(number), "name": "", "first_ms": start_ms, "last_ms": end_ms}
            sizes[kind].append(history.write_table(kind, f"bench-{number}", table, **about).bytes)
    for kind, limit_mb in ((QUARTERS, 1_200), (DAYS, 50)):
        a_year = sum(sizes[kind]) / DAYS_MADE * 365 / 1e6
        promised = f"<= {limit_mb:,} MB"
        report.judge(f"a year of {kind}", f"{a_year:,.1f} MB", promised, holds=a_year <= limit_mb)
    for kind in (MINUTES, RECORDS):
        report.row(f"a day of {kind}", f"{sum(sizes[kind]) / DAYS_MADE / 1e6:,.1f} MB", "")


def _day(number: int) -> str:
    return f"{MONTH}-{number + 1:02}"


def month_of_days(writer: HistoryWriter) -> None:
    """Thirty random days, a file for each."""
    clock, places = clock_name(CLOCK), year_cells()
    for number in range(MONTH_DAYS):
        day = _day(number)
        start_ms, end_ms = bounds(CLOCK, day)
        engine = learned(places, number)[1]
        edges = interval_edges(start_ms, end_ms, "15m", CLOCK)
        counted = {basis: count_intervals(engine, edges, basis) for basis in BASES}
        table = fact_rows.to_table(engine.cells.cells, counted, edges, range(len(places)))
        about = {"kind": QUARTERS, "day": day, "name": clock, "first_ms": start_ms, "last_ms": end_ms, "version": 1}
        file = writer.history.write_table(f"quarters/day={day}/clock={clock}", writer.next_name(), table, **about)
        version = DayVersion(day, clock, 1, start_ms, end_ms, end_ms, "the day was closed")
        writer.commit(writer.step(end_ms, added=[file], versions=[version], cells=places))


def read_month(report: Report, history: History, name: str, *, judged: bool) -> None:
    """One hotline's month of quarters, all its providers."""
    first_ms, last_ms = bounds(CLOCK, _day(0))[0], bounds(CLOCK, _day(MONTH_DAYS - 1))[1]
    files = fact_files(history.contents(), QUARTERS, first_ms, last_ms)
    edges = list(range(first_ms, last_ms + 1, 900_000))
    found = read_facts(history, files, edges, "arrival", ["hotline 077"])
    assert len(found) == 5
    # Of the 48 open quarters of an hour of a day, chance leaves a few without any call.
    assert min(len(rows) for rows in found.values()) > MONTH_DAYS * 45
    taken = []
    for number in range(READS):
        started = time.perf_counter()
        read_facts(history, files, edges, "arrival", [f"hotline {number:03}"])
        taken.append((time.perf_counter() - started) * 1000)
    median_ms = quantile(taken, 0.5)
    what, measured = f"a month of quarters of one hotline, {name}", f"{median_ms:,.0f} ms (median of {READS})"
    if judged:
        report.judge(what, measured, "<= 100 ms", holds=median_ms <= 100)
    else:
        report.row(what, measured, "")


def merge(report: Report, writer: HistoryWriter) -> None:
    """The month in one file: how long that takes and how much memory it takes besides."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    process, over = psutil.Process(), threading.Event()
    base = process.memory_info().rss
    peak = [base]

    def watch() -> None:
        while not over.wait(0.01):
            peak[0] = max(peak[0], process.memory_info().rss)

    watching = threading.Thread(target=watch)
    watching.start()
    started = time.perf_counter()
    calendar = Calendar((CLOCK,), lambda _: CLOCK, 360, GIVE_UP_MS)
    month = merge_month(writer, calendar, calendar.closed_at(CLOCK, bounds(CLOCK, _day(MONTH_DAYS - 1))[0]))
    assert month is not None
    seconds = time.perf_counter() - started
    over.set()
    watching.join()
    report.row(f"merging that month, {month.rows:,} rows", f"{seconds:,.0f} s", "")
    more_mb = (peak[0] - base) / 1e6
    report.judge("memory while merging, above before", f"{more_mb:,.0f} MB", "<= 300 MB", holds=more_mb <= 300)
    report.row("a month of quarters in one file", f"{month.bytes / 1e6:,.1f} MB", "")


def instant(report: Report, history: History) -> None:
    """The evening of a day with 50 records a second, from the history alone."""
    places = cells(200)
    writer = HistoryWriter(history, 0, 1)
    writer.start()
    count = 0
    for number, rows in enumerate(minutes(200, _PER_SECOND, 86_400)):
        table = to_table(columns(rows, places, number + 1))
        writer.take_rows("bench", table)
        count += len(rows)
        if number % 60 == 59:
            writer.flush(START_MS + number * 60_000)
    writer.flush(START_MS + DAY_MS)
    as_of_ms = START_MS + DAY_MS - 3_600_000
    calendar = Calendar((CLOCK,), lambda _: CLOCK, 360, GIVE_UP_MS)
    past = Past(MemoryLog().parts, history, calendar, as_of_ms)
    started = time.perf_counter()
    past.readings()
    seconds = time.perf_counter() - started
    report.row(f"as of an evening, {count:,} records read", f"{seconds:,.1f} s", "")


def main() -> int:
    """Prints the table; 1 when a promise was not kept."""
    report = Report("History", "what", "measured", "promised")
    with tempfile.TemporaryDirectory() as folder:
        history = open_history(Path(folder) / "facts")
        writer = HistoryWriter(history, 0, 1)
        writer.start()
        year(report, history)
        month_of_days(writer)
        read_month(report, history, "a file a day", judged=False)
        merge(report, writer)
        read_month(report, history, "in one file", judged=True)
        instant(report, open_history(Path(folder) / "records"))
    report.note(
        f"{DAYS_MADE} days were made in full, each with 288,000 random calls; a year is 365 of their mean size. The "
        "month are thirty such days."
    )
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
