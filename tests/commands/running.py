"""A real `leitstand up`: started, watched, killed and asked, as an operator and a browser do."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil
import pytest

from streams.redis_client import connect
from streams.redis_server import running_socket
from streams.store import FeedReport, StoreUnavailable
from streams.store_redis import RedisStore
from tests.commands.callers import THRESHOLDS_MS, ZONE, assert_accounted, assert_counted
from tests.commands.calling import Place

LONGEST_SECONDS = 180.0
"""So long only a broken program takes, on the busiest of machines; a right one never waits for it."""
_LOOK_SECONDS = 0.03
PASSWORD = "correct horse"
FEED = "queue_log"


def wait_for(condition: Callable[[], bool], what: str, seconds: float = LONGEST_SECONDS) -> None:
    """Returns when the condition holds; fails, naming it, when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for: {what}"
        time.sleep(_LOOK_SECONDS)


def place_with_feed(folder: Path, more: str = "") -> tuple[Place, Path]:
    """A data folder and settings that follow a queue_log; the second is that file, which is still to be made."""
    queue_log = folder / "asterisk" / "queue_log"
    queue_log.parent.mkdir(parents=True)
    config = folder / "leitstand.toml"
    place = Place(config, folder / "data")
    write_settings(place, queue_log, more)
    return place, queue_log


def write_settings(place: Place, queue_log: Path, more: str = "", **thresholds_ms: int) -> None:
    """Writes the settings (anew): a threshold for each hotline of `callers`, and whatever `more` says."""
    hotlines = "".join(
        f'[hotlines."{name}"]\nthreshold_seconds = {value / 1000:g}\n'
        for name, value in (THRESHOLDS_MS | thresholds_ms).items()
    )
    assert place.config is not None
    place.config.write_text(
        f'[site]\nzone = "{ZONE}"\n{hotlines}[feeds.{FEED}]\ncollector = "queue_log"\npath = "{queue_log}"\n'
        f'supplies = ["talk"]\n[web]\nport = 0\n{more}'
    )


class Up:
    """One `leitstand up` and everything that it started."""

    def __init__(self, place: Place, *words: str | Path, folder: Path | None = None) -> None:
        self.place = place
        self.seen: set[psutil.Process] = set()
        place.data.mkdir(parents=True, exist_ok=True)
        # Beside the data folder: what it says must be read while that is full.
        number = len(list(place.data.parent.glob("up-*.out")))
        self._out, self._err = (place.data.parent / f"up-{number}.{name}" for name in ("out", "err"))
        command = place.command("up", *words)
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(command, stdout=out, stderr=err, cwd=folder, start_new_session=True)

    @property
    def output(self) -> str:
        return self._out.read_text()

    @property
    def errors(self) -> str:
        return self._err.read_text()

    def ready(self) -> Up:
        """Returns when the address is printed."""
        wait_for(lambda: self.process.poll() is not None or "\nLeitstand: " in f"\n{self.output}", "the address")
        assert self.process.poll() is None, f"up ended with {self.process.returncode}:\n{self.errors}"
        wait_for(lambda: self.output.endswith("\n"), "all of the output")
        return self

    @property
    def url(self) -> str:
        found = re.search(r"^Leitstand: (\S+)$", self.output, re.MULTILINE)
        assert found is not None, self.output
        return found[1]

    def descendants(self) -> list[psutil.Process]:
        """All processes that it started, and those that these started."""
        try:
            found = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        self.seen.update(found)
        return found

    def pids(self) -> dict[str, int]:
        """The process ids of core, redis, web and "worker", the web's own child; those that run."""
        found: dict[str, int] = {}
        for process in self.descendants():
            with suppress(psutil.Error):
                line = process.cmdline()
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                if process.name().startswith("redis-server"):
                    found["redis"] = process.pid
                elif "commands.part" in line:
                    part = line[line.index("commands.part") + 1]
                    found[part if process.ppid() == self.process.pid else "worker"] = process.pid
        return found

    def kill(self, name: str) -> None:
        """`kill -9` of one part; returns when another process has taken its place."""
        wait_for(lambda: name in self.pids(), f"{name} to run")
        pid = self.pids()[name]
        psutil.Process(pid).send_signal(signal.SIGKILL)
        wait_for(lambda: self.pids().get(name, pid) != pid, f"{name} to be started again")

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ends it by a signal; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(LONGEST_SECONDS)

    def reports(self) -> dict[str, FeedReport]:
        """What the live picture says of each feed; nothing while it is not there."""
        socket = running_socket(self.place.data)
        if socket is None:
            return {}
        clients = connect(socket)
        try:
            picture = RedisStore(clients).picture()
        except StoreUnavailable:
            return {}
        finally:
            clients.close()
        return {feed.feed: feed for feed in picture.feeds} if picture else {}

    def report(self) -> FeedReport | None:
        """What the live picture says of the feed; None while it is not there."""
        return self.reports().get(FEED)

    def received(self) -> int:
        """How many lines the live picture has."""
        report = self.report()
        return report.tally.received if report is not None else 0


def gone(processes: list[psutil.Process]) -> bool:
    """True when none of these processes runs any more."""
    return not [process for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def assert_totals(up: Up, lines: list[str]) -> None:
    """Waits until every line is in, then the commands must say exactly what the lines add up to."""
    wait_for(lambda: up.received() >= len(lines), f"{len(lines)} lines to be counted")
    documents = [up.place.json("kpis", "--by", "hotline", "--basis", basis) for basis in ("live", "arrival")]
    as_of = documents[0]["as_of"]
    documents.append(up.place.json("kpis", "--by", "hotline", "--as-of", as_of))
    reading = assert_counted(lines, documents)
    (feed,) = up.place.json("feeds")["feeds"]
    assert_accounted(reading, feed)


class Browser:
    """Asks over HTTP and keeps its cookies."""

    def __init__(self, url: str, context: ssl.SSLContext | None = None) -> None:
        self._parts = urlsplit(url)
        self._context = context
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """The status and text of one answer; (0, why) when nobody answers."""
        host, port = self._parts.hostname or "", self._parts.port
        if self._context is not None:
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=10, context=self._context
            )
        else:
            connection = http.client.HTTPConnection(host, port, timeout=10)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self._parts.geturl()}
        try:
            connection.request(method, path, urlencode(form) if form is not None else None, headers)
            answer = connection.getresponse()
            self.set_cookies = answer.headers.get_all("Set-Cookie") or []
            for text in self.set_cookies:
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(text).items()}
            return answer.status, answer.read().decode()
        except OSError as error:
            return 0, str(error)
        finally:
            connection.close()

    def log_in(self, name: str, password: str = PASSWORD) -> int:
        """The status of the login; 303 when it is right."""
        return self.try_log_in(name, password)[0]

    def try_log_in(self, name: str, password: str = PASSWORD) -> tuple[int, str]:
        """The status of the login and the page that answered it."""
        _, page = self.ask("GET", "/login")
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token is not None, page
        return self.ask("POST", "/login", {"user": name, "password": password, "csrf": token[1]})

    def json(self, path: str) -> dict[str, Any]:
        """The document at this path, which must be there."""
        status, text = self.ask("GET", path)
        assert status == 200, text
        answer: dict[str, Any] = json.loads(text)
        return answer


StartUp = Callable[..., Up]


@pytest.fixture
def start_up() -> Iterator[StartUp]:
    """Starts `up`, each with a place and further words; ends all of them and everything that they started."""
    started: list[Up] = []

    def start(place: Place, *words: str | Path, folder: Path | None = None) -> Up:
        up = Up(place, *words, folder=folder)
        started.append(up)
        return up

    yield start
    for up in started:
        up.descendants()
        if up.process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                up.end()
        up.descendants()
        for process in up.seen:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if up.process.poll() is None:
            up.process.kill()
            up.process.wait()
        note = up.place.data / "redis" / "socket"
        if note.exists():
            shutil.rmtree(Path(note.read_text()).parent, ignore_errors=True)
