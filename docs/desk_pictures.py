"""The pictures of the desk's pages with charts: the whole application over the made-up centre's days."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser
from werkzeug.serving import make_server

from dashboard.access import Scope
from dashboard.api import Figures
from dashboard.app import WebSettings, create_app
from dashboard.database import open_database
from dashboard.desk import create_desk
from dashboard.hub import Hub
from dashboard.users import Users
from docs import account_pictures, made_up_days
from docs import made_up_centre as centre
from mobile import pages
from streams.catalogue import Options
from streams.days import SiteClock
from streams.store_memory import MemoryStore

NAME = "Karin Vogt"
SIZES = {"desk": (1440, 900), "phone": (390, 844), "narrow": (320, 640)}
PAGES = {
    "hotline": "/desk/hotline?name=Reklamation&period=day",
    "hotline-week": "/desk/hotline?name=Rechnung&period=week&date=2026-11-16",
    "campaign": "/desk/campaign?name=Winback+Herbst&period=day",
}


@contextmanager
def served() -> Iterator[tuple[str, str, Callable[[str], None]]]:
    """Serves the application until the end of the block: its address, a session, and what changes its language."""
    with TemporaryDirectory() as folder:
        store = MemoryStore()
        readings = [*centre.readings(), *made_up_days.of_now()]
        store.replace(store.acquire(), centre.AS_OF_MS, "1", readings, centre.feeds())
        users = Users(open_database(Path(folder)), lambda: centre.AS_OF_MS)
        user = users.add_user(NAME, account_pictures.PASSWORD, "manager", Scope())
        hub = Hub(store, account_pictures.present)
        hub.step()
        figures = Figures(
            lambda *_, **__: made_up_days.Days(),
            lambda _: SiteClock("Europe/Berlin"),
            Options(),
            lambda: centre.AS_OF_MS,
            [centre.cell(line) for line in centre.LINES],
            money=made_up_days.Euros(),
            targets=centre.targets(),
        )
        app = create_app(WebSettings(), hub, users, figures, pages=[pages.register], desk=create_desk)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        session = users.begin_session(user, account_pictures.AGENT, "192.0.2.33")
        yield (
            f"http://127.0.0.1:{server.server_port}",
            session.token,
            lambda language: users.set_language(user.id, language),
        )
        app.extensions["close"]()
        server.shutdown()


def take(browser: Browser, folder: Path, wanted: list[str]) -> None:
    """Every picture whose name holds one of `wanted`; all where nothing is wanted."""
    shots = [
        (f"{name}-{device}-{theme}-{language}", name, device, theme, language)
        for name in PAGES
        for device in SIZES
        for theme in ("light", "dark")
        for language in ("de", "en")
        if device == "desk" or theme == "dark"
    ]
    chosen = [shot for shot in shots if not wanted or any(part in shot[0] for part in wanted)]
    if not chosen:
        return
    with served() as (address, token, speak):
        for title, name, device, theme, language in chosen:
            width, height = SIZES[device]
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if theme == "dark" else "light",
                device_scale_factor=1 if device == "desk" else 2,
                service_workers="block",
                reduced_motion="reduce",
            )
            context.add_cookies([{"name": "leitstand", "value": token, "url": address}])
            speak(language)
            page = context.new_page()
            page.set_default_timeout(200_000)
            page.on("console", lambda message: print(message.type, message.text, file=sys.stderr))  # noqa: T201
            page.on("pageerror", lambda error: print("page error", error, file=sys.stderr))  # noqa: T201
            page.goto(address + PAGES[name])
            page.wait_for_selector(".chart .main-svg")
            page.screenshot(path=folder / f"{title}.png", full_page=device != "narrow")
            context.close()
