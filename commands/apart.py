"""`leitstand collect`, `process` and `web`: one part of Leitstand by itself, on this machine or on many.

The part runs in a process of its own that is started again when it ends by itself.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from commands import storing, wiring
from commands.failures import WorkFailed, WrongCall
from commands.up import only_one
from config.settings import Settings
from streams.runtimes.supervisor import Supervisor

LOOK_SECONDS = 0.1
_PARTS = {"collect": "collector", "process": "worker", "web": "web"}


def run(arguments: argparse.Namespace, settings: Settings, data: Path) -> None:
    """Runs the part until Ctrl-C or SIGTERM."""
    if not settings.storage.redis_url:
        message = (
            f"`leitstand {arguments.command}` meets the other parts in Redis: name it by REDIS_URL or "
            "storage.redis_url, or run all of it in one by `leitstand up`"
        )
        raise WrongCall(message)
    if (settings.web.tls_cert is None) != (settings.web.tls_key is None):
        message = "--tls-cert and --tls-key belong together: give both"
        raise WrongCall(message)
    if arguments.command == "collect" and not any(feed.enabled for feed in settings.feeds.values()):
        message = "there is no feed to collect: name a settings file with --config"
        raise WrongCall(message)
    storing.prepare(data)
    # Who collects answers `replay` and `dead retry` for this data folder, as `up` does.
    with only_one(data) if arguments.command == "collect" else nullcontext():
        _Running(arguments, settings, data).run()


class _Running:
    def __init__(self, arguments: argparse.Namespace, settings: Settings, data: Path) -> None:
        self._command: str = arguments.command
        self._worker: str = getattr(arguments, "worker", None) or os.uname().nodename
        self._settings = settings
        self._data = data
        self._stop = threading.Event()
        self._supervisor = Supervisor()

    def run(self) -> None:
        wiring.on_signals(self._stop.set)
        url = self._data / "web.url"
        if self._command == "web":
            url.unlink(missing_ok=True)
        try:
            part = self._supervisor.add(_PARTS[self._command], self._call())
            told = self._command != "web"
            while not self._stop.wait(LOOK_SECONDS):
                if not told:
                    if part.process is not None and (status := part.process.poll()) is not None:
                        message = f"the web process ended ({status}); what it said stands above"
                        raise WorkFailed(message)
                    if url.exists():
                        told = True
                        address = url.read_text()
                        self._keep_port(int(address.rpartition(":")[2]))
                        sys.stdout.write(f"Leitstand: {address}\n")
                        sys.stdout.flush()
                self._supervisor.look_after()
        finally:
            self._supervisor.stop()

    def _call(self) -> list[str]:
        name = _PARTS[self._command]
        place = self._place()
        wiring.hand_over(self._settings, place)
        call = [sys.executable, "-P", "-m", "commands.part", name, str(place), str(self._data), ""]
        return [*call, self._worker] if self._command == "process" else call

    def _place(self) -> Path:
        if self._command == "collect":
            return wiring.handed_over(self._data)
        suffix = f"-{self._worker}" if self._command == "process" else ""
        return self._data / f"{_PARTS[self._command]}{suffix}.checked"

    def _keep_port(self, port: int) -> None:
        """A web process that is started again takes the address that was told."""
        self._settings = replace(self._settings, web=replace(self._settings.web, port=port))
        wiring.hand_over(self._settings, self._place())
