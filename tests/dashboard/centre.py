"""A made-up centre for tests of the web side: three providers with names that must not leak, and the application."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard import wall
from dashboard.access import Role, Scope
from dashboard.api import Figures, History, NotKept
from dashboard.app import RegisterPages, WebSettings, create_app
from dashboard.board import Board, View, compose
from dashboard.database import open_database
from dashboard.desk import create_desk
from dashboard.feed_pages import DeadLine, FeedDesk
from dashboard.hub import Hub
from dashboard.live_money import LiveMoney, Postings
from dashboard.targets import HotlineTarget, Targets
from dashboard.users import Users
from mobile import pages
from streams.batch import Tally
from streams.catalogue import Options
from streams.counters import COMBINATIONS, INDEX, WIDTH
from streams.days import SiteClock
from streams.reading import Reading, Sums
from streams.records import Cell
from streams.store import FeedReport
from streams.store_memory import MemoryStore

NOW_MS = 1_780_000_000_000
PASSWORD = "a long pass phrase"
CANARIES = {
    "Nordcall": ("Nordcall", "Reklamation-NC", "Leipzig-NC", "Projekt-NC", "Kunde-NC", "Team-NC"),
    "Teleo": ("Teleo", "Rechnung-TE", "Erfurt-TE", "Projekt-TE", "Kunde-TE", "Team-TE"),
    "Servio": ("Servio", "Technik-SE", "Gera-SE", "Projekt-SE", "Kunde-SE", "Team-SE"),
}
"""Every name that belongs to one provider: provider, hotline, site, project, client, team."""
SHARED = "Partnerlinie"
"""A hotline that two providers serve."""

ACCOUNTS: Mapping[str, tuple[Role, Mapping[str, Sequence[str]]]] = {
    "chefin": (Role.MANAGER, {}),
    "lead": (Role.TEAM_LEAD, {"hotline": ["Rechnung-TE", "Technik-SE"]}),
    "kundin": (Role.ACCOUNT_MANAGER, {"client": ["Kunde-NC"]}),
    "betrieb": (Role.OPS, {}),
    "nordcall": (Role.PARTNER, {"provider": ["Nordcall"]}),
    "pruefer": (Role.AUDITOR, {"site": ["Gera-SE"]}),
}


def cells() -> list[Cell]:
    """One cell for each provider's own hotline, one each for the shared hotline of Nordcall and Teleo."""
    own = [
        Cell(hotline, provider, site, team, project, client)
        for provider, hotline, site, project, client, team in CANARIES.values()
    ]
    shared = [Cell(SHARED, cell.provider, cell.site, cell.team, cell.project, cell.client) for cell in own[:2]]
    return own + shared


def reading(cell: Cell, offered: int = 40, in_time: int = 30, waiting: int = 1) -> Reading:
    """A cell that answered `in_time` of `offered` in time and the others late, in both windows and bases."""
    counts = []
    for place in COMBINATIONS.values():
        for name, value in {
            "offered": offered,
            "answered_in_time": in_time,
            "answered_late": offered - in_time,
            "answered": offered,
            "wait_answered_ms": offered * 11_000,
            "handled": offered,
            "talk_ms": offered * 180_000,
        }.items():
            counts += [place * WIDTH + INDEX[name], value]
    return Reading(cell, counts, [31_000] * 4, [[11, offered]] * 4, waiting, 0, None, NOW_MS - 5 * 3600_000, [])


def feeds() -> list[FeedReport]:
    """Two feeds, one of them named after a provider."""
    return [
        FeedReport("anlage", Tally(received=7, counted=7), 1, NOW_MS, NOW_MS, "live"),
        FeedReport("teleo-acd", Tally(received=424_242, counted=424_242), 1, NOW_MS, NOW_MS, "live", "host te-1 ok"),
    ]


class Past:
    """The past of this centre: always the same."""

    def readings(self) -> list[Reading]:
        return [reading(cell, offered=20, in_time=10) for cell in cells()]

    def by_interval(self, edges: list[int], basis: str, hotlines: Iterable[str]) -> dict[Cell, list[Sums]]:
        return {cell: [Sums({"offered": 5}) for _ in edges[1:]] for cell in cells()}


def history(as_of_ms: int, *, is_now: bool, billing: bool = False) -> Past:
    """Nothing is kept from before one day ago."""
    if as_of_ms < NOW_MS - 86_400_000:
        message = "lies before the beginning of the log"
        raise NotKept(message)
    return Past()


class NoLetters:
    """The collecting side of both feeds, with nothing that could not be read."""

    @property
    def collectors(self) -> dict[str, str]:
        return {"anlage": "queue_log", "teleo-acd": "columns"}

    @property
    def sqlite(self) -> Sequence[str]:
        return ()

    def dead(self, feed: str) -> Sequence[DeadLine]:
        return ()

    def retry(self, feed: str) -> int | None:
        return 0


PAGES = (pages.register, wall.register)
TARGETS = Targets(HotlineTarget(0.8, 0.05, 10, ""), {}, Options(), "Europe/Berlin")


@dataclass
class Clock:
    """A settable clock: UTC milliseconds and, for the hub, monotonic seconds."""

    now_ms: int = NOW_MS

    def ms(self) -> int:
        return self.now_ms

    def seconds(self) -> float:
        return self.now_ms / 1000

    def pass_seconds(self, seconds: float) -> None:
        self.now_ms += int(seconds * 1000)


@dataclass
class Centre:
    """The application with everything behind it. `public_url` and TLS are as in the settings.

    `database`: the URL of the accounts, where they are not a file in `folder`.
    """

    folder: Path
    settings: WebSettings = field(default_factory=WebSettings)
    clock: Clock = field(default_factory=Clock)
    with_desk: bool = True
    pages: Sequence[RegisterPages] = ()
    database: str = ""
    history: History = history
    feed_desk: FeedDesk = field(default_factory=NoLetters)
    money: LiveMoney | None = None

    def __post_init__(self) -> None:
        self.store = MemoryStore()
        self.fence = self.store.acquire()
        self.users = Users(open_database(self.database or self.folder), self.clock.ms)
        self.reports = feeds()
        self._made: set[str] = set()
        self.composed: list[tuple[Scope, str, View]] = []
        self.hub = Hub(self.store, self.present, clock=self.clock.seconds, money=self.money)
        figures = Figures(self.history, lambda _: SiteClock("Europe/Berlin"), Options(), self.clock.ms, cells())
        desk = create_desk if self.with_desk else None
        added = [*self.pages, *PAGES]
        self.app: Flask = create_app(
            self.settings, self.hub, self.users, figures, pages=added, desk=desk, feed_desk=self.feed_desk
        )
        self.app.testing = True

    def present(
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
        self.composed.append((scope, language, view))
        return compose(
            readings,
            feeds,
            as_of_ms=as_of_ms,
            now_ms=self.clock.now_ms,
            scope_name=scope.name,
            configured=[cell for cell in cells() if scope.admits(cell)],
            targets=TARGETS,
            language=language,
            view=view,
            feeds_configured=2,
            feeds_named=scope.everything,
            where=scope.where(),
            postings=postings,
        )

    def publish(self, readings: Sequence[Reading] = (), *, whole: bool = False) -> None:
        """Publishes at the clock's second, as the processor does."""
        write = self.store.replace if whole else self.store.publish
        write(self.fence, self.clock.now_ms // 1000 * 1000, "1", readings, self.reports)

    def publish_all(self) -> None:
        """The first picture, and the hub has seen it."""
        self.publish([reading(cell) for cell in cells()], whole=True)
        self.hub.step()

    def tick(self, seconds: float = 1.0, readings: Sequence[Reading] = ()) -> None:
        """Time passes, the processor publishes, the hub follows and pushes."""
        self.clock.pass_seconds(seconds)
        self.publish(readings)
        self.hub.step()
        self.hub.push_if_due()

    def account(self, name: str) -> None:
        """Makes this account of `ACCOUNTS`, where it is not there yet."""
        if name not in self._made:
            self._made.add(name)
            role, scope = ACCOUNTS[name]
            self.users.add_user(name, PASSWORD, role, Scope.of(scope))

    def client(self) -> FlaskClient:
        """A browser without a session."""
        return self.app.test_client()

    def signed_in(self, name: str) -> FlaskClient:
        """A browser in which this user has logged in."""
        client = self.client()
        self.account(name)
        answer = log_in(client, name)
        assert answer.status_code == 303, answer.text
        return client


def log_in(client: FlaskClient, name: str, password: str = PASSWORD, **options: str) -> TestResponse:
    """Fills the login form in and sends it."""
    token = form_token(client)
    return client.post("/login", data={"user": name, "password": password, "csrf": token, **options})


def form_token(client: FlaskClient) -> str:
    """The token of the login form."""
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").text)
    assert found
    return found[1]
