"""`python -m bench.streams`: a thousand event streams in twenty scopes on one web process, at one update a second.

The web process is the real one. In place of the processor this program publishes once a second what really changed
in an engine over 200 hotlines of 20 providers. Every account sees one provider; all bytes of all streams are read.
"""

from __future__ import annotations

import argparse
import pickle
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psutil

from bench.report import Report
from bench.running import Running
from bench.traffic import START_MS, columns, minutes
from commands import storing, wiring
from commands.accounts import users
from dashboard.access import Scope
from streams.batch import Tally
from streams.days import SiteClock
from streams.engine import Engine
from streams.records import Cell
from streams.redis_client import connect
from streams.redis_server import RedisServer
from streams.store import FeedReport
from streams.store_redis import RedisStore

PROMISED_SHARE = 0.10
HOTLINES = 200
RECORDS_PER_SECOND = 100
SESSIONS_PER_ACCOUNT = 4
"""One session may hold 32 streams, and those of the view before may not have ended yet."""

_PASSWORD = "bench-bench-bench"
_HISTORY_SECONDS = 600


def places(scopes: int) -> list[Cell]:
    """The hotlines, spread evenly over as many providers as there are scopes."""
    return [Cell(f"hotline {number}", provider=f"provider {number % scopes}") for number in range(HOTLINES)]


def settings_text(scopes: int) -> str:
    """Settings that name the same hotlines, and a feed that they come from."""
    queues = (f'[[queues]]\nqueue = "{each.hotline}"\nhotline = "{each.hotline}"\nprovider = "{each.provider}"\n'
              for each in places(scopes))  # fmt: skip
    return '[feeds.bench]\ncollector = "queue_log"\npath = "queue_log"\n' + "".join(queues)


class Publisher(threading.Thread):
    """Publishes at every whole second what changed in the last one."""

    def __init__(self, store: RedisStore, scopes: int, seconds: int) -> None:
        super().__init__(daemon=True)
        self.stop = threading.Event()
        self._store = store
        self._places = places(scopes)
        self._rows = np.concatenate(list(minutes(HOTLINES, RECORDS_PER_SECOND, _HISTORY_SECONDS + seconds)))
        self._rows["at_ms"] += wiring.wall_clock_ms() - _HISTORY_SECONDS * 1000 - START_MS
        self._engine = Engine(int(self._rows["at_ms"][0]), lambda _: SiteClock("Europe/Berlin", 0))
        self._fence = store.acquire()
        self._applied = 0

    def step(self, *, first: bool = False) -> None:
        """Applies what has happened up to now and publishes."""
        now_ms = wiring.wall_clock_ms()
        until = int(np.searchsorted(self._rows["at_ms"], now_ms))
        if until > self._applied:
            self._engine.apply(columns(self._rows[self._applied : until], self._places, 1))
            self._applied = until
        self._engine.tick(now_ms)
        feed = FeedReport("bench", Tally(), 1, now_ms, now_ms, "live")
        write = self._store.replace if first else self._store.publish
        readings = self._engine.readings(changed_only=not first)
        write(self._fence, now_ms // 1000 * 1000, "1", readings, [feed])

    def run(self) -> None:
        while not self.stop.wait(1 - time.time() % 1):
            self.step()


@contextmanager
def web_process(folder: Path, scopes: int, seconds: int) -> Iterator[Running]:
    """The web process alone, on a Redis of its own into which a `Publisher` writes."""
    file, data = folder / "leitstand.toml", folder / "data"
    file.write_text(settings_text(scopes))
    storing.prepare(data)
    settings = wiring.read_settings(file)
    settings = replace(settings, web=replace(settings.web, port=0))
    handed_over = wiring.handed_over(data)
    handed_over.write_bytes(pickle.dumps(settings))
    with RedisServer(data) as redis:
        publisher = Publisher(RedisStore(connect(redis.socket_path)), scopes, seconds)
        publisher.step(first=True)
        publisher.start()
        command = [sys.executable, "-m", "commands.part", "web", handed_over, data, redis.socket_path]
        with subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE) as process:
            try:
                told = data / "web.url"
                while not told.exists():
                    if process.poll() is not None:
                        message = f"the web process ended with {process.returncode}"
                        raise RuntimeError(message)
                    time.sleep(0.05)
                yield Running(told.read_text(), data, process.pid)
            finally:
                process.terminate()
                process.wait()
                publisher.stop.set()
                publisher.join()


def sessions(found: Running, scopes: int) -> list[str]:
    """Session cookies, some for each account; every account sees one provider."""
    accounts = users(found.data)
    cookies: list[str] = []
    for number in range(scopes):
        name = f"bench-{number}"
        accounts.add_user(name, _PASSWORD, "account_manager", Scope.of({"provider": [f"provider {number}"]}))
        cookies += [found.log_in(name, _PASSWORD) for _ in range(SESSIONS_PER_ACCOUNT)]
    return cookies


class Screens:
    """Open streams, spread evenly over the sessions. `events` counts the changes of each."""

    def __init__(self, found: Running, cookies: Sequence[str], number: int, view: str) -> None:
        place = urlsplit(found.url)
        self._poll = select.epoll()
        self._open: dict[int, socket.socket] = {}
        self.events: dict[int, int] = {}
        self.taken = 0
        for count in range(number):
            connection = socket.create_connection((place.hostname or "", place.port or 80))
            head = (
                f"GET /stream?view={view} HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookies[count % len(cookies)]}"
            )
            connection.sendall(f"{head}\r\n\r\n".encode())
            answer = connection.recv(1 << 16)
            if not answer.startswith(b"HTTP/1.1 200"):
                message = f"stream {count} was answered {answer[:80]!r}"
                raise RuntimeError(message)
            connection.setblocking(False)
            self._open[connection.fileno()] = connection
            self.events[connection.fileno()] = 0
            self._poll.register(connection.fileno(), select.EPOLLIN)

    def read(self, seconds: float) -> None:
        """Reads everything for so long. Raises RuntimeError when a stream ends."""
        self.taken = 0
        self.events = dict.fromkeys(self.events, 0)
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            for number, _ in self._poll.poll(left):
                data = self._open[number].recv(1 << 16)
                if not data:
                    message = "a stream was ended by the server"
                    raise RuntimeError(message)
                self.events[number] += data.count(b"event: change")
                self.taken += len(data)

    def close(self) -> None:
        """Closes every stream."""
        self._poll.close()
        for connection in self._open.values():
            connection.close()


def cpu_seconds(pid: int) -> float:
    """Processor seconds of this process and its children so far."""
    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(times.user + times.system for times in (process.cpu_times() for process in processes))


def resident_mb(pid: int) -> float:
    """Megabytes of the largest of this process and its children."""
    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return max(process.memory_info().rss for process in processes) / 1e6


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when the streams cost more than promised."""
    parser = argparse.ArgumentParser(prog="python -m bench.streams", description="Many screens on one web process.")
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--scopes", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--settle-seconds", type=float, default=5)
    asked = parser.parse_args(arguments)
    whole = round(2 * (asked.seconds + asked.settle_seconds)) + 120
    columns_ = ("", "updates/s", "slowest stream", "kB/s", "resident", "of one core", "promised")
    report = Report("Event streams on one web process, one update a second", *columns_)
    with (
        tempfile.TemporaryDirectory(prefix="leitstand-bench-") as folder,
        web_process(Path(folder), asked.scopes, whole) as found,
    ):
        cookies = sessions(found, asked.scopes)
        before = cpu_seconds(found.pid)
        time.sleep(asked.settle_seconds)
        idle = (cpu_seconds(found.pid) - before) / asked.settle_seconds
        report.row("no stream", "", "", "", f"{resident_mb(found.pid):.0f} MB", f"{idle:.1%}", "")
        for view in ("phone", "desk"):
            screens = Screens(found, cookies, asked.streams, view)
            screens.read(asked.settle_seconds)
            before = cpu_seconds(found.pid)
            screens.read(asked.seconds)
            share = (cpu_seconds(found.pid) - before) / asked.seconds
            slowest = min(screens.events.values()) / asked.seconds
            report.judge(
                f"{asked.streams:,} streams, {asked.scopes} scopes, {view}",
                f"{sum(screens.events.values()) / asked.streams / asked.seconds:.2f}",
                f"{slowest:.2f}",
                f"{screens.taken / asked.seconds / 1000:,.0f}",
                f"{resident_mb(found.pid):.0f} MB",
                f"{share:.1%}",
                f"≤ {PROMISED_SHARE:.0%}",
                holds=share <= PROMISED_SHARE and slowest >= 0.9,
            )
            screens.close()
    report.note(f"{HOTLINES} hotlines, {RECORDS_PER_SECOND} records/s. Processor time of the web process as a whole.")
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
