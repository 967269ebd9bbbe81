"""Feeds wired to their collectors, and the loop that keeps them running."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.contract import Wiring
from collectors.deadletters import DeadLetters
from collectors.ingest import FeedRun
from collectors.registry import COLLECTORS
from collectors.sources import Days, Dropped, Polled
from commands import wiring
from commands.failures import WrongCall
from config.sections import Feed
from config.settings import Settings
from streams.days import SiteClock, closes_at
from streams.log import EventLog

IDLE_SECONDS = 0.1
EXPIRE_EVERY_MS = 3_600_000
_logger = logging.getLogger("collecting")


def dead_letters(settings: Settings, data: Path) -> DeadLetters:
    """The dead letters of a data folder."""
    return DeadLetters(data / "dead", settings.storage.dead_letter_cap)


def feed_named(settings: Settings, name: str) -> Feed:
    """The feed of the settings. Raises `WrongCall`."""
    if name not in settings.feeds:
        known = ", ".join(sorted(settings.feeds)) or "none: name a settings file with --config"
        message = f"no feed is called {name!r}; the settings have {known}"
        raise WrongCall(message)
    return settings.feeds[name]


def feed_run(settings: Settings, data: Path, feed: Feed, log: EventLog) -> FeedRun:
    """A feed ready to be followed or replayed."""
    options = COLLECTORS[feed.collector].read_options(feed.options)
    parser = options.parser(
        Wiring(
            feed.name,
            wiring.cell_of(settings, feed),
            wiring.persons(settings, data),
            ZoneInfo(settings.site.zone),
            settings.limits.skew_ms,
            wiring.home_of(settings, feed),
            wiring.campaign_cell_of(settings),
            wiring.order_cell_of(settings),
        )
    )
    clock_of = wiring.clock_of(settings)
    return FeedRun(
        feed.name,
        feed.collector,
        parser,
        log,
        data,
        dead_letters(settings, data),
        lambda site, event_ms: closes_at(clock_of(site), event_ms, settings.site.closes),
        _logger.warning,
    )


def collect(settings: Settings, data: Path, log: EventLog, stop: threading.Event) -> None:
    """Follows every enabled feed until `stop`, one after the other, idling only when none has anything to do."""
    runs = []
    for feed in settings.feeds.values():
        if feed.enabled:
            run = feed_run(settings, data, feed, log)
            options = COLLECTORS[feed.collector].read_options(feed.options)
            if isinstance(options, Polled):
                clock = SiteClock(settings.site.zone, settings.site.day_start)
                run.read_from(options.live_source(ZoneInfo(settings.site.zone), Days(clock, settings.site.closes)))
            elif isinstance(options, Dropped):
                if feed.path is not None:
                    run.read_from(options.folder_source(feed.path))
            elif feed.path is not None:
                run.follow(feed.path, options.rotated)
            runs.append(run)
    letters = dead_letters(settings, data)
    expired_ms = 0
    try:
        while not stop.is_set():
            now_ms = wiring.wall_clock_ms()
            busy = sum(run.step(now_ms) for run in runs)
            if now_ms - expired_ms > EXPIRE_EVERY_MS:
                expired_ms = now_ms
                try:
                    letters.expire(now_ms, settings.storage.dead_letter_days)
                except OSError as error:
                    _logger.warning("old dead letters not deleted, next try in an hour: %s", error)
            if not busy:
                stop.wait(IDLE_SECONDS)
    finally:
        for run in runs:
            run.close()
