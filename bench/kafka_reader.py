"""One reader of `bench.kafka` in a process of its own: says "ready", waits for a line, reads, prints when it did so."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
import uuid
from pathlib import Path

from bench.traffic import START_MS
from streams.days import SiteClock
from streams.kafka_client import KafkaClient
from streams.log import START
from streams.log_kafka_part import KafkaPart
from streams.redis_client import connect
from streams.runtimes.embedded import Processor
from streams.states import StateFile
from streams.store_redis import RedisStore


def ours(broker: str, topic: str, part: int, count: int, redis: str) -> tuple[float, float]:
    """The whole processor over one partition, from its beginning."""
    client = KafkaClient(broker)
    began_ms = time.time_ns() // 1_000_000
    entries = KafkaPart(client, topic, part)
    processor = Processor(
        entries,
        RedisStore(connect(Path(redis)), name=f"bench:{uuid.uuid4()}"),
        # The clock runs on from the hour of the records, so that they all lie in the windows.
        lambda: START_MS + 3_600_000 + time.time_ns() // 1_000_000 - began_ms,
        StateFile(Path(redis).parent / f"{uuid.uuid4()}"),
        lambda _: SiteClock("Europe/Berlin", 0),
    )
    # Everybody's time begins with the first message: connecting is over then.
    assert entries.first() is not None
    _ready()
    began = time.time()
    # Not `start`, which would read to the end without a tick or a publish.
    processor._fence = processor._store.acquire()
    while processor.position == START or int(processor.position) < count - 1:
        processor.step(1.0)
    processor._publish(processor._now_ms())
    return began, time.time()


def faust(broker: str, topic_name: str, count: int, *, table: bool) -> tuple[float, float]:
    """A Faust worker whose agent counts messages, or keeps one hopping table of them by hotline."""
    import faust as library

    logging.disable(logging.WARNING)
    seen = [0, 0.0, 0.0]

    async def run() -> None:
        app = library.App(
            f"bench-{uuid.uuid4()}",
            broker=f"kafka://{broker}",
            store="memory://",
            key_serializer="raw",
            value_serializer="raw",
            web_enabled=False,
            topic_disable_leader=True,
            consumer_auto_offset_reset="earliest",
        )
        topic = app.topic(topic_name, value_type=bytes)
        windowed = app.Table("answered", default=int, partitions=1).hopping(1_800.0, 60.0) if table else None
        done = asyncio.Event()

        @app.agent(topic, concurrency=1)
        async def count_all(stream):  # type: ignore[no-untyped-def]
            async for value in stream:
                if seen[0] == 0:
                    seen[1] = time.time()
                seen[0] += 1
                if windowed is not None:
                    windowed[value[-40:-36]] += 1
                if seen[0] == count:
                    seen[2] = time.time()
                    done.set()

        app.finalize()
        _ready()
        await app.start()
        await done.wait()
        await app.stop()

    asyncio.run(run())
    return seen[1], seen[2]


def _ready() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def main() -> None:
    """contender broker topic partition messages redis"""
    contender, broker, topic, part, count, redis = sys.argv[1:]
    if contender == "ours":
        began, ended = ours(broker, topic, int(part), int(count), redis)
    else:
        began, ended = faust(broker, topic, int(count), table=contender == "faust_table")
    print(json.dumps({"began": began, "ended": ended}), flush=True)
    sys.stdout.flush()
    # Faust's threads take their time to end; everything that was to be said is said.
    import os

    os._exit(0)


if __name__ == "__main__":
    main()
