"""Days of made-up calls, as batches of the log and as the slow computation wants them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from streams.batch import Batch, Tally
from streams.codec import encode
from streams.days import business_day
from streams.history.calendar import Calendar
from streams.history.commits import DayVersion
from streams.history.history import History
from streams.history.writer import HistoryWriter
from streams.log import Entry
from streams.log_memory import MemoryLog, MemoryPart
from streams.records import Fact
from tests.streams.histories import CLOCK, GIVE_UP_MS
from tests.streams.histories import History as Made
from tests.streams.histories import history as made_history

DAY_MS = 86_400_000
CALENDAR = Calendar((CLOCK,), lambda _: CLOCK, 6 * 60, GIVE_UP_MS)
START_MS = business_day(CLOCK, 1_783_476_000_000)[0]
"""The start of a business day, 05:30 in Berlin."""


def day_of_calls(number: int, visits: int = 60) -> Made:
    """The calls of one business day, counted from `START_MS`, over its whole length."""
    return made_history(number + 1, START_MS + number * DAY_MS, visits, DAY_MS - 4 * 3_600_000)


def batches(
    facts: Sequence[Fact], sequence: int = 1, feed: str = "calls", size: int = 50, collected_ms: int = 1_000
) -> list[bytes]:
    """The facts as entries of the log."""
    return [
        encode(Batch(feed, sequence + number, collected_ms, Tally(), list(facts[start : start + size])))
        for number, start in enumerate(range(0, len(facts), size))
    ]


def log_of(*payloads: bytes) -> MemoryPart:
    """A log of one part with these entries."""
    log = MemoryLog()
    for payload in payloads:
        log.append([payload])
    return log.parts[0]


def take_all(writer: HistoryWriter, log: MemoryPart, after: str) -> list[Entry]:
    """Gives the writer everything behind `after`."""
    entries = list(log.read(after, 1_000_000))
    writer.take(entries)
    return entries


def with_calls(versions: Iterable[DayVersion]) -> list[DayVersion]:
    """Without the days on which nothing happened."""
    return [one for one in versions if not one.empty]


def owner(history: History, generation: int = 1) -> HistoryWriter:
    """The owner of partition 0."""
    return HistoryWriter(history, 0, generation, CALENDAR.reach_ms)
