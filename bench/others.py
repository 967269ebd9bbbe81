"""`python -m bench.others`: the engine with all its counters beside one count in Faust, Quix Streams and Bytewax.

Everybody reads the same made-up records, decoding included: the engine its log entries, the others JSON lines. Each on
its own best path, in a process of its own. Bytewax reads its testing source. Quix Streams and a plain Faust worker are
behind a broker, because their windows cannot be had without one; what is sent there before is not measured. Faust's
table is also shown alone, stripped of worker, changelog and expiry: a bound, which no program that uses Faust can
reach. Processor time of the process. Quix Streams and Bytewax are no dependencies of Leitstand: `--python` names the
interpreter of an environment that has them; who is not installed is left out, and the table says so.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.engine import WARM_SECONDS, Traffic, engine_seconds, traffic
from bench.report import Report
from tests.kafka.broker import running_broker

BESIDE = Path(__file__).parent / "beside"
PROMISED = {"Faust": 800.0, "Quix Streams": 40.0, "Bytewax": 4.0}
HOW_TO_GET_THEM = (
    "{name} is not installed there: `pip install quixstreams==3.28.1 bytewax==0.21.1` into an environment of its own, "
    "then `--python THAT/bin/python`."
)
HOTLINES = 10
"""Few suit the others best: with 5,000 keys Bytewax is five times slower."""


def measured(python: str, program: list[str]) -> tuple[int, float]:
    """How many records one of the others counted, in how many processor seconds. Raises RuntimeError for none."""
    done = subprocess.run([python, *program], capture_output=True, text=True, check=False, timeout=600)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(program)} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    # Faust's worker writes codes for a terminal before it.
    answer = json.loads(done.stdout[done.stdout.index("{") :])
    if answer["counted"] <= 0:
        raise RuntimeError(f"{' '.join(program)} counted nothing")
    return answer["records"], answer["seconds"]


def has(python: str, module: str) -> bool:
    """True when that interpreter can import the module."""
    looked = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    return subprocess.run([python, "-c", looked], check=False).returncode == 0


@contextmanager
def broker_while() -> Iterator[str]:
    """The address of a broker while this is open."""
    with tempfile.TemporaryDirectory(prefix="bench-kafka-") as folder, running_broker(Path(folder)) as broker:
        yield broker.address


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.others", description="The engine beside the others.")
    parser.add_argument("--python", default=sys.executable, help="interpreter that has Quix Streams and Bytewax")
    parser.add_argument("--per-second", type=int, default=2000, help="records per second of traffic")
    parser.add_argument("--warm-seconds", type=int, default=WARM_SECONDS)
    parser.add_argument("--seconds", type=int, default=100, help="seconds of traffic for the engine")
    parser.add_argument("--size", type=int, default=16_384, help="records per log entry")
    parser.add_argument("--lines", type=int, default=20_000, help="records for Quix Streams and Bytewax")
    parser.add_argument("--faust-lines", type=int, default=2_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args(arguments)

    report = Report(
        "From a file, decoding included, one core: all counters, both bases, all levels; beside one count each",
        *("", "records", "records/s", "engine ×", "promised"),
    )
    given = traffic(HOTLINES, asked.per_second, asked.warm_seconds, asked.seconds, [asked.size])
    with tempfile.TemporaryDirectory(prefix="bench-others-") as folder:
        few, many = Path(folder) / "few.jsonl", Path(folder) / "many.jsonl"
        few.write_bytes(b"\n".join(given.lines[: asked.faust_lines]))
        many.write_bytes(b"\n".join(given.lines[: asked.lines]))
        ours = _engine(given.entries[asked.size], Path(folder), asked.runs, given)
        speed = len(given.lines) / ours
        report.row("Leitstand's engine", f"{len(given.lines):,}", f"{speed:,.0f}", "1", "")
        with broker_while() as broker:
            for name, python, module, program in (
                ("Faust", sys.executable, "faust", ["-m", "bench.beside.faust_worker", str(few), broker]),
                ("Faust's table alone", sys.executable, "faust", ["-m", "bench.beside.faust_table", str(few)]),
                ("Quix Streams", asked.python, "quixstreams", [str(BESIDE / "quix_window.py"), str(many), broker]),
                ("Bytewax", asked.python, "bytewax", [str(BESIDE / "bytewax_window.py"), str(many)]),
            ):
                if not has(python, module):
                    report.note(HOW_TO_GET_THEM.format(name=name))
                    continue
                records, seconds = measured(python, program)
                ratio = speed / (records / seconds)
                figures = f"{records:,}", f"{records / seconds:,.0f}", f"{ratio:,.0f}"
                if name not in PROMISED:
                    report.row(f"{name}, a bound", *figures, "")
                    continue
                promised = PROMISED[name]
                report.judge(f"{name}, 30 min every minute", *figures, f"≥ {promised:,.0f}", holds=ratio >= promised)
    report.note(
        f"{HOTLINES} hotlines; the engine's window is filled by {asked.warm_seconds:,} s before; {asked.size:,} "
        f"records per entry; best of {asked.runs}; the others once, long enough to be even."
    )
    return report.show()


def _engine(entries: list[bytes], folder: Path, runs: int, given: Traffic) -> float:
    """Processor seconds of the best run, reading the entries from files included."""
    files = []
    for number, entry in enumerate(entries):
        files.append(folder / f"{number}.entry")
        files[-1].write_bytes(entry)
    took = []
    for _ in range(runs):
        began = time.process_time()
        read = [file.read_bytes() for file in files]
        reading = time.process_time() - began
        took.append(reading + sum(engine_seconds(given, read)))
    return min(took)


if __name__ == "__main__":
    sys.exit(main())
