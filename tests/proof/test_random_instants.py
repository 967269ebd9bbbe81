"""At a thousand adversarial instants the running engine equals the slow computation that shares no code with it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import pytest

from streams.batch import Batch, Tally
from streams.codec import decode_columns, encode
from streams.columns import Columns
from streams.days import to_ms
from streams.query import iso
from streams.question import question
from tests.batch.compare import differences
from tests.batch.count import Counts, add, count_intervals
from tests.proof import bank, centre
from tests.proof.comparing import (
    Journey,
    batches_of,
    broken_invariants,
    right_counts,
    wrong_counts,
    wrong_kpis,
    wrong_percentiles,
)
from tests.proof.ground import Ground
from tests.proof.settled import SlowCounts

pytestmark = pytest.mark.long
INSTANTS = 1_000
FRESH = 30
LEVEL_EVERY = 3
LOOK_CLOSER_EVERY = 25
CALLS_PER_SECOND = 0.012
MARCH_MS = to_ms(datetime(2027, 3, 28, 4, tzinfo=UTC))
ZONES = ("Europe/Berlin", "UTC", "Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns")
INTERVALS = ("15m", "30m", "1h", "day", "week", "month", "total")


OF_THE_CENTRE = pytest.mark.xdist_group("proof by the simulated centre")
OF_THE_BANK = pytest.mark.xdist_group("proof by the bank file")


@pytest.fixture(scope="module", params=["october", "march"])
def clock_change(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A simulated day of 25 hours and one of 23."""
    start_ms = centre.START_MS if request.param == "october" else MARCH_MS
    return centre.ground(tmp_path_factory.mktemp(request.param), 11, CALLS_PER_SECOND, start_ms=start_ms)


@pytest.fixture(scope="module")
def centre_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """The simulated centre, its log in batches of a few lines."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("collectors.ingest.BATCH_LINES", 30)
        yield centre.ground(tmp_path_factory.mktemp("centre"), 5, CALLS_PER_SECOND)


@pytest.fixture(scope="module")
def bank_file(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return bank.ground(tmp_path_factory.mktemp("bank"))


def compare(ground: Ground, batches: Sequence[Columns], instants: Sequence[int]) -> None:
    """The finest level and the whole at every instant, the other levels in turn, everything now and then."""
    finest, *levels = ground.dimensions
    turn = cycle(levels)
    slow = SlowCounts(ground)
    for number, engine in enumerate(Journey(ground, batches).stops(instants)):
        right = slow.at(engine.now_ms)
        more = [next(turn)] if levels and number % LEVEL_EVERY == 0 else []
        wrong = wrong_counts(ground, engine, right, [finest, *more])
        if number % LOOK_CLOSER_EVERY == 0:
            assert not differences(right_counts(ground, engine.now_ms), right)
            wrong += wrong_kpis(ground, engine, right) + wrong_percentiles(ground, engine)
            wrong += wrong_counts(ground, engine, right) + broken_invariants(ground, engine)
        assert not wrong, "\n".join(wrong[:30])


@OF_THE_CENTRE
def test_the_simulated_centre(centre_day: Ground) -> None:
    """Lines as they come, with lost, doubled and impossible ones among them."""
    compare(centre_day, batches_of(centre_day), centre_day.instants(INSTANTS, 1))


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(100, 110))
def test_many_more_days_of_the_centre(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with other calls, another load and batches of another size."""
    monkeypatch.setattr("collectors.ingest.BATCH_LINES", (1, 7, 50, 400)[seed % 4])
    start_ms = (centre.START_MS, MARCH_MS)[seed % 2]
    ground = centre.ground(tmp_path, seed, CALLS_PER_SECOND * (1 + seed % 3), start_ms=start_ms)
    compare(ground, batches_of(ground), ground.instants(INSTANTS, seed))


@OF_THE_BANK
def test_the_bank_file(bank_file: Ground) -> None:
    """Sorted by telephone line, so its facts are put into the order in which they may have become known."""
    compare(bank_file, in_some_order(bank_file), bank_file.instants(INSTANTS, 2))


def in_some_order(ground: Ground, seed: int = 4) -> list[Columns]:
    """Every fact of the log, some up to an hour before its time, in batches of different size."""
    chance = random.Random(seed)
    facts = [fact for batch in ground.core.batches() for fact in batch.facts]
    early = [(fact.at_ms - chance.choice((0, 0, chance.randrange(3_600_000))), fact) for fact in facts]
    facts = [fact for _, fact in sorted(early, key=lambda each: each[0])]
    batches: list[Columns] = []
    while facts:
        size = chance.choice((1, 20, 300))
        batches.append(decode_columns(encode(Batch("bank", len(batches) + 1, 0, Tally(), facts[:size]))))
        del facts[:size]
    return batches


@pytest.mark.parametrize(
    "name", [pytest.param("centre_day", marks=OF_THE_CENTRE), pytest.param("bank_file", marks=OF_THE_BANK)]
)
def test_a_fresh_look_back_at_any_instant(name: str, request: pytest.FixtureRequest) -> None:
    ground: Ground = request.getfixturevalue(name)
    first_ms = min(visit.arrival_ms for visit in ground.visits)
    for as_of_ms in [at for at in ground.instants(FRESH + 10, 3) if at >= first_ms][:FRESH]:
        engine = ground.core.as_of(as_of_ms).engine
        right = right_counts(ground, as_of_ms)
        wrong = wrong_counts(ground, engine, right) + wrong_kpis(ground, engine, right)
        wrong += wrong_percentiles(ground, engine) + broken_invariants(ground, engine)
        assert not wrong, "\n".join(wrong[:30])


def test_rows_of_intervals_on_the_days_when_clocks_change(clock_change: Ground) -> None:
    """Random ranges, row lengths, zones and instants of knowledge."""
    chance = random.Random(6)
    first_ms = min(visit.arrival_ms for visit in clock_change.visits)
    last_ms = max(visit.arrival_ms for visit in clock_change.visits)
    rows = 0
    for interval in INTERVALS * 6:
        zone = chance.choice(ZONES)
        edges = sorted(chance.randrange(first_ms - 3_600_000, last_ms + 3_600_000) for _ in range(2))
        from_ms, to_ms_ = (at // 1000 * 1000 for at in edges)
        as_of_ms = chance.choice((to_ms_, to_ms_ + 60_000, last_ms + 86_400_000, max(from_ms, first_ms))) // 1000 * 1000
        asked = question(from_=iso(from_ms), to=iso(to_ms_), interval=interval, zone=zone, by=("hotline", "provider"))
        engine = clock_change.core.as_of(max(as_of_ms, first_ms)).engine
        came = {}
        for row in clock_change.core.rows(asked, engine):
            counts = {**row.sums.counts, "wait_max_ms": row.sums.wait_max_ms}
            came[f"hotline+provider:{'/'.join(row.by.values())}", str(row.start_ms), str(row.end_ms)] = counts
        right = right_intervals(clock_change, from_ms, to_ms_, interval, zone, engine.now_ms)
        wrong = differences(right, came, f"{interval} {zone}")
        assert not wrong, "\n".join(wrong[:30])
        assert {key[1:] for key in right} == {key[1:] for key in came}
        rows += len(right)
    assert rows > 1_000


def right_intervals(
    ground: Ground, from_ms: int, to_ms_: int, interval: str, zone: str, as_of_ms: int
) -> dict[tuple[str, str, str], Counts]:
    table: dict[tuple[str, str, str], Counts] = {}
    for queue, (visits, doors) in ground.queues.items():
        mine = [visit for visit in visits if from_ms <= visit.arrival_ms < to_ms_]
        (group,) = (group for group in ground.groups_of(queue) if group.startswith(ground.dimensions[0] + ":"))
        rules = ground.rules_of(queue)
        for start_ms, end_ms, counts in count_intervals(mine, doors, from_ms, to_ms_, interval, zone, as_of_ms, rules):
            into = table.setdefault((group, str(start_ms), str(end_ms)), {})
            for name, amount in counts.items():
                if name != "wait":
                    add(into, [], name, amount)
    return table
