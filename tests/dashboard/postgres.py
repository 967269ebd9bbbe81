"""A real PostgreSQL for tests: a cluster of its own in a short folder, reached by a unix socket, no port."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

_LONGEST_SECONDS = 30.0
_LOOK_SECONDS = 0.02
_SUPERUSER = "postgres"


def binaries() -> Path:
    """The folder of Debian's newest PostgreSQL, which does not put it on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    assert found, "PostgreSQL is not installed: `make servers`"
    return found[-1].parent


class Postgres:
    """One server. PostgreSQL refuses to run as root, so root starts it as the user `postgres`."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._folder = folder
        self._account = "postgres" if os.getuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        if self._account is not None:
            owner = pwd.getpwnam(self._account)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        words = ["--no-sync", "--auth=trust", f"--username={_SUPERUSER}", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(
            [binaries() / "initdb", *words, self._data], check=True, capture_output=True, cwd=folder, user=self._account
        )

    def start(self) -> None:
        """Returns when it answers."""
        assert self._process is None
        with (self._folder / "log").open("ab") as log:
            quick = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=50"]
            self._process = subprocess.Popen(
                [binaries() / "postgres", "-D", self._data, "-k", self._folder, *quick],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                user=self._account,
            )
        deadline = time.monotonic() + _LONGEST_SECONDS
        while True:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                said = (self._folder / "log").read_text
                assert self._process.poll() is None, said()
                assert time.monotonic() < deadline, said()
                time.sleep(_LOOK_SECONDS)
            else:
                return

    def start_where_it_is_not(self) -> None:
        """Makes sure that it runs, after a test that ended half-way."""
        if self._process is None:
            self.start()

    def kill(self) -> None:
        """Ends it as a crash does: nothing is flushed, every connection breaks."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_LONGEST_SECONDS)
            self._process = None

    def new_database(self) -> str:
        """The URL of a fresh, empty database."""
        name = f"test_{next(self._numbers)}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://{_SUPERUSER}@/{name}?host={self._folder}"

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self._folder), user=_SUPERUSER, dbname="postgres", autocommit=True)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server that runs while this is open."""
    # Not below pytest's own folder, into which the user `postgres` may not look.
    folder = Path(tempfile.mkdtemp(prefix="leitstand-pg-"))
    server = None
    try:
        server = Postgres(folder)
        server.start()
        yield server
    finally:
        if server is not None:
            server.kill()
        shutil.rmtree(folder)
