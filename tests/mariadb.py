"""A real MariaDB in a folder of its own, reached through its socket only; it can be killed and started again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pymysql

DATABASE = "asterisk"
STARTING_SECONDS = 60.0


class MariaDb:
    """One server. As root it runs as user mysql, because MariaDB refuses to run as root."""

    def __init__(self) -> None:
        # Short and outside of pytest's folders: a socket's path has 107 characters at most, and mysql must reach it.
        self.folder = Path(tempfile.mkdtemp(prefix="mdb"))
        self.socket = self.folder / "s"
        self._data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            mysql = pwd.getpwnam("mysql")
            os.chown(self.folder, mysql.pw_uid, mysql.pw_gid)
            self._as_user = ["--user=mysql"]
        self._run(
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={self._data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            *self._as_user,
        )

    @staticmethod
    def _run(*command: str) -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        server = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        assert server is not None, "mariadb-server is missing: call `make servers`"
        command = [
            server,
            "--no-defaults",
            f"--datadir={self._data}",
            f"--socket={self.socket}",
            f"--pid-file={self.folder / 'pid'}",
            f"--log-error={self.folder / 'log'}",
            "--skip-networking",
            "--innodb-buffer-pool-size=64M",
            "--innodb-flush-log-at-trx-commit=2",
            *self._as_user,
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + STARTING_SECONDS
        while True:
            try:
                # The driver would leave a socket open that cannot be connected.
                with socket.socket(socket.AF_UNIX) as trial:
                    trial.connect(str(self.socket))
                self.connect(database=None).close()
            except (OSError, pymysql.MySQLError):
                assert self._process.poll() is None, (self.folder / "log").read_text("utf-8", "replace")[-2_000:]
                assert time.monotonic() < deadline, "MariaDB does not answer"
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """Ends the server as a power cut of its process would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """Ends the server and takes its folder away."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self, database: str | None = DATABASE, **options: Any) -> Any:
        """A connection as root, autocommit."""
        return pymysql.connect(unix_socket=str(self.socket), user="root", database=database, autocommit=True, **options)

    def execute(self, statement: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[tuple[Any, ...]]:
        """Runs one statement and returns its rows."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())

    def execute_as_admin(self, statement: str) -> None:
        """Runs one statement that belongs to no database."""
        with self.connect(database=None) as connection, connection.cursor() as cursor:
            cursor.execute(statement)

    def fresh(self, *statements: str) -> None:
        """An empty database, made by these statements."""
        with self.connect(database=None) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            cursor.execute(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")
            cursor.execute(f"USE {DATABASE}")
            for statement in statements:
                cursor.execute(statement)
