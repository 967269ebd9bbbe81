"""`python -m bench.engine`: what a record costs the engine, beside the plainest loop that could count it.

Engine: each log entry is decoded, applied and followed by a tick; then the longest waits are made exact and all
counters, histograms included, are summed to every level, which the product does when it publishes, four times a second
at most. It has taken in 31 minutes of the same traffic before, so that the window gives back as much as it takes in,
which the naive loop never has to. Naive: the same records as JSON lines, `json.loads` and one counter per hotline and
minute. Growth is that of decoding, counting and ticks. Processor time of this process, the best of several runs.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from bench.levels import LEVELS, Levels
from bench.report import Report
from bench.traffic import START_MS, Rows, cells, columns, json_lines, minutes, payload
from streams.codec import ARRIVED, decode_columns
from streams.counters import COMBINATIONS, INDEX, OFFERED
from streams.days import SiteClock
from streams.engine import Engine
from streams.records import Cell

WARM_SECONDS = 31 * 60
GROWTH = 1.5
AIM = 2.0


@dataclass(frozen=True)
class Traffic:
    """The measured records in both forms, and the state of an engine whose window is filled with what came before.

    `first`: the log entry between the two, not measured, so that no table grows for the first time while it is.
    `entries`: log entries by how many records each holds. `arrivals`: all of them together.
    """

    cells: list[Cell]
    state: tuple[list[Cell], dict[str, bytes], int]
    first: bytes
    lines: list[bytes]
    entries: dict[int, list[bytes]]
    arrivals: int


def traffic(hotlines: int, per_second: int, warm_seconds: int, seconds: int, sizes: Sequence[int]) -> Traffic:
    """Made-up traffic over so many hotlines."""
    places = cells(hotlines)
    engine = _engine(START_MS)
    measured: list[Rows] = []
    arrivals = 0
    for number, rows in enumerate(minutes(hotlines, per_second, warm_seconds + seconds), 1):
        arrivals += int((rows["kind"] == ARRIVED).sum())
        warm = int(np.searchsorted(rows["at_ms"], START_MS + warm_seconds * 1000))
        if warm:
            engine.apply(columns(rows[:warm], places, number))
            engine.tick(int(rows["at_ms"][warm - 1]))
        measured.append(rows[warm:])
    records = np.concatenate(measured)
    first, records = np.split(records, [len(records) // 10])
    entries = {
        size: [payload(records[at : at + size], places, at + 1) for at in range(0, len(records), size)]
        for size in sizes
    }
    return Traffic(
        places,
        (*engine.dump(), engine.now_ms),
        payload(first, places, 1),
        json_lines(records, places),
        entries,
        arrivals,
    )


def _engine(now_ms: int) -> Engine:
    return Engine(now_ms, lambda _: SiteClock("Europe/Berlin", 0))


def _seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def engine_seconds(given: Traffic, entries: list[bytes]) -> tuple[float, float]:
    """Processor seconds for these log entries: decoding, counting and ticks; longest waits and levels.

    Raises RuntimeError when a total differs from the records'.
    """
    known, visits, now_ms = given.state
    engine = _engine(now_ms)
    engine.load(now_ms, known, visits)
    levels = Levels(engine.cells.cells)
    every = np.arange(len(known))
    engine.apply(decode_columns(given.first))
    answer = levels.figures(engine)
    counting = summing = 0.0
    for entry in entries:
        began = time.process_time()
        columns = decode_columns(entry)
        engine.apply(columns)
        engine.tick(columns.collected_ms)
        counted = time.process_time()
        engine.refresh_maxima(every)
        answer = levels.figures(engine)
        counting += counted - began
        summing += time.process_time() - counted
    for level in LEVELS:
        offered = int(answer[level].sums[:, COMBINATIONS["day", "live"], INDEX[OFFERED]].sum())
        if offered != given.arrivals:
            message = f"level {level} counts {offered:,} arrivals, the records hold {given.arrivals:,}"
            raise RuntimeError(message)
    return counting, summing


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
    parser.add_argument("--seconds", type=int, default=100, help="seconds of traffic that are measured")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args(arguments)

    report = Report(
        "Engine, one core: decode, count on both bases, tick, all levels; beside json.loads and one counter",
        "hotlines · records per entry",
        "records/s",
        "µs/record",
        "of it levels",
        "× naive",
        "decoding alone/s",
    )
    cost: dict[tuple[int, int], float] = {}
    whole: dict[tuple[int, int], float] = {}
    for hotlines in asked.hotlines:
        given = traffic(hotlines, asked.per_second, asked.warm_seconds, asked.seconds, asked.sizes)
        count = len(given.lines)
        # Every run measures everything once, so that a busy minute of the machine falls on all alike.
        took: defaultdict[str, list[float]] = defaultdict(list)
        counted: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
        for _ in range(asked.runs):
            took["naive"].append(_seconds(partial(naive, given.lines)))
            took["loads"].append(_seconds(partial(_loads, given.lines)))
            for size, entries in given.entries.items():
                counted[size].append(engine_seconds(given, entries))
                took[f"decode {size}"].append(_seconds(partial(_decode, entries)))
        naive_seconds, loads_seconds = min(took["naive"]), min(took["loads"])
        report.row(
            f"{hotlines:,} · naive loop", *_speed(count, naive_seconds), "", "1.00", f"{count / loads_seconds:,.0f}"
        )
        for size in given.entries:
            counting, summing = min(counted[size], key=sum)
            decoding = min(took[f"decode {size}"])
            cost[hotlines, size] = counting / count
            whole[hotlines, size] = (counting + summing) / count
            ratio = naive_seconds / (counting + summing)
            report.judge(
                f"{hotlines:,} · {size:,}",
                *_speed(count, counting + summing),
                f"{summing / count * 1e6:.2f}",
                f"{ratio:.2f}{'' if ratio >= AIM else f' (aim {AIM:g})'}",
                f"{count / decoding:,.0f}",
                holds=ratio >= 1,
            )
    few, many = min(asked.hotlines), max(asked.hotlines)
    for size in asked.sizes:
        growth = cost[many, size] / cost[few, size]
        with_levels = whole[many, size] / whole[few, size]
        report.judge(
            f"growth {few:,} → {many:,} · {size:,}",
            *("", f"{growth:.2f} ≤ {GROWTH}", f"with them {with_levels:.2f}", "", ""),
            holds=growth <= GROWTH,
        )
    report.note(
        f"{asked.seconds} s of traffic at {asked.per_second:,} records/s behind {asked.warm_seconds:,} s that fill the "
        f"window; processor time, best of {asked.runs}; × naive: against the loop over the same records."
    )
    return report.show()


def _speed(count: int, seconds: float) -> tuple[str, str]:
    return f"{count / seconds:,.0f}", f"{seconds / count * 1e6:.2f}"


if __name__ == "__main__":
    sys.exit(main())
