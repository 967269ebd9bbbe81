"""The store in Redis: what only a real server can get wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from redis.client import Pipeline

from streams.redis_client import RedisClients, connect
from streams.redis_server import RedisServer
from streams.store import Fenced, StoreUnavailable
from streams.store_redis import RedisStore
from tests.streams.pictures import cells, latest, numbers, reading, report, waiting

pytestmark = pytest.mark.server


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
from tests.streams.pictures import reading, report
store = RedisStore(connect(Path(sys.argv[1])))
fence = store.acquire()
for number in range(1, 1_000_000):
    store.publish(fence, number, str(number), [reading(f"h{i}", number) for i in range(40)], [report("f", number)])
    print(number, flush=True)
"""


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


def test_a_picture_of_another_version_is_unavailable_not_a_crash(clients: RedisClients) -> None:
    store = RedisStore(clients)
    store.publish(store.acquire(), 1, "1", [reading("a", 1)], [])
    clients.write.hset("live:cells", "other", b"\x91\x01")
    with pytest.raises(StoreUnavailable, match="another version"):
        store.picture()


def test_five_thousand_cells_are_written_and_read(clients: RedisClients) -> None:
    store = RedisStore(clients)
    fence = store.acquire()
    everything = [reading(f"hotline {number}", number) for number in range(5000)]
    store.replace(fence, 1000, "1", everything, [])
    assert len(cells(store)) == 5000
