"""Random small histories of two queues: the visits as they are, and the facts that tell of them, in any order."""

from __future__ import annotations

import random
from dataclasses import dataclass

from streams.batch import Batch, Tally
from streams.codec import decode_columns, encode
from streams.columns import Columns
from streams.days import SiteClock, business_day
from streams.engine import Engine
from streams.reading import merge, sums
from streams.records import Arrived, AtTheDoor, Cell, Door, Ended, Fact, GivenUp, Handled, Outcome, identify
from tests.batch import visits as truth
from tests.batch.count import Counts

CLOCK = SiteClock("Europe/Berlin", 5 * 60 + 30)
GIVE_UP_MS = 3_600_000
CELLS = {name: Cell(name, provider=f"{name}-provider", threshold_ms=20_000, short_abandon_ms=5_000) for name in "AB"}
COMBINATIONS = tuple((window, basis) for window in ("30m", "day") for basis in ("live", "arrival"))


@dataclass
class History:
    """Visits and doors as the slow computation wants them, and the facts that the engine gets."""

    visits: list[truth.Visit]
    doors: list[truth.Door]
    facts: list[Fact]


def history(seed: int, start_ms: int, visits: int = 60, span_ms: int = 7_200_000) -> History:
    """Visits with waits on and beside every edge, some without an end, some given up, some wrapped up."""
    chance = random.Random(seed)
    made = History([], [], [])
    for number in range(visits):
        queue = chance.choice("AB")
        arrival_ms = start_ms + chance.randrange(span_ms) // chance.choice((1, 500, 1000)) * chance.choice((1, 1000))
        arrival_ms = min(arrival_ms, start_ms + span_ms)
        key = identify("history", seed, number)
        if chance.randrange(12) == 0:
            door = chance.choice(list(Door))
            made.doors.append(truth.Door(queue, arrival_ms, door.name.lower()))
            made.facts.append(AtTheDoor(key, arrival_ms, door, CELLS[queue]))
            continue
        visit = truth.Visit(queue, arrival_ms)
        made.visits.append(visit)
        made.facts.append(Arrived(key, arrival_ms, CELLS[queue]))
        if chance.randrange(8):
            _end(chance, made, visit, key)
        if chance.randrange(10) == 0:
            visit.given_up_ms = arrival_ms + chance.choice((3_000, 20_000, 20_001, 90_000))
            made.facts.append(GivenUp(key, visit.given_up_ms))
    return made


def _end(chance: random.Random, made: History, visit: truth.Visit, key: bytes) -> None:
    wait_ms = chance.choice((0, 4_999, 5_000, 5_001, 19_999, 20_000, 20_001, 61_000, chance.randrange(400_000)))
    outcome = chance.choice((Outcome.ANSWERED, Outcome.ANSWERED, Outcome.ABANDONED, *Outcome))
    visit.end(outcome.name.lower(), visit.arrival_ms + wait_ms)
    assert visit.end_ms is not None
    made.facts.append(Ended(key, visit.end_ms, outcome))
    if outcome is not Outcome.ANSWERED or chance.randrange(6) == 0:
        return
    visit.talk_ms, visit.hold_ms = chance.randrange(1, 600_000), chance.choice((0, 7_000))
    visit.talk_end_ms = visit.end_ms + visit.talk_ms
    visit.transferred, visit.escalated = chance.randrange(5) == 0, chance.randrange(9) == 0
    parts = (visit.talk_ms, visit.hold_ms)
    flags = (visit.transferred, visit.escalated)
    made.facts.append(Handled(key, visit.talk_end_ms, *parts, None, *flags))
    if chance.randrange(2):
        visit.acw_ms = chance.randrange(1000, 90_000)
        visit.acw_end_ms = visit.talk_end_ms + visit.acw_ms
        made.facts.append(Handled(key, visit.acw_end_ms, *parts, visit.acw_ms, *flags, version=1))


def columns(facts: list[Fact]) -> Columns:
    """The facts as the engine reads them from the log."""
    return decode_columns(encode(Batch("history", 1, 0, Tally(), facts)))


def new_engine(now_ms: int) -> Engine:
    """An engine on the histories' clock."""
    return Engine(now_ms, lambda _: CLOCK, GIVE_UP_MS)


def day_start_ms(as_of_ms: int) -> int:
    """The start of the business day."""
    return business_day(CLOCK, as_of_ms)[0]


def counted(engine: Engine, queues: str = "AB") -> dict[tuple[str, str], Counts]:
    """What the engine reads for these queues together, in the words of the slow computation."""
    readings = [reading for reading in engine.readings() if reading.cell.hotline in queues]
    result: dict[tuple[str, str], Counts] = {}
    oldest = min((r.oldest_arrival_ms for r in readings if r.oldest_arrival_ms is not None), default=None)
    now: Counts = {
        "waiting": sum(reading.waiting for reading in readings),
        "late_waiting": sum(reading.late_waiting for reading in readings),
        "longest_wait_ms": 0 if oldest is None else engine.now_ms - oldest,
    }
    for window, basis in COMBINATIONS:
        total = merge(sums(reading, window, basis) for reading in readings)
        result[window, basis] = {**total.counts, **now, "wait_max_ms": total.wait_max_ms}
    return result
