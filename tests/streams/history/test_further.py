"""What people and dialers did stays in the history when the log has forgotten it, and comes back over all parts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from streams.asof import OlderThanLog
from streams.batch import Batch, Tally
from streams.codec import encode
from streams.engine import Engine
from streams.history import commits
from streams.history.calendar import Calendar
from streams.history.closing import close_days
from streams.history.compaction import compact, retire
from streams.history.files_memory import MemoryFiles
from streams.history.history import History
from streams.history.writer import HistoryWriter
from streams.log import START
from streams.log_memory import MemoryLog
from streams.partition import split
from streams.past import Past
from streams.pipeline import Pipeline
from streams.reading import Reading
from streams.records import VISITS, Attempted, Cell, Fact, identify
from tests.machine.centre import GIVE_UP_MS, clock_of
from tests.machine.families import Numbers
from tests.machine.partition import numbers_of, told
from tests.streams.further_facts import further_facts
from tests.streams.history.stories import (
    CALENDAR,
    DAY_MS,
    START_MS,
    batches,
    day_of_calls,
    log_of,
    owner,
    take_all,
    with_calls,
)

AS_OF_MS = START_MS + DAY_MS - 3_600_000
CENTRE = Calendar((clock_of(""),), clock_of, 6 * 60, GIVE_UP_MS)
CAMPAIGN = Cell("", campaign="winback", family="outbound")


def of_families(readings: Sequence[Reading]) -> dict[Cell, Numbers]:
    cells = [reading.cell for reading in readings if reading.cell.family != VISITS]
    assert len(cells) == len(set(cells))
    return told({reading.cell: numbers_of(reading) for reading in readings if reading.cell.family != VISITS})


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("committed", [0, 20, 40])
def test_past_numbers_are_those_of_one_pipeline_that_read_everything(parts: int, committed: int) -> None:
    right, log, history = Pipeline(Engine(AS_OF_MS, clock_of)), MemoryLog(parts), History(MemoryFiles())
    writers = [HistoryWriter(history, number, 1, CENTRE.reach_ms) for number in range(parts)]
    positions = [writer.start() for writer in writers]
    for number, facts in enumerate(further_facts(parts, AS_OF_MS + 60_000)):
        batch = Batch("acd", number + 1, AS_OF_MS, Tally(), facts)
        right.apply(encode(batch))
        log.append([encode(piece) for piece in split(batch, parts)])
        if number < committed:
            for part, writer in enumerate(writers):
                entries = log.parts[part].read(positions[part], 1_000)
                writer.take(entries)
                positions[part] = writer.flush(AS_OF_MS)
    for writer in writers:
        compact(writer, AS_OF_MS + 3 * DAY_MS)
    past = Past(log.parts, history, CENTRE, AS_OF_MS)
    assert of_families(past.readings()) == of_families(right.readings()) != {}
    kept = [file for contents in history.partitions() for file in contents.of_kind(commits.FURTHER)]
    assert bool(kept) == bool(committed)


def attempts(day: int, count: int) -> list[Fact]:
    at_ms = START_MS + day * DAY_MS + 3_600_000
    return [Attempted(identify(day, number), at_ms + number, CAMPAIGN, 0) for number in range(count)]


def test_closed_days_have_attempts_until_their_records_are_gone_and_then_none_instead_of_0() -> None:
    history = History(MemoryFiles())
    facts = [*day_of_calls(0).facts, *attempts(0, 7), *day_of_calls(1).facts, *attempts(1, 5)]
    log = log_of(*batches(facts))
    writer = owner(history)
    writer.start()
    take_all(writer, log, START)
    now_ms = START_MS + 4 * DAY_MS
    writer.flush(now_ms)
    assert len(with_calls(close_days(writer, CALENDAR, now_ms))) == 2
    edges = [START_MS, START_MS + DAY_MS, START_MS + 2 * DAY_MS]

    def counted() -> list[int | None]:
        rows = Past([log], history, CALENDAR, now_ms, is_now=True).by_interval(edges).get(CAMPAIGN, [])
        return [row["attempts"] if "outbound" in row.families else None for row in rows]

    assert counted() == [7, 5]
    retire(writer, now_ms, record_days=3, minute_days=35)
    assert counted() == [None, 5]
    with pytest.raises(OlderThanLog, match="not kept any more"):
        Past([log], history, CALENDAR, START_MS + DAY_MS // 2).readings()
    retire(writer, now_ms + 30 * DAY_MS, record_days=3, minute_days=35)
    assert history.contents().of_kind(commits.FURTHER) == []
