"""The process of `up` that serves pages, streams and the API."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from commands import money, storing, wiring
from commands.accounts import users
from commands.live_money import LiveMoney
from config.sections import Feed
from config.settings import Settings
from dashboard import server, wall
from dashboard.access import Scope
from dashboard.api import Figures, NotKept
from dashboard.board import Board, View, compose
from dashboard.live_money import Postings
from dashboard.targets import CampaignLimits, HotlineTarget, Targets
from streams.asof import OlderThanLog
from streams.history.commits import UnreadableCommit
from streams.history.files import HistoryUnavailable
from streams.past import Past
from streams.reading import Reading, Sums
from streams.records import Cell
from streams.store import FeedReport

if TYPE_CHECKING:
    from flask import Flask


_logger = logging.getLogger("web")


class KeptPast:
    """What log and history say of one instant, each answer over connections of its own.

    It runs in a thread of its own, where connections of the main one must not be used.
    """

    def __init__(
        self, settings: Settings, data: Path, address: str, as_of_ms: int, *, is_now: bool, billing: bool
    ) -> None:
        self._settings = settings
        self._data = data
        self._address = address
        self._as_of_ms = as_of_ms
        self._is_now = is_now
        self._billing = billing

    def readings(self) -> Sequence[Reading]:
        """Every cell at that instant. Raises `NotKept`."""
        with self._past() as past:
            return past.readings()

    def by_interval(self, edges: list[int], basis: str, hotlines: Iterable[str]) -> Mapping[Cell, Sequence[Sums]]:
        """For every cell one row per interval. Raises `NotKept`."""
        with self._past() as past:
            return past.by_interval(edges, basis, hotlines)

    @contextmanager
    def _past(self) -> Iterator[Past]:
        own = storing.storage_at(self._settings, self._address, live=True)
        calendar = wiring.calendar(self._settings)
        try:
            history = wiring.history(self._settings, self._data)
            yield Past(own.log.parts, history, calendar, self._as_of_ms, is_now=self._is_now, billing=self._billing)
        except (OlderThanLog, HistoryUnavailable, UnreadableCommit) as error:
            raise NotKept(str(error)) from error
        finally:
            own.close()


def targets(settings: Settings) -> Targets:
    """What hotlines and campaigns are judged by."""
    level = settings.service_level

    def target(name: str) -> HotlineTarget:
        hotline = settings.hotline(name)
        return HotlineTarget(hotline.target, hotline.warn_margin, hotline.minimum_n, hotline.short_name or name)

    campaigns = {
        name: CampaignLimits(one.drop_limit, one.contact_rate_target or None, one.short_name or name)
        for name, one in settings.campaigns.items()
    }
    return Targets(
        HotlineTarget(level.target, level.warn_margin, level.minimum_n, ""),
        {name: target(name) for name in settings.configured_hotlines},
        wiring.kpi_options(settings),
        settings.site.zone,
        campaigns,
    )


def tells_of_campaigns(feed: Feed) -> bool:
    """True when attempts come from this feed."""
    return feed.collector == "vicidial" or not {"campaign", "campaign_name"}.isdisjoint(feed.options)


def create_app(settings: Settings, data: Path, address: str) -> Flask:
    """The application, wired to log, store and accounts. Called in the worker, after gevent's patching."""
    from commands.feed_desk import DataFolderDesk  # noqa: PLC0415
    from dashboard import app as application  # noqa: PLC0415 -- Flask and Dash are slow to import
    from dashboard.desk import create_desk  # noqa: PLC0415
    from dashboard.hub import Hub  # noqa: PLC0415
    from mobile import pages  # noqa: PLC0415

    storage = storing.storage_at(settings, address, live=True)
    judged = targets(settings)
    configured = wiring.configured_cells(settings)
    enabled = [feed.name for feed in settings.feeds.values() if feed.enabled]
    of_campaigns = frozenset(feed.name for feed in settings.feeds.values() if feed.enabled and tells_of_campaigns(feed))

    @lru_cache(maxsize=1024)
    def configured_within(scope: Scope) -> list[Cell]:
        return [cell for cell in configured if scope.admits(cell)]

    def present(
        readings: Iterable[Reading],
        feeds: Iterable[FeedReport],
        *,
        as_of_ms: int,
        scope: Scope,
        language: str,
        view: View,
        postings: Postings | None,
    ) -> Board:
        return compose(
            readings,
            feeds,
            as_of_ms=as_of_ms,
            now_ms=wiring.wall_clock_ms(),
            scope_name=scope.name,
            feeds_named=scope.everything,
            configured=configured_within(scope),
            targets=judged,
            language=language,
            view=view,
            feeds_configured=len(enabled),
            where=scope.where(),
            postings=postings,
            floor=settings.limits.group_floor,
            of_campaigns=of_campaigns or None,
        )

    def history(as_of_ms: int, *, is_now: bool, billing: bool = False) -> KeptPast:
        billing = billing and money.bills_calls(settings)
        return KeptPast(settings, data, address, as_of_ms, is_now=is_now, billing=billing)

    ledger = money.ledger(settings)
    priced = None if ledger is None else money.Money(ledger, (NotKept,))
    clock_of = wiring.clock_of(settings)
    figures = Figures(
        history,
        clock_of,
        judged.options,
        wiring.wall_clock_ms,
        configured,
        server.apart,
        settings.limits.group_floor,
        priced,
        judged,
    )
    live = None
    if priced is not None:
        between = partial(figures.between, is_now=True)
        live = LiveMoney(priced, between, server.apart, (NotKept,))
    hub = Hub(storage.store, present, enabled, money=live, of_campaigns=of_campaigns)
    app = application.create_app(
        application.WebSettings(
            settings.web.default_language, settings.web.public_url, settings.web.trusted_proxies, data / "cache"
        ),
        hub,
        users(data, server.apart),
        figures,
        pages=[pages.register, wall.register],
        desk=create_desk,
        feed_desk=DataFolderDesk(settings, data),
        apart=server.apart,
    )
    threading.Thread(target=hub.run, args=(threading.Event(),), name="hub", daemon=True).start()
    return app


def run(settings: Settings, data: Path, address: str) -> None:
    """Serves until the parent ends. The address it answers at is written to `web.url` in the data folder."""

    def ready(url: str) -> None:
        beside = data / "web.url.new"
        beside.write_text(url)
        beside.replace(data / "web.url")

    web = settings.web
    try:
        server.serve(lambda: create_app(settings, data, address), web.host, web.port, web.tls_cert, web.tls_key, ready)
    except OSError as error:
        _logger.error(
            "cannot listen on %s port %s: %s: choose others with --host and --port", web.host, web.port, error.strerror
        )
        raise SystemExit(1) from None
