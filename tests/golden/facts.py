"""Makes up a day of batches: what collectors append, in order, late and corrected. Used once, when it is recorded."""

from __future__ import annotations

import random
from itertools import groupby

import msgspec

from streams.batch import Batch, Tally
from streams.records import Cell, Fact, identify
from tests.golden.catalogue import FOLDER, FactDay, read_text
from tests.machine.centre import CELLS
from tests.machine.visits import Visits

_STORIES = 260
_SPAN_MS = 9 * 3_600_000
_decoder = msgspec.json.Decoder(Batch)
_encoder = msgspec.json.Encoder()


def make(day: FactDay) -> str:
    """The batches of the day, one JSON document a line, in the order in which they are appended."""
    chance = random.Random(day.seed)
    told: list[tuple[int, int, Fact]] = []
    for number in range(_STORIES):
        begins_ms = day.begins_ms + chance.randrange(_SPAN_MS) // chance.choice((1, 1000)) * 1000 % _SPAN_MS
        facts = Visits().facts(chance, identify(day.name, number), _cell(day, chance, begins_ms), begins_ms)
        told += [(_told_ms(day, chance, fact), number, fact) for fact in facts]
        if day.changed_threshold_ms is None and chance.random() < 0.2:
            better = Visits().correction(chance, facts)
            if better is not None:
                told.append((better.at_ms + chance.randrange(60_000, 20 * 3_600_000), number, better))
    told.sort(key=lambda one: one[:2])
    batches: list[Batch] = []
    for second, several in groupby(told, key=lambda one: one[0] // 20_000):
        tellings = [fact for _, _, fact in several]
        tally = Tally(len(tellings), len(tellings))
        batches.append(Batch("facts", len(batches) + 1, (second + 1) * 20_000, tally, tellings))
    return "".join(_encoder.encode(batch).decode() + "\n" for batch in batches)


def _cell(day: FactDay, chance: random.Random, begins_ms: int) -> Cell:
    if day.changed_threshold_ms is None:
        return chance.choice(CELLS)
    hotline_a = CELLS[begins_ms >= day.changed_threshold_ms]
    return chance.choice((hotline_a, hotline_a, *CELLS[2:]))


def _told_ms(day: FactDay, chance: random.Random, fact: Fact) -> int:
    late = chance.random()
    if day.changed_threshold_ms is not None or late < 0.7:
        return fact.at_ms + chance.randrange(2_000)
    return fact.at_ms + chance.randrange(*((60_000, 1_800_000) if late < 0.93 else (3_600_000, 30 * 3_600_000)))


def batches(day: FactDay) -> list[Batch]:
    """The recorded batches."""
    return [_decoder.decode(line) for line in read_text(FOLDER / f"{day.name}.batches.gz").splitlines()]
