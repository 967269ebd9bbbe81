"""A record that cannot be counted becomes a dead letter, what is behind it is counted, and a replay says the same."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commands.collecting import dead_letters, keep_left_out
from config.settings import Settings
from streams.asof import pipelines_at
from streams.batch import Batch, Tally
from streams.codec import decode, decode_columns, encode, encode_columns
from streams.columns import Columns
from streams.engine import Engine
from streams.history.files_memory import MemoryFiles
from streams.history.history import History
from streams.history.writer import HistoryWriter
from streams.log_memory import MemoryPart
from streams.partition import split
from streams.pipeline import Pipeline
from streams.reading import sums
from streams.records import Arrived, Cell, Fact, Ordered, Work, Worked, identify
from streams.runtimes.embedded import Processor
from streams.states import StateFile
from streams.store import StoreUnavailable
from streams.store_memory import MemoryStore
from streams.uncountable import CountingFailed, Uncountable, countable, rows
from streams.visits import VisitTable
from tests.streams.histories import CELLS, CLOCK, GIVE_UP_MS, counted

NOW_MS = 1_790_000_000_000
BAD = identify("bad")


def arrivals(sequence: int, many: int) -> list[Fact]:
    return [Arrived(identify(sequence, number), NOW_MS - 60_000, CELLS["A"]) for number in range(many)]


def entry(sequence: int, facts: Sequence[Fact]) -> bytes:
    tally = Tally(received=len(facts) + 1, counted=len(facts), skipped=1, skip_reasons={"empty": 1})
    return encode(Batch("calls", sequence, NOW_MS, tally, list(facts), NOW_MS - 60_000))


def torn(payload: bytes, *places: int, cell: int = 1) -> bytes:
    """The entry with facts at these places that name a cell which is not there."""
    columns = decode_columns(payload)
    ref = columns.ref.copy()
    ref[list(places)] = cell
    return encode_columns(columns._replace(ref=ref))


def torn_people(payload: bytes, *places: int, cell: int = 9) -> bytes:
    """The entry with facts of people at these places whose home is not there."""
    columns = decode_columns(payload)
    worked = columns.further["worked"]
    home = worked.columns["home"].copy()
    home[list(places)] = cell
    worked = worked._replace(columns={**worked.columns, "home": home})
    return encode_columns(columns._replace(further={"worked": worked}))


def log_with(*payloads: bytes) -> MemoryPart:
    log = MemoryPart(threading.Condition())
    for payload in payloads:
        log.add(payload)
    return log


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Processor]:
    seconds = count(NOW_MS, 1_000)

    def processor(log: MemoryPart, store: MemoryStore | None = None, **more: Any) -> Processor:
        keep = more.pop("left_out", None) or keep_left_out(Settings(), tmp_path, 0)
        state = StateFile(tmp_path / "processor.state")
        return Processor(log, store or MemoryStore(), lambda: next(seconds), state, lambda _: CLOCK, left_out=keep)

    return processor


def offered(processor: Processor) -> int:
    return counted(processor.pipeline.engine)["day", "arrival"].get("offered", 0)


def told(processor: Processor) -> tuple[int, Tally]:
    tally = processor.pipeline.feeds["calls"].tally
    assert tally.balanced
    return offered(processor), tally


def test_the_record_is_found_kept_and_accounted_and_the_rest_is_counted(
    make: Callable[..., Processor], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = log_with(entry(1, arrivals(1, 5)))
    store = MemoryStore()
    running = make(log, store)
    running.start()
    running.step(0)
    for payload in (torn(entry(2, arrivals(2, 100)), 37, 38, 99), entry(3, arrivals(3, 5))):
        log.add(payload)
    with caplog.at_level(logging.ERROR):
        running.step(0)
        running.step(0)
    right = Tally(received=113, counted=107, dead=3, skipped=3, skip_reasons={"empty": 3})
    assert told(running) == (107, right)
    picture = store.picture()
    assert picture is not None
    assert picture.feeds[0].tally == right

    letters = dead_letters(Settings(), tmp_path).all("calls")
    assert [letter.position for letter in letters] == [37, 38, 99]
    assert letters[0].reason.startswith("cannot be counted: IndexError: ")
    assert decode_columns(letters[0].data).visit.tobytes() == identify(2, 37)
    told_of = [record.message for record in caplog.records if "dead letters" in record.message]
    assert len(told_of) == 1
    assert told_of[0].startswith(
        "3 records cannot be counted and became dead letters, the first in batch 2 of feed calls"
    )

    # Killed at any time, with a saved state before, behind or none at all: the same, and no letter twice.
    again = make(log)
    again.start()
    again.step(0)
    assert told(again) == (107, right)
    running.close()
    behind = make(log)
    behind.start()
    assert told(behind) == (107, right)
    assert dead_letters(Settings(), tmp_path).all("calls") == letters


def test_a_state_from_before_the_record_comes_to_the_same(make: Callable[..., Processor]) -> None:
    log = log_with(entry(1, arrivals(1, 5)))
    before = make(log)
    before.start()
    before.close()
    log.add(torn(entry(2, arrivals(2, 4)), 0))
    log.add(entry(3, arrivals(3, 5)))
    after = make(log)
    after.start()
    assert told(after)[0] == 13


def test_a_fault_of_the_program_over_one_visit_costs_that_visit_alone(
    make: Callable[..., Processor], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    merge = VisitTable.merge

    def failing(self: VisitTable, columns: Columns, slots: Any, cells: Any) -> None:
        merge(self, columns, slots, cells)
        if (columns.visit == np.frombuffer(BAD, "<u8")).all(axis=1).any():
            message = "a fault of the program"
            raise ZeroDivisionError(message)

    monkeypatch.setattr(VisitTable, "merge", failing)
    bad = Arrived(BAD, NOW_MS - 60_000, CELLS["B"])
    facts = arrivals(1, 30)
    running = make(log_with(entry(1, [*facts[:11], bad, *facts[11:]]), entry(2, arrivals(2, 3))))
    running.start()
    running.step(0)
    assert told(running) == (33, Tally(received=36, counted=33, dead=1, skipped=2, skip_reasons={"empty": 2}))
    (letter,) = dead_letters(Settings(), tmp_path).all("calls")
    assert decode(letter.data).facts == [bad]
    assert letter.reason == "cannot be counted: ZeroDivisionError: a fault of the program"


def test_many_bad_entries_do_not_begin_anew_for_each(make: Callable[..., Processor]) -> None:
    class Short(MemoryPart):
        """Gives one entry at a time, so that each bad one is met alone."""

        begun = 0

        def read(self, after: str, limit: int, wait_seconds: float = 0.0) -> Any:
            self.begun += not after
            return super().read(after, 1, wait_seconds)

    log = Short(threading.Condition())
    for number in range(1, 21):
        log.add(torn(entry(number, arrivals(number, 3)), number % 3))
    running = make(log)
    running.start()
    running.step(0)
    assert told(running)[0] == 40
    assert log.begun <= 8


def test_what_is_not_of_a_record_never_makes_a_dead_letter(
    make: Callable[..., Processor], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Refusing(MemoryStore):
        def replace(self, *told: Any) -> None:
            message = "the disk is full"
            raise StoreUnavailable(message)

    running = make(log_with(entry(1, arrivals(1, 5))), Refusing())
    running.start()
    for _ in range(6):
        running.step(0)

    def exhausted(*_: Any) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "apply", exhausted)
        for _ in range(6):
            with pytest.raises(MemoryError):
                make(log_with(entry(1, arrivals(1, 5)))).start()
    # What fails for every record is no record's fault: counting ends and says so, as ever.
    with monkeypatch.context() as patch:
        patch.setattr("streams.pipeline.together", exhausted_with(KeyError("gone")))
        with pytest.raises(CountingFailed):
            make(log_with(entry(1, arrivals(1, 5)))).start()
    assert dead_letters(Settings(), tmp_path).all() == []
    assert told(running)[1].dead == 0


def exhausted_with(error: Exception) -> Callable[..., None]:
    def fail(*_: Any) -> None:
        raise error

    return fail


def test_without_its_letter_nothing_is_published_or_saved(make: Callable[..., Processor], tmp_path: Path) -> None:
    kept: list[Uncountable] = []
    full = True

    def keep(left_out: Sequence[Uncountable]) -> None:
        if full:
            message = "no space left on device"
            raise OSError(28, message)
        kept.extend(left_out)

    store = MemoryStore()
    running = make(log_with(torn(entry(1, arrivals(1, 5)), 2)), store, left_out=keep)
    running.start()
    for _ in range(3):
        running.step(0)
    running.close()
    assert store.picture() is None
    assert not (tmp_path / "processor.state").exists()
    full = False
    running.step(0)
    running.close()
    assert [one.place for one in kept] == [2]
    assert store.picture() is not None
    assert (tmp_path / "processor.state").exists()


def test_the_past_and_the_history_leave_the_same_out() -> None:
    payloads = [torn(entry(1, arrivals(1, 9)), 4), entry(2, arrivals(2, 2))]
    log = log_with(*payloads)
    (pipeline,) = pipelines_at([log], NOW_MS, lambda _: CLOCK, GIVE_UP_MS)
    assert counted(pipeline.engine)["day", "arrival"]["offered"] == 10
    history = History(MemoryFiles())
    writer = HistoryWriter(history, 0, 1)
    writer.start()
    writer.take(log.read("", 10))
    assert writer.flush(NOW_MS) == log.last()
    (contents,) = history.partitions()
    assert sum(file.rows for file in contents.files.values()) == 10


@pytest.mark.parametrize("cell", [-1, 1, 2, 2**31 - 1])
def test_a_fact_never_counts_for_a_cell_of_another_entry(make: Callable[..., Processor], cell: int) -> None:
    other = [Arrived(identify("other"), NOW_MS - 60_000, CELLS["B"])]
    running = make(log_with(torn(entry(1, arrivals(1, 4)), 3, cell=cell), entry(2, other), entry(3, other)))
    running.start()
    running.step(0)
    assert told(running)[0] == 4
    assert running.pipeline.feeds["calls"].tally.dead == 1


def test_entries_whose_columns_do_not_fit_are_dead_as_a_whole() -> None:
    columns = decode_columns(entry(1, arrivals(1, 4)))
    cut = columns._replace(at_ms=columns.at_ms[:2])
    left, dead = countable(cut, encode_columns(cut))
    assert left.kind.size == 0
    assert (left.tally.counted, left.tally.dead, len(dead)) == (0, 4, 4)
    assert dead[0].data == encode_columns(cut)


def joined(number: int) -> Worked:
    home = Cell("", "P", family="agents")
    return Worked(identify("p", number), NOW_MS - 9_000, Work.JOINED, 1, identify("l", number), Cell("A"), home)


def logged_in(pipeline: Pipeline) -> int:
    return sum(one.now[-1] for one in pipeline.readings() if one.cell.family == "agents")


@pytest.mark.parametrize("cell", [-1, 3, 2**31 - 1])
def test_what_people_did_is_left_out_alike(make: Callable[..., Processor], tmp_path: Path, cell: int) -> None:
    facts: list[Fact] = [*arrivals(1, 4), *map(joined, range(5)), *arrivals(2, 3)]
    payload = torn_people(entry(1, facts), 1, 3, cell=cell)
    log = log_with(payload, entry(2, [joined(number) for number in range(5, 9)]))
    running = make(log)
    running.start()
    running.step(0)
    assert told(running) == (7, Tally(received=18, counted=14, dead=2, skipped=2, skip_reasons={"empty": 2}))
    assert logged_in(running.pipeline) == 7
    letters = dead_letters(Settings(), tmp_path).all("calls")
    # Behind the seven of visits.
    assert [letter.position for letter in letters] == [8, 10]
    (past,) = pipelines_at([log], NOW_MS, lambda _: CLOCK, GIVE_UP_MS)
    assert logged_in(past) == 7


def ordered(number: int) -> Ordered:
    return Ordered(identify("o", number), NOW_MS - 9_000, Cell("A", channel="", family="orders"), b"", 100, "EUR")


def torn_orders(payload: bytes, *places: int, cell: int) -> bytes:
    """The entry with orders at these places whose cell is not there."""
    columns = decode_columns(payload)
    orders = columns.further["ordered"]
    of_cell = orders.columns["cell"].copy()
    of_cell[list(places)] = cell
    orders = orders._replace(columns={**orders.columns, "cell": of_cell})
    return encode_columns(columns._replace(further={"ordered": orders}))


def revenue_minor(pipeline: Pipeline) -> int:
    readings = (one for one in pipeline.readings() if one.cell.family == "orders")
    return sum(sums(one, "day", "live")["order_revenue_eur_minor"] for one in readings)


@pytest.mark.parametrize("cell", [-1, 3, 2**31 - 1])
def test_orders_are_left_out_alike(make: Callable[..., Processor], tmp_path: Path, cell: int) -> None:
    facts: list[Fact] = [*arrivals(1, 4), *map(ordered, range(5)), *arrivals(2, 3)]
    log = log_with(torn_orders(entry(1, facts), 1, 3, cell=cell), entry(2, [ordered(number) for number in range(5, 9)]))
    running = make(log)
    running.start()
    running.step(0)
    assert told(running) == (7, Tally(received=18, counted=14, dead=2, skipped=2, skip_reasons={"empty": 2}))
    assert revenue_minor(running.pipeline) == 700
    assert [letter.position for letter in dead_letters(Settings(), tmp_path).all("calls")] == [8, 10]
    (past,) = pipelines_at([log], NOW_MS, lambda _: CLOCK, GIVE_UP_MS)
    assert revenue_minor(past) == 700


def test_a_record_alone_is_an_entry_that_can_be_read_again() -> None:
    facts: list[Fact] = [*arrivals(1, 2), joined(1), joined(2)]
    columns = decode_columns(entry(1, facts))
    for place, fact in enumerate(facts):
        assert decode(encode_columns(rows(columns, np.array([place])))).facts == [fact]
    split_columns = decode_columns(encode(split(Batch("calls", 1, NOW_MS, Tally(), facts), 2)[1]))
    everything = rows(split_columns, np.arange(split_columns.facts))
    assert decode(encode_columns(everything)) == decode(encode_columns(split_columns))
