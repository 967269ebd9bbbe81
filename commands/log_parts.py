"""The parts of a log in Kafka: each has a live picture of its own in Redis and a saved state that any worker reaches.

The names here are what workers, web processes and commands on many machines agree on.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import redis

from commands.failures import WrongCall
from config.settings import Settings
from config.shown import Secret
from streams.redis_client import RedisClients, reason
from streams.states import StateFile, States
from streams.store import StoreUnavailable
from streams.store_redis import RedisStore

if TYPE_CHECKING:
    from pyarrow import fs

    from streams.log_kafka import KafkaLog

HISTORY_FOLDER = "history"
STATE_FILE = "processor.state"
_PARTS = "live:parts"


def in_kafka(settings: Settings) -> bool:
    """True when the log is kept in Kafka. Without a Redis for all, the live pictures could not meet."""
    return bool(settings.storage.kafka_brokers and settings.storage.redis_url)


def states_of(settings: Settings, data: Path, part: int) -> States:
    """Where the processor of a part keeps its state."""
    if not in_kafka(settings):
        return StateFile(data / STATE_FILE)
    from streams.states_shared import SharedStates  # noqa: PLC0415 -- pyarrow is slow to import

    filesystem, folder = shared_folder(settings, data)
    return SharedStates(filesystem, f"{folder.rstrip('/')}/state", part)


def kafka_log(settings: Settings) -> KafkaLog:
    """The log in Kafka, as the settings name it."""
    from streams.kafka_client import KafkaClient  # noqa: PLC0415 -- slow to import, and only some have a Kafka
    from streams.log_kafka import KafkaLog  # noqa: PLC0415

    storage = settings.storage
    return KafkaLog(KafkaClient(storage.kafka_brokers), storage.kafka_topic, storage.kafka_partitions)


def part_store(clients: RedisClients, part: int) -> RedisStore:
    """The live picture of one part of a log in Kafka."""
    return RedisStore(clients, name=f"live:{part}")


def tell_parts(clients: RedisClients, count: int) -> None:
    """Says how many parts the live picture has, for readers that do not know the log."""
    clients.write.set(_PARTS, count)


def parts_known(clients: RedisClients) -> int:
    """What `tell_parts` said; 0 before. Raises `StoreUnavailable`."""
    try:
        return int(clients.read.get(_PARTS) or 0)
    except redis.RedisError as error:
        message = f"could not read the number of parts at {clients.address}: {reason(error)}"
        raise StoreUnavailable(message) from error


def history_place(settings: Settings, data: Path) -> str | Path:
    """Where the history lies: what the settings say, else a folder of the data folder."""
    place = settings.storage.history_url or data / HISTORY_FOLDER
    return place.reveal() if isinstance(place, Secret) else place


def shared_folder(settings: Settings, data: Path) -> tuple[fs.FileSystem, str]:
    """Where workers on many machines meet: beside the history."""
    from pyarrow import fs  # noqa: PLC0415 -- slow to import

    place = history_place(settings, data)
    try:
        filesystem, folder = fs.FileSystem.from_uri(str(place.absolute()) if isinstance(place, Path) else place)
    except (OSError, ValueError) as error:
        message = f"HISTORY_URL {str(place)!r} cannot be used: {error}: write an absolute path or a URL such as s3://…"
        raise WrongCall(message) from error
    return filesystem, folder
