"""The process of `leitstand collect` that brings the feeds into the log."""

from __future__ import annotations

import threading
from pathlib import Path

from commands import storing, wiring
from commands.collecting import collect
from config.settings import Settings
from streams.pauses import Pauses
from streams.runtimes.supervisor import end_with_parent


def run(settings: Settings, data: Path, address: str) -> None:
    """Collects until the parent ends."""
    stop = threading.Event()
    end_with_parent(stop.set)
    wiring.on_signals(stop.set)
    storage = storing.storage_at(settings, address, live=True, collecting=True)
    try:
        collect(settings, data, storage.log, stop, Pauses(storage.clients))
    finally:
        storage.close()
