"""One worker: in the group, counting what it owns, ending itself when it stops advancing."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from streams.log_kafka import KafkaLog
from streams.log_kafka_part import KafkaPart
from streams.runtimes.embedded import Processor
from streams.runtimes.kafka.assignment import follow, turns_topic
from streams.runtimes.kafka.turns import Turns
from streams.runtimes.kafka.watchdog import Watchdog

LOOK_SECONDS = 2.0
STUCK_STATUS = 70
_logger = logging.getLogger(__name__)


def run_worker(
    log: KafkaLog, worker: str, make: Callable[[KafkaPart], AbstractContextManager[Processor]], stop: threading.Event
) -> None:
    """Counts the parts that the group gives to this worker until `stop`, then saves and leaves.

    `make` gives the processor of a part, for as long as this worker owns it. Raises `LogUnavailable` when there is no
    log to begin with. A part that stopped advancing ends the whole process with `STUCK_STATUS`: whoever looks after it
    starts it anew.
    """
    count = len(log.parts)
    log.client.topic(turns_topic(log.topic), count, {})

    @contextmanager
    def processor(number: int) -> Iterator[Processor]:
        part = KafkaPart(log.client, log.topic, number)
        try:
            with make(part) as made:
                yield made
        finally:
            part.close()

    turns = Turns(processor)
    watching = threading.Thread(target=_watch, args=(log, turns, stop), name="watchdog", daemon=True)
    watching.start()
    try:
        asyncio.run(_follow(log, worker, turns, stop))
    finally:
        stop.set()
        turns.end()
        watching.join()


async def _follow(log: KafkaLog, worker: str, turns: Turns, stop: threading.Event) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait() -> None:
        stop.wait()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait, name="stop", daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="leitstand-") as scratch:
        await follow(log.client.brokers, log.topic, worker, turns.own, ended, scratch)


def _watch(log: KafkaLog, turns: Turns, stop: threading.Event) -> None:
    watchdog = Watchdog(lambda part: log.parts[part], time.monotonic)
    while not stop.wait(LOOK_SECONDS):
        positions = {
            part: turn.processor.position for part, turn in turns.running().items() if turn.processor is not None
        }
        stuck = watchdog.stuck(positions)
        if stuck:
            _logger.critical("part %s stopped advancing although entries wait: this worker ends", stuck[0])
            os._exit(STUCK_STATUS)
