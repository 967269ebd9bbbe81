"""`python -m bench.streams`: a thousand open event streams on one web process, in processor time of that process.

The demo's picture changes every second. Streams belong to accounts of different scopes; each is read to the end of
every event.
"""

from __future__ import annotations

import argparse
import select
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from bench.report import Report
from bench.running import LEITSTAND, Running, running

PROMISED_SHARE = 0.10
_SCOPES = ("provider=Nordcall", "provider=Teleo", "provider=Servio", "site=Köln")
_HOTLINES = (
    "Reklamation",
    "Bestellung Nord",
    "Bestellung Süd",
    "Technik Router",
    "Rechnung",
    "Kündigung",
    "Partnerlinie",
    "Tarifwechsel",
    "Störung Kabel",
    "Neukunden",
    "Geschäftskunden",
    "Liefertermin",
    "Vertrag",
    "Mobilfunk",
)


def accounts(found: Running, number: int) -> list[str]:
    """Session cookies of so many accounts, each with a scope of its own."""
    scopes = [*_SCOPES, *(f"hotline={name}" for name in _HOTLINES), "channel=phone", "client=none"]
    cookies: list[str] = []
    for scope in scopes[:number]:
        name = f"bench-{len(cookies)}"
        words = ["user", "add", name, "--role", "account_manager", "--scope", scope, "--password-stdin"]
        command: list[str | Path] = [LEITSTAND, "--data", found.data, *words]
        subprocess.run(command, input="bench-bench-bench", text=True, check=True, capture_output=True)
        cookies.append(found.log_in(name, "bench-bench-bench"))
    return cookies


def open_streams(found: Running, cookies: list[str], number: int) -> list[socket.socket]:
    """So many connections that asked for /stream, spread evenly over the sessions."""
    place = urlsplit(found.url)
    streams = []
    for count in range(number):
        connection = socket.create_connection((place.hostname or "", place.port or 80))
        cookie = cookies[count % len(cookies)]
        connection.sendall(
            f"GET /stream?view=desk HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        connection.setblocking(False)
        streams.append(connection)
    return streams


def read(streams: list[socket.socket], seconds: float) -> tuple[int, int]:
    """Reads everything for so long; how many events and bytes came."""
    poll = select.epoll()
    by_number = {stream.fileno(): stream for stream in streams}
    for number in by_number:
        poll.register(number, select.EPOLLIN)
    events = taken = 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for number, _ in poll.poll(0.2):
            data = by_number[number].recv(1 << 16)
            if not data:
                poll.unregister(number)
            events += data.count(b"event: change")
            taken += len(data)
    poll.close()
    return events, taken


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--scopes", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    asked = parser.parse_args()
    with running("--demo") as found:
        cookies = accounts(found, asked.scopes)
        web = max(_web_processes(found.pid), key=lambda process: process.create_time())
        idle = _share(web, lambda: time.sleep(5), 5)
        streams = open_streams(found, cookies, asked.streams)
        read(streams, 5)
        before = web.cpu_times()
        events, taken = read(streams, asked.seconds)
        after = web.cpu_times()
        rss = web.memory_info().rss
    share = (after.user + after.system - before.user - before.system) / asked.seconds
    report = Report("event streams on one web process", "streams", "events/s", "kB/s", "RSS", "of one core", "promised")
    report.row("no stream", "0", "0", "", f"{idle:.1%}", "")
    report.judge(
        f"{asked.streams} streams, {asked.scopes} scopes",
        f"{events / asked.seconds:,.0f}",
        f"{taken / asked.seconds / 1000:,.0f}",
        f"{rss / 1e6:.0f} MB",
        f"{share:.1%}",
        f"{PROMISED_SHARE:.0%}",
        holds=share <= PROMISED_SHARE and events >= 0.8 * asked.streams * asked.seconds,
    )
    return report.show()


def _web_processes(pid: int) -> list[psutil.Process]:
    return [child for child in psutil.Process(pid).children(recursive=True) if "web" in child.cmdline()]


def _share(process: psutil.Process, work: object, seconds: float) -> float:
    before = process.cpu_times()
    assert callable(work)
    work()
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / seconds


if __name__ == "__main__":
    sys.exit(main())
