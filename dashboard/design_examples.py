"""Made-up boards in which every state of a tile occurs, each named after itself, for the page of the design."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from dashboard.board import Board, View, compose
from dashboard.targets import HotlineTarget, Targets
from dashboard.wall_plan import BoardPlan, WallPlan
from dashboard.wording import Wording, words
from streams.batch import Tally
from streams.catalogue import Options
from streams.counters import COMBINATIONS, INDEX, SERVICE_CLASSES, WIDTH
from streams.reading import Reading, further
from streams.records import Cell
from streams.store import FeedReport

QUARTER_MS = 900_000
DAY_START_MS = 1_795_323_600_000  # 06:00 of a November morning in Berlin
AS_OF_MS = DAY_START_MS + 19 * QUARTER_MS

SHARES = {
    "bad": (41, 97),
    "lost": (83, 90),
    "warn": (62, 80),
    "good": (81, 94),
    "none": (70, 90),
    "few": (3, 4),
    "empty": (0, 0),
}
"""Of each state: answered in time, of so many."""

_OLD_MS = 380_000


def example(
    language: str, view: View, states: Iterable[str] = tuple(SHARES), *, as_of_ms: int = AS_OF_MS, feeds: int = 1
) -> Board:
    """A board of one hotline for each of these states.

    `feeds` 0: none is configured; `as_of_ms` 0: nothing came yet.
    """
    text = words(language)
    shown = [(state, Cell(getattr(text, state), "Köln" if state in ("good", "few") else "Bonn")) for state in states]
    usual = HotlineTarget(0.8, 0.05, 10, "")
    targets = Targets(
        usual,
        {cell.hotline: _named(cell, text) for _, cell in shown},
        Options(),
        "Europe/Berlin",
    )
    reports = [_feed("a", as_of_ms), _feed("b", as_of_ms - _OLD_MS if "lost" in states else as_of_ms)]
    return compose(
        [_reading(cell, *SHARES[state], "b" if state == "lost" else "a") for state, cell in shown if state in SHARES]
        if as_of_ms
        else [],
        reports if feeds and as_of_ms else [],
        as_of_ms=as_of_ms,
        now_ms=AS_OF_MS,
        scope_name="",
        configured=[cell for _, cell in shown],
        targets=targets,
        language=language,
        view=view,
        feeds_configured=feeds,
    )


def example_wall(language: str) -> Board:
    """All states as tiles of a wall."""
    return example(language, View("wall", plan=WallPlan((BoardPlan(group=""),))))


CAMPAIGNS = {
    "drop": (60, 300, 40, 900),
    "stock": (90, 280, 2, 40),
    "drop_near": (70, 310, 13, 900),
    "good": (90, 240, 3, 900),
}
"""By what is the matter: people reached in the last 30 minutes, in so many attempts; of today's calls so many dropped;
attempts that the addresses are good for.
"""


def example_campaigns(language: str) -> Board:
    """A campaign for each thing that can be the matter with one, but for its money."""
    text, readings = words(language), []
    for state, (contacts, attempts, dropped, left) in CAMPAIGNS.items():
        cell = Cell("", "Bonn", family="outbound", campaign=text.campaign_states[state])
        counted = {"attempts": attempts, "human_contacts": contacts, "right_party_contacts": contacts // 2}
        today = {name: count * 7 for name, count in counted.items()} | {"dropped_live": dropped}
        readings.append(further(cell, DAY_START_MS, {"30m": counted, "day": today}, {"attempts_last_30m": attempts}))
        stock = {"list_remaining_attempts": left}
        readings.append(further(structs.replace(cell, family="lists"), DAY_START_MS, {}, stock))
    return compose(
        readings,
        [_feed("a", AS_OF_MS)],
        as_of_ms=AS_OF_MS,
        now_ms=AS_OF_MS,
        scope_name="",
        configured=[],
        targets=Targets(HotlineTarget(0.8, 0.05, 10, ""), {}, Options(), "Europe/Berlin"),
        language=language,
        view=View("phone", sort="name", only="campaigns"),
        feeds_configured=1,
    )


def _named(cell: Cell, text: Wording) -> HotlineTarget:
    return HotlineTarget(None if cell.hotline == text.none else 0.8, 0.05, 10, cell.hotline)


def _feed(name: str, heard_ms: int) -> FeedReport:
    return FeedReport(name, Tally(), heard_ms=heard_ms, last_event_ms=heard_ms, state="live")


def _reading(cell: Cell, in_time: int, n: int, feed: str) -> Reading:
    counts: list[int] = []
    for (window, _), place in COMBINATIONS.items():
        good, of = (in_time, n) if window == "30m" else (in_time * 9 + n, n * 10)
        row = {
            "offered": of,
            "answered_in_time": good,
            "answered_late": of - good,
            "answered": of,
            "wait_answered_ms": of * 14_000,
            "handled": of,
            "talk_ms": of * 214_000,
        }
        counts += [item for name, value in row.items() for item in (place * WIDTH + INDEX[name], value)]
    quarters = []
    for quarter in range(3, 19):
        good = round(n * (0.84 + 0.03 * (quarter % 3)) if quarter < 17 else in_time)
        classes = {"answered_in_time": min(good, n), "answered_late": max(0, n - good)}
        quarters.append([quarter, *(classes.get(name, 0) for name in SERVICE_CLASSES)])
    waiting = 9 if in_time * 2 < n else 0
    histograms = [[11, n]] * len(COMBINATIONS)
    oldest = AS_OF_MS - 252_000 if waiting else None
    return Reading(
        cell,
        counts,
        [90_000] * len(COMBINATIONS),
        histograms,
        waiting,
        waiting // 2,
        oldest,
        DAY_START_MS,
        quarters,
        (feed,),
    )
