"""Money through Kafka and two workers: to the cent as through the embedded Redis, and as the slow computation says."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from commands.log_parts import part_store, parts_known
from streams.redis_client import connect
from streams.redis_server import RedisServer
from streams.store_parts import PartedStore
from tests.commands.calling import Place
from tests.commands.running import wait_for
from tests.kafka.apart import apart
from tests.kafka.broker import Broker
from tests.kafka.killing import WORKERS
from tests.money.centre_files import FILES, came, right, two_days, write, yesterday

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("kafka")]


def test_euros_are_the_same_through_kafka(broker: Broker, redis_server: RedisServer, tmp_path: Path) -> None:
    now_ms = time.time_ns() // 1_000_000
    story = two_days(now_ms, seed=2)
    config, rows = write(story, tmp_path)
    text = config.read_text()
    config.write_text(f'{text}[storage]\nkafka_partitions = 3\nkafka_topic = "{tmp_path.name}"\n')
    embedded = Place(config, tmp_path / "embedded")
    for feed, file in FILES.items():
        done = embedded.call("replay", feed, tmp_path / file)
        assert done.returncode == 0, done.stderr
    with apart(config, tmp_path / "apart", broker.address, redis_server.socket_path) as parts:
        parts.start("collect")
        for worker in WORKERS:
            parts.start("process", "--worker", worker)

        clients = connect(redis_server.socket_path)
        store = PartedStore(lambda: [part_store(clients, number) for number in range(parts_known(clients))])

        def received() -> dict[str, int]:
            picture = store.picture()
            return {feed.feed: feed.tally.received for feed in picture.feeds} if picture else {}

        wait_for(lambda: received() == rows, f"{rows} rows\n{parts.said()}", 120.0)
        clients.close()
        live = parts.json("kpis", "--by", "hotline")
        at = ("--as-of", live["as_of"])
        assert parts.json("kpis", "--by", "hotline", *at) == live
        assert embedded.json("kpis", "--by", "hotline", *at) == live
        stretch = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ms / 1000)) for ms in yesterday(now_ms)]
        asked = ("kpis", "--by", "hotline", "--from", stretch[0], "--to", stretch[1], "--interval", "total")
        before = parts.json(*asked)
        assert embedded.json(*asked)["rows"] == before["rows"]
        assert came(before) == right(story, *yesterday(now_ms))
        assert [part.end() for part in parts.parts] == [0, 0, 0], parts.said()
