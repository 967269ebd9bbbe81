"""A web process for tests: `python -m tests.dashboard.served FOLDER PORT [CERT KEY]`; FOLDER/url is its address."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from gevent import monkey

monkey.patch_all()

# ruff: noqa: E402 - what is imported before the patching would keep its unpatched sockets
from flask import Flask

from dashboard import server
from tests.dashboard.centre import NOW_MS, Centre, cells, reading


def create(folder: Path) -> Flask:
    """The made-up centre, in which a second passes every 50 ms."""
    centre = Centre(folder, with_desk=False)
    if not centre.users.users_exist():
        centre.account("chefin")
    centre.publish_all()
    stop = threading.Event()

    def live() -> None:
        while not stop.wait(0.05):
            passed = (centre.clock.now_ms - NOW_MS) // 1000
            centre.tick(1, [reading(cells()[0], 40, passed % 40)])

    threading.Thread(target=live, daemon=True).start()
    return centre.app


def main() -> None:
    """Serves until told to stop."""
    folder, port, *tls = sys.argv[1:]
    cert, key = (Path(tls[0]), Path(tls[1])) if tls else (None, None)

    def ready(url: str) -> None:
        partial = Path(folder) / "url.part"
        partial.write_text(f"{url} {os.getpid()}")
        partial.replace(Path(folder) / "url")

    server.serve(lambda: create(Path(folder)), "127.0.0.1", int(port), cert, key, ready)


if __name__ == "__main__":
    main()
