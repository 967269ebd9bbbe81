"""`python -m bench.recovery`: how soon after a `kill -9` the numbers are fresh, and what saving the state costs.

Kills: the real processor on a real log and store (a private Redis), 5,000 hotlines, 500 records a second appended by
this program. It is killed at a random instant and started again after the pause that `up` makes; fresh is the first
picture of an instant behind the kill that holds everything appended before it. Rebuild: a day's log, read without any
saved state. Saving: an engine that holds the day; how long counting stands still for it, how long a tick takes while
the other half runs, and the processor's time for all of it as a share of the interval between two saves.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from bench.report import Report, quantile
from bench.traffic import START_MS, Rows, cells, columns, minutes, payload
from streams import snapshot
from streams.days import SiteClock
from streams.engine import Engine
from streams.log import START
from streams.log_redis import RedisLog
from streams.pipeline import Pipeline
from streams.recovery import recover
from streams.redis_client import connect
from streams.redis_server import RedisServer
from streams.states import StateFile
from streams.store_redis import RedisStore

FRESH_SECONDS, REBUILD_SECONDS, SHARE, PAUSE_MS = 15.0, 120.0, 0.05, 200.0
ENTRIES_PER_SECOND = 4
RESTART_SECONDS = 0.3
"""What `up` takes to notice and to start anew after a first death."""
SAVE_EVERY_SECONDS = 20.0
_LONGEST_SECONDS = 120.0


def now_ms() -> int:
    """The wall clock."""
    return time.time_ns() // 1_000_000


def moved(rows: Rows, by_ms: int) -> Rows:
    """The same records at another time."""
    rows = rows.copy()
    rows["at_ms"] += by_ms
    return rows


class Appending:
    """Appends traffic to the log in real time; what is older than the start goes in beforehand."""

    def __init__(self, log: RedisLog, hotlines: int, per_second: int, warm_seconds: int, live_seconds: int) -> None:
        self._log = log
        self._places = cells(hotlines)
        self._sequence = 0
        self._stop = threading.Event()
        self._rows = np.concatenate(list(minutes(hotlines, per_second, warm_seconds + live_seconds)))
        self._begin_ms = now_ms()
        self._rows = moved(self._rows, self._begin_ms - START_MS - warm_seconds * 1000)
        at = int(np.searchsorted(self._rows["at_ms"], self._begin_ms))
        for some in np.array_split(self._rows[:at], max(1, at // 2000)):
            self._append(some)
        self._next = at
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _append(self, rows: Rows) -> None:
        if len(rows):
            self._sequence += 1
            self._log.append([payload(rows, self._places, self._sequence)])

    def _run(self) -> None:
        while not self._stop.wait(1 / ENTRIES_PER_SECOND):
            until = int(np.searchsorted(self._rows["at_ms"], now_ms()))
            self._append(self._rows[self._next : until])
            self._next = until

    @contextmanager
    def live(self) -> Iterator[None]:
        """Appends while this is open."""
        self._thread.start()
        yield
        self._stop.set()
        self._thread.join()


def kills(hotlines: int, per_second: int, warm_seconds: int, count: int) -> tuple[list[float], list[float]]:
    """Seconds from each kill to fresh numbers; of it, seconds until the new processor had started to publish."""
    chance = random.Random(5)
    took: list[float] = []
    first: list[float] = []
    with (
        tempfile.TemporaryDirectory(prefix="leitstand-bench-") as folder,
        RedisServer(Path(folder), memory_mb=4096) as server,
    ):
        log, store = RedisLog(connect(server.socket_path)), RedisStore(connect(server.socket_path))
        appending = Appending(log, hotlines, per_second, warm_seconds, 60 + count * 45)
        command = [sys.executable, "-m", "bench.recovery_process", str(server.socket_path), folder]
        process = subprocess.Popen(command)
        try:
            with appending.live():
                _fresh(store, now_ms(), log.last())
                for _ in range(count):
                    # At any place between two saves, the save itself included.
                    time.sleep(chance.uniform(1, SAVE_EVERY_SECONDS + 5))
                    process.kill()
                    killed_ms, last = now_ms(), log.last()
                    process.wait()
                    time.sleep(RESTART_SECONDS)
                    process = subprocess.Popen(command)
                    first.append((_fresh(store, killed_ms, START) - killed_ms) / 1000)
                    took.append((_fresh(store, killed_ms, last) - killed_ms) / 1000)
        finally:
            process.kill()
            process.wait()
    return took, first


def _fresh(store: RedisStore, behind_ms: int, position: str) -> int:
    """When the picture holds for an instant behind this one and for the log up to this position."""
    deadline = time.monotonic() + _LONGEST_SECONDS
    while True:
        picture = store.picture()
        if picture is not None and picture.as_of_ms > behind_ms and _place(picture.position) >= _place(position):
            return now_ms()
        if time.monotonic() > deadline:
            message = f"no fresh picture within {_LONGEST_SECONDS:.0f} s"
            raise RuntimeError(message)
        time.sleep(0.05)


def _place(position: str) -> tuple[int, ...]:
    return tuple(int(part) for part in position.split("-")) if position else ()


def rebuild(hotlines: int, records: int, per_second: int, per_entry: int) -> float:
    """Seconds to read a day's log of so many records, without a saved state."""
    places = cells(hotlines)
    with (
        tempfile.TemporaryDirectory(prefix="leitstand-bench-") as folder,
        RedisServer(Path(folder), memory_mb=8192) as server,
    ):
        log = RedisLog(connect(server.socket_path))
        sequence = 0
        last_ms = START_MS
        for rows in minutes(hotlines, per_second, records // per_second):
            for some in np.array_split(rows, max(1, len(rows) // per_entry)):
                if len(some):
                    sequence += 1
                    log.append([payload(some, places, sequence)])
                    last_ms = int(some["at_ms"][-1])
        pipeline = Pipeline(Engine(last_ms, lambda _: SiteClock("Europe/Berlin", 0)))
        began = time.monotonic()
        recover(log, StateFile(Path(folder) / "state"), pipeline)
        took = time.monotonic() - began
        if pipeline.engine.visits.size < records // 4:
            message = f"only {pipeline.engine.visits.size:,} visits came out of {records:,} records"
            raise RuntimeError(message)
    return took


def saving(hotlines: int, records: int, per_second: int, times: int) -> dict[str, list[float]]:
    """Milliseconds in which counting stands still, of a tick while the rest runs, and of processor time in all."""
    places = cells(hotlines)
    pipeline = Pipeline(Engine(START_MS, lambda _: SiteClock("Europe/Berlin", 0)))
    clock_ms = START_MS
    for number, rows in enumerate(minutes(hotlines, per_second, records // per_second), 1):
        pipeline.engine.apply(columns(rows, places, number))
        clock_ms = int(rows["at_ms"][-1])
        pipeline.engine.tick(clock_ms)
    noted: dict[str, list[float]] = {"still": [], "still of a core": [], "tick": [], "cpu": []}
    with tempfile.TemporaryDirectory(prefix="leitstand-bench-") as folder:
        for number in range(times):
            began, cpu, own = time.monotonic(), time.process_time(), time.thread_time()
            state = snapshot.take(pipeline, str(number))
            noted["still"].append((time.monotonic() - began) * 1000)
            noted["still of a core"].append((time.thread_time() - own) * 1000)
            used = time.process_time() - cpu
            thread = threading.Thread(target=snapshot.save, args=(state, Path(folder) / "state"))
            cpu, own = time.process_time(), time.thread_time()
            thread.start()
            while thread.is_alive():
                clock_ms += 1000
                before = time.monotonic()
                pipeline.engine.tick(clock_ms)
                noted["tick"].append((time.monotonic() - before) * 1000)
                thread.join(0.02)
            used += time.process_time() - cpu - (time.thread_time() - own)
            noted["cpu"].append(used * 1000)
            del state
    return noted


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.recovery", description="Kills, rebuild, saving.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--hotlines", type=int, default=5000)
    parser.add_argument("--per-second", type=int, default=500, help="records per second while it is killed")
    parser.add_argument("--warm-seconds", type=int, default=1800, help="seconds of traffic in the log before")
    parser.add_argument("--day", type=int, default=4_320_000, help="records of the day that is rebuilt and saved")
    parser.add_argument("--day-per-second", type=int, default=50)
    parser.add_argument("--per-entry", type=int, default=12, help="records per log entry of that day")
    parser.add_argument("--saves", type=int, default=10)
    asked = parser.parse_args(arguments)

    report = Report(
        f"Recovery: {asked.hotlines:,} hotlines, {asked.per_second:,} records/s; a day of {asked.day:,} records",
        *("", "p50", "p95", "max", "promised"),
    )
    noted = saving(asked.hotlines, asked.day, asked.day_per_second, asked.saves)
    for name, title in (
        ("still", "saving: counting stands still"),
        ("still of a core", "of it processor time"),
        ("tick", "a tick while the rest is saved"),
    ):
        values = noted[name]
        figures = [f"{value:.0f} ms" for value in (quantile(values, 0.5), quantile(values, 0.95), max(values))]
        if name == "still of a core":
            report.row(title, *figures, "")
        else:
            report.judge(title, *figures, f"≤ {PAUSE_MS:.0f} ms", holds=max(values) <= PAUSE_MS)
    share = quantile(noted["cpu"], 0.5) / 1000 / SAVE_EVERY_SECONDS
    report.judge("saving, share of one core", f"{share:.1%}", "", "", f"≤ {SHARE:.0%}", holds=share <= SHARE)
    if asked.kills:
        took, first = kills(asked.hotlines, asked.per_second, asked.warm_seconds, asked.kills)
        p95 = quantile(took, 0.95)
        report.row("kill to the first picture", *_seconds(first), "")
        report.judge(
            f"kill to fresh numbers, {asked.kills} kills",
            *_seconds(took),
            f"p95 ≤ {FRESH_SECONDS:.0f} s",
            holds=p95 <= FRESH_SECONDS,
        )
    seconds = rebuild(asked.hotlines, asked.day, asked.day_per_second, asked.per_entry)
    report.judge(
        f"a day rebuilt, {asked.per_entry} records per entry",
        *(f"{seconds:.0f} s", "", "", f"≤ {REBUILD_SECONDS:.0f} s"),
        holds=seconds <= REBUILD_SECONDS,
    )
    return report.show()


def _seconds(values: Sequence[float]) -> list[str]:
    return [f"{value:.1f} s" for value in (quantile(values, 0.5), quantile(values, 0.95), max(values))]


if __name__ == "__main__":
    sys.exit(main())
