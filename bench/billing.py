"""`python -m bench.billing`: what it costs to say at each publish what calls are billed by.

The day so far stands in the engine; then traffic goes on, a quarter of a second at a time, each followed by a tick and
by reading what changed, as the processor does it. The running sums beside the same numbers summed anew over all of the
day's visits each time; every publish of both must say the same. Processor time of this process.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence

import numpy as np

from bench.report import Report, quantile
from bench.traffic import START_MS, Rows, cells, columns, minutes
from streams.days import SiteClock
from streams.engine import Engine
from streams.families.billing import Billing
from streams.reading import Reading
from tests.streams.billing_anew import BillingAnew

PUBLISH_MS = 250
_Publish = tuple[float, float, list[Reading]]
"""Seconds of counting, seconds of reading, and what was said."""


def publishes(
    kind: type[Billing] | type[BillingAnew], day: list[Rows], live: Rows, hotlines: int
) -> Iterator[_Publish]:
    """Every publish of the live traffic behind the day so far."""
    engine = Engine(START_MS, lambda _: SiteClock("Europe/Berlin", 0))
    billing, places = kind(engine), cells(hotlines)
    for number, rows in enumerate(day, 1):
        engine.apply(columns(rows, places, number))
        engine.tick(int(rows["at_ms"][-1]) // 1000 * 1000)
    billing.readings(changed_only=True)
    begin_ms, end_ms = int(live["at_ms"][0]), int(live["at_ms"][-1])
    cuts = np.searchsorted(live["at_ms"], np.arange(begin_ms, end_ms + PUBLISH_MS, PUBLISH_MS))
    for number, part in enumerate(filter(len, np.split(live, cuts[1:])), len(day) + 1):
        given = columns(part, places, number)
        began = time.process_time()
        engine.apply(given)
        engine.tick(int(part["at_ms"][-1]) // 1000 * 1000)
        counted = time.process_time()
        said = billing.readings(changed_only=True)
        yield counted - began, time.process_time() - counted, said


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table. Raises RuntimeError where the two differ."""
    parser = argparse.ArgumentParser(prog="python -m bench.billing", description="Billing by running sums and anew.")
    parser.add_argument("--hotlines", type=int, default=5000)
    parser.add_argument("--visits", type=int, default=200_000)
    parser.add_argument("--per-second", type=int, default=2000, help="records per second of traffic")
    parser.add_argument("--seconds", type=int, default=20, help="seconds of traffic that are measured")
    asked = parser.parse_args(arguments)
    # Each contact is two or three records.
    warm = -(-round(asked.visits * 2.86) // asked.per_second // 60) * 60
    *day, live = minutes(asked.hotlines, asked.per_second, warm + asked.seconds)
    report = Report(
        f"What is billed, told at each publish: {asked.visits:,} visits, {asked.hotlines:,} hotlines",
        "sums",
        "publish, median",
        "p95",
        "longest",
        "a second of publishes",
        "counting a second",
    )
    found = {}
    for name, kind in (("anew each time", BillingAnew), ("running", Billing)):
        done = list(publishes(kind, day, live, asked.hotlines))
        found[name] = [said for _, _, said in done]
        reading = [seconds * 1000 for _, seconds, _ in done]
        report.row(
            name,
            *(f"{value:.2f} ms" for value in (quantile(reading, 0.5), quantile(reading, 0.95), max(reading))),
            f"{sum(reading) / asked.seconds:.1f} ms",
            f"{sum(seconds for seconds, _, _ in done) / asked.seconds * 1000:.1f} ms",
        )
    for number, (anew, running) in enumerate(zip(*found.values(), strict=True)):
        if anew != running:
            message = f"publish {number} says something else: {len(anew)} and {len(running)} readings"
            raise RuntimeError(message)
    report.note(f"{asked.seconds} s of traffic at {asked.per_second:,} records/s, a publish each {PUBLISH_MS} ms.")
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
