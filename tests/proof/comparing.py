"""The engine beside the slow computation at one instant, at every level, window and basis."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from commands import wiring
from streams.catalogue import KPIS, Options, compute
from streams.codec import decode_columns
from streams.columns import Columns
from streams.counters import BASES, SERVICE_CLASSES, WINDOWS
from streams.engine import Engine
from streams.query import Row
from streams.question import answer_windows, question
from tests.batch.compare import differences
from tests.batch.count import HIGHEST_COUNTS, Counts, count_groups, gather
from tests.batch.formulas import RATIOS, SECONDS, kpis, percentile_is_right
from tests.batch.local_days import business_day_start_ms
from tests.proof.ground import Ground

Key = tuple[str, str, str]


def right_counts(ground: Ground, as_of_ms: int) -> dict[Key, Counts]:
    """What the slow computation says for every group, window and basis."""
    groups = count_groups(*ground.near(as_of_ms), as_of_ms, ground.rules_of, ground.groups_of)
    return {(group, *key): counts for group, result in groups.items() for key, counts in result.items()}


def answered_rows(ground: Ground, engine: Engine, dimensions: Sequence[str]) -> dict[Key, Row]:
    """What the program answers to the questions for everything and for these levels, every window and basis."""
    rows: dict[Key, Row] = {}
    core, readings = ground.core, engine.readings()
    for basis in BASES:
        for dimension in ("", *dimensions):
            asked = question(basis=basis, by=dimension.split("+") if dimension else ())
            for row in answer_windows(asked, readings, engine.now_ms, core.clock_of, core.configured):
                rows[f"{dimension}:{'/'.join(row.by.values())}", row.span, basis] = row
    return rows


def counts_of(rows: Mapping[Key, Row]) -> dict[Key, Counts]:
    """The counters of each row."""
    return {key: {**row.sums.counts, **row.now, "wait_max_ms": row.sums.wait_max_ms} for key, row in rows.items()}


def wrong_counts(
    ground: Ground, engine: Engine, right: Mapping[Key, Counts], dimensions: Sequence[str] | None = None
) -> list[str]:
    """One line for every counter that differs, over all and at these levels (all of them when none are named)."""
    dimensions = ground.dimensions if dimensions is None else dimensions
    wanted = {"", *dimensions}
    right = {key: counts for key, counts in right.items() if key[0].partition(":")[0] in wanted}
    return differences(right, counts_of(answered_rows(ground, engine, dimensions)), str(engine.now_ms))


def wrong_kpis(ground: Ground, engine: Engine, right: Mapping[Key, Counts]) -> list[str]:
    """One line for every KPI that differs from the fraction of the right counters."""
    options = wiring.kpi_options(ground.core.settings)
    assert options == Options()
    wrong = []
    for key, row in answered_rows(ground, engine, ground.dimensions).items():
        supplied = {part for feed in ground.core.settings.feeds.values() for part in feed.supplies}
        values = kpis(right.get(key, {}), acw_supplied="acw" in supplied)
        for kpi in KPIS:
            if kpi.id in (*RATIOS, *SECONDS):
                came, must = compute(kpi, row.sums, row.cells, options).value, values[kpi.id]
                same = came is None if must is None else came is not None and abs(came - float(must)) <= 1e-9
                if not same:
                    wrong.append(f"{engine.now_ms} {key} {kpi.id} is {came}, must be {must}")
    return wrong


def wrong_percentiles(ground: Ground, engine: Engine) -> list[str]:
    """One line for every percentile of waits that lies further off than promised, over all and by queue's group."""
    as_of_ms = engine.now_ms
    waits: dict[Key, list[int]] = {}
    visits, _ = ground.near(as_of_ms)
    for queue in {visit.queue for visit in visits}:
        rules = ground.rules_of(queue)
        day_start_ms = business_day_start_ms(as_of_ms, rules.zone, rules.day_begins)
        mine = [visit for visit in visits if visit.queue == queue]
        for (window, basis), found in gather(mine, (), as_of_ms, day_start_ms, rules)[1].items():
            for group in ground.groups_of(queue):
                waits.setdefault((group, window, basis), []).extend(found)
    wrong = []
    for key, row in answered_rows(ground, engine, ground.dimensions).items():
        exact = sorted(waits.get(key, []))
        for name, share in (("wait_p50", Fraction(1, 2)), ("wait_p90", Fraction(9, 10))):
            value = row.value(name, Options())
            if value.n != len(exact) or not percentile_is_right(value.value, exact, share):
                wrong.append(f"{as_of_ms} {key} {name} is {value.value} of {value.n}, waits are {exact[:40]}")
    return wrong


def broken_invariants(ground: Ground, engine: Engine) -> list[str]:
    """One line for every law of counters that does not hold: of the program's own numbers, whatever is right."""
    counts = counts_of(answered_rows(ground, engine, ground.dimensions))
    broken = [
        f"{engine.now_ms} {key}: {name} is {value}"
        for key, each in counts.items()
        for name, value in each.items()
        if value < 0
    ]
    for key, each in counts.items():
        classes = sum(each.get(name, 0) for name in SERVICE_CLASSES)
        if key[2] == "arrival" and classes != each.get("offered", 0):
            broken.append(f"{engine.now_ms} {key}: {classes} service classes of {each.get('offered', 0)} offered")
        if key[2] == "live" and each.get("open_in_time", 0):
            broken.append(f"{engine.now_ms} {key}: open_in_time on basis live")
    for window in WINDOWS:
        for basis in BASES:
            whole = counts[":", window, basis]
            for dimension in ground.dimensions:
                parts = [
                    each
                    for key, each in counts.items()
                    if key[0].startswith(f"{dimension}:") and key[1:] == (window, basis)
                ]
                for name in {*whole, *(name for part in parts for name in part)}:
                    values = [part.get(name, 0) for part in parts]
                    total = max(values, default=0) if name in HIGHEST_COUNTS else sum(values)
                    if total != whole.get(name, 0):
                        where = f"{engine.now_ms} {dimension} {window} {basis} {name}"
                        broken.append(f"{where}: children {total}, all {whole.get(name, 0)}")
    return broken


@dataclass
class Journey:
    """A processor that goes through the log once, standing at each instant in turn.

    Every fact dated at or before the instant has been read then. At every other instant the clock goes first and the
    facts come late; a part of the batches is read twice, as if it had been collected twice.
    """

    ground: Ground
    batches: Sequence[Columns]
    seed: int = 0

    def stops(self, instants: Sequence[int]) -> Iterator[Engine]:
        """The engine, standing at one instant after the other."""
        chance = random.Random(self.seed)
        core = self.ground.core
        engine = Engine(instants[0] // 1000 * 1000 - 60_000, core.clock_of, core.settings.limits.give_up_ms)
        needed_from = suffix_minimum(self.batches)
        place = 0
        for number, as_of_ms in enumerate(instants):
            if number % 2:
                engine.tick(as_of_ms)
            while place < len(self.batches) and needed_from[place] <= as_of_ms:
                engine.apply(self.batches[place])
                if chance.randrange(5) == 0:
                    engine.apply(self.batches[max(0, place - chance.randrange(3))])
                place += 1
            engine.tick(as_of_ms)
            yield engine


def suffix_minimum(batches: Sequence[Columns]) -> list[int]:
    """For each batch the earliest instant of any fact in it or behind it."""
    firsts = np.array([batch.at_ms.min() if batch.at_ms.size else np.iinfo(np.int64).max for batch in batches])
    return [int(first) for first in np.minimum.accumulate(firsts[::-1])[::-1]]


def batches_of(ground: Ground) -> list[Columns]:
    """The log as the processor reads it."""
    return [decode_columns(entry.payload) for entry in ground.core.entries()]
