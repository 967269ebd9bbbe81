"""Made-up facts of all families beside visits, for whoever carries them."""

from __future__ import annotations

from random import Random

from streams.records import Fact, identify
from tests.machine.centre import CELLS
from tests.machine.families import FAMILIES

FAMILIES_BESIDE_VISITS = ("agents", "outbound", "lists", "orders", "trunks", "shifts")


def further_facts(seed: int, before_ms: int, batches: int = 40, span_ms: int = 20_000_000) -> list[list[Fact]]:
    """The facts of so many batches that tell of the time from `before_ms` - `span_ms` to `before_ms`."""
    chance = Random(seed)
    made: list[list[Fact]] = []
    for batch in range(batches):
        facts: list[Fact] = []
        for family in FAMILIES_BESIDE_VISITS:
            for number in range(chance.randrange(3)):
                key = identify(seed, batch, family, number)
                begins_ms = before_ms - chance.randrange(span_ms)
                facts += FAMILIES[family].facts(chance, key, chance.choice(CELLS), begins_ms)
        chance.shuffle(facts)
        made.append(facts)
    return made
