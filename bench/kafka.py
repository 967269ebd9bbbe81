"""`python -m bench.kafka`: through one broker, one record a message for everybody: ours beside Faust.

Every row reads the same topic from its beginning in a process of its own. Ours is the whole processor: read, decode,
count every counter of every window, publish to Redis. Faust does nothing, or keeps one hopping table.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from aiokafka import AIOKafkaProducer

from bench.report import Report
from bench.traffic import START_MS, Rows, cells, minutes, payload
from streams.kafka_client import KafkaClient
from streams.records import Cell
from streams.redis_server import RedisServer
from tests.kafka.broker import running_broker

HOTLINES = 200
PER_SECOND = 50
PER_BATCH = 500
TABLE_RECORDS = 1_000
_LEAST_OF_BARE, _LEAST_OF_TABLE, _LEAST_OF_TWO = 0.8, 40.0, 1.6


async def fill(broker: str, topics: dict[str, tuple[list[bytes], int]]) -> None:
    """Writes the payloads of each topic, dealt out over its partitions."""
    producer = AIOKafkaProducer(bootstrap_servers=broker, linger_ms=20, max_batch_size=262_144)
    await producer.start()
    for topic, (payloads, partitions) in topics.items():
        sent = [await producer.send(topic, one, partition=number % partitions) for number, one in enumerate(payloads)]
        await asyncio.gather(*sent)
    await producer.stop()


def dealt(rows: Rows, places: list[Cell], per_message: int, parts: int) -> list[bytes]:
    """The rows as messages to be dealt out over so many parts: each part's are numbered without a gap, as in life."""
    starts = range(0, len(rows), per_message)
    return [payload(rows[at : at + per_message], places, number // parts + 1) for number, at in enumerate(starts)]


def measured(contender: str, broker: str, topic: str, parts: Sequence[tuple[int, int]], redis: Path) -> float:
    """Messages a second over all parts, each (partition, messages) in a process of its own, all at once."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.kafka_reader", contender, broker, topic, str(part), str(count), str(redis)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for part, count in parts
    ]
    spans = []
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        out, _ = process.communicate()
        spans.append(json.loads(out))
    began, ended = min(span["began"] for span in spans), max(span["ended"] for span in spans)
    return float(sum(count for _, count in parts) / (ended - began))


def main() -> int:
    """Prints the table; 1 when something fell short."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=60_000)
    count = arguments.parse_args().records
    places = cells(HOTLINES)
    rows = np.concatenate(list(minutes(HOTLINES, PER_SECOND, 2 * count // PER_SECOND + 600)))[:count]
    single, batched = dealt(rows, places, 1, 1), dealt(rows, places, PER_BATCH, 1)
    report = Report(
        f"Through one broker: {count:,} records of {HOTLINES} hotlines, one a message unless said otherwise",
        "reader",
        "records/s",
        "to a bare Faust stream",
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        running_broker(Path(folder) / "kafka") as broker,
        RedisServer(Path(folder) / "redis", memory_mb=256) as redis,
    ):
        client = KafkaClient(broker.address)
        topics = {
            "one": (single, 1),
            "two": (dealt(rows, places, 1, 2), 2),
            "batched": (batched, 1),
            "few": (single[:TABLE_RECORDS], 1),
        }
        for topic, (_, partitions) in topics.items():
            client.topic(topic, partitions, {})
        asyncio.run(fill(broker.address, topics))
        client.close()

        def rate(contender: str, topic: str, parts: Sequence[tuple[int, int]]) -> float:
            return measured(contender, broker.address, topic, parts, redis.socket_path)

        bare = rate("faust", "one", [(0, count)])
        table = rate("faust_table", "few", [(0, TABLE_RECORDS)])
        ours = rate("ours", "one", [(0, count)])
        two = rate("ours", "two", [(0, count // 2), (1, count // 2)])
        entries = rate("ours", "batched", [(0, len(batched))]) * PER_BATCH
    report.row("Faust, a stream that does nothing", f"{bare:,.0f}", "1.0 x")
    report.row(
        f"Faust, one hopping table 30 min/60 s ({TABLE_RECORDS:,} records)", f"{table:,.0f}", f"{table / bare:.3f} x"
    )
    report.judge("ours, every counter", f"{ours:,.0f}", f"{ours / bare:.2f} x", holds=ours >= _LEAST_OF_BARE * bare)
    report.judge(
        f"  beside Faust's hopping table: {ours / table:,.0f} x, promised {_LEAST_OF_TABLE:g} x",
        "",
        "",
        holds=ours >= _LEAST_OF_TABLE * table,
    )
    report.judge(
        f"ours, two workers on two partitions: {two / ours:.2f} x one, promised {_LEAST_OF_TWO:g} x where cores allow",
        f"{two:,.0f}",
        f"{two / bare:.2f} x",
        holds=two >= _LEAST_OF_TWO * ours,
    )
    report.row(f"ours, {PER_BATCH} records a message", f"{entries:,.0f}", f"{entries / bare:.1f} x")
    report.note("Broker, Redis and readers share the cores of this machine; the broker works for every row alike.")
    report.note(
        f"The records begin {time.strftime('%Y-%m-%d %H:%M', time.gmtime(START_MS / 1000))} UTC, {PER_SECOND}/s."
    )
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
