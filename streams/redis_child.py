"""The Redis process itself: started so that it ends with its parent, watched, its file flushed every second."""

from __future__ import annotations

import logging
import os
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

_SYNC_SECONDS = 1.0
_logger = logging.getLogger(__name__)

# Runs between fork and exec: Linux then ends the server together with the thread that started it. As a program of its
# own because Python code in a forked child of a program with threads can hang.
_TIED_TO_PARENT = (
    "import ctypes, os, sys\n"
    f"ctypes.CDLL(None).prctl(1, {int(signal.SIGTERM)}, 0, 0, 0)\n"
    "if os.getppid() != int(sys.argv[1]): sys.exit('the program that wanted this server has ended')\n"
    "os.execv(sys.argv[2], sys.argv[2:])\n"
)

_Spawned = queue.SimpleQueue[subprocess.Popen[bytes] | OSError]


def spawn(
    command: list[str], log: IO[bytes], lock: int, folder: Path
) -> tuple[subprocess.Popen[bytes], threading.Thread]:
    """Starts the server in `folder`, its output appended to `log`, the open lock file handed down to it.

    Also returns the thread that watches it and ends with it. Raises `OSError`.
    """
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-S", "-c", _TIED_TO_PARENT, str(os.getpid()), *command]
    spawned: _Spawned = queue.SimpleQueue()
    # A thread of its own starts the child: Linux ties the child to the *thread* that started it, and the caller's may
    # end long before the program does.
    keeper = threading.Thread(
        target=_keep, args=(command, log, lock, folder, spawned), name="redis-server", daemon=True
    )
    keeper.start()
    child = spawned.get()
    if isinstance(child, OSError):
        raise child
    return child, keeper


def _keep(
    command: list[str],
    log: IO[bytes],
    lock: int,
    folder: Path,
    spawned: _Spawned,
) -> None:
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            pass_fds=(lock,),
            start_new_session=True,  # Ctrl-C in the terminal is the parent's business: it stops the server last
        )
    except OSError as refusal:
        spawned.put(refusal)
        return
    spawned.put(child)
    reaches_disk = True
    while True:
        try:
            child.wait(_SYNC_SECONDS)
        except subprocess.TimeoutExpired:
            error = _sync(folder)
            if error is not None and reaches_disk:
                _logger.error("Redis' data does not reach the disk, a power failure may lose more: %s", error)
            elif error is None and not reaches_disk:
                _logger.info("Redis' data reaches the disk again")
            reaches_disk = error is None
        else:
            return


def _sync(folder: Path) -> OSError | None:
    """Brings what Redis wrote from the system's memory to the disk: a power failure loses at most the last second."""
    try:
        for path in folder.rglob("*.aof"):
            with suppress(FileNotFoundError), path.open("rb", buffering=0) as file:
                os.fdatasync(file.fileno())
    except OSError as error:
        return error
    return None
