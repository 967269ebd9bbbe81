"""`python -m bench.dialer`: one poll of a real MariaDB with 100,000 new rows, from the statement to the encoded log.

The polling process is one of its own, so that its size is that of a collector and not that of who filled the tables.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.report import Report
from streams.records import Attempted
from tests.collectors.vicidial.polled import PolledBench
from tests.collectors.vicidial.schema import CREATE
from tests.collectors.vicidial.simulator import CAMPAIGNS, FINAL, INSERT, attempt
from tests.mariadb import MariaDb

NOW_S = 1_760_004_000
MOST_SECONDS = 5.0
MOST_MB = 150


def poll(folder: Path, socket: str) -> None:
    """The measured process: polls until nothing is left, and prints what that cost."""
    database = MariaDb.__new__(MariaDb)
    database.socket = Path(socket)
    bench = PolledBench(folder, database, NOW_S, "root")
    began, busy = time.perf_counter(), time.process_time()
    bench.poll()
    took, processor = time.perf_counter() - began, time.process_time() - busy
    largest_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    again, began = bench.tally().received, time.perf_counter()
    bench.poll()
    assert bench.tally().received == again
    quiet = time.perf_counter() - began
    attempts = sum(isinstance(fact, Attempted) for fact in bench.facts())
    print(json.dumps([bench.tally().received, attempts, took, processor, quiet, largest_mb]))


def main(arguments: list[str]) -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--poll", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.poll:
        poll(Path(chosen.poll[0]), chosen.poll[1])
        return 0
    database = MariaDb()
    try:
        database.start()
        database.fresh(*CREATE)
        rows = [
            attempt(
                n, NOW_S - 30_000 + n * 29_000 // chosen.rows, FINAL[n % len(FINAL)], CAMPAIGNS[n % 3], n % 90, n // 3
            )
            for n in range(chosen.rows)
        ]
        with database.connect() as connection, connection.cursor() as cursor:
            for start in range(0, len(rows), 10_000):
                cursor.executemany(INSERT, rows[start : start + 10_000])
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "bench.dialer", "--poll", folder, str(database.socket)]
            out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    finally:
        database.remove()
    received, attempts, took, processor, quiet, largest_mb = json.loads(out)
    assert received == attempts == chosen.rows, out
    report = Report(f"One poll of {chosen.rows:,} new rows", "what", "measured", "promised")
    report.judge("time", f"{took:.2f} s", f"≤ {MOST_SECONDS:g} s", holds=took <= MOST_SECONDS)
    report.row("processor time", f"{processor:.2f} s", "")
    report.row("the next poll, nothing new", f"{quiet:.2f} s", "")
    report.judge("largest size of the process", f"{largest_mb:.0f} MB", f"≤ {MOST_MB} MB", holds=largest_mb <= MOST_MB)
    return report.show()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
