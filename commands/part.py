"""One part in a process of its own: `python -m commands.part NAME SETTINGS DATA ADDRESS [WORKER]`.

ADDRESS is that of Redis; empty: the one of the settings.

The settings come from the parent as they were checked, so that a file edited into a fault cannot stop a restart.
"""

from __future__ import annotations

import importlib
import logging
import pickle
import sys
from pathlib import Path

from streams.runtimes.supervisor import tie_to_parent

_PARTS = ("core", "recorder", "web", "centre", "collector", "worker")


def main() -> None:
    """Runs the part that the command line names."""
    name, settings_file, data, address, *more = sys.argv[1:]
    if name not in _PARTS:
        message = f"there is no part {name!r}: one of {', '.join(_PARTS)}"
        raise SystemExit(message)
    tie_to_parent()
    if name == "web":
        # Before the rest is imported: what has taken a lock or a socket class already stays unpatched.
        from gevent import monkey  # noqa: PLC0415

        monkey.patch_all()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    # Written by our own parent into a folder that only its user can write to.
    settings = pickle.loads(Path(settings_file).read_bytes())  # noqa: S301
    # An address that may hold a password comes with the settings: everybody can read a command line.
    address = address or settings.storage.redis_url.reveal()
    importlib.import_module(f"commands.{name}").run(settings, Path(data), address, *more)


if __name__ == "__main__":
    main()
