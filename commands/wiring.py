"""From settings to the parts: cells, site clocks, pseudonyms, and what the processes of `up` are handed."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import logging
import os
import pickle
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from collectors.contract import BadOptions
from collectors.registry import COLLECTORS
from commands import log_parts, storing
from commands.failures import WorkFailed, WrongCall
from config.faults import SettingsError
from config.sections import Campaign, Feed
from config.settings import Settings, load
from streams.catalogue import Options
from streams.days import SiteClock
from streams.engine import ClockOf
from streams.history.calendar import Calendar
from streams.history.files import HistoryUnavailable
from streams.log import LogUnavailable
from streams.records import Cell, Supplies
from streams.store import StoreUnavailable

if TYPE_CHECKING:
    from streams.history.history import History

_logger = logging.getLogger("leitstand")


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


def hand_over(settings: Settings, place: Path) -> None:
    """Leaves the settings there for the parts; readable only by this user, because they may hold passwords."""
    beside = place.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pickle.dumps(settings))
    beside.replace(place)


def settings_in_force(data: Path) -> Settings | None:
    """The settings of the `up` that runs on this data folder; None when none runs."""
    if not storing.is_up(data) or not handed_over(data).exists():
        return None
    # Written by `up` into a folder that only its user can write to.
    settings: Settings = pickle.loads(handed_over(data).read_bytes())  # noqa: S301
    return settings


def clock_of(settings: Settings) -> ClockOf:
    """The site clock by site name; "" and unknown sites have the default clock."""
    return cache(lambda site: SiteClock(*settings.site_clock(site)))


def calendar(settings: Settings) -> Calendar:
    """The clocks of all sites, and when their days are closed."""
    of = clock_of(settings)
    clocks = dict.fromkeys([of(""), *(of(site) for site in settings.sites)])
    return Calendar(tuple(clocks), of, settings.site.closes, settings.limits.give_up_ms)


def history(settings: Settings, data: Path) -> History:
    """The history of this data folder, or where the settings say. Raises `WorkFailed`."""
    from streams.history.open import open_history  # noqa: PLC0415 -- pyarrow is slow to import, most commands need none

    try:
        return open_history(log_parts.history_place(settings, data))
    except HistoryUnavailable as error:
        raise WorkFailed(str(error)) from error


@contextmanager
def history_is_mine(data: Path) -> Iterator[None]:
    """While this is open no other program of this data folder takes the history over. Waits for its turn."""
    storing.prepare(data)
    with (data / "history.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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
    return _home(settings, cell_of(settings, feed) if feed.agents_belong_to == "queue" else None)


def campaign_home_of(settings: Settings, feed: Feed) -> Callable[[str, str], Cell]:
    """Where the person belongs that this feed means by a name, seen in a campaign (empty: in none)."""
    return _home(settings, campaign_cell_of(settings) if feed.agents_belong_to == "campaign" else None)


def _home(settings: Settings, route: Callable[[str], Cell] | None) -> Callable[[str, str], Cell]:
    @cache
    def home(name: str, seen_in: str) -> Cell:
        _, agent = settings.agent(name)
        if agent is not None and (agent.provider or agent.site or agent.team):
            return Cell("", agent.provider, agent.site, agent.team)
        if route is None or not seen_in:
            return Cell("")
        cell = route(seen_in)
        return Cell("", cell.provider, cell.site, cell.team)

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


def order_cell_of(settings: Settings) -> Callable[[str, str, str], Cell]:
    """The cell of an order by project, campaign and hotline as a feed names them, empty where it does not.

    Where a setting knows none of them, or they contradict each other, it is the one of orders that belong to nobody.
    """
    queues = {queue.hotline: queue for queue in settings.queues.values()}
    clients: dict[str, str] = {}
    for project, client in [
        *((queue.project, queue.client) for queue in settings.queues.values()),
        *((campaign.project, campaign.client) for campaign in settings.campaigns.values()),
    ]:
        clients.setdefault(project, client)
    nobody = Cell("", channel="", configured=False, family="orders")

    @cache
    def route(project: str, campaign: str, hotline: str) -> Cell:
        of_campaign, queue = settings.campaigns.get(campaign), queues.get(hotline)
        known_hotline = queue is not None or hotline in settings.hotlines
        known = (not campaign or of_campaign is not None) and (not hotline or known_hotline)
        if not known or not (project or campaign or hotline):
            return nobody
        belongs = [("", "")]
        if of_campaign is not None:
            belongs.append((of_campaign.project, of_campaign.client))
        if queue is not None:
            belongs.append((queue.project, queue.client))
        projects = {project, *(each for each, _ in belongs)} - {""}
        if len(projects) > 1 or (project and project not in clients):
            return nobody
        found = projects.pop() if projects else ""
        client = clients.get(found, "") if found else max(client for _, client in belongs)
        return Cell(hotline, channel="", project=found, client=client, family="orders", campaign=campaign)

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


def on_signals(stop: Callable[[], None]) -> None:
    """Ctrl-C and SIGTERM end the work cleanly."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop())


def patiently(work: Callable[[], None], stop: threading.Event) -> None:
    """Does the work, again and again while the log or the store does not answer. Logged once, and once at the end."""
    lost = False
    while not stop.is_set():
        try:
            work()
        except (LogUnavailable, StoreUnavailable) as error:
            if not lost:
                _logger.error("cannot begin, trying again: %s", error)
            lost = True
            stop.wait(0.5)
        else:
            if lost:
                _logger.info("can begin now")
            return
