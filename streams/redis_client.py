"""The two ways of talking to Redis: writing without any retry, reading with a few.

redis-py repeats a command by itself after a fault. Read twice is harmless; written twice is an entry too many, so the
writing client never repeats: whoever calls it decides, knowing what was written (a bookmark, an absolute value).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import redis
from redis.backoff import ExponentialWithJitterBackoff, NoBackoff
from redis.retry import Retry

WRITE_TIMEOUT_SECONDS = 2.0
READ_TIMEOUT_SECONDS = 5.0
LONGEST_BLOCK_SECONDS = 2.0
"""A blocking read asks for at most this long and asks again: the socket must never time out before the server does."""

READ_RETRIES = 3


@dataclass(frozen=True)
class RedisClients:
    """Both clients of one server. They may be shared by threads; `address` is for messages and holds no password.

    Typed as Any: redis-py declares every reply as "bytes or text, now or awaited", which no call here can use.
    """

    address: str
    write: Any
    read: Any

    def close(self) -> None:
        """Closes every connection; the next call opens new ones."""
        self.write.close()
        self.read.close()


def connect(
    address: str | Path, write_timeout_seconds: float = WRITE_TIMEOUT_SECONDS, read_retries: int = READ_RETRIES
) -> RedisClients:
    """The clients for a unix socket (a path) or a URL (redis://, rediss://, unix://). Connects at the first call.

    `read_retries`: 0 for whoever has to notice every connection that breaks off, because the server may have come back
    with less than it had.
    """
    write = _client(
        address,
        socket_timeout=write_timeout_seconds,
        socket_connect_timeout=write_timeout_seconds,
        retry=Retry(NoBackoff(), 0),
    )
    # No health checks: Redis answers PING with an error while its disk is full, and reading must go on then.
    read = _client(
        address,
        socket_timeout=READ_TIMEOUT_SECONDS,
        socket_connect_timeout=WRITE_TIMEOUT_SECONDS,
        # Only what broke off is asked again: a server that hangs would make each of four tries wait to the end.
        retry=Retry(ExponentialWithJitterBackoff(base=0.01, cap=0.5), read_retries, (redis.ConnectionError,)),
    )
    return RedisClients(_without_password(address), write, read)


def _client(address: str | Path, **options: Any) -> redis.Redis:
    url = address if isinstance(address, str) and "://" in address else f"unix://{quote(str(Path(address).absolute()))}"
    # The older protocol needs no greeting: a new connection costs no round trip, on every server version.
    return redis.Redis.from_url(url, protocol=2, driver_info=None, **options)


def _without_password(address: str | Path) -> str:
    if isinstance(address, Path) or "://" not in address:
        return str(address)
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def text(value: bytes | str | None) -> str:
    """A reply as text; no reply is the empty text."""
    return value.decode() if isinstance(value, bytes) else value or ""


def reason(error: redis.RedisError) -> str:
    """What the server or the connection said, without the command (and its payload) that redis-py puts in front."""
    return str(error).rpartition("caused error: ")[2]


def is_full(error: redis.RedisError) -> bool:
    """True when the server refused a write for want of memory or disk: it changed nothing."""
    return isinstance(error, redis.exceptions.OutOfMemoryError) or any(
        word in str(error) for word in ("OOM command not allowed", "MISCONF")
    )


def memory_share(info: Mapping[str, Any]) -> float:
    """How much of its memory limit a server uses, from INFO memory: 0 to 1, 0 where no limit is set."""
    limit = int(info["maxmemory"])
    return int(info["used_memory"]) / limit if limit else 0.0
