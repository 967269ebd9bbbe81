"""What other programs read: GET /api/kpis in the caller's scope, and whether Leitstand lives and is fresh."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

import msgspec
from flask import Flask, Response, request

from dashboard.access import Permission, Role, Scope, allowed
from dashboard.hub import Hub
from dashboard.kpi_query import read_query
from dashboard.sessions import caller
from dashboard.targets import Targets
from dashboard.users import Apart, on_the_spot
from streams.catalogue import Options
from streams.days import SiteClock
from streams.group_floor import FLOOR
from streams.log import LogUnavailable
from streams.money.postings import Posting
from streams.query import Row, document, iso
from streams.question import MOST_ROWS, Question, WrongQuestion, answer_intervals, answer_windows, edges
from streams.reading import Reading, Sums
from streams.records import Cell

FRESH_MS = 15_000
LONGEST_WAIT_SECONDS = 30
T = TypeVar("T")


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
    """The past at any instant. `is_now`: nobody asked for that instant, it is the present. `billing`: what calls are
    billed by is wanted too.
    """

    def __call__(self, as_of_ms: int, *, is_now: bool, billing: bool = False) -> Past: ...


Between = Callable[[list[int]], Mapping[Cell, Sequence[Sums]]]
"""What every cell counted between these edges, billing included."""


class Money(Protocol):
    """The money of rows, from all that was counted, whatever a reader may see of it."""

    def windows(self, readings: Sequence[Reading], as_of_ms: int, between: Between) -> Mapping[str, Sequence[Posting]]:
        """What is posted in each window."""
        ...

    def intervals(self, edges: Sequence[int], as_of_ms: int, between: Between) -> Sequence[Sequence[Posting]]:
        """What is posted in each [edge, next edge)."""
        ...

    def is_provisional(self, end_ms: int, as_of_ms: int) -> bool:
        """True while the last day before `end_ms` is not closed."""
        ...


class Busy(Exception):
    """Somebody else's recount takes too long to wait for."""


class NotKept(Exception):
    """Neither log nor history holds what this instant needs; the message says from when on they do."""


@dataclass(frozen=True)
class Figures:
    """Where the numbers of /api/kpis come from beside the hub.

    `history(as_of_ms, is_now=...)` is the past, whose methods raise `NotKept` or `LogUnavailable`; `apart` runs them,
    in another thread, so they must use connections of their own. `clock_of(site)` gives a site's clock, "" the default.
    `configured` cells have a row even when nothing happened. `now_ms` is the clock, UTC milliseconds.
    `group_floor`: fewer distinct persons are not shown over a window. `money`: None where nothing is about money.
    `targets`: what is judged by; None: nothing is. `recounting`: held while the past is read.
    """

    history: History
    clock_of: Callable[[str], SiteClock]
    options: Options
    now_ms: Callable[[], int]
    configured: Sequence[Cell] = ()
    apart: Apart = on_the_spot
    group_floor: int = FLOOR
    money: Money | None = None
    targets: Targets | None = None
    recounting: threading.Lock = field(default_factory=lambda: threading.Lock())  # noqa: PLW0108 - gevent replaces it later

    def alone(self, work: Callable[[], T]) -> T:
        """Runs a recount apart. It is long work: one at a time, so that impatient callers cannot starve the screens.

        Raises `Busy` and whatever `work` raises.
        """
        if not self.recounting.acquire(timeout=LONGEST_WAIT_SECONDS):
            message = "another recount is running: try again later"
            raise Busy(message)
        try:
            return self.apart(work)
        finally:
            self.recounting.release()

    def money_for(self, role: Role) -> Money | None:
        """The money that this role may see; None: what is made for it must not say anything of money."""
        return self.money if allowed(role, Permission.EUROS) else None

    def between(self, as_of_ms: int, *, is_now: bool) -> Between:
        """What was counted between any edges, as known at this instant."""
        return lambda edges: self.history(as_of_ms, is_now=is_now, billing=True).by_interval(edges, "live", ())


def register(app: Flask, hub: Hub, figures: Figures) -> None:
    """Adds GET /api/kpis, /healthz and /readyz."""

    @app.get("/api/kpis")
    def kpis() -> Response:
        try:
            query = read_query(request.args.items(multi=True))
            scope, money = caller().user.scope, figures.money_for(caller().user.role)
            if query.as_of_ms is None and query.from_ms is None:
                return _json(live(hub, figures, scope, query, money))
            return _json(figures.alone(lambda: recounted(figures, scope, query, money)))
        except WrongQuestion as error:
            return _json({"error": str(error)}, 400)
        except NotKept as error:
            return _json({"error": str(error)}, 404)
        except (Busy, LogUnavailable) as error:
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


def live(hub: Hub, figures: Figures, scope: Scope, asked: Question, money: Money | None = None) -> dict[str, Any]:
    """The answer from the live picture, cut to the scope. Without `money` nothing in it is about money."""
    as_of_ms, rows = live_rows(hub, figures, scope, asked, money)
    return document(as_of_ms, asked.basis, rows, figures.options)


def live_rows(
    hub: Hub, figures: Figures, scope: Scope, asked: Question, money: Money | None = None
) -> tuple[int, list[Row]]:
    """That answer as rows, and the instant of it."""
    as_of_ms = figures.now_ms() // 1000 * 1000 if hub.as_of_ms is None else hub.as_of_ms
    asked = replace(asked, where=scope.restrict(asked.where))
    readings, configured = hub.readings(scope), _admitted(figures, scope)
    postings = None
    if money is not None:
        between = figures.between(as_of_ms, is_now=True)
        postings = money.windows(hub.readings(Scope()), as_of_ms, lambda edges: figures.apart(lambda: between(edges)))
    return as_of_ms, answer_windows(
        asked, readings, as_of_ms, figures.clock_of, configured, figures.group_floor, postings
    )


def recounted(figures: Figures, scope: Scope, asked: Question, money: Money | None = None) -> dict[str, Any]:
    """The answer for a past instant or for intervals, cut to the scope. Raises `WrongQuestion` or `NotKept`.

    Without `money` nothing in it is about money.
    """
    as_of_ms, rows = recounted_rows(figures, scope, asked, money)
    return document(as_of_ms, asked.basis, rows, figures.options)


def recounted_rows(
    figures: Figures, scope: Scope, asked: Question, money: Money | None = None
) -> tuple[int, list[Row]]:
    """That answer as rows, and the instant of it."""
    now_ms = figures.now_ms() // 1000 * 1000
    asked_now = asked.as_of_ms is None
    as_of_ms = now_ms if asked.as_of_ms is None else asked.as_of_ms
    if as_of_ms > now_ms:
        message = f"as_of {iso(as_of_ms)} lies in the future"
        raise WrongQuestion(message)
    asked = replace(asked, where=scope.restrict(asked.where))
    configured = _admitted(figures, scope)
    between = figures.between(as_of_ms, is_now=asked_now)
    if asked.from_ms is None:
        every = figures.history(as_of_ms, is_now=asked_now, billing=money is not None).readings()
        readings = [reading for reading in every if scope.admits(reading.cell)]
        of_windows = None if money is None else money.windows(every, as_of_ms, between)
        return as_of_ms, answer_windows(
            asked, readings, as_of_ms, figures.clock_of, configured, figures.group_floor, of_windows
        )
    cuts = edges(asked, configured, figures.clock_of)
    counted = figures.history(as_of_ms, is_now=asked_now).by_interval(cuts, asked.basis, asked.where.get("hotline", ()))
    admitted = {cell: rows for cell, rows in counted.items() if scope.admits(cell)}
    if (len(cuts) - 1) * max(1, len(admitted)) > MOST_ROWS:
        message = f"these are more than {MOST_ROWS} rows: ask for fewer or longer intervals"
        raise WrongQuestion(message)
    return as_of_ms, answer_intervals(
        asked,
        cuts,
        admitted,
        configured,
        figures.group_floor,
        None if money is None else money.intervals(cuts, as_of_ms, between),
        lambda end_ms: money is None or money.is_provisional(end_ms, as_of_ms),
    )


def _admitted(figures: Figures, scope: Scope) -> list[Cell]:
    return [cell for cell in figures.configured if scope.admits(cell)]


def _json(answer: dict[str, Any], status: int = 200) -> Response:
    return Response(msgspec.json.encode(answer), status, mimetype="application/json")
