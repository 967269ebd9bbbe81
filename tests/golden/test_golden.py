"""Recorded days through the real program: every result byte for byte as the slow computation recorded it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from commands import wiring
from streams.codec import encode
from streams.engine import Engine
from streams.pipeline import Pipeline
from tests.batch.samples import BANK_FILE, sample
from tests.commands.calling import EXAMPLES
from tests.golden import bank, counted, facts
from tests.golden.catalogue import FACT_DAYS, FOLDER, INTERVALS, LINE_DAYS, FactDay, LineDay, read_text
from tests.golden.families import FAMILY_DAYS
from tests.golden.lines import Day
from tests.golden.money import MONEY_DAYS
from tests.golden.record import span_ms
from tests.golden.result import Result, canonical, first_difference, instants_of
from tests.machine.centre import GIVE_UP_MS, clock_of
from tests.scenarios.core import Core

LARGEST_BYTES = 150_000


def recorded(name: str) -> str:
    return read_text(FOLDER / f"{name}.expected.gz")


def assert_golden(right: str, came: Result) -> None:
    text = canonical(came)
    assert text.encode() == right.encode(), first_difference(right, text)


def replayed(settings: str, lines: list[str], folder: Path) -> Core:
    """These lines through the real collector, as `leitstand replay` reads a file."""
    file, log = folder / "leitstand.toml", folder / "queue_log"
    file.write_text(settings, encoding="utf-8")
    log.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    core = Core(wiring.read_settings(file), "queue_log", folder / "data")
    core.replay(log)
    return core


@pytest.mark.parametrize("day", LINE_DAYS, ids=lambda day: day.name)
def test_a_recorded_queue_log(day: LineDay, tmp_path: Path) -> None:
    """The running engine goes from instant to instant; the last one also answers for the intervals."""
    right = recorded(day.name)
    core = replayed(day.settings, day.lines(), tmp_path)
    names = sorted(instants_of(right).items(), key=lambda one: one[1])
    engine = Engine(names[0][1] - 86_400_000, core.clock_of)
    pipeline = Pipeline(engine)
    for entry in core.entries():
        pipeline.apply(entry.payload)
    came: Result = {}
    for name, as_of_ms in names:
        engine.tick(as_of_ms)
        came[name] = counted.windows(engine, counted.by_hotline)
    came |= counted.intervals(engine, span_ms(day), INTERVALS, core.clock_of, counted.by_hotline)
    assert_golden(right, came)


@pytest.mark.parametrize("day", LINE_DAYS, ids=lambda day: day.name)
def test_the_recorded_file_is_what_its_seed_gives(day: LineDay) -> None:
    """So that nobody edits a day by hand: `python -m tests.golden.record --days` makes it anew."""
    assert day.lines() == Day(day.traffic).lines()


@pytest.mark.parametrize("day", FACT_DAYS, ids=lambda day: day.name)
def test_recorded_batches(day: FactDay) -> None:
    """Once as they come in, the clock going on between them, and once with hindsight."""
    right = recorded(day.name)
    batches = facts.batches(day)
    names = sorted(instants_of(right).items(), key=lambda one: one[1])
    running = Pipeline(Engine(names[0][1] - 86_400_000, clock_of, GIVE_UP_MS))
    hindsight = Pipeline(Engine(names[0][1] - 86_400_000, clock_of, GIVE_UP_MS))
    for batch in batches:
        hindsight.apply(encode(batch))
    came: Result = {}
    ahead = list(batches)
    for name, as_of_ms in names:
        pipeline = hindsight
        if name.startswith("live"):
            pipeline = running
            while ahead and ahead[0].collected_ms <= as_of_ms:
                running.engine.tick(ahead[0].collected_ms)
                running.apply(encode(ahead.pop(0)))
        pipeline.engine.tick(as_of_ms)
        came[name] = counted.windows(pipeline.engine, counted.by_cell)
    assert_golden(right, came)
    live = [line for line in right.splitlines() if line.startswith('["live')]
    corrected = sum(line.replace("live ", "") not in right for line in live)
    if day.changed_threshold_ms is None:
        assert corrected > 100, f"what came late corrected only {corrected} lines"
    else:
        both = ("A T=20000", "A T=30000")
        days = [
            [here.get(name, {}).get("day arrival", {}).get("offered", 0) for name in both] for here in came.values()
        ]
        assert any(all(offered) for offered in days), "no recorded instant has seen both thresholds"


def test_the_banks_busiest_day(tmp_path: Path) -> None:
    path = sample(BANK_FILE)
    core = Core(wiring.read_settings(EXAMPLES / "anonymous-bank" / "leitstand.toml"), "bank", tmp_path)
    core.replay(path)
    day_ms = bank.busiest_day(path)
    engine = Engine(day_ms[0], core.clock_of)
    pipeline = Pipeline(engine)
    for entry in core.entries():
        pipeline.apply(entry.payload)
    came: Result = {}
    for as_of_ms in bank.instants(day_ms):
        engine.tick(as_of_ms)
        came[f"at {as_of_ms}"] = counted.windows(engine, counted.by_hotline)
    engine.tick(day_ms[1] + 86_400_000)
    came |= counted.intervals(engine, day_ms, bank.INTERVALS, core.clock_of, counted.by_hotline)
    text = canonical(came)
    digest = json.loads(bank.DIGEST.read_text(encoding="utf-8"))
    assert text.count("\n") == digest["lines"]
    if hashlib.sha256(text.encode()).hexdigest() != digest["sha256"]:
        pytest.fail(first_difference(canonical(bank.expected(path)), text))


def test_there_are_ten_days_and_each_is_small() -> None:
    assert len(LINE_DAYS) + len(FACT_DAYS) + 1 == 10
    files = sorted(path for path in FOLDER.iterdir())
    assert len(files) == 2 * (len(LINE_DAYS) + len(FACT_DAYS) + len(FAMILY_DAYS) + len(MONEY_DAYS)) + 1
    assert {day.name for day in (*FAMILY_DAYS, *MONEY_DAYS)} <= {day.name for day in (*LINE_DAYS, *FACT_DAYS)}
    assert {path.name: path.stat().st_size for path in files if path.stat().st_size > LARGEST_BYTES} == {}
