"""The chosen instants are sharp enough: five planted faults are each seen, and the differences can be read."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

import pytest

from tests.batch import count as counting
from tests.batch.compare import (
    Nearby,
    assert_same,
    counts_of_document,
    differences,
    intervals_of_document,
    random_instants,
)
from tests.batch.count import Result, Rules, count
from tests.batch.local_days import business_day_start_ms, instant_ms
from tests.batch.visits import OUTCOMES, Visit

RULES = Rules(zone="Europe/Berlin")
FIRST_MS = instant_ms(2026, 10, 24, 20, zone="Europe/Berlin")
MIDNIGHT_MS = instant_ms(2026, 10, 25, zone="Europe/Berlin")


@cache
def calls() -> tuple[Visit, ...]:
    """Seven hours over midnight, to whole seconds, one call arriving at midnight."""
    chance = random.Random(7)
    visits = []
    for number in range(150):
        arrival_ms = MIDNIGHT_MS if number == 0 else FIRST_MS + chance.randrange(7 * 3600) * 1000
        visit = Visit("q", arrival_ms)
        if chance.randrange(20):
            visit.end(chance.choice(OUTCOMES), arrival_ms + chance.choice((0, 5, 6, 20, 21, 90)) * 1000)
        if visit.outcome == "answered":
            visit.talk_ms = chance.randrange(600) * 1000
            visit.talk_end_ms = (visit.end_ms or 0) + visit.talk_ms
        visits.append(visit)
    return tuple(visits)


def result(visits: tuple[Visit, ...], as_of_ms: int) -> Result:
    return count(visits, [], as_of_ms, business_day_start_ms(as_of_ms, RULES.zone))


def instants() -> list[int]:
    return random_instants(calls(), 200, 1, RULES)


@cache
def right_results() -> list[Result]:
    return [result(calls(), as_of_ms) for as_of_ms in instants()]


def seen(visits: tuple[Visit, ...]) -> int:
    """How many of the instants show a difference to the right results."""
    return sum(
        bool(differences(right, result(visits, as_of_ms)))
        for right, as_of_ms in zip(right_results(), instants(), strict=True)
    )


def half_hour_closed_at_its_beginning(at_ms: int, as_of_ms: int) -> bool:
    return as_of_ms - 1_800_000 <= at_ms <= as_of_ms


def threshold_exclusive(wait_ms: int, threshold_ms: int) -> bool:
    return wait_ms < threshold_ms


def day_open_at_its_beginning(at_ms: int, day_start_ms: int, as_of_ms: int) -> bool:
    return day_start_ms < at_ms <= as_of_ms


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("in_half_hour", half_hour_closed_at_its_beginning),
        ("in_time", threshold_exclusive),
        ("in_day", day_open_at_its_beginning),
    ],
)
def test_a_planted_edge_is_seen(name: str, fault: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    right_results()
    assert seen(calls()) == 0
    monkeypatch.setattr(counting, name, fault)
    assert seen(calls()) >= 3


def test_a_planted_duplicate_is_seen() -> None:
    assert seen((*calls(), calls()[75])) >= 3


def test_a_planted_loss_of_a_late_visit_is_seen() -> None:
    late = next(visit for visit in calls() if visit.end_ms and visit.end_ms - visit.arrival_ms > 20_000)
    assert seen(tuple(visit for visit in calls() if visit is not late)) >= 3


def test_instants_are_whole_seconds_seeded_and_on_edges() -> None:
    several = random_instants(calls(), 500, 3, RULES)
    assert several == random_instants(calls(), 500, 3, RULES)
    assert several != random_instants(calls(), 500, 4, RULES)
    assert len(several) == 500
    assert all(as_of_ms % 1000 == 0 for as_of_ms in several)
    assert MIDNIGHT_MS in several
    arrivals = {visit.arrival_ms for visit in calls()}
    for offset_ms in (0, 20_000, 21_000, 1_800_000):
        assert any(as_of_ms - offset_ms in arrivals for as_of_ms in several), offset_ms


def test_what_is_near_gives_the_same() -> None:
    nearby = Nearby(calls(), [], RULES)
    for right, as_of_ms in zip(right_results(), instants(), strict=True):
        visits, doors = nearby.at(as_of_ms)
        assert doors == []
        assert_same(right, result(tuple(visits), as_of_ms))


def test_differences_can_be_read() -> None:
    right, came = {("30m", "live"): {"offered": 3, "error": 0}}, {("30m", "live"): {"offered": 4}}
    assert differences(right, right) == []
    assert differences(right, came, "bank PS") == ["bank PS 30m live: offered is 4, must be 3 (+1)"]
    assert differences(right, {}) == ["30m live: offered is 0, must be 3 (-3)"]
    with pytest.raises(AssertionError, match="1 counters differ:\nbank 30m live: offered is 4"):
        assert_same(right, came, "bank")


def test_documents_of_the_command_line() -> None:
    window = {"window": "30m", "by": {"hotline": "PS"}, "counts": {"offered": 2}}
    document = {"basis": "live", "rows": [window]}
    assert counts_of_document(document, "hotline") == {("PS", "30m", "live"): {"offered": 2}}
    hour = {"interval": "1h", "from": "1970-01-01T00:00:01Z", "to": "1970-01-01T01:00:00Z", "by": {}}
    document = {"basis": "arrival", "rows": [{**hour, "counts": {"offered": 2}}]}
    assert intervals_of_document(document, "hotline") == {("*", "1000", "3600000"): {"offered": 2}}
