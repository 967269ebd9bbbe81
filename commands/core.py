"""The process of `up` that collects and counts: feeds into the log, the log into the picture."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from commands import money, wiring
from commands.collecting import collect, keep_left_out
from commands.log_parts import STATE_FILE
from commands.trimming import trim_behind_the_history
from config.settings import Settings
from streams.log import LogWentBack
from streams.log_redis import RedisLog
from streams.pauses import Pauses
from streams.redis_client import connect
from streams.runtimes.embedded import LogShrank, Processor
from streams.runtimes.saving import in_a_thread
from streams.runtimes.supervisor import end_with_parent
from streams.states import StateFile
from streams.store import Fenced
from streams.store_redis import RedisStore

STEP_SECONDS = 0.1
_logger = logging.getLogger("core")


def run(settings: Settings, data: Path, address: str) -> None:
    """Runs until the parent ends or one half fails; a failure ends the process so that it is started anew."""
    stop = threading.Event()
    end_with_parent(stop.set)
    wiring.on_signals(stop.set)
    log = RedisLog(connect(address))
    store = RedisStore(connect(address))
    processor = Processor(
        RedisLog(connect(address, read_retries=0)),
        store,
        wiring.wall_clock_ms,
        StateFile(data / STATE_FILE),
        wiring.clock_of(settings),
        settings.limits.give_up_ms,
        trim_behind_the_history(settings, data, 0, log.trim),
        in_a_thread,
        keep_left_out(settings, data, 0),
        Pauses(connect(address)).known,
        billing=money.bills_calls(settings),
    )
    went_back = threading.Event()
    collector = threading.Thread(
        target=_collect, args=(settings, data, log, stop, went_back, Pauses(connect(address))), name="collecting"
    )
    wiring.patiently(processor.start, stop)
    if stop.is_set():
        return  # half started: saving now would put less in the place of more
    collector.start()
    try:
        while not stop.is_set():
            processor.step(STEP_SECONDS)
    except Fenced:
        _logger.error("another processor took over: this one ends")
        return
    except LogShrank as error:
        _logger.error("%s: starting again from the log", error)
        return
    finally:
        stop.set()
        collector.join()
    if not went_back.is_set():  # else the state may hold what the log does not, and what will be read again
        processor.close()


def _collect(
    settings: Settings, data: Path, log: RedisLog, stop: threading.Event, went_back: threading.Event, pauses: Pauses
) -> None:
    try:
        collect(settings, data, log, stop, pauses)
    except LogWentBack as error:
        _logger.error("%s: starting again from the log", error)
        went_back.set()
    finally:
        # Collecting must never be dead while counting goes on and looks alive.
        stop.set()
