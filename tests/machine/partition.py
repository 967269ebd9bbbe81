"""One partition: its log, its disk, its store, who owns it now, and every promise about what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from streams.batch import Batch, Tally
from streams.codec import encode
from streams.counters import COMBINATIONS, FURTHER, SERVICE_CLASSES, windowed
from streams.engine import Engine
from streams.reading import Reading
from streams.records import VISITS, Cell
from streams.runtimes.embedded import Processor
from streams.states import StateFile
from streams.store import Fenced
from tests.machine.centre import GIVE_UP_MS, clock_of
from tests.machine.families import Numbers, expected
from tests.machine.simulated import Clock, Killed, Reader, SimulatedLog, SimulatedStore, disk

_PLACES = {
    family: [(*combination, counter) for combination in COMBINATIONS for counter in windowed(family)]
    for family in (VISITS, *FURTHER)
}


class Partition:
    """The processor under test with everything around it simulated."""

    def __init__(self, clock: Clock, state_file: Path) -> None:
        self.log = SimulatedLog()
        self.store = SimulatedStore()
        self.disk_is_full = False
        self.batches: list[Batch] = []
        """Every entry ever appended, repetitions included; the log itself may have forgotten its beginning."""
        self._clock = clock
        self._state_file = state_file
        self._reader = Reader(self.store)
        self._checked: tuple[str, int] | None = None
        self._read: tuple[tuple[Engine, str, int], dict[Cell, Reading]] | None = None
        self.owner = self._start()
        self._replaced: list[Processor] = []

    def _start(self) -> Processor:
        processor = Processor(
            self.log,
            self.store,
            self._clock,
            StateFile(self._state_file),
            clock_of,
            GIVE_UP_MS,
            self.log.trim,
            billing=True,
        )
        with disk():
            processor.start()
        self._checked = None
        return processor

    def append(self, batch: Batch) -> None:
        """One entry more."""
        self.batches.append(batch)
        self.log.append(encode(batch))

    def step(self, entries: int | None) -> None:
        """The owner does one round with at most so many new entries."""
        self.log.allowed = entries
        with disk("refused" if self.disk_is_full else None):
            self.owner.step(0)
        self.log.allowed = None
        self._look()

    def save(self) -> None:
        """The owner saves its state."""
        with disk("refused" if self.disk_is_full else None):
            self.owner.save()

    def kill(self) -> None:
        """The owner is gone with all it knew; somebody starts anew from the disk and the log."""
        self.owner = self._start()

    def kill_while_saving(self, cut: str) -> None:
        """The owner dies in the middle of a save."""
        with disk(cut), suppress(Killed):
            self.owner.save()
        self.kill()

    def move(self) -> None:
        """Another worker takes over while the old owner stands still and does not know yet."""
        self._replaced.append(self.owner)
        self.owner = self._start()

    def wake_replaced(self) -> None:
        """An owner that was replaced goes on in the middle of a round: it may only learn that it has to end."""
        while self._replaced:
            self.log.allowed = 0
            with disk(), suppress(Fenced):
                self._replaced.pop().step(0)
            self.log.allowed = None
            assert not self._reader.poll(), "an owner that was replaced still writes to the store"

    def known(self) -> list[Batch]:
        """What the owner says it has read, each batch once."""
        distinct: dict[tuple[str, int], Batch] = {}
        for batch in self.batches[: int(self.owner.position or 0)]:
            distinct.setdefault((batch.feed, batch.sequence), batch)
        return list(distinct.values())

    def check(self) -> None:
        """All promises that hold after every step. Looks only where something changed since the last look."""
        engine = self.owner.pipeline.engine
        state = self.owner.position, engine.now_ms
        if state != self._checked:
            self._checked = state
            known = self.known()
            self._check_accounting(known)
            facts = [fact for batch in known for fact in batch.facts]
            actual = {cell: numbers_of(reading) for cell, reading in self._full().items()}
            assert_equal(
                told(expected(facts, engine.now_ms)),
                told(actual),
                f"at {engine.now_ms}, position {self.owner.position}",
            )
        self._look()

    def _look(self) -> None:
        """The reader takes what was published, if anything; it must now have what the owner has."""
        if self._reader.poll():
            assert self._reader.cells == self._full(), "the picture kept from changes is not what a full reading gives"
            assert self._reader.feeds == self.owner.pipeline.feeds, "the feeds kept from changes are not all feeds"

    def _full(self) -> dict[Cell, Reading]:
        """What the owner reads now, read once for each state it is in."""
        engine = self.owner.pipeline.engine
        state = engine, self.owner.position, engine.now_ms
        if self._read is None or self._read[0] != state:
            self._read = state, {reading.cell: reading for reading in self.owner.pipeline.readings()}
        return self._read[1]

    def _check_accounting(self, known: list[Batch]) -> None:
        tallies: dict[str, Tally] = {}
        skews: dict[str, int | None] = {}
        newest: dict[str, int] = {}
        for batch in known:
            tallies.setdefault(batch.feed, Tally()).add(batch.tally)
            skews[batch.feed] = skews.get(batch.feed) if batch.skew_ms is None else batch.skew_ms
            if batch.last_event_ms is not None:
                newest[batch.feed] = max(newest.get(batch.feed, 0), batch.last_event_ms)
        actual = {feed: report.tally for feed, report in self.owner.pipeline.feeds.items()}
        assert actual == tallies, f"accounting is {actual}, must be {tallies}"
        assert all(tally.balanced for tally in actual.values())
        for feed, report in self.owner.pipeline.feeds.items():
            assert (report.skew_ms, report.last_event_ms) == (skews[feed], newest.get(feed)), f"{feed}: {report}"


def numbers_of(reading: Reading) -> Numbers:
    """A reading in the words of the twins."""
    numbers: Numbers = {("day_start_ms",): reading.day_start_ms}
    family = reading.cell.family
    for number, value in _pairs(reading.counts):
        numbers[_PLACES[family][number]] = value
    if family != VISITS:
        numbers |= {(name,): value for name, value in zip(FURTHER[family].now, reading.now, strict=True) if value}
    for (window, basis), place in COMBINATIONS.items():
        if reading.wait_max_ms[place]:
            numbers[window, basis, "wait_max_ms"] = reading.wait_max_ms[place]
        for number, value in _pairs(reading.waits[place]):
            numbers[window, basis, "waits", number] = value
    for quarter, *classes in reading.profile:
        for name, value in zip(SERVICE_CLASSES, classes, strict=True):
            if value:
                numbers["profile", quarter, name] = value
    if reading.waiting:
        numbers["waiting",] = reading.waiting
    if reading.late_waiting:
        numbers["late_waiting",] = reading.late_waiting
    if reading.oldest_arrival_ms is not None:
        numbers["oldest_arrival_ms",] = reading.oldest_arrival_ms
    return numbers


def told(numbers: dict[Cell, Numbers]) -> dict[Cell, Numbers]:
    """Without cells of further families in which nothing is counted: whether they are read depends on the past."""
    return {cell: own for cell, own in numbers.items() if cell.family == VISITS or set(own) - {("day_start_ms",)}}


def _pairs(flat: list[int]) -> Iterator[tuple[int, int]]:
    return zip(flat[::2], flat[1::2], strict=True)


def assert_equal(right: dict[Cell, Numbers], came: dict[Cell, Numbers], where: str) -> None:
    """Fails with one line for each number that differs."""
    if right == came:
        return
    lines = []
    for cell in {**right, **came}:
        one, other = right.get(cell), came.get(cell)
        if one is None or other is None:
            lines.append(f"{cell}: read {other is not None}, must be {one is not None}")
            continue
        for name in sorted({*one, *other}, key=str):
            if one.get(name, 0) != other.get(name, 0):
                label = f"{cell.hotline} T={cell.threshold_ms}"
                lines.append(f"{label} {name} is {other.get(name, 0)}, must be {one.get(name, 0)}")
    raise AssertionError(f"{where}:\n" + "\n".join(lines[:30]))
