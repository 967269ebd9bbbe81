"""The log in Kafka: what only a real broker can get wrong."""

from __future__ import annotations

import gc
import logging
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.kafka_client import KafkaClient
from streams.log import START, LogUnavailable
from streams.log_kafka import KafkaLog
from tests.commands.running import wait_for
from tests.kafka.broker import Broker, require_broker, running_broker

pytestmark = [
    pytest.mark.server,
    pytest.mark.xdist_group("kafka"),
    # A connection that is given up while its broker stands still is closed by whoever collects it.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]

_APPENDS_FOR_EVER = """
import sys
from streams.kafka_client import KafkaClient
from streams.log_kafka import KafkaLog
log = KafkaLog(KafkaClient(sys.argv[1]), sys.argv[2])
number = int(log.bookmark("feed").get("number", b"0"))
while True:
    number += 1
    log.append([b"%d" % number] * 2, ("feed", {"number": b"%d" % number}))
    print(number, flush=True)
"""


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that these tests may stop; each leaves it running."""
    require_broker()
    with running_broker(tmp_path_factory.mktemp("kafka")) as running:
        yield running


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """What a test gave up is gone before the next one begins."""
    yield
    gc.collect()


@pytest.fixture
def logs(broker: Broker) -> Iterator[list[KafkaLog]]:
    """Two instances of one log of two parts."""
    topic = uuid.uuid4().hex
    made = [KafkaLog(KafkaClient(broker.address), topic, partitions=2) for _ in range(2)]
    yield made
    for log in made:
        log.close()
        log.client.close()


def numbers(log: KafkaLog) -> list[list[int]]:
    """What every part holds."""
    found: list[list[int]] = []
    for part in log.parts:
        position, entries = START, []
        while more := part.read(position, 1_000):
            entries += [int(entry.payload) for entry in more]
            position = more[-1].position
        found.append(entries)
    return found


def test_a_second_writer_of_a_feed_keeps_the_first_out(logs: list[KafkaLog]) -> None:
    first, second = logs
    assert first.bookmark("feed") == second.bookmark("feed") == {}
    with pytest.raises(LogUnavailable):
        first.append([b"1", b"1"], ("feed", {"number": b"1"}))
    with pytest.raises(LogUnavailable, match="read the bookmark"):
        first.append([b"1", b"1"], ("feed", {"number": b"1"}))
    second.append([b"2", b"2"], ("feed", {"number": b"2"}))
    second.append([b"3", b"3"], ("other", {"number": b"3"}))
    assert first.bookmark("feed") == {"number": b"2"}
    first.append([b"4", b"4"], ("feed", {"number": b"4"}))
    assert numbers(second) == [[2, 3, 4]] * 2


def test_a_log_keeps_the_parts_it_has(logs: list[KafkaLog]) -> None:
    first, _ = logs
    first.append([b"1", b"1"])
    wider = KafkaLog(first.client, first.topic, partitions=5)
    assert len(wider.parts) == 2
    with pytest.raises(ValueError):
        wider.append([b"1"] * 5)


def test_trimming_spares_what_is_still_needed(logs: list[KafkaLog]) -> None:
    log, _ = logs
    positions = [log.append([b"%d" % number] * 2)[0] for number in range(6)]
    part = log.parts[0]
    assert part.missing() is None
    part.trim(0, positions[3])
    assert part.missing() is None, "nothing is that old"
    part.trim(1 << 50, START)
    assert part.missing() is None, "everything is still needed"
    part.trim(1 << 50, positions[3])
    assert numbers(log) == [[3, 4, 5], [0, 1, 2, 3, 4, 5]]
    assert (part.first(), part.last()) == (positions[3], positions[5])
    assert part.holds(positions[3])
    assert not part.holds(positions[2])
    missing = part.missing()
    assert missing is not None
    assert missing[0] == 0
    assert missing[1] > 1_700_000_000_000


def test_retention_of_a_topic_that_is_there_is_taken_away_and_nothing_else(
    broker: Broker, logs: list[KafkaLog], caplog: pytest.LogCaptureFixture
) -> None:
    log, again = logs
    others = {"retention.ms": "3600000", "retention.bytes": "1000000", "segment.bytes": "1048576"}
    log.client.topic(log.topic, 2, others)
    log.client.topic(f"{log.topic}-bookmarks", 1, {"cleanup.policy": "delete"})
    assert settings_of(log, log.topic).items() >= others.items()
    with caplog.at_level(logging.WARNING):
        assert len(log.parts) == len(again.parts) == 2
    found = settings_of(log, log.topic)
    assert (found["retention.ms"], found["retention.bytes"], found["cleanup.policy"]) == ("-1", "-1", "delete")
    assert found["segment.bytes"] == "1048576"
    assert settings_of(log, f"{log.topic}-bookmarks")["cleanup.policy"] == "compact"
    said = [record.message for record in caplog.records]
    assert said == [
        f"topic {log.topic} had retention.bytes=1000000, retention.ms=3600000 "
        "and has retention.bytes=-1, retention.ms=-1 now",
        f"topic {log.topic}-bookmarks had cleanup.policy=delete and has cleanup.policy=compact now",
    ]


def settings_of(log: KafkaLog, topic: str) -> dict[str, str]:
    async def work() -> dict[str, str]:
        admin = AIOKafkaAdminClient(bootstrap_servers=log.client.brokers)
        await admin.start()
        try:
            (described,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        finally:
            await admin.close()
        return {name: value for name, value, *_ in described.resources[0][4]}

    return log.client.call("read the settings", work)


def test_a_killed_writer_goes_on_behind_its_last_entry(logs: list[KafkaLog], broker: Broker) -> None:
    """Killed inside an append or between two: what it was told is there, in both parts, each number once."""
    log, _ = logs
    assert len(log.parts) == 2
    said = 0
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", _APPENDS_FOR_EVER, broker.address, log.topic], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        for _ in range(20):
            said = int(writer.stdout.readline())
        writer.kill()
        rest = writer.communicate()[0].split()
        said = int(rest[-1]) if rest else said
    bookmark = int(log.bookmark("feed")["number"])
    assert said <= bookmark <= said + 1
    assert numbers(log) == [list(range(1, bookmark + 1))] * 2


@pytest.mark.parametrize("looks", [True, False], ids=["reads the bookmark", "only repeats"])
def test_a_broker_that_stands_still_gets_each_entry_once(own_broker: Broker, looks: bool) -> None:
    client = KafkaClient(own_broker.address, call_seconds=2.0)
    log = KafkaLog(client, uuid.uuid4().hex, partitions=2)
    log.append([b"1", b"1"], ("feed", {"number": b"1"}))
    own_broker.stand_still()
    with pytest.raises(LogUnavailable, match="no answer"):
        log.append([b"2", b"2"], ("feed", {"number": b"2"}))
    with pytest.raises(LogUnavailable):
        log.bookmark("feed") if looks else log.append([b"2", b"2"], ("feed", {"number": b"2"}))
    own_broker.go_on()

    def known() -> bool:
        try:
            return bool(log.bookmark("feed"))
        except LogUnavailable:
            return False

    wait_for(known, "the broker to answer again")
    if log.bookmark("feed") == {"number": b"1"}:
        log.append([b"2", b"2"], ("feed", {"number": b"2"}))
    log.append([b"3", b"3"], ("feed", {"number": b"3"}))
    assert numbers(log) == [[1, 2, 3]] * 2
    log.close()
    client.close()


def test_a_killed_broker_loses_nothing_acknowledged_and_doubles_nothing(own_broker: Broker) -> None:
    client = KafkaClient(own_broker.address, call_seconds=4.0)
    log = KafkaLog(client, "killed", partitions=2)
    number = acknowledged = 0
    for at in (30, 60):
        killer = threading.Timer(0.01, own_broker.kill)
        while True:
            number += 1
            try:
                log.append([b"%d" % number] * 2, ("feed", {"number": b"%d" % number}))
            except LogUnavailable:
                break
            acknowledged = number
            if number == at:
                killer.start()
        killer.join()
        with pytest.raises(LogUnavailable):
            log.parts[0].read(START, 1)
        own_broker.start()

        def again() -> bool:
            try:
                log.bookmark("feed")
            except LogUnavailable:
                return False
            return True

        wait_for(again, "the broker to answer again", 60.0)
        number = int(log.bookmark("feed")["number"])
        assert acknowledged <= number <= acknowledged + 1
    assert numbers(log) == [list(range(1, number + 1))] * 2
    log.close()
    client.close()


def test_no_broker_is_unavailable_for_every_call() -> None:
    client = KafkaClient("127.0.0.1:9", call_seconds=2.0)
    log = KafkaLog(client, "nobody")
    for call in (lambda: log.parts, lambda: log.append([b"x"]), lambda: log.bookmark("feed")):
        with pytest.raises(LogUnavailable, match=r"127\.0\.0\.1:9"):
            call()
    client.close()
