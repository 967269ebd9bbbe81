"""The process of `leitstand process` that counts: its share of the log in Kafka, or the one log in Redis."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from commands import money, wiring
from commands.log_parts import in_kafka, kafka_log, part_store, states_of, tell_parts
from config.settings import Settings
from streams.log import LogPart
from streams.log_kafka_part import KafkaPart
from streams.log_redis import RedisLog
from streams.redis_client import connect
from streams.runtimes.embedded import LogShrank, Processor
from streams.runtimes.saving import in_a_thread
from streams.runtimes.supervisor import end_with_parent
from streams.store import Fenced, Store
from streams.store_redis import RedisStore

STEP_SECONDS = 0.1
_logger = logging.getLogger("worker")


def run(settings: Settings, data: Path, address: str, worker: str) -> None:
    """Counts until the parent ends. A failure ends the process so that it is started anew."""
    stop = threading.Event()
    end_with_parent(stop.set)
    wiring.on_signals(stop.set)
    if in_kafka(settings):
        _count_share(settings, data, address, worker, stop)
    else:
        _count_all(settings, data, address, stop)


def processor_of(
    settings: Settings, data: Path, part: LogPart, number: int, store: Store, trim: Callable[[int, str], object]
) -> Processor:
    """The processor of one part. `trim(before_ms, position)` deletes what is older, nothing behind the position."""
    return Processor(
        part,
        store,
        wiring.wall_clock_ms,
        states_of(settings, data, number),
        wiring.clock_of(settings),
        settings.limits.give_up_ms,
        lambda now_ms, position: trim(now_ms - settings.storage.log_hours * 3_600_000, position),
        in_a_thread,
        billing=money.bills_calls(settings),
    )


def _count_share(settings: Settings, data: Path, address: str, worker: str, stop: threading.Event) -> None:
    from streams.runtimes.kafka.worker import run_worker  # noqa: PLC0415 -- Faust is slow to import

    log, clients = kafka_log(settings), connect(address)

    def make(part: KafkaPart) -> Processor:
        # One writer for each picture: a store notes what it has written.
        return processor_of(settings, data, part, part.number, part_store(connect(address), part.number), part.trim)

    try:
        wiring.patiently(lambda: tell_parts(clients, len(log.parts)), stop)
        if not stop.is_set():
            run_worker(log, worker, make, stop)
    finally:
        log.close()
        log.client.close()
        clients.close()


def _count_all(settings: Settings, data: Path, address: str, stop: threading.Event) -> None:
    log = RedisLog(connect(address))
    processor = processor_of(settings, data, log, 0, RedisStore(connect(address)), log.trim)
    wiring.patiently(processor.start, stop)
    if stop.is_set():
        return  # half started: saving now would put less in the place of more
    try:
        while not stop.is_set():
            processor.step(STEP_SECONDS)
    except Fenced:
        _logger.error("another processor took over: this one ends")
        raise SystemExit(1) from None
    except LogShrank as error:
        _logger.error("%s: starting again from the log", error)
        raise SystemExit(1) from None
    processor.close()
