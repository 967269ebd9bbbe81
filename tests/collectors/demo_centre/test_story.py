"""The story is told at every hour: one incident over, one there, one about to begin, the rest near target."""

from __future__ import annotations

from datetime import datetime

import pytest

from collectors.demo_centre import HOTLINES, Centre
from tests.collectors.demo_centre.reading import Seen, by_hotline, service_level, visits, waiting_at

HOTLINE_OF = {queue.name: hotline.name for hotline in HOTLINES for queue in hotline.queues}
STARTS = {
    "at night": "2026-06-10T03:00:07+02:00",
    "in the morning": "2026-11-03T09:41:30+01:00",
    "clocks go forward within the five hours": "2026-03-29T05:17:00+02:00",
    "clocks go back within the five hours": "2026-10-25T04:02:59+01:00",
    "over the turn of the year": "2027-01-01T00:30:00+01:00",
}
MINUTE = 60


@pytest.fixture(scope="module", params=list(STARTS.values()), ids=list(STARTS))
def told(request: pytest.FixtureRequest) -> tuple[int, dict[str, list[Seen]]]:
    start = int(datetime.fromisoformat(request.param).timestamp())
    centre = Centre(start % 97, start * 1000)
    lines = centre.backfill() + centre.advance((start + 65 * MINUTE) * 1000)
    return start, by_hotline(visits(lines), HOTLINE_OF)


def test_one_hotline_is_clearly_below_target_now(told: tuple[int, dict[str, list[Seen]]]) -> None:
    start, hotlines = told
    level, n = service_level(hotlines["Reklamation"], start)
    assert 0.30 <= level <= 0.55
    assert n >= 60
    waits = waiting_at(hotlines["Reklamation"], start)
    assert len(waits) >= 3
    assert max(waits) > 60
    assert service_level(hotlines["Reklamation"], start - 30 * MINUTE)[0] > 0.75


def test_most_others_are_near_their_target(told: tuple[int, dict[str, list[Seen]]]) -> None:
    start, hotlines = told
    assert set(hotlines) == set(HOTLINE_OF.values())
    levels = {name: service_level(seen, start) for name, seen in hotlines.items() if name != "Reklamation"}
    assert sum(0.82 <= level <= 0.97 for level, _ in levels.values()) >= 8, levels
    assert sum(level < 0.80 for level, _ in levels.values()) <= 2, levels
    assert all(15 <= n <= 165 for _, n in levels.values()), levels
    assert 900 <= sum(n for _, n in levels.values()) <= 1400


def test_one_incident_ended_an_hour_ago(told: tuple[int, dict[str, list[Seen]]]) -> None:
    start, hotlines = told
    router = hotlines["Technik Router"]
    assert service_level(router, start - 87 * MINUTE)[0] > 0.75
    assert service_level(router, start - 60 * MINUTE, 20 * MINUTE)[0] < 0.5
    assert service_level(router, start)[0] > 0.65


def test_another_incident_begins_three_minutes_after_the_start(told: tuple[int, dict[str, list[Seen]]]) -> None:
    start, hotlines = told
    south = hotlines["Bestellung Süd"]
    assert service_level(south, start + 3 * MINUTE)[0] >= 0.80
    assert service_level(south, start + 15 * MINUTE)[0] < 0.75
    assert service_level(south, start + 65 * MINUTE)[0] > 0.6
