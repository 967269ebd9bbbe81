"""`python -m bench.memory`: what a processor needs for 5,000 hotlines at 2,000 records a second, after half an hour.

The real `Processor` runs in a process of its own on the real log and store (a private Redis). This program appends
four entries per simulated second to the log and tells it what time it is; it then does a round, as it would live:
read, apply, tick, publish when a quarter of a second has passed, save its state when that is due.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.report import Report, quantile
from bench.traffic import START_MS, cells, minutes, payload
from streams.log_redis import RedisLog
from streams.redis_client import connect
from streams.redis_server import RedisServer

LIMIT_MB = 400
ROUNDS_PER_SECOND = 4


def measure(hotlines: int, per_second: int, seconds: int) -> tuple[dict[str, list[float]], int]:
    """What `memory_process` measured, round by round, and the megabytes of Redis at the end."""
    places = cells(hotlines)
    with (
        tempfile.TemporaryDirectory(prefix="leitstand-bench-") as folder,
        RedisServer(Path(folder), memory_mb=2048) as server,
    ):
        clients = connect(server.socket_path)
        log = RedisLog(clients)
        command = [sys.executable, "-m", "bench.memory_process", str(server.socket_path), folder, str(START_MS)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            sequence = 0
            step_ms = 1000 // ROUNDS_PER_SECOND
            for number, rows in enumerate(minutes(hotlines, per_second, seconds)):
                begin = START_MS + number * 60_000
                edges = np.arange(begin, min(begin + 60_000, START_MS + seconds * 1000) + 1, step_ms)
                for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
                    first, last = np.searchsorted(rows["at_ms"], (low, high)).tolist()
                    if first < last:
                        sequence += 1
                        log.append([payload(rows[first:last], places, sequence)])
                    process.stdin.write(f"{high}\n")
                    process.stdin.flush()
                    if process.stdout.readline() != "done\n":
                        message = f"the processor ended in simulated second {(low - START_MS) // 1000}"
                        raise RuntimeError(message)
            process.stdin.close()
            measured: dict[str, list[float]] = json.loads(process.stdout.readline())
        redis_mb = int(clients.read.info("memory")["used_memory"]) // 1_000_000
        clients.close()
    return measured, redis_mb


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when the processor needs more than promised."""
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description="Memory and cost of the processor.")
    parser.add_argument("--hotlines", type=int, default=5000)
    parser.add_argument("--per-second", type=int, default=2000, help="records per second")
    parser.add_argument("--minutes", type=float, default=30, help="simulated minutes")
    asked = parser.parse_args(arguments)
    seconds = round(asked.minutes * 60)
    began = time.monotonic()
    measured, redis_mb = measure(asked.hotlines, asked.per_second, seconds)

    report = Report(
        f"Processor: {asked.hotlines:,} hotlines, {asked.per_second:,} records/s, {asked.minutes:g} simulated minutes",
        *("", "p50", "p95", "max", "promised"),
    )
    end_mb, peak_mb = measured["resident_mb"][-1], measured["peak_mb"][-1]
    report.judge("resident at the end", f"{end_mb:.0f} MB", "", "", f"≤ {LIMIT_MB} MB", holds=end_mb <= LIMIT_MB)
    report.judge("largest resident ever", f"{peak_mb:.0f} MB", "", "", f"≤ {LIMIT_MB} MB", holds=peak_mb <= LIMIT_MB)
    for name, title in (
        ("apply_ms", "apply, per quarter of a second"),
        ("tick_ms", "tick, at a whole second"),
        ("readings_ms", "readings of changed cells"),
        ("publish_ms", "publish to Redis"),
        ("save_ms", "save the state: counting stands still"),
    ):
        values = measured[name]
        if values:
            report.row(
                title,
                *(f"{value:.1f} ms" for value in (quantile(values, 0.5), quantile(values, 0.95), max(values))),
                "",
            )
    busy = measured["cpu_seconds"][-1] / seconds
    report.judge("of one core, live", f"{busy:.0%}", "", "", "≤ 100 %", holds=busy <= 1)
    records = int(measured["records"][-1])
    report.note(
        f"{records:,} records counted; cells published per round: p50 {quantile(measured['cells'], 0.5):.0f}; "
        f"Redis held {redis_mb:,} MB (the log keeps everything); took {time.monotonic() - began:.0f} s."
    )
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
