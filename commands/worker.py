"""The process of `leitstand process` that counts: its share of the log in Kafka, or the one log in Redis."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from commands import money, wiring
from commands.collecting import keep_left_out
from commands.log_parts import in_kafka, kafka_log, part_store, states_of, tell_parts
from commands.recorder import record
from commands.trimming import trim_behind_the_history
from config.settings import Settings
from streams.log import LogPart
from streams.log_kafka_part import KafkaPart
from streams.log_redis import RedisLog
from streams.pauses import Pauses
from streams.redis_client import RedisClients, connect
from streams.runtimes.embedded import LogShrank, Processor
from streams.runtimes.saving import in_a_thread
from streams.runtimes.supervisor import end_with_parent
from streams.store import Fenced
from streams.store_redis import RedisStore

STEP_SECONDS = 0.1
RECORD_AGAIN_SECONDS = 2.0
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
    settings: Settings,
    data: Path,
    part: LogPart,
    number: int,
    clients: RedisClients,
    trim: Callable[[int, str], object],
) -> Processor:
    """The processor of one part; `clients` are its own, of the Redis with its picture.

    `trim(before_ms, position)` deletes what is older, nothing behind the position.
    """
    return Processor(
        part,
        part_store(clients, number) if in_kafka(settings) else RedisStore(clients),
        wiring.wall_clock_ms,
        states_of(settings, data, number),
        wiring.clock_of(settings),
        settings.limits.give_up_ms,
        trim_behind_the_history(settings, data, number, trim),
        in_a_thread,
        keep_left_out(settings, data, number),
        Pauses(clients).known,
        billing=money.bills_calls(settings),
    )


def _count_share(settings: Settings, data: Path, address: str, worker: str, stop: threading.Event) -> None:
    from streams.runtimes.kafka.worker import run_worker  # noqa: PLC0415 -- Faust is slow to import

    log, clients = kafka_log(settings), connect(address)

    @contextmanager
    def make(part: KafkaPart) -> Iterator[Processor]:
        # One writer for each picture: a store notes what it has written. One reader for each reading thread.
        pictures, again = connect(address), KafkaPart(log.client, log.topic, part.number)
        try:
            with _recorded(settings, data, again, part.number):
                yield processor_of(settings, data, part, part.number, pictures, part.trim)
        finally:
            again.close()
            pictures.close()

    try:
        wiring.patiently(lambda: tell_parts(clients, len(log.parts)), stop)
        if not stop.is_set():
            run_worker(log, worker, make, stop)
    finally:
        log.close()
        log.client.close()
        clients.close()


@contextmanager
def _recorded(settings: Settings, data: Path, part: LogPart, number: int) -> Iterator[None]:
    """While this is open the history of the part is written, beside the counting."""
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            try:
                record(settings, data, part, number, stop)
            except Exception:
                # Every try begins behind the last commit.
                _logger.exception("writing the history of part %s broke off, going on from its last commit", number)
                stop.wait(RECORD_AGAIN_SECONDS)

    thread = threading.Thread(target=run, name=f"history {number}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _count_all(settings: Settings, data: Path, address: str, stop: threading.Event) -> None:
    log = RedisLog(connect(address))
    processor = processor_of(settings, data, log, 0, connect(address), log.trim)
    wiring.patiently(processor.start, stop)
    if stop.is_set():
        return  # half started: saving now would put less in the place of more
    try:
        with _recorded(settings, data, RedisLog(connect(address)), 0):
            while not stop.is_set():
                processor.step(STEP_SECONDS)
    except Fenced:
        _logger.error("another processor took over: this one ends")
        raise SystemExit(1) from None
    except LogShrank as error:
        _logger.error("%s: starting again from the log", error)
        raise SystemExit(1) from None
    processor.close()
