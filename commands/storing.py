"""The data folder and what it stands on: its marks and locks, the log and the live pictures."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from commands import data_format, log_parts
from commands.failures import WorkFailed
from config.settings import Settings
from streams.log import EventLog
from streams.log_redis import RedisLog
from streams.redis_binary import RedisNotStarted
from streams.redis_client import RedisClients, connect
from streams.redis_server import RedisServer, is_silent, running_socket
from streams.store_parts import PartedStore
from streams.store_redis import RedisStore

STARTING_SECONDS = 15.0
_SILENT_LOOKS = 2


@dataclass(frozen=True)
class Storage:
    """The log and the live pictures.

    `live`: processors may be running that keep the picture up to date. `collecting`: a process on this data folder
    collects, and alone writes to the log.
    """

    log: EventLog
    store: PartedStore
    clients: RedisClients
    live: bool
    collecting: bool
    close_log: Callable[[], None]

    def close(self) -> None:
        """Gives every connection back."""
        self.close_log()
        self.clients.close()


def prepare(data: Path) -> None:
    """Makes the data folder, marked with our format. Raises `WorkFailed`."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        data_format.note(data)
    except OSError as error:
        message = f"data folder {data}: {error.strerror}: name another one with --data"
        raise WorkFailed(message) from error


def storage_at(
    settings: Settings, address: str | Path, *, live: bool, collecting: bool = False, keeps: bool = False
) -> Storage:
    """The log and the live pictures at a Redis that runs already, the log in Kafka where the settings say so."""
    clients = connect(address)
    if log_parts.in_kafka(settings):
        log = log_parts.kafka_log(settings)

        def close_log() -> None:
            log.close()
            log.client.close()

        store = PartedStore(
            lambda: [log_parts.part_store(clients, part) for part in range(log_parts.parts_known(clients))]
        )
        return Storage(log, store, clients, live, collecting, close_log)
    store = PartedStore(lambda: [RedisStore(clients)])
    return Storage(RedisLog(clients, keeps=keeps), store, clients, live, collecting, lambda: None)


@contextmanager
def storage(settings: Settings, data: Path, *, keeps: bool = False) -> Iterator[Storage]:
    """The log and store of this data folder: of the running Redis, else of one that runs while this is open."""
    prepare(data)
    if settings.storage.redis_url:
        apart = storage_at(
            settings, settings.storage.redis_url.reveal(), live=True, collecting=is_up(data), keeps=keeps
        )
        yield apart
        apart.close()
        return
    running = _running(data)
    if running is not None:
        yield storage_at(settings, running, live=is_up(data), collecting=is_up(data), keeps=keeps)
        return
    try:
        with RedisServer(data, memory_mb=settings.storage.log_memory_mb) as server:
            opened = storage_at(settings, server.socket_path, live=False, keeps=keeps)
            yield opened
            opened.close()
    except RedisNotStarted as error:
        raise WorkFailed(str(error)) from error


def _running(data: Path) -> Path | None:
    """The socket of the Redis that runs; the one of an `up` is waited for, because nobody else may start it then."""
    deadline = time.monotonic() + STARTING_SECONDS
    silent = 0
    while (running := running_socket(data)) is None and is_up(data):
        # One that hangs is not one that starts: whoever asks shall not wait as long for it.
        silent = silent + 1 if is_silent(data) else 0
        if silent == _SILENT_LOOKS:
            message = f"the Redis of {data} hangs: it takes calls and does not answer, see {data / 'redis.log'}"
            raise WorkFailed(message)
        if time.monotonic() > deadline:
            message = f"`leitstand up` runs on {data}, but its Redis does not answer: see {data / 'redis.log'}"
            raise WorkFailed(message)
        time.sleep(0.05)
    return running


def is_up(data: Path) -> bool:
    """True while a `leitstand up` or `leitstand collect` runs on this data folder."""
    try:
        with (data / "up.lock").open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    except FileNotFoundError:
        pass
    return False
