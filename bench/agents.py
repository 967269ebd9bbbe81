"""`python -m bench.agents`: what people cost the engine, over the same calls with and without them.

Each log entry is decoded, applied and followed by a tick; what changed is then read, which the product does four times
a second at most, so that is printed beside. Of every answered call the agent's ringing, talk and
after-call work come as facts in the same entry. Processor time of this process; the sides take turns, the best of
several runs counts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence

import numpy as np

from bench.report import Report
from bench.traffic import START_MS, Rows, _facts, cells, minutes
from streams.batch import Batch, Tally
from streams.codec import ENDED, HANDLED, encode
from streams.days import SiteClock
from streams.engine import Engine
from streams.pipeline import Pipeline
from streams.records import Cell, Fact, Outcome, Work, Worked, identify

SHARE = 5 / 6
TEAMS = 40


def _people(rows: Rows, places: list[Cell], persons: int, first: int) -> Iterator[Fact]:
    """What befalls the agents of these calls: each call has one of so many agents."""
    homes = [Cell("", f"provider {team % 8}", "", f"team {team}") for team in range(TEAMS)]
    agents = [identify("agent", number) for number in range(persons)]
    logins = [identify("login", number) for number in range(persons)]
    for number, (at_ms, visit, place, _, kind, code) in enumerate(rows.tolist(), start=first):
        who = int.from_bytes(visit[:4], "big") % persons
        serves, home = Cell(places[place].hotline), homes[who % TEAMS]
        if kind == ENDED and code == Outcome.ANSWERED:
            yield Worked(agents[who], at_ms, Work.CONNECTED, 2 * number, logins[who], serves, home, 4_000)
        elif kind == HANDLED:
            yield Worked(agents[who], at_ms, Work.TALKED, 2 * number, logins[who], serves, home)
            yield Worked(agents[who], at_ms, Work.WRAPPING, 2 * number + 1, logins[who], serves, home, 20_000)


def entries(rows: Rows, places: list[Cell], size: int, persons: int) -> list[bytes]:
    """The log entries of these calls, with their people unless there are none."""
    made = []
    for at in range(0, len(rows), size):
        part = rows[at : at + size]
        facts: list[Fact] = list(_facts(part, places))
        if persons:
            facts += _people(part, places, persons, at)
        made.append(encode(Batch("bench", at + 1, int(part["at_ms"][-1]), Tally(), facts)))
    return made


def seconds(made: list[bytes], warm: int) -> tuple[float, float, Pipeline]:
    """Processor seconds for all entries but the first `warm`: counting, and reading what changed."""
    pipeline = Pipeline(Engine(START_MS, lambda _: SiteClock("Europe/Berlin", 0)))
    counting = reading = 0.0
    for number, entry in enumerate(made):
        began = time.process_time()
        pipeline.apply(entry)
        pipeline.tick(pipeline.feeds["bench"].heard_ms or 0)
        counted = time.process_time()
        pipeline.readings(changed_only=True)
        if number >= warm:
            counting += counted - began
            reading += time.process_time() - counted
    return counting, reading, pipeline


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when people cost more than promised."""
    parser = argparse.ArgumentParser(prog="python -m bench.agents", description="What people cost the engine.")
    parser.add_argument("--hotlines", type=int, default=10)
    parser.add_argument("--persons", type=int, default=2_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[4096, 16_384, 65_536], help="records per log entry")
    parser.add_argument("--per-second", type=int, default=2000, help="records of calls per second of traffic")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args(arguments)
    report = Report(
        f"People: the engine over the same calls without and with {asked.persons:,} agents",
        "records per entry",
        "records/s without",
        "records/s with",
        "of the rate",
        "with readings",
        "people's facts per record",
    )
    rows = np.concatenate(list(minutes(asked.hotlines, asked.per_second, asked.seconds)))
    places = cells(asked.hotlines)
    for size in asked.sizes:
        sides = {persons: entries(rows, places, size, persons) for persons in (0, asked.persons)}
        warm = len(sides[0]) // 10
        best = dict.fromkeys(sides, (float("inf"), 0.0))
        for _ in range(asked.runs):
            for persons, made in sides.items():
                counting, reading, pipeline = seconds(made, warm)
                best[persons] = min(best[persons], (counting, reading))
        present = sum(reading.now[-1] for reading in pipeline.readings() if reading.cell.family == "agents")
        if present != asked.persons:
            message = f"{present:,} of {asked.persons:,} agents are counted"
            raise RuntimeError(message)
        count = len(rows) - warm * size
        (alone, alone_read), (both, both_read) = best.values()
        share = alone / both
        told = sum(1 for _ in _people(rows, places, asked.persons, 0)) / len(rows)
        report.judge(
            f"{size:,}",
            f"{count / alone:,.0f}",
            f"{count / both:,.0f}",
            f"{share:.2f} ≥ {SHARE:.2f}",
            f"{(alone + alone_read) / (both + both_read):.2f}",
            f"{told:.2f}",
            holds=share >= SHARE,
        )
    report.note(
        f"{asked.seconds} s of traffic at {asked.per_second:,} records/s; processor time, best of {asked.runs}."
    )
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
