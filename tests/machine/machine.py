"""The rules by which a life goes on, and what must hold after every step and at the end."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.batch.local_days import business_day_start_ms
from tests.machine.centre import BUSINESS_DAYS, CELLS, PARTITIONS, STARTS
from tests.machine.families import FAMILIES
from tests.machine.life import HOUR_MS, SKEW_MS, Life
from tests.machine.simulated import CUTS

_picks = st.integers(0, 999)
_partitions = st.integers(0, PARTITIONS - 1)
_minutes_to_days = st.sampled_from((90_000, 400_000, 1_500_000, 1_800_000, 6 * HOUR_MS, 26 * HOUR_MS, 80 * HOUR_MS))
_families = st.sampled_from(sorted(FAMILIES))
_most = st.sampled_from((0, 1, 2, 5, 5, 5))
"""How many facts of each new story its source tells at once."""


class Machine(RuleBasedStateMachine):
    """The core under fire. What it reads must be what a slow computation over the same facts gives, always."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()

    @initialize(start=st.sampled_from(STARTS), late_ms=st.sampled_from((0, 250, 290_000, 900_000)))
    def begin(self, start: tuple[str, int], late_ms: int) -> None:
        self.life.begin(start[1] * 1000 + late_ms)

    @rule(seed=_picks, family=_families, most=_most)
    def produce(self, seed: int, family: str, most: int) -> None:
        self._produce(seed, family, 30_000, most)

    @rule(seed=_picks, family=_families, age_ms=_minutes_to_days, most=_most)
    def produce_late(self, seed: int, family: str, age_ms: int, most: int) -> None:
        self._produce(seed, family, age_ms, most)

    @rule(seed=_picks, family=_families, site=st.sampled_from(sorted(BUSINESS_DAYS)), beside_ms=st.integers(-1, 1))
    def produce_at_the_edge_of_the_day(self, seed: int, family: str, site: str, beside_ms: int) -> None:
        chance = Random(seed)
        here = [cell for cell in CELLS if cell.site == site]
        begins_ms = business_day_start_ms(self.life.clock_ms, *BUSINESS_DAYS[site]) + beside_ms
        stories = [self.life.produce(family, chance.choice(here), begins_ms, chance) for _ in range(3)]
        self.life.tell(stories, chance, 5, shuffled=False)

    @rule(seed=_picks, family=_families, ahead_ms=st.integers(1, SKEW_MS), most=_most)
    def produce_ahead_of_the_clock(self, seed: int, family: str, ahead_ms: int, most: int) -> None:
        self._produce(seed, family, -ahead_ms, most)

    def _produce(self, seed: int, family: str, age_ms: int, most: int) -> None:
        chance = Random(seed)
        stories = []
        for _ in range(1 + seed % 4):
            begins_ms = self.life.clock_ms - age_ms + chance.choice((0, 0, 1, 999, 1_000, abs(age_ms) // 2))
            stories.append(self.life.produce(family, chance.choice(CELLS), begins_ms, chance))
        self.life.tell(stories, chance, most, shuffled=False)

    @rule(seed=_picks, most=st.integers(1, 3), shuffled=st.booleans())
    def tell(self, seed: int, most: int, shuffled: bool) -> None:
        self.life.tell(self.life.stories, Random(seed), most, shuffled=shuffled)

    @rule(pick=_picks, seed=_picks)
    def tell_again(self, pick: int, seed: int) -> None:
        self.life.tell_again(pick, Random(seed))

    @rule(pick=_picks, seed=_picks)
    def correct(self, pick: int, seed: int) -> None:
        self.life.correct(pick, Random(seed))

    @rule(pick=_picks)
    def repeat_entry(self, pick: int) -> None:
        self.life.repeat_entry(pick)

    @rule(entries=st.integers(1, 3))
    def process(self, entries: int) -> None:
        self.life.step(entries)

    @rule(by_ms=st.sampled_from((250, 999, 1_000, 1_001, 5_000, 20_000, 20_001, 600_000)))
    def tick(self, by_ms: int) -> None:
        self.life.pass_time(by_ms)
        self.life.wake_replaced()
        self.life.step(0)

    @rule(pick=_picks, beside_ms=st.sampled_from((-1, 0, 0, 1, 1_000)))
    def tick_to_an_edge(self, pick: int, beside_ms: int) -> None:
        self.life.to_edge(pick, beside_ms)
        self.life.step(None)

    @rule(number=_partitions)
    def snapshot(self, number: int) -> None:
        self.life.partitions[number].save()

    @rule(number=_partitions, down_ms=st.sampled_from((0, 0, 400, 15_000, 1_900_000, 9 * HOUR_MS)))
    def kill(self, number: int, down_ms: int) -> None:
        self.life.kill(number, down_ms)

    @rule(number=_partitions, cut=st.sampled_from(CUTS))
    def kill_while_saving(self, number: int, cut: str) -> None:
        self.life.partitions[number].kill_while_saving(cut)

    @rule(by_ms=st.sampled_from((300_000, 1_800_000, HOUR_MS, HOUR_MS, 3 * HOUR_MS)))
    def jump_ahead(self, by_ms: int) -> None:
        """Much time passes, or somebody sets the clock. Each hour owners forget what is over and trim the log."""
        self.life.pass_time(by_ms)

    @rule(by_ms=st.sampled_from((1, 1_000, 1_500, 300_000, 300_000, 4 * HOUR_MS)))
    def jump_back(self, by_ms: int) -> None:
        self.life.set_back(by_ms)

    @rule(number=_partitions, by_ms=st.sampled_from((0, 250, 21_000)))
    def rebalance(self, number: int, by_ms: int) -> None:
        self.life.pass_time(by_ms)
        self.life.partitions[number].move()

    @rule(number=_partitions)
    def fill_or_empty_the_disk(self, number: int) -> None:
        partition = self.life.partitions[number]
        partition.disk_is_full = not partition.disk_is_full

    @rule(number=_partitions)
    def lose_the_store(self, number: int) -> None:
        """For one round; what was not published then must be published later."""
        partition = self.life.partitions[number]
        partition.store.lost = True
        self.life.pass_time(1_000)
        partition.step(None)
        partition.store.lost = False

    @invariant()
    def every_promise_holds(self) -> None:
        self.life.check()

    def teardown(self) -> None:
        try:
            if self.life.partitions:
                self.life.pass_time(1_000)
                self.life.step(None)
                self.life.check()
        finally:
            self.life.end()
