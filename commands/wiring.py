"""From settings to the parts: cells, site clocks, pseudonyms, and the log and store of a data folder."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import pickle
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from collectors.contract import BadOptions
from collectors.registry import COLLECTORS
from commands.failures import WorkFailed, WrongCall
from config.faults import SettingsError
from config.sections import Campaign, Feed
from config.settings import Settings, load
from streams.catalogue import Options
from streams.days import SiteClock
from streams.engine import ClockOf
from streams.log import LogUnavailable
from streams.log_redis import RedisLog
from streams.records import Cell, Supplies
from streams.redis_binary import RedisNotStarted
from streams.redis_client import RedisClients, connect
from streams.redis_server import RedisServer, running_socket
from streams.store import StoreUnavailable
from streams.store_redis import RedisStore

STARTING_SECONDS = 15.0


def wall_clock_ms() -> int:
    """UTC milliseconds of this machine's clock."""
    return time.time_ns() // 1_000_000


def read_settings(file: Path | None) -> Settings:
    """The settings with every collector's own keys checked too. Raises `WrongCall` naming every fault."""
    try:
        settings = load(file, os.environ, COLLECTORS)
    except SettingsError as error:
        raise WrongCall(str(error)) from error
    except OSError as error:
        message = f"{file}: {error.strerror}: name an existing settings file with --config"
        raise WrongCall(message) from error
    faults = []
    for feed in settings.feeds.values():
        try:
            COLLECTORS[feed.collector].read_options(feed.options)
        except BadOptions as error:
            faults += [feed.fault(fault.place, fault.what, fault.instead) for fault in error.faults]
    if faults:
        raise WrongCall(str(SettingsError(faults)))
    return settings


def handed_over(data: Path) -> Path:
    """Where `up` leaves the settings in force for its parts."""
    return data / "settings.checked"


def settings_in_force(data: Path) -> Settings | None:
    """The settings of the `up` that runs on this data folder; None when none runs."""
    if not is_up(data) or not handed_over(data).exists():
        return None
    # Written by `up` into a folder that only its user can write to.
    settings: Settings = pickle.loads(handed_over(data).read_bytes())  # noqa: S301
    return settings


def clock_of(settings: Settings) -> ClockOf:
    """The site clock by site name; "" and unknown sites have the default clock."""
    return cache(lambda site: SiteClock(*settings.site_clock(site)))


def kpi_options(settings: Settings) -> Options:
    """The switches of the service-level formulas."""
    level = settings.service_level
    return Options(level.flow_outs_count, level.with_flow_outs)


def cell_of(settings: Settings, feed: Feed) -> Callable[[str], Cell]:
    """The cell of a queue (or hotline) as this feed names it."""
    supplies = Supplies.NOTHING
    for name in feed.supplies:
        supplies |= Supplies[name.upper()]

    @cache
    def route(queue: str) -> Cell:
        routed = settings.route(queue, feed)
        return Cell(
            routed["hotline"],
            provider=routed["provider"],
            site=routed["site"],
            team=routed["team"],
            project=routed["project"],
            client=routed["client"],
            channel=routed["channel"],
            segment=routed["segment"],
            threshold_ms=routed["threshold_ms"],
            short_abandon_ms=routed["short_abandon_ms"],
            supplies=int(supplies),
            configured=routed["configured"],
        )

    return route


def persons(settings: Settings, data: Path) -> Callable[[str], bytes]:
    """The pseudonym of the person that a name means."""
    pseudonym = pseudonyms(data)
    return cache(lambda name: pseudonym(settings.agent(name)[0]))


def home_of(settings: Settings, feed: Feed) -> Callable[[str, str], Cell]:
    """Where the person belongs that this feed means by a name, seen in a queue (empty: in none)."""
    route = cell_of(settings, feed)

    @cache
    def home(name: str, queue: str) -> Cell:
        _, agent = settings.agent(name)
        if agent is not None and (agent.provider or agent.site or agent.team):
            return Cell("", agent.provider, agent.site, agent.team)
        if feed.agents_belong_to == "queue" and queue:
            cell = route(queue)
            return Cell("", cell.provider, cell.site, cell.team)
        return Cell("")

    return home


def campaign_cell_of(settings: Settings) -> Callable[[str], Cell]:
    """The cell of a campaign as a feed names it; one that no setting names is counted under its own name."""

    @cache
    def route(name: str) -> Cell:
        campaign = settings.campaigns.get(name)
        found = campaign or Campaign(name=name)
        return Cell(
            "",
            provider=found.provider,
            site=found.site,
            team=found.team,
            project=found.project,
            client=found.client,
            segment=found.segment,
            configured=campaign is not None,
            family="outbound",
            campaign=name,
        )

    return route


def configured_cells(settings: Settings) -> list[Cell]:
    """Every cell that the settings name, so that it has a row even when nothing happened."""
    cells: dict[Cell, None] = {}
    for feed in settings.feeds.values():
        route = cell_of(settings, feed)
        for queue in settings.queues:
            cells[route(queue)] = None
        for hotline in settings.hotlines:
            if all(cell.hotline != hotline for cell in cells):
                cells[route(hotline)] = None
    for campaign in settings.campaigns:
        cells[campaign_cell_of(settings)(campaign)] = None
    return list(cells)


def pseudonyms(data: Path) -> Callable[[str], bytes]:
    """A keyed one-way name for persons; the key is made once and readable only by its owner."""
    path = data / "pseudonym.key"
    if not path.exists():
        beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        beside.touch(mode=0o600)
        beside.write_bytes(secrets.token_bytes(32))
        try:
            os.link(beside, path)
        except FileExistsError:
            pass  # another command made it in the same moment; that key holds
        finally:
            beside.unlink()
    key = path.read_bytes()
    return lambda name: hmac.digest(key, name.encode("utf-8", "surrogateescape"), hashlib.sha256)[:16]


@dataclass(frozen=True)
class Storage:
    """Log and store of a data folder. `live`: a running `up` keeps the picture up to date."""

    log: RedisLog
    store: RedisStore
    clients: RedisClients
    address: str | Path
    live: bool


def prepare(data: Path) -> None:
    """Makes the data folder. Raises `WorkFailed`."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        message = f"data folder {data}: {error.strerror}: name another one with --data"
        raise WorkFailed(message) from error


def storage_at(address: str | Path, *, live: bool, keeps: bool = False) -> Storage:
    """Log and store of a Redis that runs already."""
    clients = connect(address)
    return Storage(RedisLog(clients, keeps=keeps), RedisStore(clients), clients, address, live)


@contextmanager
def storage(settings: Settings, data: Path, *, keeps: bool = False) -> Iterator[Storage]:
    """The log and store of this data folder: of the running Redis, else of one that runs while this is open."""
    prepare(data)
    if settings.storage.redis_url:
        yield storage_at(settings.storage.redis_url.reveal(), live=is_up(data), keeps=keeps)
        return
    running = _running(data)
    if running is not None:
        yield storage_at(running, live=is_up(data), keeps=keeps)
        return
    try:
        with RedisServer(data, memory_mb=settings.storage.log_memory_mb) as server:
            opened = storage_at(server.socket_path, live=False, keeps=keeps)
            yield opened
            opened.clients.close()
    except RedisNotStarted as error:
        raise WorkFailed(str(error)) from error


def _running(data: Path) -> Path | None:
    """The socket of the Redis that runs; the one of an `up` is waited for, because nobody else may start it then."""
    deadline = time.monotonic() + STARTING_SECONDS
    while (running := running_socket(data)) is None and is_up(data):
        if time.monotonic() > deadline:
            message = f"`leitstand up` runs on {data}, but its Redis does not answer: see {data / 'redis.log'}"
            raise WorkFailed(message)
        time.sleep(0.05)
    return running


def on_signals(stop: Callable[[], None]) -> None:
    """Ctrl-C and SIGTERM end the work cleanly."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop())


def patiently(work: Callable[[], None], stop: threading.Event) -> None:
    """Does the work, again and again while the log or the store does not answer."""
    while not stop.is_set():
        try:
            work()
        except (LogUnavailable, StoreUnavailable):
            stop.wait(0.5)
        else:
            return


def is_up(data: Path) -> bool:
    """True while a `leitstand up` runs on this data folder."""
    try:
        with (data / "up.lock").open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    except FileNotFoundError:
        pass
    return False
