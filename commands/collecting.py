"""Feeds wired to their collectors, and the loop that keeps them running."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.contract import Wiring
from collectors.deadletters import DeadLetters, Letter
from collectors.ingest import FULL, UNWRITABLE, FeedRun
from collectors.lines import HEAD_BYTES
from collectors.registry import COLLECTORS
from collectors.sources import Days, Dropped, Polled
from collectors.whole_file import ReadsWhole
from commands import wiring
from commands.failures import WrongCall
from config.sections import Feed
from config.settings import Settings
from streams.days import SiteClock, closes_at
from streams.log import EventLog
from streams.pauses import Pause, Pauses
from streams.store import StoreUnavailable
from streams.uncountable import Uncountable

IDLE_SECONDS = 0.1
EXPIRE_EVERY_MS = 3_600_000
_SAY_EVERY_MS = 1_000
_STATES = {FULL: "full", UNWRITABLE: "error"}
"""What a pause makes of a feed. A log that does not answer for a moment makes nothing of it."""
_logger = logging.getLogger("collecting")


def dead_letters(settings: Settings, data: Path) -> DeadLetters:
    """The dead letters of a data folder."""
    return DeadLetters(data / "dead", settings.storage.dead_letter_cap)


def keep_left_out(settings: Settings, data: Path, part: int) -> Callable[[Sequence[Uncountable]], None]:
    """Keeps records of this part of the log that cannot be counted among the dead letters of their feed.

    The same record is the same letter, however often it is met.
    """
    letters = dead_letters(settings, data)

    def keep(left_out: Sequence[Uncountable]) -> None:
        of_batch: dict[tuple[str, int], list[Letter]] = {}
        for one in left_out:
            identity = f"log {part} {one.collected_ms} {one.sequence}"
            letter = Letter(
                one.feed,
                f"batch {one.sequence} in the log",
                identity,
                one.place,
                one.collected_ms,
                f"cannot be counted: {one.reason}",
                one.data,
                len(one.data) <= HEAD_BYTES,
                record=True,
            )
            of_batch.setdefault((one.feed, one.sequence), []).append(letter)
        for (feed, sequence), of_one in of_batch.items():
            # Below 0, so that it is not taken for what the collector counted of the same batch.
            letters.write(feed, of_one, -sequence)

    return keep


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
            wiring.campaign_home_of(settings, feed),
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


class _Telling:
    """Says which feeds pause, again and again while they do, and when they go on."""

    def __init__(self, pauses: Pauses) -> None:
        self._pauses = pauses
        self._said_ms: dict[str, int] = {}

    def look(self, runs: Sequence[FeedRun], now_ms: int) -> None:
        """Does it at most once a second for each."""
        for run in runs:
            state, said_ms = _STATES.get(run.paused), self._said_ms.get(run.feed)
            try:
                if state is not None and (said_ms is None or now_ms - said_ms >= _SAY_EVERY_MS):
                    self._said_ms[run.feed] = now_ms
                    self._pauses.tell(run.feed, Pause(state, run.paused, now_ms))
                elif not run.paused and said_ms is not None:
                    self._pauses.end(run.feed)
                    del self._said_ms[run.feed]
            except StoreUnavailable as error:
                # The pause itself is told in the log; a picture that cannot be written is told by its age.
                _logger.debug("feed %s: %s", run.feed, error)


def collect(settings: Settings, data: Path, log: EventLog, stop: threading.Event, pauses: Pauses) -> None:
    """Follows every enabled feed until `stop`, one after the other, idling only when none has anything to do."""
    telling = _Telling(pauses)
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
            elif isinstance(options, ReadsWhole) and feed.path is not None:
                run.read_from(options.whole_source(feed.path))
            elif feed.path is not None:
                run.follow(feed.path, options.rotated)
            runs.append(run)
    letters = dead_letters(settings, data)
    expired_ms = 0
    try:
        while not stop.is_set():
            now_ms = wiring.wall_clock_ms()
            busy = sum(run.step(now_ms) for run in runs)
            telling.look(runs, now_ms)
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
