"""GET /metrics: the live KPIs by hotline, the health of the feeds and of this process, in the caller's scope.

What is unknown has no sample: nobody takes an old number or an empty one for a measurement.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from flask import Flask, Response, request

from dashboard.access import Scope
from dashboard.api import Figures
from dashboard.hub import Hub
from dashboard.kpi_query import read_query
from dashboard.openmetrics import CONTENT_TYPE, Family, write
from dashboard.sessions import caller
from dashboard.silence import LOST_MS
from streams.catalogue import KPIS, Kpi, compute
from streams.query import Row, takes_part
from streams.question import WrongQuestion, answer_windows
from streams.store import FeedReport

MOST_SAMPLES = 20_000
"""A scrape every few seconds must not keep the screens waiting; who has more hotlines asks for a part of it."""

_COUNTS = {
    "offered": "calls that arrived",
    "answered": "calls that were answered",
    "abandoned": "callers who hung up while waiting",
}
_OUTCOMES = ("counted", "duplicate", "late", "dead", "skipped")
_BY = ("hotline",)
_UNITS = {"share": "ratio", "seconds": "seconds"}
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def register(app: Flask, hub: Hub, figures: Figures, started_ms: int) -> None:
    """Adds GET /metrics. Its query takes `where` and `window` as /api/kpis does, and `kpi`, an id of the catalogue."""

    @app.get("/metrics")
    def metrics() -> Response:
        scope, now_ms = caller().user.scope, figures.now_ms()
        fresh = hub.as_of_ms is not None and now_ms - hub.as_of_ms <= LOST_MS
        try:
            kpis, rows = _asked(hub, figures, scope)
        except WrongQuestion as error:
            return Response(f"{error}\n", 400, mimetype="text/plain")
        families = [
            Family(
                "leitstand_picture_fresh", "1 while the live numbers are younger than a minute", [({}, float(fresh))]
            )
        ]
        if hub.as_of_ms is not None:
            age = max(0, now_ms - hub.as_of_ms) / 1000
            families.append(
                Family("leitstand_picture_age_seconds", "age of the live numbers", [({}, age)], unit="seconds")
            )
        if fresh:
            families += figures.apart(lambda: of_hotlines(rows, kpis, figures))
        families += of_feeds(hub.feeds(scope), now_ms, counted=scope.everything)
        if scope.everything:
            families += of_process(hub.streams, started_ms)
        return Response(write(families), headers={"Content-Type": CONTENT_TYPE})

    def _asked(hub: Hub, figures: Figures, scope: Scope) -> tuple[Sequence[Kpi], Sequence[Row]]:
        pairs = list(request.args.items(multi=True))
        wrong = next((name for name, _ in pairs if name not in ("kpi", "where", "window")), None)
        if wrong is not None:
            message = f"there is no parameter {wrong!r}: write one of kpi, where, window"
            raise WrongQuestion(message)
        query = read_query((name, value) for name, value in pairs if name != "kpi")
        names = {value for name, value in pairs if name == "kpi"}
        kpis = [kpi for kpi in KPIS if not names or kpi.id in names]
        if len(kpis) < len(names):
            message = f"one of kpi={', '.join(sorted(names))} is none of {', '.join(kpi.id for kpi in KPIS)}"
            raise WrongQuestion(message)
        asked = replace(query, by=_BY, where=scope.restrict(query.where))
        # Of campaigns and trunks, for instance, no hotline has a number.
        kpis = [kpi for kpi in kpis if takes_part(kpi.family, _BY, asked.where)]
        configured = [cell for cell in figures.configured if scope.admits(cell)]
        readings, as_of_ms = hub.readings(scope), hub.as_of_ms or 0
        rows = answer_windows(asked, readings, as_of_ms, figures.clock_of, configured, figures.group_floor)
        if len(rows) * (len(kpis) + len(_COUNTS) + 1) > MOST_SAMPLES:
            message = (
                f"these are more than {MOST_SAMPLES} samples: ask for a part, "
                "such as /metrics?kpi=service_level&window=30m or /metrics?where=provider:NAME"
            )
            raise WrongQuestion(message)
        return kpis, rows


def name_of(kpi: Kpi) -> str:
    """What the KPI is called here: by its id, with its unit where it has one."""
    return "_".join(filter(None, ("leitstand", kpi.id, _UNITS.get(kpi.unit))))


def of_hotlines(rows: Sequence[Row], kpis: Iterable[Kpi], figures: Figures) -> list[Family]:
    """The KPIs of these rows, and the counts behind them. Gauges: a rolling window also falls."""
    families = []
    for kpi in kpis:
        samples = []
        for row in rows:
            value = compute(kpi, row.sums, row.cells, figures.options).value
            if value is not None:
                samples.append((_labels(row), float(value)))
        unit = _UNITS.get(kpi.unit, "")
        families.append(Family(name_of(kpi), f"{kpi.name_en}: {kpi.formula}", samples, unit=unit))
    for name, meaning in _COUNTS.items():
        samples = [(_labels(row), float(row.sums[name])) for row in rows]
        families.append(Family(f"leitstand_{name}_calls", f"{meaning}, in the window", samples, unit="calls"))
    once = {row.by["hotline"]: row.now for row in rows}
    waiting = [({"hotline": hotline}, float(now["waiting"])) for hotline, now in once.items()]
    longest = [({"hotline": hotline}, now["longest_wait_ms"] / 1000) for hotline, now in once.items()]
    return [
        *families,
        Family("leitstand_waiting_calls", "callers who wait now", waiting, unit="calls"),
        Family("leitstand_longest_wait_seconds", "since when the first of them waits", longest, unit="seconds"),
    ]


def of_feeds(feeds: Sequence[FeedReport], now_ms: int, *, counted: bool) -> list[Family]:
    """Whether each feed is alive and how old its news is; with `counted` also what became of its lines."""

    def age(at_ms: int) -> float:
        return max(0, now_ms - at_ms) / 1000

    live = [({"feed": feed.feed}, float(_is_live(feed, now_ms))) for feed in feeds]
    event = [({"feed": feed.feed}, age(feed.last_event_ms)) for feed in feeds if feed.last_event_ms is not None]
    heard = [({"feed": feed.feed}, age(feed.heard_ms)) for feed in feeds if feed.heard_ms is not None]
    families = [
        Family("leitstand_feed_live", "1 while the feed is heard of and nothing of it is missing", live),
        Family("leitstand_feed_event_age_seconds", "age of its newest event", event, unit="seconds"),
        Family("leitstand_feed_heard_age_seconds", "since when nothing was heard of it", heard, unit="seconds"),
    ]
    if counted:
        lines = [
            ({"feed": feed.feed, "outcome": outcome}, float(getattr(feed.tally, outcome)))
            for feed in feeds
            for outcome in _OUTCOMES
        ]
        families.append(
            Family("leitstand_feed_lines", "lines by what became of them; their sum is received", lines, "counter")
        )
    return families


def _is_live(feed: FeedReport, now_ms: int) -> bool:
    heard = feed.heard_ms is not None and now_ms - feed.heard_ms <= LOST_MS
    return heard and feed.state == "live" and not feed.is_incomplete(now_ms)


def of_process(streams: int, started_ms: int) -> list[Family]:
    """This web process: its time, memory and open streams."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    families = [
        Family("leitstand_open_streams", "screens that follow a live board", [({}, float(streams))]),
        Family(
            "process_cpu_seconds", "processor time used", [({}, used.ru_utime + used.ru_stime)], "counter", "seconds"
        ),
        Family("process_start_time_seconds", "when the application started", [({}, started_ms / 1000)], unit="seconds"),
    ]
    memory = Path("/proc/self/statm")
    if memory.exists():
        resident = float(memory.read_text("ascii").split()[1]) * _PAGE_BYTES
        families.append(Family("process_resident_memory_bytes", "memory in use", [({}, resident)], unit="bytes"))
    return families


def _labels(row: Row) -> dict[str, str]:
    return {"hotline": row.by["hotline"], "window": row.span}
