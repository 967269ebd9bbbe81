"""The pictures of accounts: the whole application with made-up people, at one instant of the made-up centre."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyotp
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from dashboard import wall
from dashboard.access import Scope
from dashboard.api import Figures, NotKept, Past
from dashboard.app import WebSettings, create_app
from dashboard.board import Board, View, compose
from dashboard.database import open_database
from dashboard.desk import create_desk
from dashboard.hub import Hub
from dashboard.users import Users
from docs import made_up_centre as centre
from mobile import pages
from streams.catalogue import Options
from streams.days import SiteClock
from streams.reading import Reading
from streams.store import FeedReport
from streams.store_memory import MemoryStore

PASSWORD = "four unrelated words"  # noqa: S105 - of made-up people
OPS, LEAD, GUEST = "Karin Vogt", "Tom Albrecht", "Petra Lindqvist"
SIZES = {"phone": (390, 844), "desk": (1440, 900)}
AGENT = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"
_ANDROID, _WINDOWS = AGENT, "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"


@dataclass
class People:
    """The application on a free port, and its accounts."""

    address: str
    users: Users
    lead_id: int
    link: str


@contextmanager
def served() -> Iterator[People]:
    """Serves the application until the end of the block; nothing of it stays."""
    with TemporaryDirectory() as folder:
        store = MemoryStore()
        store.replace(store.acquire(), centre.AS_OF_MS, "1", centre.readings(), centre.feeds())
        users = Users(open_database(Path(folder)), lambda: centre.AS_OF_MS)
        hub = Hub(store, present)
        hub.step()
        cells = [centre.cell(line) for line in centre.LINES]
        clock = SiteClock("Europe/Berlin")
        figures = Figures(_history, lambda _: clock, Options(), lambda: centre.AS_OF_MS, cells)
        app = create_app(WebSettings(), hub, users, figures, pages=[pages.register, wall.register], desk=create_desk)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield _people(f"http://127.0.0.1:{server.server_port}", users)
        app.extensions["close"]()
        server.shutdown()


def _people(address: str, users: Users) -> People:
    ops = users.add_user(OPS, PASSWORD, "ops", Scope(), phone="+49 30 1234567")
    users.add_user("Jonas Berg", PASSWORD, "manager", Scope())
    lead = users.add_user(LEAD, PASSWORD, "team_lead", Scope.of({"hotline": ["Rechnung", "Kündigung"]}))
    users.add_user("Nordcall", PASSWORD, "partner", Scope.of({"provider": ["Nordcall"]}))
    guest = users.add_user(GUEST, None, "account_manager", Scope.of({"project": ["Technik"]}), language="de")
    users.disable(users.add_user("Otto Brandt", PASSWORD, "auditor", Scope()).id)
    users.begin_session(lead, _WINDOWS, "192.0.2.33")
    users.api_tokens.make(ops.id, "Grafana Leitstelle")
    code = pyotp.TOTP(users.second_factor.begin(lead.id)).at(centre.AS_OF_MS // 1000)
    assert users.second_factor.confirm(lead.id, code)
    return People(address, users, lead.id, users.links.make(guest.id, "invitation"))


def present(
    readings: Iterable[Reading],
    feeds: Iterable[FeedReport],
    *,
    as_of_ms: int,
    scope: Scope,
    language: str,
    view: View,
    postings: None,
) -> Board:
    """The board of the made-up centre."""
    del postings
    return compose(
        readings,
        feeds,
        as_of_ms=as_of_ms,
        now_ms=as_of_ms,
        scope_name=scope.name,
        configured=[],
        targets=centre.targets(),
        language=language,
        view=view,
        feeds_configured=1,
    )


def _history(as_of_ms: int, *, is_now: bool, billing: bool = False) -> Past:
    del as_of_ms, is_now, billing
    message = "pictures show no past"
    raise NotKept(message)


def take(browser: Browser, folder: Path, wanted: list[str]) -> None:
    """Every picture of accounts whose name holds one of `wanted`; all where nothing is wanted."""
    with served() as people:
        for device, (width, height) in SIZES.items():
            for theme in ("light", "dark"):
                for language in ("de", "en"):
                    named = {f"{name}-{device}-{theme}-{language}": open_it for name, open_it in SHOTS.items()}
                    chosen = {name: it for name, it in named.items() if not wanted or any(w in name for w in wanted)}
                    if not chosen:
                        continue
                    context = browser.new_context(
                        viewport={"width": width, "height": height},
                        color_scheme="dark" if theme == "dark" else "light",
                        user_agent=AGENT if device == "phone" else None,
                        is_mobile=device == "phone",
                        has_touch=device == "phone",
                        device_scale_factor=2 if device == "phone" else 1,
                        service_workers="block",
                        reduced_motion="reduce",
                    )
                    page = context.new_page()
                    for name, open_it in chosen.items():
                        open_it(page, people, language)
                        page.screenshot(path=folder / f"{name}.png")
                    context.close()


def _log_in(page: Page, people: People, language: str, name: str = OPS) -> None:
    page.context.clear_cookies()
    page.goto(f"{people.address}/login?language={language}")
    page.fill("[name=user]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("form button.main")
    page.wait_for_load_state()
    account = people.users.account_named(name)
    assert account is not None
    people.users.set_language(account.user.id, language)


def _account(page: Page, people: People, language: str) -> None:
    _log_in(page, people, language)
    ops = people.users.account_named(OPS)
    (own,) = (cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "leitstand")
    assert ops is not None
    people.users.end_all_of(ops.user.id, own)
    for agent, address in ((_ANDROID, "192.0.2.17"), (_WINDOWS, "192.0.2.33")):
        people.users.begin_session(ops.user, agent, address)
    page.goto(f"{people.address}/account")


def _factor(page: Page, people: People, language: str) -> None:
    _account(page, people, language)
    page.click("#factor summary")
    page.fill("#factor-current", PASSWORD)
    page.click("#factor form button")
    page.wait_for_selector(".qr")


def _users(page: Page, people: People, language: str) -> None:
    _log_in(page, people, language)
    page.goto(f"{people.address}/users")


def _user(page: Page, people: People, language: str) -> None:
    _log_in(page, people, language)
    page.goto(f"{people.address}/users/{people.lead_id}")


def _code(page: Page, people: People, language: str) -> None:
    _log_in(page, people, language, LEAD)
    page.goto(f"{people.address}/login/code")


def _link(page: Page, people: People, language: str) -> None:
    guest = people.users.account_named(GUEST)
    assert guest is not None
    people.users.set_language(guest.user.id, language)
    page.goto(f"{people.address}/link/{people.link}")


SHOTS: dict[str, Callable[[Page, People, str], None]] = {
    "account": _account,
    "factor": _factor,
    "users": _users,
    "user": _user,
    "code": _code,
    "link": _link,
}
