"""What feeds say while the log takes nothing from them. It cannot stand in the log, so it stands beside the picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import redis

from streams.redis_client import RedisClients, reason
from streams.store import StoreUnavailable

LASTS_MS = 30_000
_KEY = "live:pauses"


class Pause(msgspec.Struct, frozen=True, array_like=True):
    """A feed cannot write since; said again and again, last at `at_ms`. `state`: full (the log is) or error."""

    state: str
    message: str
    at_ms: int


_decoder = msgspec.msgpack.Decoder(Pause)


class Pauses:
    """The pauses of all feeds in Redis, which has room for them while the log has none. Raises `StoreUnavailable`."""

    def __init__(self, clients: RedisClients) -> None:
        self._clients = clients

    def tell(self, feed: str, pause: Pause) -> None:
        """Says it, in the place of what this feed said before."""
        with self._faults("say that a feed pauses"):
            self._clients.write.hset(_KEY, feed, msgspec.msgpack.encode(pause))

    def end(self, feed: str) -> None:
        """The feed goes on."""
        with self._faults("say that a feed goes on"):
            self._clients.write.hdel(_KEY, feed)

    def known(self, now_ms: int) -> dict[str, Pause]:
        """The pauses by feed. One that was not said again for `LASTS_MS` is of a collector that is gone."""
        with self._faults("read the pauses of feeds"):
            said = self._clients.read.hgetall(_KEY)
        pauses = {feed.decode(): _decoder.decode(pause) for feed, pause in said.items()}
        return {feed: pause for feed, pause in pauses.items() if now_ms - pause.at_ms <= LASTS_MS}

    @contextmanager
    def _faults(self, doing: str) -> Iterator[None]:
        try:
            yield
        except redis.RedisError as error:
            message = f"could not {doing} at {self._clients.address}: {reason(error)}"
            raise StoreUnavailable(message) from error
