"""Readings with chosen service levels, and boards made of them, for the tests of the look."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from dashboard.board import Board, View, compose
from dashboard.targets import HotlineTarget, Targets
from streams.batch import Tally
from streams.catalogue import Options
from streams.counters import COMBINATIONS, INDEX, SERVICE_CLASSES, WIDTH
from streams.money.postings import Posting
from streams.query import Where
from streams.reading import Reading
from streams.records import Cell
from streams.store import FeedReport

QUARTER_MS = 900_000
DAY_START_MS = 1_780_000_200_000
AS_OF_MS = DAY_START_MS + 12 * QUARTER_MS + 300_000


def reading(
    cell: Cell,
    now: tuple[int, int],
    day: tuple[int, int] | None = None,
    *,
    profile: Mapping[int, tuple[int, int]] | None = None,
    waiting: int = 0,
    oldest_ms: int | None = None,
    feeds: tuple[str, ...] = (),
) -> Reading:
    """A cell with (answered in time, of so many) now, today and in quarters of the day; the others answered late."""
    counts: list[int] = []
    for (window, _), place in COMBINATIONS.items():
        in_time, n = now if window == "30m" else day or now
        row = {
            "offered": n,
            "answered_in_time": in_time,
            "answered_late": n - in_time,
            "answered": n,
            "wait_answered_ms": n * 12_000,
        }
        counts += [item for name, value in row.items() if value for item in (place * WIDTH + INDEX[name], value)]
    quarters = [
        [quarter, *({"answered_in_time": good, "answered_late": n - good}.get(name, 0) for name in SERVICE_CLASSES)]
        for quarter, (good, n) in sorted((profile or {}).items())
    ]
    return Reading(
        cell, counts, [0] * 4, [[12, (now if w == "30m" else day or now)[1]] for w, _ in COMBINATIONS], waiting, 0,
        oldest_ms, DAY_START_MS, quarters, feeds,
    )  # fmt: skip


def targets(**of: float | None) -> Targets:
    """Targets by hotline; 80 %, 5 points of warning and 10 cases for all others."""
    by_hotline = {name: HotlineTarget(target, 0.05, 10, name[:4]) for name, target in of.items()}
    return Targets(HotlineTarget(0.8, 0.05, 10, ""), by_hotline, Options(), "Europe/Berlin")


def feed(name: str = "acd", *, heard_before_ms: int = 0, state: str = "live") -> FeedReport:
    """A feed last heard of so long before the board's instant."""
    return FeedReport(name, Tally(), heard_ms=AS_OF_MS - heard_before_ms, state=state)


def board(
    readings: Iterable[Reading],
    *,
    feeds: Sequence[FeedReport] | None = None,
    configured: Iterable[Cell] = (),
    judged: Targets | None = None,
    view: View | None = None,
    language: str = "de",
    behind_ms: int = 0,
    feeds_configured: int = 1,
    feeds_named: bool = True,
    where: Where | None = None,
    postings: Mapping[str, Sequence[Posting]] | None = None,
    of_campaigns: Collection[str] | None = None,
) -> Board:
    """The board of these readings at `AS_OF_MS`; `behind_ms`: how much later the server's clock is."""
    return compose(
        readings,
        [feed()] if feeds is None else feeds,
        as_of_ms=AS_OF_MS,
        now_ms=AS_OF_MS + behind_ms,
        scope_name="",
        configured=configured,
        targets=judged or targets(),
        language=language,
        view=view or View("phone"),
        feeds_configured=feeds_configured,
        feeds_named=feeds_named,
        where=where,
        postings=postings,
        of_campaigns=of_campaigns,
    )


def field(board: Board, hotline: str, key: str, provider: str | None = None) -> str:
    """One field of the tile of a hotline."""
    (found,) = [
        tile
        for tile in board.tiles
        if tile.source.key[0] == hotline and (provider is None or tile.source.mark == provider)
    ]
    return board.fields[f"t:{found.source.id}:{key}"]
