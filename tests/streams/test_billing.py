"""The running sums of what is billed against their computation anew, reading for reading and bit for bit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import msgspec
import pytest

from streams.days import to_ms
from streams.families.billing import Billing
from streams.records import Arrived, Cell, Fact, Handled
from streams.windows import Windows
from tests.batch.compare import random_instants
from tests.batch.count import Rules
from tests.streams.billing_anew import BillingAnew
from tests.streams.histories import CELLS, GIVE_UP_MS, columns, history, new_engine

# The business day begins at 03:30 UTC: histories cross it.
START_MS = to_ms(datetime(2026, 7, 8, 2, 40, tzinfo=UTC))
LENGTHS_MS = (0, 1, 999, 1_000, 6_000, 6_001, 59_999, 60_000, 60_001)
#: The same place as A with other thresholds, and A's calls at a provider.
CELLS_OF_A = (CELLS["A"], msgspec.structs.replace(CELLS["A"], threshold_ms=1_000), Cell("A", provider="elsewhere"))


def told(seed: int) -> tuple[list[Fact], list[int]]:
    """Facts as a feed may bring them: of odd lengths, moved to other cells, rewritten, doubled and in any order; and
    instants on and beside every edge.
    """
    chance = random.Random(seed)
    made = history(seed, START_MS)
    facts: list[Fact] = []
    for fact in made.facts:
        if isinstance(fact, Handled):
            facts.append(msgspec.structs.replace(fact, talk_ms=chance.choice(LENGTHS_MS)))
            if chance.randrange(3) == 0:
                later_ms = fact.at_ms + chance.choice((-60_000, 0, 60_000, 1_800_000))
                again = msgspec.structs.replace(fact, at_ms=later_ms, talk_ms=chance.choice(LENGTHS_MS), version=5)
                facts.append(again)
        elif isinstance(fact, Arrived) and fact.cell == CELLS["A"]:
            facts.append(msgspec.structs.replace(fact, cell=chance.choice(CELLS_OF_A)))
            if chance.randrange(8) == 0:
                # An earlier arrival stands, wherever it is.
                facts.append(msgspec.structs.replace(fact, at_ms=fact.at_ms - 1, cell=chance.choice(CELLS_OF_A)))
        else:
            facts.append(fact)
    facts += chance.sample(facts, 30)
    chance.shuffle(facts)
    ends = [fact.at_ms for fact in facts if isinstance(fact, Handled)]
    edges = [at_ms + more for at_ms in chance.sample(ends, 8) for more in (0, 1, 1_800_000, 1_801_000)]
    edges += [to_ms(datetime(2026, 7, 8, 3, 30, tzinfo=UTC)) + more for more in (-1, 0, 1_000)]
    return facts, sorted([*edges, *random_instants(made.visits, 15, seed, Rules(give_up_ms=GIVE_UP_MS))])


def differences(seed: int) -> Iterator[str]:
    """Every instant at which the running sums are not what the computation anew gives."""
    chance = random.Random(seed)
    facts, instants = told(seed)
    engine = new_engine(instants[0] - 1_000)
    running, anew = Billing(engine), BillingAnew(engine)
    begun_ms = instants[0]
    for number, now_ms in enumerate(instants):
        known = facts[len(facts) * number // len(instants) : len(facts) * (number + 1) // len(instants)]
        cut = chance.randrange(len(known) + 1)
        engine.apply(columns(known[:cut]))
        engine.tick(now_ms)
        engine.apply(columns(known[cut:]))
        if number == len(instants) // 2:
            # The process ended and began again from the saved state; who reads it gets everything anew.
            saved, engine = engine.dump(), new_engine(now_ms)
            running, anew = Billing(engine), BillingAnew(engine)
            engine.load(now_ms, *saved)
        changed_only = chance.randrange(5) > 0
        came, right = (of.readings(changed_only=changed_only) for of in (running, anew))
        if came != right:
            yield f"seed {seed} at {now_ms}: {came} instead of {right}"
        edges = [begun_ms, begun_ms + 900_000, max(now_ms, begun_ms + 900_001)]
        if running.by_interval(edges) != anew.by_interval(edges):
            yield f"seed {seed} at {now_ms}: intervals {edges}"


@pytest.mark.parametrize("share", range(2))
def test_running_sums_are_what_a_computation_anew_gives(share: int) -> None:
    for seed in range(share, 20, 2):
        assert not list(differences(seed))


def test_what_is_over_and_forgotten_stays_counted_until_it_leaves_the_window() -> None:
    facts, instants = told(7)
    engines = [new_engine(instants[0]), new_engine(instants[0])]
    first, second = map(Billing, engines)
    forgotten = 0
    for engine in engines:
        engine.apply(columns(facts))
    for now_ms in instants:
        for engine in engines:
            engine.tick(now_ms)
        engines[0].forget(min(int(engines[0].windows.day_start_ms[0]), now_ms - 1_801_000))
        forgotten = engines[1].visits.size - engines[0].visits.size
        assert first.readings() == second.readings()
    assert forgotten


def test_an_engine_that_has_visits_is_refused() -> None:
    engine = new_engine(START_MS)
    engine.apply(columns([Arrived(b"v" * 16, START_MS - 1, CELLS["A"])]))
    with pytest.raises(ValueError, match="1 visits"):
        Billing(engine)


def _never(*_: Any) -> None:
    pass


def _only_add(right: Any) -> Any:
    def add(billing: Billing, handled: Any, inside: Any, sign: Any) -> None:
        rows = sign > 0
        places = rows.nonzero()[0]
        right(billing, handled.rows(places), {name: flags[places] for name, flags in inside.items()}, sign[places])

    return add


@pytest.mark.parametrize(
    "fault",
    [
        mock.patch.object(Windows, "leave", _never),
        mock.patch.object(Billing, "start_day", _never),
        mock.patch.object(Billing, "add", _only_add(Billing.add)),
    ],
    ids=["nothing leaves the window", "the day goes on", "nothing is taken back"],
)
def test_a_planted_fault_is_caught(fault: Any) -> None:
    with fault:
        assert any(next(differences(seed), None) for seed in range(10))
