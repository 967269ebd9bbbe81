"""Money through Kafka and two workers: to the cent as through the embedded Redis, and as the slow computation says."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from streams.redis_server import RedisServer
from tests.commands.calling import Place
from tests.commands.running import StartUp, start_up, wait_for
from tests.kafka.apart import apart
from tests.kafka.broker import Broker
from tests.kafka.killing import WORKERS
from tests.money.centre_files import came, right, two_days, write, yesterday

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("kafka")]
__all__ = ["start_up"]


def test_euros_are_the_same_through_kafka(
    broker: Broker, redis_server: RedisServer, start_up: StartUp, tmp_path: Path
) -> None:
    now_ms = time.time_ns() // 1_000_000
    story = two_days(now_ms, seed=2)
    config, rows = write(story, tmp_path)
    text = config.read_text()
    config.write_text(f'{text}[storage]\nkafka_partitions = 3\nkafka_topic = "{tmp_path.name}"\n')
    with apart(config, tmp_path / "apart", broker.address, redis_server.socket_path) as parts:
        for worker in WORKERS:
            parts.start("process", "--worker", worker)
        parts.start("collect")
        embedded = Place(config, tmp_path / "embedded")
        up = start_up(embedded).ready()
        wait_for(lambda: {feed: one.tally.received for feed, one in up.reports().items()} == rows, f"{rows} rows")

        def received() -> dict[str, int]:
            return {feed["feed"]: feed["received"] for feed in parts.json("feeds")["feeds"]}

        wait_for(lambda: received() == rows, f"{rows} rows\n{parts.said()}")
        live = parts.json("kpis", "--by", "hotline")
        asked = ("kpis", "--by", "hotline", "--as-of", live["as_of"])
        assert parts.json(*asked) == live
        assert embedded.json(*asked) == live
        stretch = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ms / 1000)) for ms in yesterday(now_ms)]
        asked = ("kpis", "--by", "hotline", "--from", stretch[0], "--to", stretch[1], "--interval", "total")
        before = parts.json(*asked)
        assert embedded.json(*asked)["rows"] == before["rows"]
        assert came(before) == right(story, *yesterday(now_ms))
        assert [part.end() for part in parts.parts] == [0, 0, 0], parts.said()
