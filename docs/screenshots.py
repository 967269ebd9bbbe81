"""Re-makes every picture in docs/pictures: `python -m docs.screenshots [part of a name ...]`.

Draws the real pages, from a made-up centre, in Debian's Chromium.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from flask import Flask, Response, request, send_from_directory
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from dashboard import desk, wall
from dashboard.assets import Assets
from dashboard.board import Board, View, compose
from dashboard.page import Visitor
from dashboard.precompressed import StaticFiles
from docs import account_pictures, desk_pictures
from docs import made_up_centre as centre
from docs.chromium import chromium
from mobile import pages
from streams.query import iso

PICTURES = Path(__file__).parent / "pictures"
STATIC = Path(__file__).parents[1] / "dashboard" / "static"
SIZES = {"phone": (390, 844), "desk": (1440, 900), "wall": (1920, 1080)}
PATHS = {"phone": "/", "desk": "/desk/", "wall": "/wall"}
STATES = {"nofeeds": "none", "silent": "silent", "empty": "empty", "nothing": "nothing"}


def application() -> Flask:
    """The pages without accounts, for pictures only: the address says language and state of the data."""
    app = Flask("docs.pictures", static_folder=None)

    def asked(name: str, otherwise: str) -> str:
        return request.args.get(name) or request.cookies.get(name) or otherwise

    def board(view: View) -> Board:
        state = asked("state", "full")
        as_of_ms = centre.AS_OF_MS
        shown = centre.readings() if state in {"full", "silent"} else []
        cells = [] if state in {"none", "nothing"} else [centre.cell(line) for line in centre.LINES]
        return compose(
            shown,
            centre.feeds(as_of_ms - 380_000 if state == "silent" else as_of_ms) if state != "none" else [],
            as_of_ms=as_of_ms,
            now_ms=as_of_ms,
            scope_name="",
            configured=cells,
            targets=centre.targets(),
            language=asked("language", "de"),
            view=view,
            feeds_configured=0 if state == "none" else 1,
        )

    def visitor() -> Visitor:
        may = frozenset({"phone", "wall", "desk"})
        return Visitor("Karin Vogt", "manager", asked("language", "de"), may, asked("theme", "auto"))

    @app.get("/static/<path:name>")
    def static_file(name: str) -> Response:
        return send_from_directory(STATIC, name)

    @app.get("/whoami")
    def whoami() -> Response:
        return Response("{}", mimetype="application/json")

    @app.get("/stream")
    def stream() -> Response:
        shown = board(View.from_query(request.args))
        message = {"seq": 1, "as_of": iso(centre.AS_OF_MS), "layout": shown.layout, "fields": shown.fields}

        def events() -> Iterator[str]:
            yield f"event: snapshot\ndata: {json.dumps(message)}\n\n"
            for _ in range(600):
                time.sleep(1)
                yield ": waiting\n\n"

        return Response(events(), mimetype="text/event-stream")

    context = cast("Any", SimpleNamespace(compose=board, visitor=visitor, assets=Assets(StaticFiles([STATIC]))))
    pages.register(app, context)
    wall.register(app, context)
    desk.create_desk(app, context)
    return app


def take(browser: Browser, address: str, wanted: list[str]) -> None:
    """Every picture: kind x brightness x language, and the designed states on the phone."""
    shots = [
        (f"{kind}-{theme}-{language}", kind, theme, language, "full")
        for kind in SIZES
        for theme in ("light", "dark")
        for language in ("de", "en")
    ]
    shots += [(f"state-{name}", "phone", "light", "de", state) for name, state in STATES.items()]
    shots += [("passport", "phone", "dark", "de", "full"), ("state-lost", "phone", "dark", "de", "full")]
    shots += [("more", "phone", "dark", "de", "full"), ("offline", "phone", "light", "de", "full")]
    shots += [("narrow", "phone", "light", "en", "full")]
    for name, kind, theme, language, state in shots:
        if wanted and not any(part in name for part in wanted):
            continue
        width, height = SIZES[kind] if name != "narrow" else (320, 640)
        context = browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=2 if kind == "phone" else 1,
            color_scheme="dark" if theme == "dark" else "light",
            service_workers="block",
            reduced_motion="reduce",
        )
        context.add_cookies(
            [{"name": key, "value": text, "url": address} for key, text in (("language", language), ("state", state))]
        )
        page = context.new_page()
        page.on("console", lambda message: print(message.type, message.text, file=sys.stderr))  # noqa: T201
        page.on("pageerror", lambda error: print("page error", error, file=sys.stderr))  # noqa: T201
        if name == "state-lost":
            page.clock.install()
        path = {"more": "/mehr", "offline": "/offline"}.get(name, PATHS[kind])
        if name in {"more", "offline"}:
            page.goto(address + path)
        else:
            with page.expect_response("**/stream?*"):
                page.goto(address + path)
        if kind == "desk":
            page.wait_for_selector("#react-entry-point > :not(._dash-loading)", state="attached")
        if name == "passport":
            page.locator("button.v").first.click()
            page.wait_for_selector("dialog[open] .passport")
        if name == "state-lost":
            page.wait_for_timeout(500)
            page.clock.fast_forward(65_000)
        page.screenshot(path=PICTURES / f"{name}.png")
        context.close()


_TOGETHER = """<body style="margin:0;background:#23292e;position:relative;width:1640px;height:900px;overflow:hidden">
<style>img{{position:absolute;border-radius:14px;box-shadow:0 18px 60px #0009}}</style>
<img src="{wall}" style="left:560px;top:36px;width:1044px">
<img src="{desk}" style="left:36px;top:250px;width:980px">
<img src="{phone}" style="right:60px;bottom:-40px;width:330px">"""


def together(browser: Browser) -> None:
    """The picture at the top of the README: wall, desk and phone side by side."""
    shown = {"wall": "wall-dark-de", "desk": "desk-light-de", "phone": "phone-dark-de"}
    page = browser.new_page(viewport={"width": 1640, "height": 900})
    sources = {kind: b64encode((PICTURES / f"{name}.png").read_bytes()).decode() for kind, name in shown.items()}
    page.set_content(_TOGETHER.format(**{kind: f"data:image/png;base64,{data}" for kind, data in sources.items()}))
    page.screenshot(path=PICTURES / "readme.png")


def main() -> None:
    """Serves on a free port of this machine, takes the pictures, ends."""
    server = make_server("127.0.0.1", 0, application(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    PICTURES.mkdir(exist_ok=True)
    with chromium() as browser:
        take(browser, f"http://127.0.0.1:{server.server_port}", sys.argv[1:])
        account_pictures.take(browser, PICTURES, sys.argv[1:])
        desk_pictures.take(browser, PICTURES, sys.argv[1:])
        together(browser)
    server.shutdown()


if __name__ == "__main__":
    main()
