"""The process of `up --demo` that plays the contact centre and writes what its systems would write."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

from collectors import demo_centre
from commands import wiring
from config.settings import Settings
from streams.runtimes.supervisor import end_with_parent

SEED = 4711
LOG_NAME = "queue_log"


def log_path(data: Path) -> Path:
    """Where the simulated centre writes."""
    return data / "demo" / LOG_NAME


def run(settings: Settings, data: Path, address: str) -> None:
    """Writes until the parent ends."""
    del settings, address
    stop = threading.Event()
    end_with_parent(stop.set)
    wiring.on_signals(stop.set)
    path = log_path(data)
    centre = demo_centre.centre_for(path, SEED, wiring.wall_clock_ms())
    with closing(demo_centre.Beside(path, centre)) as beside:
        demo_centre.run(path, SEED, wiring.wall_clock_ms, stop, centre, beside)
