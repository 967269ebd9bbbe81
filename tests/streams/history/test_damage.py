"""A damaged file is named, with what to do, and left where it is; everything else goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.history import commits
from streams.history.closing import close_days, make_version
from streams.history.commits import File
from streams.history.compaction import compact
from streams.history.files import FileDamaged
from streams.history.files_arrow import ArrowFiles
from streams.history.history import History
from streams.history.months import merge_month
from streams.history.writer import HistoryWriter
from streams.log import START
from streams.past import Past
from tests.streams.histories import CLOCK
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

CALLS_ON = (0, 10, 30)
"""Days so far apart that no call of one can concern another; the last one lies in the month after."""
NOW_MS = START_MS + 70 * DAY_MS
HOW: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[: len(content) // 2],
    "emptied": lambda _: b"",
    "overwritten": lambda content: content[:200] + bytes(len(content) - 400) + content[-200:],
    "no Parquet": lambda content: b"x" * len(content),
}


@pytest.fixture
def writer(tmp_path: Path) -> HistoryWriter:
    """A history in a folder, two files of records for each day, no day closed."""
    made = owner(History(ArrowFiles(tmp_path)))
    made.start()
    for sequence, number in enumerate(CALLS_ON):
        facts = day_of_calls(number, 20).facts
        half = len(facts) // 2
        for place, part in enumerate((facts[:half], facts[half:])):
            take_all(made, log_of(*batches(part, 1 + 1000 * (2 * sequence + place))), START)
            made.flush(NOW_MS)
    return made


def damage(writer: HistoryWriter, file: File, how: str) -> tuple[Path, bytes]:
    """Damages the file; where it lies and what it held."""
    place = Path(writer.history.files.address) / file.path
    content = place.read_bytes()
    place.write_bytes(HOW[how](content))
    return place, content


def told(caplog: pytest.LogCaptureFixture, place: Path) -> list[str]:
    """What was logged of this file as an error."""
    return [
        one.getMessage() for one in caplog.records if one.levelno == logging.ERROR and str(place) in one.getMessage()
    ]


@pytest.mark.parametrize("how", HOW)
def test_compaction_leaves_a_damaged_file_and_merges_the_others(
    writer: HistoryWriter, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    victim = writer.contents.of_kind(commits.RECORDS)[0]
    place, _ = damage(writer, victim, how)
    before = place.read_bytes()
    assert compact(writer, NOW_MS) > 0
    assert compact(writer, NOW_MS) == 0
    kept = writer.history.contents().of_kind(commits.RECORDS)
    assert victim in kept
    assert place.read_bytes() == before
    others = [file.day for file in kept if file.day != victim.day]
    assert len(others) == len(set(others)) >= 2
    (said,) = told(caplog, place)
    assert "restore it from a backup; `leitstand history verify` names every such file" in said


def test_days_with_a_damaged_file_wait_and_the_others_are_closed(
    writer: HistoryWriter, caplog: pytest.LogCaptureFixture
) -> None:
    victim = writer.contents.of_kind(commits.RECORDS)[0]
    place, content = damage(writer, victim, "cut")
    made = with_calls(close_days(writer, CALENDAR, NOW_MS, quiet_ms=-1))
    assert [(one.start_ms - START_MS) // DAY_MS for one in made] == [10, 30]
    assert close_days(writer, CALENDAR, NOW_MS, quiet_ms=-1) == []
    assert len(told(caplog, place)) == 1
    # Whoever takes over goes on as well, and a restored file is enough.
    again = owner(History(writer.history.files), 2)
    again.start()
    assert close_days(again, CALENDAR, NOW_MS, quiet_ms=-1) == []
    place.write_bytes(content)
    late = with_calls(close_days(again, CALENDAR, NOW_MS, quiet_ms=-1))
    assert [(one.start_ms - START_MS) // DAY_MS for one in late] == [0]


def test_a_month_with_a_damaged_file_waits_and_the_others_are_merged(
    writer: HistoryWriter, caplog: pytest.LogCaptureFixture
) -> None:
    take_all(writer, log_of(*batches(day_of_calls(36, 20).facts, 9000)), START)
    writer.flush(NOW_MS)
    close_days(writer, CALENDAR, NOW_MS, quiet_ms=-1)
    victim = writer.contents.of_kind(commits.QUARTERS)[0]
    place, content = damage(writer, victim, "overwritten")
    merged = merge_month(writer, CALENDAR, NOW_MS)
    assert merged is not None
    assert merged.day > victim.day[:7]
    assert merge_month(writer, CALENDAR, NOW_MS) is None
    assert victim in writer.history.contents().of_kind(commits.QUARTERS)
    (said,) = told(caplog, place)
    assert f"or compute the day anew with `leitstand history rebuild {victim.day}`" in said
    place.write_bytes(content)
    merged = merge_month(writer, CALENDAR, NOW_MS)
    assert merged is not None
    assert victim.day in merged.days


def test_who_reads_it_is_told_and_computing_the_day_anew_mends_it(writer: HistoryWriter) -> None:
    close_days(writer, CALENDAR, NOW_MS, quiet_ms=-1)
    edges = [START_MS, START_MS + DAY_MS]

    def read() -> list[int]:
        past = Past([log_of()], History(writer.history.files), CALENDAR, NOW_MS, is_now=True)
        return [row["offered"] for rows in past.by_interval(edges).values() for row in rows]

    right = read()
    victim = writer.contents.of_kind(commits.DAYS)[0]
    place, _ = damage(writer, victim, "cut")
    with pytest.raises(FileDamaged, match="is damaged") as raised:
        read()
    assert str(place) in str(raised.value)
    (version,) = make_version(writer, CALENDAR, CLOCK, victim.day, NOW_MS)
    assert version.version == 2
    assert read() == right
