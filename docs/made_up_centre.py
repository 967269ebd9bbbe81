"""A made-up contact centre in the middle of its day, for the pictures: readings as the processor would publish them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from dashboard.targets import HotlineTarget, Targets
from streams.batch import Tally
from streams.catalogue import Options
from streams.counters import COMBINATIONS, INDEX, SERVICE_CLASSES, WIDTH
from streams.reading import Reading
from streams.records import Cell, Supplies
from streams.store import FeedReport

QUARTER_MS = 900_000
DAY_START_MS = 1_795_323_600_000  # 06:00 of a November morning in Berlin
AS_OF_MS = DAY_START_MS + 18 * QUARTER_MS + 727_000


@dataclass(frozen=True)
class Line:
    """One queue: `now` and `day` are the service levels to draw, `calls` those of a quarter of an hour."""

    hotline: str
    short: str
    provider: str
    project: str
    now: float
    day: float
    calls: int
    waiting: int = 0
    longest_seconds: int = 0
    target: float = 0.8
    falling_quarters: int = 1


LINES = (
    Line("Reklamation", "Rekla", "Nordcall", "Versand Service", 0.41, 0.82, 44, 9, 252),
    Line("Bestellung Süd", "Best. Süd", "Teleo", "Bestellannahme", 0.62, 0.86, 70, 4, 65),
    Line("Technik Router", "Router", "Köln", "Technik", 0.77, 0.81, 42, 2, 41, falling_quarters=3),
    Line("Rechnung", "Rechnung", "Köln", "Kundenservice", 0.86, 0.84, 36),
    Line("Rechnung", "Rechnung", "Servio", "Kundenservice", 0.85, 0.88, 24, 1, 4),
    Line("Bestellung Nord", "Best. Nord", "Teleo", "Bestellannahme", 0.9, 0.88, 68, 1, 6),
    Line("Kündigung", "Kündigung", "Nordcall", "Kundenservice", 0.88, 0.83, 23),
    Line("Partnerlinie", "Partner", "Köln", "Partner", 0.96, 0.93, 14, target=0.9),
    Line("Tarifwechsel", "Tarif", "Servio", "Bestandskunden", 0.83, 0.85, 27),
    Line("Störung Kabel", "Kabel", "Köln", "Technik", 0.85, 0.86, 22, 1, 11),
    Line("Störung Kabel", "Kabel", "Teleo", "Technik", 0.83, 0.84, 18),
    Line("Neukunden", "Neukunden", "Servio", "Vertrieb", 0.93, 0.9, 33, target=0.85),
    Line("Geschäftskunden", "Business", "Köln", "Partner", 0.94, 0.95, 24, target=0.9),
    Line("Liefertermin", "Lieferung", "Teleo", "Versand Service", 0.86, 0.84, 44, 2, 14),
    Line("Vertrag", "Vertrag", "Nordcall", "Bestandskunden", 1.0, 0.92, 3),
    Line("Mobilfunk", "Mobilfunk", "Servio", "Bestandskunden", 0.89, 0.87, 21),
    Line("Mobilfunk", "Mobilfunk", "Nordcall", "Bestandskunden", 0.91, 0.86, 20),
)


def targets() -> Targets:
    """The targets of the made-up hotlines, printed in Berlin's time."""
    own = {line.hotline: HotlineTarget(line.target, 0.05, 10, line.short) for line in LINES}
    return Targets(HotlineTarget(0.8, 0.05, 10, ""), own, Options(), "Europe/Berlin")


def cell(line: Line) -> Cell:
    """The cell of a queue."""
    supplies = int(Supplies.TALK | Supplies.ACW)
    return Cell(line.hotline, line.provider, line.provider, "", line.project, supplies=supplies)


def readings(as_of_ms: int = AS_OF_MS) -> list[Reading]:
    """All readings, the same at every call with the same instant."""
    return [_reading(line, number, as_of_ms) for number, line in enumerate(LINES)]


def feeds(as_of_ms: int = AS_OF_MS) -> list[FeedReport]:
    """The one feed, heard of at `as_of_ms`."""
    return [FeedReport("acd", Tally(), heard_ms=as_of_ms, last_event_ms=as_of_ms, state="live")]


def _reading(line: Line, seed: int, as_of_ms: int) -> Reading:
    dice = random.Random(seed + as_of_ms // QUARTER_MS)  # noqa: S311 - pictures, not secrets
    elapsed = as_of_ms - DAY_START_MS
    last = elapsed // QUARTER_MS
    profile = []
    day: dict[str, int] = {}
    rolling: dict[str, int] = {}
    for quarter in range(3, last + 1):
        recent = quarter > last - 2 - line.falling_quarters + 1
        level = line.now if recent else line.day + dice.gauss(0, 0.035)
        part = (elapsed - quarter * QUARTER_MS) / QUARTER_MS if quarter == last else 1
        classes = classes_of(max(0.0, min(1.0, level)), round(line.calls * part))
        profile.append([quarter, *(classes.get(name, 0) for name in SERVICE_CLASSES)])
        for name, count in classes.items():
            day[name] = day.get(name, 0) + count
            if quarter >= last - 1:
                rolling[name] = rolling.get(name, 0) + count
    counts: list[int] = []
    histograms: list[list[int]] = []
    for (window, _), place in COMBINATIONS.items():
        row = counts_of(rolling if window == "30m" else day)
        counts += [item for name, value in row.items() if value for item in (place * WIDTH + INDEX[name], value)]
        histograms.append(_waits(rolling if window == "30m" else day))
    oldest = as_of_ms - line.longest_seconds * 1000 if line.waiting else None
    late = sum(1 for number in range(line.waiting) if line.longest_seconds * (number + 1) / line.waiting > 20)
    own, longest = cell(line), [90_000] * len(COMBINATIONS)
    return Reading(own, counts, longest, histograms, line.waiting, late, oldest, DAY_START_MS, profile)


def classes_of(level: float, calls: int) -> dict[str, int]:
    """The service classes of so many calls at this level."""
    in_time = round(level * calls)
    missed = calls - in_time
    abandoned = missed // 3
    return {
        "answered_in_time": in_time,
        "abandoned_short": calls // 40,
        "abandoned_in_time": abandoned // 2,
        "abandoned_late": abandoned - abandoned // 2,
        "answered_late": missed - abandoned,
    }


def counts_of(classes: dict[str, int]) -> dict[str, int]:
    """All counters of these calls."""
    answered = classes.get("answered_in_time", 0) + classes.get("answered_late", 0)
    abandoned = sum(count for name, count in classes.items() if name.startswith("abandoned"))
    return classes | {
        "offered": answered + abandoned,
        "answered": answered,
        "abandoned": abandoned,
        "handled": answered,
        "talk_ms": answered * 214_000,
        "acw_ms": answered * 21_000,
        "wait_answered_ms": classes.get("answered_in_time", 0) * 8000 + classes.get("answered_late", 0) * 71_000,
    }


def _waits(classes: dict[str, int]) -> list[int]:
    seconds = {"answered_in_time": 9, "abandoned_short": 3, "abandoned_in_time": 14, "answered_late": 62}
    return [item for name, count in classes.items() if count for item in (seconds.get(name, 85), count)]
