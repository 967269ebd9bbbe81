"""`leitstand collect`, `process` and `web` as processes of their own on one Kafka and one Redis."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from tests.commands.calling import Place

LONGEST_SECONDS = 30.0


class Part:
    """One running command and everything that it started."""

    def __init__(self, place: Place, environment: dict[str, str], *words: str) -> None:
        self.words = words
        place.data.mkdir(parents=True, exist_ok=True)
        name = f"{'-'.join(words)}-{time.monotonic_ns()}"
        self._out, self._err = place.data / f"{name}.out", place.data / f"{name}.err"
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                place.command(*words), stdout=out, stderr=err, env=os.environ | environment, start_new_session=True
            )

    @property
    def output(self) -> str:
        return self._out.read_text()

    @property
    def errors(self) -> str:
        return self._err.read_text()

    def child(self) -> psutil.Process | None:
        """The process that does the work; None while there is none."""
        with suppress(psutil.NoSuchProcess):
            for process in psutil.Process(self.process.pid).children():
                if process.status() != psutil.STATUS_ZOMBIE:
                    return process
        return None

    def kill_child(self) -> None:
        """`kill -9` of the process that does the work; the command starts another."""
        child = self.child()
        if child is not None:
            with suppress(psutil.NoSuchProcess):
                child.kill()

    def kill(self) -> None:
        """`kill -9` of all of it: it never returns."""
        child = self.child()
        self.process.kill()
        self.process.wait()
        if child is not None:
            with suppress(psutil.NoSuchProcess):
                child.kill()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ends it by a signal; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(LONGEST_SECONDS)


class Apart:
    """Parts of one installation: the same settings, Kafka and Redis; a data folder for each machine."""

    def __init__(self, config: Path, folder: Path, kafka: str, redis: Path, topic: str) -> None:
        self.place = Place(config, folder)
        self.environment = {
            "KAFKA_BROKERS": kafka,
            "REDIS_URL": f"unix://{redis}",
            "HISTORY_URL": str(folder / "shared"),
        }
        if not kafka:
            del self.environment["KAFKA_BROKERS"]
        self.topic = topic
        self.parts: list[Part] = []

    def start(self, *words: str) -> Part:
        """Starts one command."""
        part = Part(self.place, self.environment, *words)
        self.parts.append(part)
        return part

    def call(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs one command to its end."""
        return subprocess.run(
            self.place.command(*words),
            input=stdin,
            capture_output=True,
            text=True,
            env=os.environ | self.environment,
            timeout=120,
            check=False,
        )

    def json(self, *words: str) -> dict[str, Any]:
        """Its document."""
        done = self.call(*words, "--json")
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def said(self) -> str:
        """Everything that the parts logged, for a failure's message."""
        return "\n".join(f"--- {' '.join(part.words)}\n{part.errors[-6000:]}" for part in self.parts)

    def received(self) -> int:
        """How many rows of all feeds are counted, by what the parts say."""
        return sum(int(feed["received"]) for feed in self.json("feeds")["feeds"])


@contextmanager
def apart(config: Path, folder: Path, kafka: str, redis: Path, topic: str = "leitstand") -> Iterator[Apart]:
    """Ends every part in the end."""
    parts = Apart(config, folder, kafka, redis, topic)
    try:
        yield parts
    finally:
        for part in parts.parts:
            part.process.terminate()
        for part in parts.parts:
            try:
                part.process.wait(LONGEST_SECONDS)
            except subprocess.TimeoutExpired:
                part.kill()
