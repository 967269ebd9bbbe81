"""The running engine against the slow computation that shares no code with it."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from streams.batch import Batch, Tally
from streams.codec import decode, encode
from streams.days import to_ms
from streams.engine import Engine
from streams.records import Arrived, Ended, Fact, Handled, Outcome
from tests.batch.compare import assert_same, random_instants
from tests.batch.count import Rules, count
from tests.streams.histories import (
    CELLS,
    GIVE_UP_MS,
    History,
    columns,
    counted,
    day_start_ms,
    history,
    new_engine,
)

# 03:30 UTC = 05:30 in Berlin in summer, the start of the business day: histories cross it.
START_MS = to_ms(datetime(2026, 7, 8, 2, 40, tzinfo=UTC))


def expected(made: History, as_of_ms: int, queues: str = "AB") -> dict[tuple[str, str], dict[str, int]]:
    return count(
        [visit for visit in made.visits if visit.queue in queues],
        [door for door in made.doors if door.queue in queues],
        as_of_ms,
        day_start_ms(as_of_ms),
        give_up_ms=GIVE_UP_MS,
    )


def instants(made: History, number: int, seed: int) -> list[int]:
    return random_instants(made.visits, number, seed, Rules(give_up_ms=GIVE_UP_MS))


def check(engine: Engine, made: History, where: str) -> None:
    for queues in ("A", "B", "AB"):
        assert_same(expected(made, engine.now_ms, queues), counted(engine, queues), f"{where} {queues}")


@pytest.mark.parametrize("seed", range(40))
def test_running_sums_equal_recomputation_in_any_order(seed: int) -> None:
    """Facts in random order, repeated, in batches of any size, between ticks to adversarial instants."""
    chance = random.Random(seed)
    made = history(seed, START_MS)
    # Later facts may come after the clock has passed them: late data corrects, nothing is lost.
    facts: list[Fact] = [*made.facts, *chance.sample(made.facts, 20)]
    chance.shuffle(facts)
    times = instants(made, 25, seed)
    engine = new_engine(times[0] - 1000)
    known: list[Fact] = []
    for place, as_of_ms in enumerate(times):
        share = len(facts) * (place + 1) // len(times)
        while len(known) < share:
            size = chance.randrange(1, 9)
            engine.apply(columns(facts[len(known) : min(len(known) + size, share)]))
            known = facts[: min(len(known) + size, share)]
        engine.tick(as_of_ms)
        if place + 1 == len(times) or place % 6 == 5:
            fresh = new_engine(as_of_ms)
            fresh.apply(columns(known))
            assert counted(engine) == counted(fresh), f"seed {seed} at {as_of_ms}"
    check(engine, made, f"seed {seed}")


@pytest.mark.parametrize("seed", range(100, 130))
def test_every_instant_is_exact_when_facts_arrive_in_order(seed: int) -> None:
    """Live: each fact is applied when its time comes; after every tick all counters are right."""
    made = history(seed, START_MS)
    facts = sorted(made.facts, key=lambda fact: fact.at_ms)
    engine = new_engine(START_MS - 60_000)
    for as_of_ms in instants(made, 60, seed):
        ready = [fact for fact in facts if fact.at_ms <= as_of_ms]
        facts = facts[len(ready) :]
        engine.apply(columns(ready))
        engine.tick(as_of_ms)
        check(engine, made, f"seed {seed} at {as_of_ms}")


@pytest.mark.parametrize("seed", range(200, 220))
def test_all_facts_known_ahead_count_only_when_their_time_comes(seed: int) -> None:
    made = history(seed, START_MS)
    engine = new_engine(START_MS - 60_000)
    engine.apply(columns(made.facts))
    for as_of_ms in instants(made, 60, seed):
        engine.tick(as_of_ms)
        check(engine, made, f"seed {seed} at {as_of_ms}")


def test_a_saved_engine_goes_on_as_if_nothing_had_happened() -> None:
    made = history(7, START_MS)
    times = instants(made, 40, 7)
    engine = new_engine(times[0])
    engine.apply(columns(made.facts[:90]))
    for place, as_of_ms in enumerate(times):
        engine.tick(as_of_ms)
        if place == 20:
            saved = engine.dump()
            engine = new_engine(as_of_ms)
            engine.load(as_of_ms, *saved)
            engine.apply(columns(made.facts[80:]))
    check(engine, made, "after restore")


def test_forgetting_what_is_over_changes_no_number() -> None:
    made = history(11, START_MS, visits=200)
    engine = new_engine(START_MS)
    engine.apply(columns(made.facts))
    middle_ms = START_MS + 5_400_000
    engine.tick(middle_ms)
    before = engine.visits.size
    engine.forget(min(day_start_ms(middle_ms), middle_ms - 1_800_000) - 1)
    assert 0 < engine.visits.size < before
    for as_of_ms in instants(made, 40, 3):
        if as_of_ms > middle_ms:
            engine.tick(as_of_ms)
            check(engine, made, f"after forgetting, at {as_of_ms}")


def test_a_clock_that_steps_back_changes_nothing() -> None:
    made = history(5, START_MS)
    engine = new_engine(START_MS + 3_600_000)
    engine.apply(columns(made.facts))
    before = counted(engine)
    engine.tick(START_MS)
    assert engine.now_ms == START_MS + 3_600_000
    assert counted(engine) == before


def test_changed_readings_are_told_once_and_no_change_is_missed() -> None:
    made = history(9, START_MS)
    engine = new_engine(START_MS - 1000)
    engine.apply(columns(made.facts))
    told = {reading.cell: reading for reading in engine.readings(changed_only=True)}
    for as_of_ms in instants(made, 60, 9):
        engine.tick(as_of_ms)
        told |= {reading.cell: reading for reading in engine.readings(changed_only=True)}
        assert engine.readings(changed_only=True) == []
        assert told == {reading.cell: reading for reading in engine.readings()}


def test_facts_survive_the_log_unchanged() -> None:
    made = history(3, START_MS)
    batch = Batch("feed", 4, 5, Tally(received=3, counted=2, skipped=1, skip_reasons={"phantom": 1}), made.facts, 9)
    assert decode(encode(batch)) == batch


def test_an_end_before_its_arrival_is_known_counts_nothing_until_then() -> None:
    engine = new_engine(START_MS)
    engine.apply(columns([Ended(b"v" * 16, START_MS - 1000, Outcome.ANSWERED)]))
    assert engine.readings() == []
    engine.apply(columns([Arrived(b"v" * 16, START_MS - 9000, CELLS["A"])]))
    assert counted(engine)["30m", "live"] == {
        "offered": 1,
        "answered_in_time": 1,
        "answered": 1,
        "wait_answered_ms": 8000,
        "wait_max_ms": 8000,
        "waiting": 0,
        "late_waiting": 0,
        "longest_wait_ms": 0,
    }


def test_a_talk_that_goes_on_is_not_forgotten() -> None:
    engine = new_engine(START_MS)
    visit = b"t" * 16
    engine.apply(columns([Arrived(visit, START_MS, CELLS["A"]), Ended(visit, START_MS, Outcome.ANSWERED)]))
    later_ms = START_MS + 3_500_000
    engine.tick(later_ms)
    engine.forget(later_ms - 1_801_000)
    engine.apply(columns([Handled(visit, later_ms, 3_500_000)]))
    assert counted(engine)["30m", "live"]["handled"] == 1
    engine.tick(START_MS + GIVE_UP_MS + 1_801_000)
    engine.forget(engine.now_ms - 1)
    assert engine.visits.size == 0


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_the_talk_follows_the_fact_that_stands(order: tuple[int, ...]) -> None:
    visit, end_ms = b"w" * 16, START_MS - 9000
    facts: list[Fact] = [
        Handled(visit, end_ms, 30_000),
        Handled(visit, end_ms + 1000, 30_000, acw_ms=1000, version=1),
        Handled(visit, end_ms + 2000, 31_000, acw_ms=2000, transferred=True, version=2),
    ]
    engine = new_engine(START_MS)
    engine.apply(
        columns([Arrived(visit, end_ms - 40_000, CELLS["A"]), Ended(visit, end_ms - 30_000, Outcome.ANSWERED)])
    )
    for place in order:
        engine.apply(columns([facts[place]]))
    read = counted(engine)["30m", "live"]
    assert (read["talk_ms"], read["acw_ms"], read["transferred"]) == (31_000, 2000, 1)
