"""The known faults of Faust and of workers in general, each shown not to reach a count."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from pyarrow import fs

from streams.batch import Batch, Tally
from streams.codec import encode
from streams.days import SiteClock
from streams.engine import Engine
from streams.kafka_client import KafkaClient
from streams.log_kafka import KafkaLog
from streams.log_kafka_part import KafkaPart
from streams.partition import split
from streams.reading import sums
from streams.records import Arrived, Cell, Ended, Fact, Outcome, identify
from streams.redis_client import RedisClients
from streams.runtimes.embedded import Processor
from streams.runtimes.kafka.assignment import turns_topic
from streams.runtimes.kafka.worker import run_worker
from streams.states_shared import SharedStates
from streams.store_parts import PartedStore
from streams.store_redis import RedisStore
from tests.commands.running import wait_for
from tests.kafka.broker import Broker

pytestmark = [
    pytest.mark.server,
    pytest.mark.xdist_group("kafka"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),
]
PARTS = 3
CALLS = 12


class Centre:
    """A log of three parts with a feed, a worker when wanted, and what the live picture says."""

    def __init__(self, broker: Broker, clients: RedisClients, folder: Path) -> None:
        self.log = KafkaLog(KafkaClient(broker.address), uuid.uuid4().hex, PARTS)
        self._clients = clients
        self._folder = folder
        self._sequence = 0
        self.stores = [RedisStore(clients, name=f"live:{part}") for part in range(PARTS)]

    def append(self) -> None:
        """One batch of calls, some for each part; every call is two lines."""
        self._sequence += 1
        now_ms = time.time_ns() // 1_000_000
        facts: list[Fact] = []
        for number in range(CALLS):
            cell = Cell(f"hotline {number}")
            visit = identify(self._sequence, number)
            facts.append(Arrived(visit, now_ms - 5_000, cell))
            facts.append(Ended(visit, now_ms - 1_000, Outcome.ANSWERED, hotline=cell.hotline))
        tally = Tally(received=2 * CALLS, counted=2 * CALLS)
        whole = Batch("acd", self._sequence, now_ms, tally, facts, now_ms)
        payloads = [encode(batch) for batch in split(whole, PARTS)]
        self.log.append(payloads, ("acd", {"sequence": b"%d" % self._sequence}))

    def counted(self) -> tuple[int, int]:
        """Calls and lines of the live picture."""
        picture = PartedStore(lambda: self.stores).picture()
        if picture is None:
            return 0, 0
        calls = sum(sums(reading, "30m", "arrival")["answered_in_time"] for reading in picture.readings)
        return calls, sum(report.tally.received for report in picture.feeds)

    def wait_for_all(self) -> None:
        """Returns when every call that was appended is counted; nothing may be counted twice."""
        right = CALLS * self._sequence, 2 * CALLS * self._sequence
        wait_for(lambda: self.counted() >= right, f"{right}, are {self.counted()}", 60.0)
        assert self.counted() == right

    @contextmanager
    def worker(self) -> Iterator[None]:
        """A worker while this is open."""
        stop = threading.Event()
        failed: list[BaseException] = []

        @contextmanager
        def make(part: KafkaPart) -> Iterator[Processor]:
            yield Processor(
                part,
                RedisStore(self._clients, name=f"live:{part.number}"),
                lambda: time.time_ns() // 1_000_000,
                SharedStates(fs.LocalFileSystem(), str(self._folder), part.number),
                lambda _: SiteClock("Europe/Berlin", 0),
            )

        def run() -> None:
            try:
                run_worker(self.log, "one", make, stop)
            except BaseException as error:
                failed.append(error)

        thread = threading.Thread(target=run, name="worker")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(60.0)
        assert not failed, failed

    def close(self) -> None:
        self.log.close()
        self.log.client.close()


@pytest.fixture
def centre(broker: Broker, clients: RedisClients, tmp_path: Path) -> Iterator[Centre]:
    made = Centre(broker, clients, tmp_path / "states")
    yield made
    made.close()


async def commit_everything(broker: str, group: str, topics: list[str]) -> None:
    """The group says it has processed all that is there, and more: a commit past whatever is in flight."""
    consumer = AIOKafkaConsumer(bootstrap_servers=broker, group_id=group, enable_auto_commit=False)
    await consumer.start()
    places = [TopicPartition(topic, part) for topic in topics for part in range(PARTS)]
    consumer.assign(places)
    ends = await consumer.end_offsets(places)
    await consumer.commit({place: end + 1_000 for place, end in ends.items()})
    await consumer.stop()


def test_offsets_committed_past_what_was_counted_skip_nothing(centre: Centre, broker: Broker) -> None:
    """Faust issue 606: after a crash the group's offset can lie behind messages that were never processed."""
    for _ in range(3):
        centre.append()
    assert len(centre.log.parts) == PARTS
    centre.log.client.topic(turns_topic(centre.log.topic), PARTS, {})
    topics = [centre.log.topic, turns_topic(centre.log.topic)]
    with ThreadPoolExecutor(1) as beside:  # an open browser holds this thread's own event loop
        beside.submit(asyncio.run, commit_everything(broker.address, centre.log.topic, topics)).result()
    with centre.worker():
        centre.wait_for_all()
        centre.append()
        centre.wait_for_all()


def test_an_exception_while_counting_skips_nothing(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faust issues 189, 527: the message that an agent raised on is acknowledged and never seen again."""
    stumbled: list[int] = []
    apply: Callable[..., Any] = Engine.apply

    def stumbling(engine: Engine, columns: Any) -> Any:
        if columns.sequence >= 2 and len(stumbled) < 4:
            stumbled.append(columns.sequence)
            message = "planted: counting what begins with the second batch fails at first"
            raise RuntimeError(message)
        return apply(engine, columns)

    monkeypatch.setattr(Engine, "apply", stumbling)
    with centre.worker():
        for _ in range(4):
            centre.append()
        centre.wait_for_all()
    assert len(stumbled) == 4


def test_an_entry_that_cannot_be_read_costs_its_neighbours_nothing(centre: Centre) -> None:
    centre.append()
    centre.log.append([b"no batch of any version"] * PARTS)
    centre.append()
    with centre.worker():
        centre.wait_for_all()
        centre.log.append([b"nor this"] * PARTS)
        centre.append()
        centre.wait_for_all()


def test_a_worker_goes_on_from_its_saved_state(centre: Centre, tmp_path: Path) -> None:
    with centre.worker():
        centre.append()
        centre.wait_for_all()
    kept = sorted(path.name for path in (tmp_path / "states").iterdir())
    assert kept == [f"{part}-1" for part in range(PARTS)]
    centre.append()
    with centre.worker():
        centre.wait_for_all()
    kept = sorted(path.name for path in (tmp_path / "states").iterdir())
    assert kept == [f"{part}-2" for part in range(PARTS)]


def test_an_owner_that_was_replaced_takes_its_part_again_while_it_is_its_own(centre: Centre) -> None:
    with centre.worker():
        centre.append()
        centre.wait_for_all()
        for store in centre.stores:
            store.acquire()
        centre.append()
        centre.wait_for_all()
