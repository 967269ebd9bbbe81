"""Recorded days of people, dialers, trunks, plans, orders and bills, byte for byte as the slow computation says."""

from __future__ import annotations

from itertools import pairwise

import pytest

from streams.codec import encode
from streams.engine import Engine
from streams.pipeline import Pipeline
from tests.golden.catalogue import FOLDER, read_text
from tests.golden.families import FAMILY_DAYS, INTERVALS, FamilyDay, batches, edges, make, named, numbered
from tests.golden.result import Result, canonical, first_difference, instants_of
from tests.machine.centre import GIVE_UP_MS, clock_of
from tests.machine.families import ROWS
from tests.machine.partition import numbers_of


def pipeline_at(now_ms: int) -> Pipeline:
    return Pipeline(Engine(now_ms, clock_of, GIVE_UP_MS), billing=True)


def read(pipeline: Pipeline) -> dict[str, dict[str, dict[str, int]]]:
    return numbered({reading.cell: numbers_of(reading) for reading in pipeline.readings()})


def intervals(pipeline: Pipeline, day: FamilyDay, kind: str) -> dict[str, dict[str, dict[str, int]]]:
    """The rows of all cells; bills have theirs with the calls that they are of."""
    cuts = edges(day, kind)
    return {
        named(cell): {
            f"{from_ms} {to_ms}": row.counts for (from_ms, to_ms), row in zip(pairwise(cuts), table, strict=True)
        }
        for cell, table in pipeline.by_interval(cuts).items()
        if cell.family in ROWS
    }


@pytest.mark.parametrize("day", FAMILY_DAYS, ids=lambda day: day.name)
def test_a_recorded_day(day: FamilyDay) -> None:
    """Once as it comes in, the clock going on between batches, and once with hindsight."""
    right = read_text(FOLDER / f"{day.name}.families.expected.gz")
    ahead = batches(day)
    names = sorted(instants_of(right).items(), key=lambda one: one[1])
    begins_ms = min(names[0][1], ahead[0].collected_ms) - 86_400_000
    running, hindsight = pipeline_at(begins_ms), pipeline_at(begins_ms)
    for batch in ahead:
        hindsight.apply(encode(batch))
    came: Result = {}
    for name, as_of_ms in names:
        pipeline = running if name.startswith("live") else hindsight
        while pipeline is running and ahead and ahead[0].collected_ms <= as_of_ms:
            running.tick(ahead[0].collected_ms)
            running.apply(encode(ahead.pop(0)))
        pipeline.tick(as_of_ms)
        came[name] = read(pipeline)
    came |= {kind: intervals(hindsight, day, kind) for kind in INTERVALS}
    text = canonical(came)
    assert text.encode() == right.encode(), first_difference(right, text)
    corrected = sum(line.replace("live ", "") not in right for line in right.splitlines() if line.startswith('["live'))
    assert corrected > 50, f"what came late corrected only {corrected} lines"


@pytest.mark.parametrize("day", FAMILY_DAYS, ids=lambda day: day.name)
def test_the_recorded_batches_are_what_their_seed_gives(day: FamilyDay) -> None:
    """So that nobody edits a day by hand: `python -m tests.golden.record --days` makes it anew."""
    assert read_text(FOLDER / f"{day.name}.families.batches.gz") == make(day)
