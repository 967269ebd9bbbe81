"""One random life: the clock, the sources with their stories, and the partitions that count them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

from streams.batch import Batch, Tally
from streams.records import Cell, Fact, identify
from tests.machine.centre import PARTITIONS, partition_of
from tests.machine.families import FAMILIES, Story
from tests.machine.partition import Partition
from tests.machine.simulated import remove

FEEDS = ("acd", "second-acd")
SKEW_MS = 60_000
"""How far ahead of our clock a source's clock may be."""
HOUR_MS = 3_600_000
_MEMORY = Path("/dev/shm")


class Life:
    """Everything that the rules of the machine act upon."""

    def __init__(self) -> None:
        self.clock_ms = 0
        self.stories: list[Story] = []
        self.partitions: list[Partition] = []
        self._sequences: dict[tuple[int, str], int] = {}
        self._latest_ms = 0
        self._horizon_ms = 0
        folder = _MEMORY if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) else None
        self._folder = Path(tempfile.mkdtemp(prefix="leitstand-machine-", dir=folder))

    def begin(self, clock_ms: int) -> None:
        """The clock stands here, nothing has happened yet."""
        self.clock_ms = self._latest_ms = self._horizon_ms = clock_ms
        self._horizon_ms -= HOUR_MS
        self.partitions = [
            Partition(lambda: self.clock_ms, self._folder / f"{number}.state") for number in range(PARTITIONS)
        ]

    def end(self) -> None:
        """Takes the disk away."""
        remove(self._folder)

    def produce(self, family: str, cell: Cell, begins_ms: int, chance: Random) -> Story:
        """A story that its source has not told yet."""
        key = identify("story", len(self.stories))
        facts = FAMILIES[family].facts(chance, key, cell, begins_ms)
        story = Story(family, cell, begins_ms, facts, list(facts))
        self.stories.append(story)
        return story

    def tell(self, stories: Sequence[Story], chance: Random, most: int, *, shuffled: bool) -> None:
        """Their source tells what has happened of these stories, at most so many facts of each, in one batch each."""
        by_partition: dict[int, list[Fact]] = {}
        for story in stories:
            ripe = [fact for fact in story.untold if fact.at_ms <= self.clock_ms + SKEW_MS]
            if shuffled:
                chance.shuffle(ripe)
            for fact in ripe[:most]:
                story.untold.remove(fact)
                by_partition.setdefault(partition_of(story.cell), []).append(fact)
        for number, facts in by_partition.items():
            if shuffled:
                chance.shuffle(facts)
            self.append(number, facts, chance)

    def append(self, number: int, facts: list[Fact], chance: Random, *, repeated: bool = False) -> None:
        """One new batch of one feed, with the accounting of the lines behind it."""
        feed = chance.choice(FEEDS)
        sequence = self._sequences[number, feed] = self._sequences.get((number, feed), 0) + 1
        tally = Tally(len(facts), 0 if repeated else len(facts), len(facts) if repeated else 0)
        for _ in range(chance.choice((0, 0, 1))):
            tally.add(Tally(received=3, dead=1, late=1, skipped=1, conflicts=1, skip_reasons={"phantom": 1}))
        newest_ms = max((fact.at_ms for fact in facts), default=None)
        skew_ms = chance.choice((None, None, -1_500, 40_000))
        self.partitions[number].append(Batch(feed, sequence, self.clock_ms, tally, facts, newest_ms, skew_ms=skew_ms))

    def tell_again(self, pick: int, chance: Random) -> None:
        """Facts that were told already come in a batch of their own, as after a source's own restart."""
        for story, facts in self._some_told(pick):
            self.append(partition_of(story.cell), [chance.choice(facts)], chance, repeated=True)

    def correct(self, pick: int, chance: Random) -> None:
        """Sources state something anew."""
        for story, facts in self._some_told(pick):
            fact = FAMILIES[story.family].correction(chance, facts)
            if fact is not None:
                story.facts.append(fact)
                self.append(partition_of(story.cell), [fact], chance)

    def _some_told(self, pick: int) -> list[tuple[Story, list[Fact]]]:
        told = self._told()
        return [told[(pick + place) % len(told)] for place in range(min(3, len(told)))]

    def _told(self) -> list[tuple[Story, list[Fact]]]:
        """Stories of which something is told, and that no collector has closed (it refuses repetitions then)."""
        young = [story for story in self.stories if story.begins_ms > self._horizon_ms]
        told = [(story, [fact for fact in story.facts if fact not in story.untold]) for story in young]
        return [(story, facts) for story, facts in told if facts]

    def repeat_entry(self, pick: int) -> None:
        """An append timed out and was repeated: the same entry, the same sequence, a second time."""
        for partition in self.partitions:
            if partition.batches:
                partition.append(partition.batches[pick % len(partition.batches)])

    def step(self, entries: int | None) -> None:
        """Every owner does one round."""
        for partition in self.partitions:
            partition.step(entries)
        self._latest_ms = max(self._latest_ms, self.clock_ms)

    def to_edge(self, pick: int, beside_ms: int) -> None:
        """The clock moves to (just beside) an instant at which some story changes some number."""
        if self.stories:
            story = self.stories[pick % len(self.stories)]
            ahead = [at for at in FAMILIES[story.family].edges(story.facts) if at > self.clock_ms]
            if ahead:
                edge_ms = ahead[pick % len(ahead)] + beside_ms
                self.pass_time(max(0, edge_ms - self.clock_ms))

    def set_back(self, by_ms: int) -> None:
        """The clock is set back, also into a business day that is over and of which owners have forgotten visits."""
        self.clock_ms -= by_ms

    def pass_time(self, by_ms: int) -> None:
        """The clock goes on. After a while sources have told what happened meanwhile, before owners forget it."""
        self.clock_ms += by_ms
        if self.clock_ms - self._latest_ms >= HOUR_MS // 3:
            self._tell_everything()
            self.step(None)

    def kill(self, number: int, down_ms: int) -> None:
        """The owner of a partition is gone; another starts so much later."""
        self.clock_ms += down_ms
        if down_ms >= HOUR_MS // 3:
            self._tell_everything()
        self.partitions[number].kill()
        if down_ms >= HOUR_MS // 3:
            self.step(None)

    def wake_replaced(self) -> None:
        """Owners that were replaced go on."""
        for partition in self.partitions:
            partition.wake_replaced()

    def _tell_everything(self) -> None:
        self.tell(self.stories, Random(0), 9, shuffled=False)
        self._horizon_ms = max(self._horizon_ms, self.clock_ms - HOUR_MS)

    def check(self) -> None:
        """Every promise of every partition, and that no cell is read in two of them."""
        seen: set[Cell] = set()
        for partition in self.partitions:
            partition.check()
            cells = set(partition.owner.pipeline.engine.cells.cells)
            assert not cells & seen, "a cell is counted in two partitions"
            seen |= cells
