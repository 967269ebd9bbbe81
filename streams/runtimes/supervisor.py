"""Keeps child processes running: starts them, restarts what dies, ends them all, and leaves no orphan behind.

A child is a program of its own that dies with its parent: the kernel ends it (Linux) and, everywhere, the pipe on its
standard input closes, which `tie_to_parent` and `end_with_parent` look at.
"""

from __future__ import annotations

import ctypes
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_PR_SET_PDEATHSIG = 1
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0
_STABLE_SECONDS = 30.0
_END_SECONDS = 8.0
_logger = logging.getLogger(__name__)


def tie_to_parent() -> None:
    """Called by a child before anything that takes time: Linux then sends it SIGTERM when its parent is gone.

    Exits where the parent is gone already, which the kernel tells nobody about.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    look = select.poll()
    look.register(sys.stdin.fileno(), select.POLLIN)
    if any(event & select.POLLHUP for _, event in look.poll(0)):
        message = "the program that wanted this one has ended"
        raise SystemExit(message)


def end_with_parent(end: Callable[[], None]) -> None:
    """Called by a child that can end cleanly: `end` runs when the parent is gone, on every system."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        end()

    threading.Thread(target=watch, name="parent", daemon=True).start()


@dataclass
class Child:
    """One child: its name in logs, how it is started, and how that went so far."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    pause_seconds: float = field(default=_FIRST_PAUSE_SECONDS)

    def start(self) -> None:
        """Starts the process with a pipe on its standard input that closes when this program ends."""
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, start_new_session=True)
        self.started_at = time.monotonic()


class Supervisor:
    """A few children, in the order in which they were added."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def add(self, name: str, command: Sequence[str]) -> Child:
        """Starts one more child."""
        child = Child(name, command)
        child.start()
        self.children.append(child)
        return child

    def look_after(self) -> None:
        """Restarts children that ended, after a pause that doubles while they keep ending soon."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.restart_at:
                    child.start()
            elif (status := child.process.poll()) is not None:
                if now - child.started_at > _STABLE_SECONDS:
                    child.pause_seconds = _FIRST_PAUSE_SECONDS
                _logger.error("%s ended (%s), starting it again in %.1f s", child.name, status, child.pause_seconds)
                child.process = None
                child.restart_at = now + child.pause_seconds
                child.pause_seconds = min(child.pause_seconds * 2, _LONGEST_PAUSE_SECONDS)

    def restart(self, name: str) -> None:
        """Ends the child cleanly; `look_after` then starts it anew at once."""
        for child in self.children:
            if child.name == name and child.process is not None:
                _end([child])
                child.process, child.restart_at = None, 0.0

    def stop(self) -> None:
        """Ends all children, the newest first, cleanly if they let themselves."""
        _end(list(reversed(self.children)))
        self.children.clear()


def _end(children: Sequence[Child]) -> None:
    running = [child.process for child in children if child.process is not None and child.process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + _END_SECONDS
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
