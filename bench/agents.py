"""`python -m bench.agents`: what people and money cost the engine, over the same calls with and without them.

Each log entry is decoded, applied and followed by a tick; what changed is then read, which the product does four times
a second at most, so that is printed beside. Of every answered call the agent's ringing, talk and after-call work come
as facts in the same entry; money: every call is billed, and each twentieth brings an order. Processor time of this
process; the sides take turns, the best of several runs counts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.report import Report
from bench.traffic import START_MS, Rows, _facts, cells, minutes
from streams.batch import Batch, Tally
from streams.codec import ENDED, HANDLED, encode
from streams.days import SiteClock
from streams.engine import Engine
from streams.pipeline import Pipeline
from streams.reading import sums
from streams.records import Cell, Fact, Ordered, Outcome, Work, Worked, identify

SHARE = 2 / 3
TEAMS = 40
CALLS_PER_ORDER = 20


@dataclass(frozen=True)
class Side:
    """What is counted beside the calls."""

    persons: int
    money: bool


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


def _orders(rows: Rows, places: list[Cell], first: int) -> Iterator[Fact]:
    """The orders that some of these calls bring."""
    cells = [Cell(place.hotline, project=place.project, client=place.client, family="orders") for place in places]
    for number, (at_ms, _, place, _, kind, _) in enumerate(rows.tolist(), start=first):
        if kind == HANDLED and number % CALLS_PER_ORDER == 0:
            yield Ordered(identify("order", number), at_ms, cells[place], b"", 4_990, "EUR")


def entries(rows: Rows, places: list[Cell], size: int, side: Side) -> list[bytes]:
    """The log entries of these calls, with their people and orders where the side has any."""
    made = []
    for at in range(0, len(rows), size):
        part = rows[at : at + size]
        facts: list[Fact] = list(_facts(part, places))
        if side.persons:
            facts += _people(part, places, side.persons, at)
        if side.money:
            facts += _orders(part, places, at)
        made.append(encode(Batch("bench", at + 1, int(part["at_ms"][-1]), Tally(), facts)))
    return made


def seconds(made: list[bytes], warm: int, *, billing: bool) -> tuple[float, float, Pipeline]:
    """Processor seconds for all entries but the first `warm`: counting, and reading what changed."""
    pipeline = Pipeline(Engine(START_MS, lambda _: SiteClock("Europe/Berlin", 0)), billing=billing)
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
    """Prints the table; 1 when people and money cost more than promised."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.agents", description="What people and money cost the engine."
    )
    parser.add_argument("--hotlines", type=int, default=10)
    parser.add_argument("--persons", type=int, default=2_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[4096, 16_384, 65_536], help="records per log entry")
    parser.add_argument("--per-second", type=int, default=2000, help="records of calls per second of traffic")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args(arguments)
    report = Report(
        f"The engine over the same calls without and with {asked.persons:,} agents and money",
        "records per entry",
        "records/s without",
        "with agents",
        "and money",
        "of the rate: agents",
        "and money",
        "with readings",
    )
    rows = np.concatenate(list(minutes(asked.hotlines, asked.per_second, asked.seconds)))
    places = cells(asked.hotlines)
    sides = (Side(0, money=False), Side(asked.persons, money=False), Side(asked.persons, money=True))
    for size in asked.sizes:
        logs = {side: entries(rows, places, size, side) for side in sides}
        warm = -(-len(rows) // size) // 10
        best = dict.fromkeys(sides, (float("inf"), 0.0))
        for _ in range(asked.runs):
            for side, made in logs.items():
                counting, reading, pipeline = seconds(made, warm, billing=side.money)
                best[side] = min(best[side], (counting, reading))
        _check(pipeline, rows, asked.persons)
        count = len(rows) - warm * size
        (alone, alone_read), (agents, _), (both, both_read) = best.values()
        share = alone / both
        report.judge(
            f"{size:,}",
            *(f"{count / counting:,.0f}" for counting in (alone, agents, both)),
            f"{alone / agents:.2f}",
            f"{share:.2f} ≥ {SHARE:.2f}",
            f"{(alone + alone_read) / (both + both_read):.2f}",
            holds=share >= SHARE,
        )
    told = sum(1 for _ in _people(rows, places, asked.persons, 0)) / len(rows)
    report.note(
        f"{asked.seconds} s of traffic at {asked.per_second:,} records/s over {asked.hotlines:,} hotlines; "
        f"{told:.2f} facts about people for each record; processor time, best of {asked.runs}."
    )
    return report.show()


def _check(pipeline: Pipeline, rows: Rows, persons: int) -> None:
    """Raises RuntimeError when people are missing, or calls that were handled are not billed."""
    readings = pipeline.readings()
    present = sum(reading.now[-1] for reading in readings if reading.cell.family == "agents")
    billed = sum(
        sums(reading, "day", "live")["billed_calls"] for reading in readings if reading.cell.family == "billing"
    )
    handled = int((rows["kind"] == HANDLED).sum())
    if (present, billed) != (persons, handled):
        message = f"{present:,} of {persons:,} agents are counted, {billed:,} of {handled:,} calls billed"
        raise RuntimeError(message)


if __name__ == "__main__":
    sys.exit(main())
