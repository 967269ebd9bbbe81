"""What other programs read: GET /api/kpis in the caller's scope, and whether Leitstand lives and is fresh."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
from flask import Flask, Response, request

from dashboard.access import Scope
from dashboard.hub import Hub
from dashboard.kpi_query import KpiQuery, WrongQuery, read_query
from dashboard.sessions import caller
from dashboard.users import Apart, on_the_spot
from streams.catalogue import Options
from streams.days import SiteClock, business_day, interval_edges
from streams.query import Row, document, interval_rows, iso, window_rows
from streams.reading import Reading, Sums
from streams.records import Cell

FRESH_MS = 15_000
MOST_ROWS = 100_000
_SHORTEST_MS = {"15m": 900_000, "30m": 1_800_000, "1h": 3_600_000, "day": 82_800_000}
_TOO_MANY = f"these are more than {MOST_ROWS} rows: ask for fewer or longer intervals"


class Past(Protocol):
    """Everything that was counted, as it stands at one instant."""

    def readings(self) -> Sequence[Reading]:
        """Every cell at that instant."""
        ...

    def by_interval(self, edges: list[int]) -> Mapping[Cell, Sequence[Sums]]:
        """For every cell one row per interval [edge, next edge), as known at that instant."""
        ...


class NotKept(Exception):
    """The log does not hold what this instant needs; the message says from when on it does."""


@dataclass(frozen=True)
class Figures:
    """Where the numbers of /api/kpis come from beside the hub.

    `history(as_of_ms)` recounts the past, or raises `NotKept`. `clock_of(site)` gives a site's clock, "" the default.
    `configured` cells have a row even when nothing happened. `now_ms` is the clock, UTC milliseconds.
    """

    history: Callable[[int], Past]
    clock_of: Callable[[str], SiteClock]
    options: Options
    now_ms: Callable[[], int]
    configured: Sequence[Cell] = ()
    apart: Apart = on_the_spot


def register(app: Flask, hub: Hub, figures: Figures) -> None:
    """Adds GET /api/kpis, /healthz and /readyz."""
    # Recounting is long work: one at a time, so that impatient callers cannot starve the screens.
    recounting = threading.Lock()

    @app.get("/api/kpis")
    def kpis() -> Response:
        try:
            query = read_query(request.args.items(multi=True))
            if query.as_of_ms is None and not query.interval:
                return _json(live(hub, figures, caller().user.scope, query))
            if not recounting.acquire(timeout=30):
                return _json({"error": "another recount is running: try again later"}, 503)
            try:
                scope = caller().user.scope
                return _json(figures.apart(lambda: recounted(figures, scope, query)))
            finally:
                recounting.release()
        except WrongQuery as error:
            return _json({"error": str(error)}, 400)
        except NotKept as error:
            return _json({"error": str(error)}, 404)

    @app.get("/healthz")
    def healthz() -> Response:
        return _json({"alive": True})

    @app.get("/readyz")
    def readyz() -> Response:
        reason = not_ready(hub.as_of_ms, figures.now_ms())
        as_of = None if hub.as_of_ms is None else iso(hub.as_of_ms)
        if reason:
            return _json({"ready": False, "as_of": as_of, "reason": reason}, 503)
        return _json({"ready": True, "as_of": as_of})


def not_ready(as_of_ms: int | None, now_ms: int) -> str:
    """Why the live numbers are not fresh; empty when they are."""
    if as_of_ms is None:
        return "there is no live picture yet: the processor has published nothing"
    if now_ms - as_of_ms > FRESH_MS:
        return f"the live picture stands still since {iso(as_of_ms)}: is the processor running?"
    return ""


def live(hub: Hub, figures: Figures, scope: Scope, query: KpiQuery) -> dict[str, Any]:
    """The answer from the live picture, cut to the scope."""
    as_of_ms = figures.now_ms() // 1000 * 1000 if hub.as_of_ms is None else hub.as_of_ms
    rows = _windows(hub.readings(scope), as_of_ms, figures, scope, query)
    return document(as_of_ms, query.basis, rows, figures.options)


def recounted(figures: Figures, scope: Scope, query: KpiQuery) -> dict[str, Any]:
    """The answer for a past instant or for intervals, cut to the scope. Raises `WrongQuery` or `NotKept`."""
    now_ms = figures.now_ms() // 1000 * 1000
    as_of_ms = now_ms if query.as_of_ms is None else query.as_of_ms
    if as_of_ms > now_ms:
        message = f"as_of {iso(as_of_ms)} lies in the future"
        raise WrongQuery(message)
    if not query.interval:
        rows = _windows(figures.history(as_of_ms).readings(), as_of_ms, figures, scope, query)
        return document(as_of_ms, query.basis, rows, figures.options)
    shortest_ms = _SHORTEST_MS.get(query.interval, query.to_ms - query.from_ms)
    if query.to_ms - query.from_ms > shortest_ms * MOST_ROWS:
        raise WrongQuery(_TOO_MANY)
    home = figures.clock_of("")
    clock = SiteClock(query.zone or home.zone, home.day_start_minutes)
    edges = interval_edges(query.from_ms, query.to_ms, query.interval, clock)
    counted = figures.history(as_of_ms).by_interval(edges)
    admitted = {cell: rows for cell, rows in counted.items() if scope.admits(cell)}
    if (len(edges) - 1) * max(1, len(admitted)) > MOST_ROWS:
        raise WrongQuery(_TOO_MANY)
    rows = interval_rows(
        admitted,
        edges,
        query.interval,
        by=query.by,
        where=scope.restrict(query.where),
        configured=_admitted(figures, scope),
    )
    return document(as_of_ms, query.basis, rows, figures.options)


def _windows(readings: Iterable[Reading], as_of_ms: int, figures: Figures, scope: Scope, query: KpiQuery) -> list[Row]:
    return window_rows(
        [reading for reading in readings if scope.admits(reading.cell)],
        as_of_ms=as_of_ms,
        day_start=lambda site: business_day(figures.clock_of(site), as_of_ms)[0],
        by=query.by,
        where=scope.restrict(query.where),
        windows=query.windows,
        basis=query.basis,
        configured=_admitted(figures, scope),
    )


def _admitted(figures: Figures, scope: Scope) -> list[Cell]:
    return [cell for cell in figures.configured if scope.admits(cell)]


def _json(answer: dict[str, Any], status: int = 200) -> Response:
    return Response(msgspec.json.encode(answer), status, mimetype="application/json")
