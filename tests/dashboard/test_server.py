"""The web process for real: gunicorn with gevent, streams, TLS, and every way in which it can be ended."""

from __future__ import annotations

import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.dashboard.centre import PASSWORD

pytestmark = pytest.mark.server
TLS = Path(__file__).parents[1] / "commands" / "tls"
ROOT = Path(__file__).parents[2]


@dataclass
class Web:
    """A running web process, its address and the process that answers."""

    process: subprocess.Popen[bytes]
    folder: Path
    opened: list[http.client.HTTPConnection | http.client.HTTPResponse] = field(default_factory=list)

    @property
    def url(self) -> str:
        return (self.folder / "url").read_text().split()[0]

    @property
    def worker(self) -> int:
        return int((self.folder / "url").read_text().split()[1])

    def connect(self) -> http.client.HTTPConnection:
        scheme, _, place = self.url.partition("://")
        host, port = place.split(":")
        connection = (
            http.client.HTTPSConnection(host, int(port), timeout=20, context=ssl._create_unverified_context())
            if scheme == "https"
            else http.client.HTTPConnection(host, int(port), timeout=20)
        )
        self.opened.append(connection)
        return connection

    def ask(self, path: str, cookie: str = "") -> http.client.HTTPResponse:
        connection = self.connect()
        connection.request("GET", path, headers={"Cookie": cookie})
        self.opened.append(answer := connection.getresponse())
        return answer

    def log_in(self) -> tuple[str, str]:
        """The session's cookie as it is sent, and the whole Set-Cookie."""
        page = self.ask("/login")
        form_cookie = (page.getheader("Set-Cookie") or "").split(";")[0]
        token = page.read().decode().split('name="csrf" value="')[1].split('"')[0]
        connection = self.connect()
        body = f"user=chefin&password={PASSWORD.replace(' ', '+')}&csrf={token}"
        headers = {"Cookie": form_cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/login", body, headers)
        self.opened.append(answer := connection.getresponse())
        assert answer.status == 303, answer.read()
        cookies = answer.headers.get_all("Set-Cookie") or []
        whole = next(cookie for cookie in cookies if "leitstand=" in cookie)
        return whole.split(";")[0], whole


def wait_for(condition: Callable[[], object], what: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for: {what}"
        time.sleep(0.02)


@contextmanager
def serving(folder: Path, *tls: Path) -> Iterator[Web]:
    command = [sys.executable, "-W", "error::DeprecationWarning", "-m", "tests.dashboard.served", str(folder), "0"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, *map(str, tls)], cwd=ROOT, stdout=log, stderr=log)
    try:
        wait_for(lambda: (folder / "url").exists() or process.poll() is not None, "the address")
        assert process.poll() is None, (folder / "log").read_text()
        web = Web(process, folder)
        yield web
        for each in reversed(web.opened):
            each.close()
    finally:
        process.kill()
        process.wait()


def events(answer: http.client.HTTPResponse, how_many: int) -> list[tuple[str, dict[str, object]]]:
    found: list[tuple[str, dict[str, object]]] = []
    kind = ""
    while len(found) < how_many:
        line = answer.readline().decode()
        assert line, "the stream ended"
        if line.startswith("event: "):
            kind = line.removeprefix("event: ").strip()
        elif line.startswith("data: "):
            found.append((kind, json.loads(line.removeprefix("data: "))))
    return found


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_serves_pages_and_streams_and_survives_the_death_of_its_worker(tmp_path: Path) -> None:
    with serving(tmp_path) as web:
        cookie, _ = web.log_in()
        assert web.ask("/", cookie).status == 200
        first, second = web.ask("/stream", cookie), web.ask("/stream?view=wall", cookie)
        assert first.getheader("Transfer-Encoding") == "chunked"
        seen = events(first, 5)
        assert [kind for kind, _ in seen] == ["snapshot", *["change"] * 4]
        numbers = [int(str(data["seq"])) for _, data in seen]
        assert numbers == list(range(numbers[0], numbers[0] + 5))
        assert events(second, 2)[0][0] == "snapshot"

        url, worker = web.url, web.worker
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: web.worker != worker, "another worker")
        assert web.url == url
        assert web.ask("/healthz").status == 200
        assert web.ask("/whoami", cookie).status == 200


def test_stops_at_once_although_streams_are_open(tmp_path: Path) -> None:
    with serving(tmp_path) as web:
        cookie, _ = web.log_in()
        stream = web.ask("/stream", cookie)
        events(stream, 1)
        worker = web.worker
        began = time.monotonic()
        web.process.send_signal(signal.SIGTERM)
        assert web.process.wait(10) == 0
        assert time.monotonic() - began < 2.9
        assert gone(worker)


def test_a_killed_server_leaves_no_orphan(tmp_path: Path) -> None:
    with serving(tmp_path) as web:
        worker = web.worker
        web.process.kill()
        wait_for(lambda: gone(worker), "the end of the worker")


def test_over_tls_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    cert, key = (next(iter(sorted(TLS.glob(name)))) for name in ("*cert*", "*key*"))
    with serving(tmp_path, cert, key) as web:
        assert web.url.startswith("https://127.0.0.1:")
        cookie, whole = web.log_in()
        assert cookie.startswith("__Host-leitstand=")
        assert "Secure" in whole
        answer = web.ask("/stream", cookie)
        assert answer.getheader("Strict-Transport-Security")
        assert events(answer, 2)[1][0] == "change"


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with serving(tmp_path) as web:
        port = web.url.rsplit(":", 1)[1]
        second = tmp_path / "second"
        second.mkdir()
        command = [sys.executable, "-m", "tests.dashboard.served", str(second), port]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=30)
        assert done.returncode != 0
        assert b"Address already in use" in done.stderr
