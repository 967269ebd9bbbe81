"""A Redis without memory: what is there can be read, what comes is refused."""

from __future__ import annotations

import pytest

from streams.redis_client import RedisClients
from streams.store import StoreUnavailable
from streams.store_redis import RedisStore
from tests.streams.pictures import reading, report

pytestmark = pytest.mark.server


def test_the_picture_of_a_full_redis_is_read_on(clients: RedisClients) -> None:
    store = RedisStore(clients)
    fence = store.acquire()
    store.replace(fence, 1000, "1-0", [reading("A", 2)], [report("calls", 7)])
    clients.write.config_set("maxmemory", "1")
    with pytest.raises(StoreUnavailable, match="maxmemory"):
        store.publish(fence, 2000, "2-0", [reading("A", 3)], [])
    picture = store.picture()
    assert picture is not None
    assert (picture.as_of_ms, picture.feeds[0].tally.received) == (1000, 7)
    assert store.changes(picture.id, 0.0) == []
