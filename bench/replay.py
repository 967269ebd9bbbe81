"""`python -m bench.replay`: the whole bank file into an empty data folder, from the start of the command to its exit.

Redis is started and ended within. The sample files stay outside the repository, in `../shared` beside it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.report import Report, quantile

ROOT = Path(__file__).parents[1]
SETTINGS = ROOT / "config" / "examples" / "anonymous-bank" / "leitstand.toml"
BANK_FILE = ROOT.parent / "shared" / "data" / "acd-anonymous-bank" / "calls_1999-02-01_21.tsv"
LEITSTAND = Path(sys.executable).with_name("leitstand")
PROMISED_SECONDS = 3.0


def replay(file: Path) -> tuple[float, float]:
    """Wall and processor seconds (of every process) of one replay. Raises RuntimeError when a line is missing."""
    with tempfile.TemporaryDirectory(prefix="leitstand-bench-") as folder:
        base = [str(LEITSTAND), "--config", str(SETTINGS), "--data", folder]
        used_before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        subprocess.run([*base, "replay", "bank", str(file)], check=True, capture_output=True)
        seconds = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_seconds = used.ru_utime + used.ru_stime - used_before.ru_utime - used_before.ru_stime
        said = subprocess.run([*base, "feeds", "--json"], check=True, capture_output=True).stdout
    (feed,) = json.loads(said)["feeds"]
    with file.open("rb") as content:
        lines = sum(1 for _ in content) - 1
    if feed["received"] != lines or feed["dead"]:
        message = f"{file} has {lines:,} lines behind its header, the feed says {feed}"
        raise RuntimeError(message)
    return seconds, cpu_seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when replaying takes longer than promised, 2 without the file."""
    parser = argparse.ArgumentParser(prog="python -m bench.replay", description="Replay of a whole file.")
    parser.add_argument("--file", type=Path, default=BANK_FILE, help="a call file of the bank")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args(arguments)
    if not asked.file.is_file():
        sys.stderr.write(f"bench.replay: {asked.file} is not there: name the bank's call file with --file\n")
        return 2
    runs = [replay(asked.file) for _ in range(asked.runs)]
    report = Report("leitstand replay, empty folder, process start to exit", "", "p50", "largest", "promised")
    wall = [seconds for seconds, _ in runs]
    cpu = [seconds for _, seconds in runs]
    report.judge(
        f"wall time, {asked.runs} runs",
        *(f"{quantile(wall, 0.5):.2f} s", f"{max(wall):.2f} s", f"≤ {PROMISED_SECONDS:g} s"),
        holds=quantile(wall, 0.5) <= PROMISED_SECONDS,
    )
    report.row("processor time, all processes", f"{quantile(cpu, 0.5):.2f} s", f"{max(cpu):.2f} s", "")
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
