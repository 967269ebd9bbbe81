"""What other programs read: GET /api/kpis in the caller's scope, and whether Leitstand lives and is fresh."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import msgspec
from flask import Flask, Response, request

from dashboard.access import Scope
from dashboard.hub import Hub
from dashboard.kpi_query import read_query
from dashboard.sessions import caller
from dashboard.users import Apart, on_the_spot
from streams.catalogue import Options
from streams.days import SiteClock
from streams.group_floor import FLOOR
from streams.log import LogUnavailable
from streams.query import document, iso
from streams.question import MOST_ROWS, Question, WrongQuestion, answer_intervals, answer_windows, edges
from streams.reading import Reading, Sums
from streams.records import Cell

FRESH_MS = 15_000


class Past(Protocol):
    """Everything that was counted, as it stands at one instant."""

    def readings(self) -> Sequence[Reading]:
        """Every cell at that instant."""
        ...

    def by_interval(self, edges: list[int], basis: str, hotlines: Iterable[str]) -> Mapping[Cell, Sequence[Sums]]:
        """For every cell one row per interval [edge, next edge), as known at that instant.

        With `hotlines` only their cells need to be there.
        """
        ...


class History(Protocol):
    """The past at any instant. `is_now`: nobody asked for that instant, it is the present."""

    def __call__(self, as_of_ms: int, *, is_now: bool) -> Past: ...


class NotKept(Exception):
    """Neither log nor history holds what this instant needs; the message says from when on they do."""


@dataclass(frozen=True)
class Figures:
    """Where the numbers of /api/kpis come from beside the hub.

    `history(as_of_ms, is_now=...)` is the past, whose methods raise `NotKept` or `LogUnavailable`; `apart` runs them,
    in another thread, so they must use connections of their own. `clock_of(site)` gives a site's clock, "" the default.
    `configured` cells have a row even when nothing happened. `now_ms` is the clock, UTC milliseconds.
    `group_floor`: fewer distinct persons are not shown over a window.
    """

    history: History
    clock_of: Callable[[str], SiteClock]
    options: Options
    now_ms: Callable[[], int]
    configured: Sequence[Cell] = ()
    apart: Apart = on_the_spot
    group_floor: int = FLOOR


def register(app: Flask, hub: Hub, figures: Figures) -> None:
    """Adds GET /api/kpis, /healthz and /readyz."""
    # Recounting is long work: one at a time, so that impatient callers cannot starve the screens.
    recounting = threading.Lock()

    @app.get("/api/kpis")
    def kpis() -> Response:
        try:
            query = read_query(request.args.items(multi=True))
            if query.as_of_ms is None and query.from_ms is None:
                return _json(live(hub, figures, caller().user.scope, query))
            if not recounting.acquire(timeout=30):
                return _json({"error": "another recount is running: try again later"}, 503)
            try:
                scope = caller().user.scope
                return _json(figures.apart(lambda: recounted(figures, scope, query)))
            finally:
                recounting.release()
        except WrongQuestion as error:
            return _json({"error": str(error)}, 400)
        except NotKept as error:
            return _json({"error": str(error)}, 404)
        except LogUnavailable as error:
            return _json({"error": str(error)}, 503)

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


def live(hub: Hub, figures: Figures, scope: Scope, asked: Question) -> dict[str, Any]:
    """The answer from the live picture, cut to the scope."""
    as_of_ms = figures.now_ms() // 1000 * 1000 if hub.as_of_ms is None else hub.as_of_ms
    asked = replace(asked, where=scope.restrict(asked.where))
    readings, configured = hub.readings(scope), _admitted(figures, scope)
    rows = answer_windows(asked, readings, as_of_ms, figures.clock_of, configured, figures.group_floor)
    return document(as_of_ms, asked.basis, rows, figures.options)


def recounted(figures: Figures, scope: Scope, asked: Question) -> dict[str, Any]:
    """The answer for a past instant or for intervals, cut to the scope. Raises `WrongQuestion` or `NotKept`."""
    now_ms = figures.now_ms() // 1000 * 1000
    asked_now = asked.as_of_ms is None
    as_of_ms = now_ms if asked.as_of_ms is None else asked.as_of_ms
    if as_of_ms > now_ms:
        message = f"as_of {iso(as_of_ms)} lies in the future"
        raise WrongQuestion(message)
    asked = replace(asked, where=scope.restrict(asked.where))
    configured = _admitted(figures, scope)
    past = figures.history(as_of_ms, is_now=asked_now)
    if asked.from_ms is None:
        readings = [reading for reading in past.readings() if scope.admits(reading.cell)]
        rows = answer_windows(asked, readings, as_of_ms, figures.clock_of, configured, figures.group_floor)
        return document(as_of_ms, asked.basis, rows, figures.options)
    cuts = edges(asked, configured, figures.clock_of)
    counted = past.by_interval(cuts, asked.basis, asked.where.get("hotline", ()))
    admitted = {cell: rows for cell, rows in counted.items() if scope.admits(cell)}
    if (len(cuts) - 1) * max(1, len(admitted)) > MOST_ROWS:
        message = f"these are more than {MOST_ROWS} rows: ask for fewer or longer intervals"
        raise WrongQuestion(message)
    return document(
        as_of_ms, asked.basis, answer_intervals(asked, cuts, admitted, configured, figures.group_floor), figures.options
    )


def _admitted(figures: Figures, scope: Scope) -> list[Cell]:
    return [cell for cell in figures.configured if scope.admits(cell)]


def _json(answer: dict[str, Any], status: int = 200) -> Response:
    return Response(msgspec.json.encode(answer), status, mimetype="application/json")
