"""The processor of one machine by itself: `python -m bench.recovery_process ADDRESS FOLDER`, until it is killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from streams.days import SiteClock
from streams.log_redis import RedisLog
from streams.redis_client import connect
from streams.runtimes.embedded import Processor
from streams.runtimes.saving import in_a_thread
from streams.states import StateFile
from streams.store_redis import RedisStore

STEP_SECONDS = 0.1


def main(address: str, folder: str) -> None:
    """Counts and publishes as the core of `up` does."""
    processor = Processor(
        RedisLog(connect(address)),
        RedisStore(connect(address)),
        lambda: time.time_ns() // 1_000_000,
        StateFile(Path(folder) / "state"),
        lambda _: SiteClock("Europe/Berlin", 0),
        beside=in_a_thread,
    )
    processor.start()
    while True:
        processor.step(STEP_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
