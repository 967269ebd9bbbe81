"""A real `leitstand up` to measure: started on a free port, logged in to, ended."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, BrowserContext

LEITSTAND = Path(sys.executable).with_name("leitstand")
START_SECONDS = 60.0


@dataclass(frozen=True)
class Running:
    """Where it answers, its data folder and the process of `up`."""

    url: str
    data: Path
    pid: int

    def ask(self, path: str, cookie: str = "") -> tuple[int, bytes]:
        """GET with a session cookie."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    def log_in(self, name: str, password: str) -> str:
        """The session cookie of an account."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        connection.request("GET", "/login")
        answer = connection.getresponse()
        form = answer.read().decode()
        before = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        token = re.search(r'name="csrf" value="([^"]+)"', form)
        fields = {"user": name, "password": password, "csrf": token[1] if token else ""}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": before, "Origin": self.url}
        connection.request("POST", "/login", urlencode(fields), headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        cookies = [text.partition(";")[0] for text in answer.headers.get_all("Set-Cookie") or []]
        session = [text for text in cookies if text.partition("=")[0].endswith("leitstand")]
        if not session:
            message = f"login of {name} gave {answer.status} and no session"
            raise SystemExit(message)
        return session[0]


@contextmanager
def running(*words: str | Path, config: Path | None = None) -> Iterator[Running]:
    """`leitstand up` with these words, on a free port and in a data folder of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        data = Path(folder) / "data"
        command: list[str | Path] = [LEITSTAND, "--data", data, "up", "--port", "0", *words]
        if config is not None:
            command[1:1] = ["--config", config]
        with (Path(folder) / "err").open("w+") as err:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, text=True)
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line.startswith("Leitstand: "):
                err.seek(0)
                raise SystemExit(err.read())
            try:
                found = Running(line.split(": ", 1)[1].strip(), data, process.pid)
                _wait_until_ready(found)
                yield found
            finally:
                process.terminate()
                process.wait()


def _wait_until_ready(found: Running) -> None:
    deadline = time.monotonic() + START_SECONDS
    while found.ask("/readyz")[0] != 200:
        if time.monotonic() > deadline:
            message = "Leitstand did not become ready"
            raise SystemExit(message)
        time.sleep(0.1)


def signed_in(browser: Browser, found: Running, cookie: str, **options: object) -> BrowserContext:
    """A fresh browser profile with this session."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": found.url}])
    return context
