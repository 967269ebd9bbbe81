"""At adversarial instants people are in the states that the slow computation gives, which shares no code."""

from __future__ import annotations

import random
from datetime import time
from pathlib import Path

import pytest

from collectors.demo_centre import HOTLINES, Centre
from collectors.demo_centre.settings_text import ZONE
from commands import wiring
from streams.counters import FURTHER
from streams.days import SiteClock
from streams.engine import Engine
from streams.pipeline import Pipeline
from streams.reading import Reading, sums
from streams.records import VISITS, Cell
from tests.batch import agents as truth
from tests.batch.count import HALF_HOUR_MS
from tests.batch.local_days import business_day_start_ms
from tests.batch.read_people import Home, read_people
from tests.proof.centre import START_MS, spoiled
from tests.scenarios.core import Core

pytestmark = pytest.mark.long
INSTANTS = 150
MANY = 1_000
CALLS_PER_SECOND = 0.01
HOURS = 9

Numbers = dict[tuple[str, ...], int]


class Day:
    """Some hours of the simulated centre as both sides know them."""

    def __init__(self, folder: Path) -> None:
        centre = Centre(3, START_MS, hotlines=HOTLINES, calls_per_second=CALLS_PER_SECOND, same_second_share=0.1)
        lines = spoiled(centre.advance(START_MS + HOURS * 3_600_000), random.Random(3))
        file = folder / "queue_log"
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
        toml = folder / "leitstand.toml"
        toml.write_text(centre.settings_toml(str(file)), encoding="utf-8")
        self.core = Core(wiring.read_settings(toml), "demo", folder / "data")
        self.core.replay(file)
        places: dict[str, tuple[str, Home]] = {
            queue.name: (hotline.name, (queue.provider, queue.site, f"{queue.provider} {queue.team}"))
            for hotline in centre.hotlines
            for queue in hotline.queues
        }
        self.events = read_people(lines, places.__getitem__)
        self.clock = SiteClock(*self.core.settings.site_clock(""))

    def right(self, now_ms: int) -> Numbers:
        """Every number of people at this instant."""
        people = [truth.person(own, now_ms) for own in self.events.values() if own[0].at_ms <= now_ms]
        begins = divmod(self.clock.day_start_minutes, 60)
        day_start_ms = business_day_start_ms(now_ms, ZONE, time(*begins))
        numbers: Numbers = {}
        for home, members in truth.by_home(people).items():
            numbers |= {("", *home, name): value for name, value in truth.now(members, "agents").items()}
            for window, from_ms in (("30m", now_ms - HALF_HOUR_MS), ("day", day_start_ms)):
                counted = truth.within(members, from_ms, now_ms)
                numbers |= {("", *home, window, name): value for name, value in counted.items()}
            for hotline in {hotline for one in members for hotline in one.hotlines}:
                serving = [one for one in members if hotline in one.hotlines]
                numbers |= {(hotline, *home, name): value for name, value in truth.now(serving, "serving").items()}
        return {name: value for name, value in numbers.items() if value}


def came(readings: list[Reading]) -> Numbers:
    """The same numbers as the program reads them; both bases must agree."""
    numbers: Numbers = {}
    for reading in readings:
        if reading.cell.family == VISITS:
            continue
        key = place(reading.cell)
        for window in ("30m", "day"):
            counted = sums(reading, window, "live").counts
            assert counted == sums(reading, window, "arrival").counts
            for name, value in counted.items():
                of_now = name in FURTHER[reading.cell.family].now
                numbers[(*key, name) if of_now else (*key, window, name)] = value
    return numbers


def place(cell: Cell) -> tuple[str, str, str, str]:
    return cell.hotline, cell.provider, cell.site, cell.team


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    return Day(tmp_path_factory.mktemp("people"))


def instants(day: Day, count: int = INSTANTS) -> list[int]:
    chance = random.Random(9)
    edges = [event.at_ms + more for own in day.events.values() for event in own for more in (0, event.lasting_ms)]
    chosen = [chance.choice(edges) + chance.choice((0, HALF_HOUR_MS)) for _ in range(count)]
    return sorted({edge // 1000 * 1000 + chance.choice((-1000, 0, 0, 1000)) for edge in chosen})


@pytest.mark.parametrize("count", [INSTANTS, pytest.param(MANY, marks=pytest.mark.torture)])
def test_everybody_is_in_the_right_state_at_every_instant(day: Day, count: int) -> None:
    """All facts come first, and wait for the clock; then it goes from instant to instant."""
    when = instants(day, count)
    pipeline = Pipeline(Engine(when[0] - 60_000, day.core.clock_of, day.core.settings.limits.give_up_ms))
    for entry in day.core.entries():
        pipeline.apply(entry.payload)
    most = 0
    for now_ms in when:
        pipeline.tick(now_ms)
        right = day.right(now_ms)
        most = max(most, sum(value for name, value in right.items() if name[-1] == "agents_logged_in"))
        assert came(pipeline.readings()) == right, now_ms
    assert most > 20, "hardly anybody ever works in this day"


def test_looking_back_and_living_through_give_the_same(day: Day) -> None:
    for now_ms in instants(day)[INSTANTS // 3 :: INSTANTS // 3]:
        assert came(day.core.as_of(now_ms).readings()) == day.right(now_ms)


def test_rows_of_intervals_add_up_to_the_day(day: Day) -> None:
    now_ms = START_MS + HOURS * 3_600_000
    people = [truth.person(own, now_ms) for own in day.events.values()]
    cuts = [START_MS + quarter * 900_000 for quarter in range(HOURS * 4 + 1)]
    pipeline = day.core.as_of(now_ms)
    counted = {cell: rows for cell, rows in pipeline.by_interval(cuts).items() if cell.family == "agents"}
    homes = truth.by_home(people)
    assert {(cell.provider, cell.site, cell.team) for cell in counted} == set(homes)
    for cell, rows in counted.items():
        members = homes[cell.provider, cell.site, cell.team]
        for number, row in enumerate(rows):
            right = truth.within(members, cuts[number], cuts[number + 1])
            assert row.counts == {name: value for name, value in right.items() if value}
