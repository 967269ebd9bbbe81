"""A real Kafka broker: started, stopped, killed and made to stand still. Its programs come from `broker.sh fetch`."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("broker.sh")
_STARTING_SECONDS = 60.0


class Broker:
    """One broker. `start` may follow `stop` or `kill`: it keeps its folder and its port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """What belongs into KAFKA_BROKERS."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process id of the running broker."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Returns when it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "out.log").open("ab") as out:
            self._process = subprocess.Popen(
                ["sh", SCRIPT, "run", self.folder, str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        deadline = time.monotonic() + _STARTING_SECONDS
        while not self._answers():
            said = (self.folder / "out.log").read_text(errors="replace")[-2000:]
            assert self._process.poll() is None, f"the broker ended:\n{said}"
            assert time.monotonic() < deadline, f"the broker does not answer:\n{said}"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1.0).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """Ends it cleanly."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """`kill -9`."""
        self._end(signal.SIGKILL)

    def stand_still(self) -> None:
        """SIGSTOP: connections stay open, nothing is answered."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(20.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def require_broker() -> None:
    """Skips the test where Java or Maven is missing; in CI that is a failure."""
    missing = [name for name in ("java", "mvn") if shutil.which(name) is None]
    if not missing:
        return
    message = f"{' and '.join(missing)} not installed (Debian: apt install default-jre-headless maven)"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def running_broker(folder: Path) -> Iterator[Broker]:
    """A broker while this is open."""
    subprocess.run(["sh", SCRIPT, "fetch"], check=True)
    broker = Broker(folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()
