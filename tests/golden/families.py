"""Golden days of everything beside calls: people, dialers, call lists, trunks, plans, orders and bills.

Each is recorded as batches, in the order in which collectors append them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from streams.batch import Batch
from streams.records import Cell, Fact
from tests.batch.local_days import instant_ms, rows
from tests.golden.catalogue import BERLIN, FOLDER, read_text
from tests.golden.result import Result
from tests.machine import telling
from tests.machine.families import ROWS, Numbers, expected
from tests.machine.partition import told

HOUR_MS = 3_600_000
INTERVALS = ("1h", "day")
_STORIES = (
    *(("agents", 70), ("billing", 60), ("outbound", 110), ("lists", 16), ("trunks", 30), ("shifts", 40)),
    ("orders", 50),
)
_NOW = 14
_decoder = msgspec.json.Decoder(Batch)
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True)
class FamilyDay:
    """`gap_ms`: a time in which nothing was collected; what was to come then came at its end."""

    name: str
    day: telling.Day
    gap_ms: tuple[int, int] = (0, 0)

    @property
    def span_ms(self) -> tuple[int, int]:
        """From when to when the intervals go: whole hours."""
        return self.day.begins_ms, self.day.begins_ms + round(self.day.hours * HOUR_MS)


def _day(name: str, seed: int, begins_ms: int, gap_hours: tuple[float, float] = (0, 0)) -> FamilyDay:
    begin_ms, end_ms = (begins_ms + round(hours * HOUR_MS) for hours in gap_hours)
    return FamilyDay(name, telling.Day(seed, begins_ms, 30, _STORIES), (begin_ms, end_ms))


FAMILY_DAYS = (
    _day("spring", 11, instant_ms(2026, 3, 28, 12, zone=BERLIN)),
    _day("autumn", 12, instant_ms(2026, 10, 24, 12, zone=BERLIN)),
    _day("midnight_shift", 13, instant_ms(2026, 7, 7, 10, zone=BERLIN)),
    _day("restart_gap", 14, instant_ms(2026, 5, 5, 0, zone=BERLIN), (12, 13.5)),
    _day("late_and_corrected", 15, instant_ms(2026, 7, 7, 20, zone=BERLIN)),
)


def make(day: FamilyDay) -> str:
    """The batches of the day, one JSON document a line."""
    begin_ms, end_ms = day.gap_ms
    made = telling.batches(day.day)
    for batch in made:
        if begin_ms <= batch.collected_ms < end_ms:
            batch.collected_ms = end_ms
    return "".join(_encoder.encode(batch).decode() + "\n" for batch in made)


def batches(day: FamilyDay) -> list[Batch]:
    """The recorded batches."""
    return [_decoder.decode(line) for line in read_text(FOLDER / f"{day.name}.families.batches.gz").splitlines()]


def instants(day: FamilyDay) -> Sequence[int]:
    """Some of the instants at which something changes, spread over the day and the half day behind it."""
    from_ms, to_ms = day.span_ms[0], day.span_ms[1] + 12 * HOUR_MS
    inside = [at_ms for at_ms in telling.edges(day.day) if from_ms < at_ms < to_ms]
    return inside[:: -(-len(inside) // _NOW)]


def edges(day: FamilyDay, kind: str) -> list[int]:
    """Where the rows of this kind are cut, by the clock of Berlin."""
    cut = list(rows(*day.span_ms, kind, BERLIN))
    return [cut[0][0], *(end_ms for _, end_ms in cut)]


def numbered(numbers: Mapping[Cell, Numbers]) -> dict[str, dict[str, dict[str, int]]]:
    """The numbers of all cells in the form of a result."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for cell, own in told(dict(numbers)).items():
        for (*which, name), value in own.items():
            into = found.setdefault(named(cell), {}).setdefault(" ".join(map(str, which)) or "now", {})
            into[str(name)] = value
    return found


def named(cell: Cell) -> str:
    """A cell by its family and every name that it has."""
    names = (cell.hotline, cell.campaign, cell.provider, cell.site, cell.team, cell.project, cell.client)
    unknown = "" if cell.configured else " nobody's"
    return f"{cell.family} {'/'.join(names)} T={cell.threshold_ms}{unknown}"


def result(day: FamilyDay) -> Result:
    """From the slow computation: what was known at each instant, what is known in the end, and rows of intervals."""
    recorded = batches(day)
    hindsight = _facts(recorded)
    found: Result = {}
    for as_of_ms in instants(day):
        known = _facts(batch for batch in recorded if batch.collected_ms <= as_of_ms)
        found[f"live at {as_of_ms}"] = numbered(expected(known, as_of_ms))
        found[f"at {as_of_ms}"] = numbered(expected(hindsight, as_of_ms))
    last_ms = instants(day)[-1]
    for kind in INTERVALS:
        found[kind] = {}
        for twin in ROWS.values():
            for from_ms, to_ms in rows(*day.span_ms, kind, BERLIN):
                for cell, counts in twin.between(hindsight, from_ms, to_ms, last_ms).items():
                    found[kind].setdefault(named(cell), {})[f"{from_ms} {to_ms}"] = counts
    return found


def _facts(several: Iterable[Batch]) -> list[Fact]:
    return [fact for batch in several for fact in batch.facts]
