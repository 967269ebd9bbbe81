"""`leitstand up`: everything in one command. Starts the parts, keeps them running, ends them all."""

from __future__ import annotations

import argparse
import fcntl
import io
import ipaddress
import logging
import shutil
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from collectors import demo_centre
from commands import storing, wiring
from commands.accounts import users
from commands.centre import SEED, log_path
from commands.failures import WorkFailed, WrongCall
from commands.log_parts import HISTORY_FOLDER
from config.settings import Settings
from dashboard.access import Scope
from dashboard.users import NameTaken
from streams.redis_binary import RedisNotStarted
from streams.redis_server import RedisServer
from streams.runtimes.supervisor import Child, Supervisor

LOOK_SECONDS = 0.1
LOCK_SECONDS = 0.5
DEMO_ACCOUNTS: tuple[tuple[str, str, dict[str, list[str]]], ...] = (
    ("manager", "manager", {}),
    ("teamlead", "team_lead", {"site": ["Köln"]}),
    ("account", "account_manager", {}),
    ("ops", "ops", {}),
    ("nordcall", "partner", {"provider": ["Nordcall"]}),
)
_logger = logging.getLogger("leitstand")


def run(arguments: argparse.Namespace, settings: Settings, data: Path) -> None:
    """Runs until Ctrl-C or SIGTERM."""
    if (settings.web.tls_cert is None) != (settings.web.tls_key is None):
        message = "--tls-cert and --tls-key belong together: give both"
        raise WrongCall(message)
    storing.prepare(data)
    with only_one(data):
        _keep_apart(data, demo=arguments.demo)
        if arguments.demo:
            settings = demo_settings(settings, data)
        # All in one place needs no Kafka, wherever else the same environment is used.
        settings = replace(settings, storage=replace(settings.storage, kafka_brokers=""))
        users(data)  # before anything is started: a database that cannot be used ends this here
        try:
            _Running(arguments, settings, data).run()
        except RedisNotStarted as error:
            raise WorkFailed(str(error)) from error


def only_one(data: Path) -> BinaryIO:
    """The lock of the data folder, held while the returned file is open."""
    file = (data / "up.lock").open("wb")
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Another command that only asks whether one runs holds the lock for a moment.
            if time.monotonic() > deadline:
                message = f"another `leitstand up` runs on {data}: stop it, or name another folder with --data"
                raise WorkFailed(message) from None
            time.sleep(LOCK_SECONDS / 20)
        else:
            return file


def _keep_apart(data: Path, *, demo: bool) -> None:
    """The demo and its well-known passwords never meet real data."""
    is_demo = (data / "demo").exists()
    if demo and not is_demo and ((data / "redis").exists() or (data / "leitstand.sqlite").exists()):
        message = f"{data} holds data of its own, which the demo would replace: name another folder with --data"
        raise WrongCall(message)
    if not demo and is_demo:
        message = f"{data} belongs to the demo: name another folder with --data, or add --demo"
        raise WrongCall(message)


def demo_settings(settings: Settings, data: Path) -> Settings:
    """Fresh settings for a simulated centre whose day began five hours ago; web and storage stay as they were."""
    if settings.feeds:
        message = "--demo brings its own settings: leave --config out"
        raise WrongCall(message)
    for old in (data / name for name in ("demo", "redis", "collectors", "dead", HISTORY_FOLDER)):
        shutil.rmtree(old, ignore_errors=True)
    (data / "processor.state").unlink(missing_ok=True)
    (data / "demo").mkdir(parents=True)
    log_path(data).touch()
    file = data / "demo" / "leitstand.toml"
    centre = demo_centre.centre_for(log_path(data), SEED, wiring.wall_clock_ms())
    beside = demo_centre.Beside(log_path(data), centre)
    beside.make()
    text = centre.settings_toml(str(log_path(data)), beside.paths)
    file.write_text(text, "utf-8")
    return replace(wiring.read_settings(file), web=settings.web, storage=settings.storage)


def demo_accounts(data: Path) -> list[str]:
    """One printed line per account to try; a password is the account's name and "-demo"."""
    accounts = users(data)
    lines = []
    for name, role, scope in DEMO_ACCOUNTS:
        password = f"{name}-demo"
        with suppress(NameTaken):  # the demo ran here before
            accounts.add_user(name, password, role, Scope.of(scope))
        lines.append(f"account {name} {password} {role}")
    return lines


class _Running:
    def __init__(self, arguments: argparse.Namespace, settings: Settings, data: Path) -> None:
        self._arguments = arguments
        self._settings = settings
        self._data = data
        self._supervisor = Supervisor()
        self._stop = threading.Event()
        self._reload = threading.Event()
        self._redis: RedisServer | None = None

    def run(self) -> None:
        wiring.on_signals(self._stop.set)
        signal.signal(signal.SIGHUP, lambda *_: self._reload.set())
        (self._data / "web.url").unlink(missing_ok=True)
        storage = self._settings.storage
        if not storage.redis_url:
            self._redis = RedisServer(self._data, memory_mb=storage.log_memory_mb)
            self._redis.start()
        try:
            self._hand_over()
            web = self._part("web")
            self._part("core")
            self._part("recorder")
            if self._arguments.demo:
                self._part("centre")
            self._tell(web)
            while not self._stop.wait(LOOK_SECONDS):
                self._look_after()
        finally:
            self._supervisor.stop()
            if self._redis is not None:
                self._redis.stop()

    def _part(self, name: str) -> Child:
        storage = self._settings.storage
        address = str(self._redis.socket_path) if self._redis is not None else storage.redis_url.reveal()
        command = [
            sys.executable,
            "-P",  # a folder called `config` where Leitstand is started must not stand in for our own
            "-m",
            "commands.part",
            name,
            str(wiring.handed_over(self._data)),
            str(self._data),
            address,
        ]
        return self._supervisor.add(name, command)

    def _hand_over(self) -> None:
        wiring.hand_over(self._settings, wiring.handed_over(self._data))

    def _look_after(self) -> None:
        if self._redis is not None and self._redis.pid is None:
            _logger.error("Redis ended, starting it again")
            try:
                self._redis.start()
            except RedisNotStarted as error:
                _logger.error("Redis does not start, trying again: %s", error)
                self._stop.wait(1.0)
        self._supervisor.look_after()
        if self._reload.is_set():
            self._reload.clear()
            self._take_new_settings()

    def _take_new_settings(self) -> None:
        if self._arguments.demo:
            _logger.warning("the demo has no settings file to read again")
            return
        try:
            fresh = wiring.read_settings(self._arguments.config)
        except WrongCall as error:
            _logger.error("the old settings stay in force, the new ones are faulty:\n%s", error)
            return
        fresh = replace(fresh, web=self._settings.web, storage=self._settings.storage)
        changes = self._settings.changes(fresh)
        _logger.info("settings read again: %s", "; ".join(changes) or "nothing changed")
        if changes:
            self._settings = fresh
            self._hand_over()
            for name in ("core", "web", "recorder"):
                self._supervisor.restart(name)

    def _tell(self, web: Child) -> None:
        """Prints the address once it answers. From then on a restarted web process takes the same port."""
        told = self._data / "web.url"
        while not told.exists():
            if self._stop.wait(LOOK_SECONDS / 4):
                return
            if web.process is not None and (status := web.process.poll()) is not None:
                message = f"the web process ended ({status}); what it said stands above"
                raise WorkFailed(message)
        url = told.read_text()
        port = int(url.rpartition(":")[2])
        self._settings = replace(self._settings, web=replace(self._settings.web, port=port))
        self._hand_over()
        lines = [f"Leitstand: {url}"]
        if self._arguments.demo:
            lines += demo_accounts(self._data)
        elif not users(self._data).users_exist():
            lines.append(
                f"There is no account yet. Make the first: leitstand --data {self._data} user add NAME --role manager"
            )
        if not self._settings.feeds:
            lines.append("There is no feed yet. Name a settings file with --config, or try --demo")
        if _is_every_address(self._settings.web.host):
            lines.append(_for_phones(url, port))
        # At once: whoever waits for the address has everything that belongs to it.
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()


def _is_every_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _for_phones(url: str, port: int) -> str:
    import segno  # noqa: PLC0415 -- only where a phone is to be let in

    address = f"{url.partition('://')[0]}://{_lan_address()}:{port}"
    code = io.StringIO()
    segno.make(address, micro=False).terminal(out=code, compact=True)
    return f"In this network: {address}\n{code.getvalue().rstrip()}"


def _lan_address() -> str:
    """The address by which others in the network reach this machine; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()
