"""A day of many stories as their sources tell it: mostly at once, some late, some twice, some stated anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from random import Random

from streams.batch import Batch, Tally
from streams.records import Fact, Rostered, identify
from tests.machine.centre import CELLS
from tests.machine.families import FAMILIES

TOGETHER_MS = 20_000
_LATE_MS = (60_000, 1_800_000)
_VERY_LATE_MS = (3_600_000, 20 * 3_600_000)
_EARLY_MS = 30 * 3_600_000
_ROUND_MS = 1_800_000


@dataclass(frozen=True)
class Day:
    """`stories`: of which family how many begin in the `hours` from `begins_ms` on (UTC), most of them in the middle.

    The seed gives the rest.
    """

    seed: int
    begins_ms: int
    hours: float
    stories: tuple[tuple[str, int], ...]


def stories(day: Day) -> list[tuple[str, list[Fact]]]:
    """Family and facts of every story, in the order in which they happen."""
    chance, made = Random(day.seed), []
    for family, number in day.stories:
        for place in range(number):
            begins_ms = day.begins_ms + _into_the_day(chance, round(day.hours * 3_600_000))
            key = identify(family, day.seed, place)
            made.append((family, FAMILIES[family].facts(chance, key, chance.choice(CELLS), begins_ms)))
    return made


def batches(day: Day) -> list[Batch]:
    """What collectors append, in this order."""
    chance = Random(day.seed + 1)
    told: list[tuple[int, int, Fact]] = []
    for number, (family, facts) in enumerate(stories(day)):
        mine = [(_told_ms(chance, fact), number, fact) for fact in facts]
        if chance.randrange(5) == 0:
            better = FAMILIES[family].correction(chance, facts)
            if better is not None:
                mine.append((better.at_ms + chance.randrange(*_VERY_LATE_MS), number, better))
        if chance.randrange(8) == 0:
            told_ms, _, fact = chance.choice(mine)
            mine.append((told_ms + chance.randrange(*_LATE_MS), number, fact))
        told += mine
    told.sort(key=lambda one: one[:2])
    made: list[Batch] = []
    for place, several in groupby(told, key=lambda one: one[0] // TOGETHER_MS):
        facts = [fact for _, _, fact in several]
        made.append(Batch("facts", len(made) + 1, (place + 1) * TOGETHER_MS, Tally(len(facts), len(facts)), facts))
    return made


@lru_cache
def edges(day: Day) -> Sequence[int]:
    """Every instant (UTC ms) at which some number of some story changes in some window."""
    return sorted({at_ms for family, facts in stories(day) for at_ms in FAMILIES[family].edges(facts)})


def _into_the_day(chance: Random, lasts_ms: int) -> int:
    into_ms = chance.randrange(lasts_ms)
    if chance.randrange(2):
        into_ms = lasts_ms * 2 // 5 + into_ms // 5
    return into_ms // _ROUND_MS * _ROUND_MS if chance.randrange(3) == 0 else into_ms


def _told_ms(chance: Random, fact: Fact) -> int:
    """When the source tells it. Plans are known ahead; clocks of sources may go some seconds ahead."""
    if isinstance(fact, Rostered) and chance.randrange(2):
        return fact.at_ms - chance.randrange(_EARLY_MS)
    late = chance.random()
    if late < 0.75:
        return fact.at_ms + chance.randrange(-15_000, 3_000)
    return fact.at_ms + chance.randrange(*(_LATE_MS if late < 0.95 else _VERY_LATE_MS))
