"""The whole application on a port of this machine, with made-up readings that a test can change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.serving import make_server

from dashboard import wall
from dashboard.access import Scope
from dashboard.api import Figures, History
from dashboard.app import WebSettings, create_app
from dashboard.board import Board, View, compose
from dashboard.database import open_database
from dashboard.desk import create_desk
from dashboard.hub import Hub
from dashboard.live_money import LiveMoney, Postings
from dashboard.targets import Targets
from dashboard.users import Users
from mobile import pages
from streams.catalogue import Options
from streams.days import SiteClock
from streams.reading import Reading
from streams.records import Cell
from streams.store import FeedReport
from streams.store_memory import MemoryStore
from tests.dashboard.boards import feed, targets
from tests.dashboard.centre import history

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

PAGES_LOADED_TO_LEAVE = 4
"""What a page that must go may take beside the promise: as long as this machine takes now to load so many pages."""
USER, PASSWORD = "karin", "a long pass phrase"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Served:
    """A running Leitstand of one user who sees everything. `publish` shows readings as of now."""

    def __init__(
        self,
        folder: Path,
        configured: Sequence[Cell] = (),
        money: LiveMoney | None = None,
        past: History = history,
    ) -> None:
        self.judged: Targets = targets()
        self.store = MemoryStore()
        self._fence = self.store.acquire()
        self._configured = configured
        self.folder = folder
        self.users = Users(open_database(folder), now_ms)
        self.users.add_user(USER, PASSWORD, "manager", Scope())
        self.hub = Hub(self.store, self._present, money=money)
        figures = Figures(past, lambda _: SiteClock("Europe/Berlin"), Options(), now_ms, list(configured))
        self._stop = threading.Event()
        self.app = create_app(
            WebSettings(), self.hub, self.users, figures, pages=[pages.register, wall.register], desk=create_desk
        )
        self._end_streams: Callable[[], None] = self.app.extensions["close"]

    def _present(
        self,
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
            now_ms=now_ms(),
            scope_name=scope.name,
            configured=[cell for cell in self._configured if scope.admits(cell)],
            targets=self.judged,
            language=language,
            view=view,
            feeds_configured=1,
            where=scope.where(),
            postings=postings,
        )

    def publish(self, readings: Sequence[Reading], *, whole: bool = False) -> None:
        """Publishes as of now, with a feed that has just been heard of."""
        at_ms = now_ms() // 1000 * 1000
        alive = feed()
        alive.heard_ms = at_ms
        write = self.store.replace if whole else self.store.publish
        write(self._fence, at_ms, "1", readings, [alive])

    def log_in(self, page: Page, name: str = USER, password: str = PASSWORD) -> None:
        """Fills the login form in, in German, and waits until it has led on."""
        page.goto(f"{self.url}/login?language=de")
        page.fill("[name=user]", name)
        page.fill("[name=password]", password)
        page.click("form button.main")
        page.wait_for_url(lambda url: "/login" not in url)

    @property
    def streams(self) -> int:
        """How many event streams are open."""
        return self.hub.streams

    def live(self, page: Page, selector: str = "") -> None:
        """Returns when the page is live and holds what the selector names.

        It goes on publishing until then, as a core does: on a busy machine a page takes longer to load than a picture
        stays fresh.
        """

        def reached() -> bool:
            self.publish([])
            return page.locator(f"html[data-age=live] {selector}").count() > 0

        self.until(reached)

    def leaving_seconds(self, context: BrowserContext) -> float:
        """See `PAGES_LOADED_TO_LEAVE`; a fraction of a second where nothing else runs."""
        page = context.new_page()
        began = time.monotonic()
        page.goto(f"{self.url}/login")
        took = time.monotonic() - began
        page.close()
        return PAGES_LOADED_TO_LEAVE * took

    def until(self, reached: Callable[[], bool], seconds: float = 60) -> None:
        """Looks ten times a second until the condition holds; fails after `seconds`."""
        deadline = time.monotonic() + seconds
        while not reached():
            assert time.monotonic() < deadline, "the condition did not come true in time"
            self._stop.wait(0.1)

    def start(self) -> None:
        """Serves on a free port and follows what is published."""
        self._server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._threads = [
            threading.Thread(target=self.hub.run, args=(self._stop,), daemon=True),
            threading.Thread(target=self._server.serve_forever, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Ends streams, hub and server."""
        self._stop.set()
        self._end_streams()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join(10)
