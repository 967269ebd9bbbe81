"""JSON lines through a plain Faust worker: a hopping table, 30 minutes every minute, one count per hotline.

The worker as Faust's own documentation writes it: an agent, a table in memory, a changelog message for every window
that a record touches. The lines are produced beforehand, which is not measured; measured is the processor time from
the first record to the last. `python -m bench.beside.faust_worker FILE BROKER` prints a JSON document.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import faust  # type: ignore[import-untyped,unused-ignore]
from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped,unused-ignore]
from aiokafka.admin import AIOKafkaAdminClient, NewTopic  # type: ignore[import-untyped,unused-ignore]

_TOPIC = "faust-lines"


async def produce(broker: str, lines: list[bytes]) -> None:
    """One message for each line, at the time of its record."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    await admin.create_topics([NewTopic(_TOPIC, 1, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=broker)
    await producer.start()
    for line in lines:
        record = json.loads(line)
        await producer.send(_TOPIC, line, key=record["hotline"].encode(), timestamp_ms=record["at_ms"])
    await producer.stop()


def main(file: Path, broker: str) -> None:
    """Produces the lines, then counts them and ends the process."""
    lines = file.read_bytes().splitlines()
    asyncio.run(produce(broker, lines))
    app = faust.App(
        "bench",
        broker=f"kafka://{broker}",
        store="memory://",
        web_enabled=False,
        topic_partitions=1,
        datadir=file.parent,
    )
    topic = app.topic(_TOPIC, value_serializer="raw", partitions=1)
    table: Any = app.Table("counts", default=int, partitions=1).hopping(1800.0, 60.0)

    @app.agent(topic)  # type: ignore[untyped-decorator,unused-ignore]
    async def count(stream: Any) -> None:
        seen, began = 0, 0.0
        async for line in stream:
            seen += 1
            if seen == 1:
                began = time.process_time()
            table[json.loads(line)["hotline"]] += 1
            if seen == len(lines):
                seconds = time.process_time() - began
                total = sum(table.table.data.values())
                print(json.dumps({"records": seen, "seconds": seconds, "counted": total}), flush=True)
                os._exit(0)

    faust.Worker(app, loglevel="error", quiet=True, redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
