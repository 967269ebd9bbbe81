"""`python -m bench.engine`: what a record costs the engine, beside the plainest loop that could count it.

Engine: each log entry is decoded, applied and followed by a tick and all levels, exact longest waits included. It has
taken in 31 minutes of the same traffic before, so that the window gives back as much as it takes in, which the naive
loop never has to. Naive: the same records as JSON lines, `json.loads` and one counter per hotline and minute.
Both are measured in processor time of this process, the best of several runs.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench import bytewax_window
from bench.levels import LEVELS, Levels
from bench.report import Report
from bench.traffic import START_MS, cells, facts, json_lines, payload
from streams.codec import decode_columns
from streams.counters import COMBINATIONS, INDEX, OFFERED
from streams.days import SiteClock
from streams.engine import Engine
from streams.records import Arrived, Cell, Fact, Seen

WARM_SECONDS = 31 * 60
GROWTH = 1.5
AIM = 2.0
BYTEWAX = 4.0
_FILL = 65_536


@dataclass(frozen=True)
class Traffic:
    """Log entries that fill the window, and then the records that are measured."""

    hotlines: int
    filling: list[bytes]
    measured: list[Fact]
    lines: list[bytes]
    arrivals: int


def traffic(hotlines: int, per_second: int, warm_seconds: int, seconds: int) -> Traffic:
    """Made-up traffic over so many hotlines; only what is measured is kept as records."""
    filling: list[bytes] = []
    chunk: list[Fact] = []
    hotline_of: dict[bytes, str] = {}
    arrivals = 0
    warm_until = START_MS + warm_seconds * 1000
    measured: list[Fact] = []
    for fact in facts(hotlines, per_second, warm_seconds + seconds):
        if isinstance(fact, Arrived):
            arrivals += 1
            hotline_of[fact.visit] = fact.cell.hotline
        if fact.at_ms >= warm_until:
            measured.append(fact)
            continue
        chunk.append(fact)
        if len(chunk) == _FILL:
            filling.append(payload(chunk, len(filling) + 1))
            chunk = []
    if chunk:
        filling.append(payload(chunk, len(filling) + 1))
    return Traffic(hotlines, filling, measured, json_lines(measured, hotline_of), arrivals)


def filled(given: Traffic) -> tuple[list[Cell], dict[str, bytes], int]:
    """The state of an engine behind the filling."""
    engine = _engine(START_MS)
    for entry in given.filling:
        columns = decode_columns(entry)
        engine.apply(columns)
        engine.tick(columns.collected_ms)
    return *engine.dump(), engine.now_ms


def _engine(now_ms: int) -> Engine:
    return Engine(now_ms, lambda _: SiteClock("Europe/Berlin", 0))


def _seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def best(runs: int, work: Callable[[], object]) -> float:
    """Processor seconds of the best of several runs."""
    return min(_seconds(work) for _ in range(runs))


def engine_seconds(given: Traffic, state: tuple[list[Cell], dict[str, bytes], int], entries: list[bytes]) -> float:
    """Processor seconds for these log entries. Raises RuntimeError when a total differs from the records'."""
    known, visits, now_ms = state
    engine = _engine(now_ms)
    engine.load(now_ms, known, visits)
    engine.apply(decode_columns(payload([Seen(START_MS, cell) for cell in cells(given.hotlines)], 1)))
    levels = Levels(engine.cells.cells)
    every = np.arange(given.hotlines)
    answer = levels.figures(engine)

    def run() -> None:
        nonlocal answer
        for entry in entries:
            columns = decode_columns(entry)
            engine.apply(columns)
            engine.tick(columns.collected_ms)
            engine.refresh_maxima(every)
            answer = levels.figures(engine)

    seconds = _seconds(run)
    for level in LEVELS:
        offered = int(answer[level].sums[:, COMBINATIONS["day", "live"], INDEX[OFFERED]].sum())
        if offered != given.arrivals:
            message = f"level {level} counts {offered:,} arrivals, the records hold {given.arrivals:,}"
            raise RuntimeError(message)
    return seconds


def naive(lines: list[bytes]) -> dict[tuple[str, int], int]:
    """The plainest loop: one counter per hotline and minute."""
    counts: dict[tuple[str, int], int] = {}
    for line in lines:
        record = json.loads(line)
        key = record["hotline"], record["at_ms"] // 60_000
        counts[key] = counts.get(key, 0) + 1
    return counts


def _loads(lines: list[bytes]) -> None:
    for line in lines:
        json.loads(line)


def _decode(entries: list[bytes]) -> None:
    for entry in entries:
        decode_columns(entry)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when the engine is slower than promised."""
    parser = argparse.ArgumentParser(prog="python -m bench.engine", description="The engine beside a naive loop.")
    parser.add_argument("--hotlines", type=int, nargs="+", default=[10, 5000])
    parser.add_argument("--sizes", type=int, nargs="+", default=[4096, 16_384, 65_536], help="records per log entry")
    parser.add_argument("--per-second", type=int, default=2000, help="records per second of traffic")
    parser.add_argument("--warm-seconds", type=int, default=WARM_SECONDS)
    parser.add_argument("--seconds", type=int, default=180, help="seconds of traffic that are measured")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args(arguments)

    report = Report(
        "Engine, one core: decode, count on both bases, tick, all levels; beside json.loads and one counter",
        "hotlines · records per entry",
        "records/s",
        "µs/record",
        "× naive",
        "decoding alone/s",
    )
    cost: dict[tuple[int, int], float] = {}
    for hotlines in asked.hotlines:
        given = traffic(hotlines, asked.per_second, asked.warm_seconds, asked.seconds)
        count = len(given.measured)
        naive_seconds = best(asked.runs, lambda lines=given.lines: naive(lines))  # type: ignore[misc]
        loads_seconds = best(asked.runs, lambda lines=given.lines: _loads(lines))  # type: ignore[misc]
        report.row(f"{hotlines:,} · naive loop", *_speed(count, naive_seconds), "1.00", f"{count / loads_seconds:,.0f}")
        state = filled(given)
        for size in asked.sizes:
            entries = [payload(given.measured[at : at + size], at + 1) for at in range(0, count, size)]
            seconds = min(engine_seconds(given, state, entries) for _ in range(asked.runs))
            decoding = best(asked.runs, lambda entries=entries: _decode(entries))  # type: ignore[misc]
            cost[hotlines, size] = seconds / count
            ratio = naive_seconds / seconds
            report.judge(
                f"{hotlines:,} · {size:,}",
                *_speed(count, seconds),
                f"{ratio:.2f}{'' if ratio >= AIM else f' (aim {AIM:g})'}",
                f"{count / decoding:,.0f}",
                holds=ratio >= 1,
            )
    few, many = min(asked.hotlines), max(asked.hotlines)
    for size in asked.sizes:
        growth = cost[many, size] / cost[few, size]
        report.judge(f"growth {few:,} → {many:,} · {size:,}", "", "", f"{growth:.2f} ≤ {GROWTH}", "", holds=growth <= GROWTH)
    _beside_bytewax(report, given.lines, min(cost[many, size] for size in asked.sizes))
    report.note(
        f"{asked.seconds} s of traffic at {asked.per_second:,} records/s behind {asked.warm_seconds:,} s that fill the "
        f"window; processor time, best of {asked.runs}; × naive: against the loop over the same records."
    )
    return report.show()


def _beside_bytewax(report: Report, lines: list[bytes], engine_cost: float) -> None:
    if not bytewax_window.importable():
        report.note(bytewax_window.HOW_TO_GET_IT)
        return
    few = lines[:40_000]
    seconds = _seconds(lambda: bytewax_window.count(few))
    ratio = seconds / len(few) / engine_cost
    report.judge(
        "Bytewax, 30 min every minute, one count", *_speed(len(few), seconds), f"engine × {ratio:.1f} ≥ 4", "", holds=ratio >= BYTEWAX
    )


def _speed(count: int, seconds: float) -> tuple[str, str]:
    return f"{count / seconds:,.0f}", f"{seconds / count * 1e6:.2f}"


if __name__ == "__main__":
    sys.exit(main())
