"""The pages of feeds: how alive each is, the account of its lines, and its dead letters with another try.

What is asked for here is carried out by the process that collects the feed; a page never reads a feed itself.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from flask import Flask, Response, abort, make_response, redirect, request

from dashboard import formats
from dashboard.access import Scope
from dashboard.form_page import form_page
from dashboard.sessions import caller, language_of
from dashboard.silence import ago
from dashboard.wording import words
from dashboard.wording.feeds import FeedsWording, feeds_words
from streams.batch import Tally
from streams.feed_state import TOLD_SKEW_SECONDS, FeedState, message_of, state_of
from streams.store import FeedReport

if TYPE_CHECKING:
    from dashboard.app import PageContext

MOST_LETTERS = 200
"""So many dead letters stand on a page; the command line lists them all."""
SHAPES: Mapping[FeedState, str] = {"live": "good", "quiet": "none", "silent": "lost", "error": "bad", "off": "empty"}
"""With which shape and colour a state of a feed is drawn."""
_TOLD_MS = TOLD_SKEW_SECONDS * 1000
_WORST = ("error", "silent", "off", "quiet", "live")
_COUNTS = ("counted", "duplicate", "late", "dead", "skipped")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DeadLine:
    """A line that could not be read. `whole`: all its bytes are there; `again`: it can be tried again."""

    id: str
    source: str
    position: int
    at_ms: int
    reason: str
    data: bytes
    whole: bool
    again: bool


class FeedDesk(Protocol):
    """What the collecting side keeps of feeds, as far as it can be reached from here."""

    @property
    def collectors(self) -> Mapping[str, str]:
        """By feed, the collector that the settings name for it; of those that are collected."""
        ...

    @property
    def sqlite(self) -> Collection[str]:
        """The feeds of a dialer whose tables lie in an SQLite file, because no MariaDB runs."""
        ...

    def dead(self, feed: str) -> Sequence[DeadLine]:
        """The dead letters that are kept here, newest first."""
        ...

    def retry(self, feed: str) -> int | None:
        """Asks for another try of all of them; how many were read at last, None where no answer came in time."""
        ...


def register(app: Flask, context: PageContext, desk: FeedDesk) -> None:
    """Adds GET /feeds, /feeds/NAME and POST /feeds/NAME/retry."""

    def text() -> FeedsWording:
        return feeds_words(language_of(caller()))

    def reports() -> dict[str, FeedReport]:
        found = {report.feed: report for report in context.hub.feeds(Scope())}
        return {name: found.get(name) or FeedReport(name, Tally()) for name in sorted({*found, *desk.collectors})}

    def filled(report: FeedReport) -> dict[str, Any]:
        shown = _shown(report, context, desk.collectors, language_of(caller()))
        return {**shown, "remark": text().sqlite if report.feed in desk.sqlite else ""}

    @app.get("/feeds")
    def feeds() -> Response:
        shown = sorted(map(filled, reports().values()), key=lambda each: (_WORST.index(each["state"]), each["name"]))
        return make_response(form_page("feeds.html", context, here="feeds", fd=text(), shown=shown))

    @app.get("/feeds/<path:name>")
    def feed(name: str) -> Response:
        report = reports().get(name)
        if report is None:
            abort(404)
        said, language = text(), language_of(caller())
        dead = desk.dead(name)
        letters = [
            {
                "line": line,
                "at": f"{formats.day(line.at_ms, context.zone, language)} {formats.clock(line.at_ms, context.zone)}",
                "text": printable(line.data),
            }
            for line in dead[:MOST_LETTERS]
        ]
        elsewhere = max(0, report.tally.dead - len(dead))
        html = form_page(
            "feed.html",
            context,
            here="feeds",
            fd=said,
            feed=filled(report),
            letters=letters,
            again=any(line.again for line in dead),
            more=said.more.format(n=formats.whole(len(dead) - MOST_LETTERS, language))
            if len(dead) > MOST_LETTERS
            else "",
            elsewhere=said.elsewhere.format(n=formats.whole(elsewhere, language)) if elsewhere else "",
            message=_message(request.args.get("retried", ""), language, said),
        )
        return make_response(html)

    @app.post("/feeds/<path:name>/retry")
    def retry(name: str) -> Response:
        if name not in desk.collectors:
            abort(404)
        retried = desk.retry(name)
        _log.info("account %s asked for another try of the dead letters of %s: %s", caller().user.name, name, retried)
        asked = "asked" if retried is None else str(retried)
        return make_response(redirect(f"{request.path.removesuffix('/retry')}?retried={asked}", 303))


def printable(data: bytes) -> str:
    """The bytes for people: text as it is, all else as \\xNN, so that nothing of it is lost."""
    text = data.decode("utf-8", "backslashreplace")
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text.rstrip("\r\n")
    )


def _message(retried: str, language: str, said: FeedsWording) -> str:
    if retried == "asked":
        return said.retry_asked
    if retried.isascii() and retried.isdigit() and len(retried) < 9:
        return said.retried.format(n=formats.whole(int(retried), language))
    return ""


def _shown(report: FeedReport, context: PageContext, collectors: Mapping[str, str], language: str) -> dict[str, Any]:
    said, now_ms, tally = feeds_words(language), context.now_ms(), report.tally
    state = state_of(report, now_ms, collected=report.feed in collectors)
    rate = context.hub.rates.per_minute(report, context.hub.as_of_ms or now_ms)
    last_ms, skew_ms = report.last_event_ms, report.skew_ms or 0
    return {
        "name": report.feed,
        "collector": collectors.get(report.feed, ""),
        "state": state,
        "s": SHAPES[state],
        "word": said.states[state],
        "message": message_of(report, now_ms),
        "last": formats.NOTHING if last_ms is None else formats.moment(last_ms, context.zone, language),
        "lag": formats.NOTHING if last_ms is None else _age(now_ms - last_ms, language, said),
        "rate": formats.NOTHING if rate is None else formats.whole(round(rate), language),
        "skew": said.skew.format(seconds=formats.seconds(skew_ms, language)) if abs(skew_ms) > _TOLD_MS else "",
        "received": formats.whole(tally.received, language),
        "counts": {name: formats.whole(getattr(tally, name), language) for name in _COUNTS},
        "dead": tally.dead,
        "balanced": tally.balanced,
        "reasons": [
            (reason, formats.whole(count, language))
            for reason, count in sorted(tally.skip_reasons.items(), key=lambda each: (-each[1], each[0]))
        ],
        "conflicts": formats.whole(tally.conflicts, language) if tally.conflicts else "",
    }


def _age(passed_ms: int, language: str, said: FeedsWording) -> str:
    if passed_ms < 60_000:
        return said.seconds.format(n=formats.whole(max(0, passed_ms) // 1000, language))
    return ago(passed_ms, words(language))
