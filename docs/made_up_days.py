"""The past of the made-up centre, for the pictures: every interval as the time of day and a fixed dice make it."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from dashboard.api import Between
from docs import made_up_centre as centre
from streams.days import from_ms
from streams.money.postings import Posting, place_of
from streams.reading import Reading, Sums, further
from streams.records import Cell

CAMPAIGN = "Winback Herbst"
_HOUR_MS = 3_600_000
_BUSY = (0.25, 0.5, 0.95, 1.25, 1.3, 1.15, 0.85, 0.9, 1.05, 1.1, 1.0, 0.8, 0.5, 0.3, 0.15)
_CALLS = dict(enumerate(_BUSY, start=6))
_DIALLED = Cell("", "Servio", "Servio", project="Bestandskunden", channel="", campaign=CAMPAIGN, family="outbound")
_LISTS = Cell("", "Servio", "Servio", project="Bestandskunden", channel="", campaign=CAMPAIGN, family="lists")


class Days:
    """What was counted in any interval up to the instant of the pictures."""

    def readings(self) -> list[Reading]:
        return centre.readings()

    def by_interval(self, edges: list[int], basis: str, hotlines: Iterable[str]) -> Mapping[Cell, Sequence[Sums]]:
        del basis
        wanted = set(hotlines)
        lines = [line for line in centre.LINES if not wanted or line.hotline in wanted]
        spans = list(itertools.pairwise(edges))
        found = {centre.cell(line): [_calls(line, *span) for span in spans] for line in lines}
        return found if wanted else found | {_DIALLED: [_attempts(*span) for span in spans]}


def _hours(start_ms: int, end_ms: int) -> Iterable[tuple[int, float, random.Random]]:
    """The quarters of an hour in an interval: the hour of the day, how much of it lies in the past, and its dice."""
    for at_ms in range(start_ms, min(end_ms, centre.AS_OF_MS), centre.QUARTER_MS):
        part = min(1.0, (centre.AS_OF_MS - at_ms) / centre.QUARTER_MS)
        yield from_ms(at_ms, "Europe/Berlin").hour, part, random.Random(at_ms)  # noqa: S311 - pictures, not secrets


def _calls(line: centre.Line, start_ms: int, end_ms: int) -> Sums:
    total = Sums()
    for hour, part, dice in _hours(start_ms, end_ms):
        n = round(line.calls * _CALLS.get(hour, 0) * part * dice.uniform(0.85, 1.15))
        falls = line.now < 0.8 and start_ms > centre.AS_OF_MS - (line.falling_quarters + 2) * centre.QUARTER_MS
        level = min(0.99, max(0.2, (line.now if falls else line.day) + dice.gauss(0, 0.05)))
        counts = centre.counts_of(centre.classes_of(level, n))
        waits = {
            dice.randint(1, 19): counts.get("answered_in_time", 0),
            dice.randint(22, 95): counts.get("answered_late", 0),
        }
        waits[4] = waits.get(4, 0) + counts.get("abandoned_short", 0)
        waits[min(99, round(dice.expovariate(0.02)) + 6)] = counts["abandoned"]
        total.add(Sums(counts, 90_000 if n else 0, {second: count for second, count in waits.items() if count}))
    return total


def _attempts(start_ms: int, end_ms: int) -> Sums:
    total = Sums(families={"outbound"})
    for hour, part, dice in _hours(start_ms, end_ms):
        n = round(64 * _CALLS.get(hour, 0) * part * dice.uniform(0.9, 1.1)) if 9 <= hour < 20 else 0
        human = round(n * dice.uniform(0.22, 0.3))
        right = round(human * 0.7)
        won = round(right * dice.uniform(0.08, 0.2))
        counts = {"attempts": n, "human_contacts": human, "right_party_contacts": right, "successes": won}
        total.add(Sums(counts | {"connected": human + n // 9, "dropped_live": int(n > 0 and dice.random() < 0.28)}))
    return total


def of_now() -> list[Reading]:
    """Who serves the hotlines, the campaign and its list."""
    states = {"available": 2, "ringing": 1, "talking": 11, "hold": 1, "acw": 3, "pause": 2}
    serves = Cell("Reklamation", "Nordcall", "Nordcall", family="serving")
    stock = {"list_leads": 8_400, "list_touched": 6_150, "list_attempts": 15_900, "list_terminal": 3_020}
    stock |= {"list_lost": 410, "list_dialable": 4_870, "list_remaining_attempts": 9_900}
    start_ms = centre.DAY_START_MS
    return [
        further(serves, start_ms, {}, {f"serving_{state}": n for state, n in states.items()}),
        further(_DIALLED, start_ms, {"day": {"attempts": 1_730}, "30m": {"attempts": 131}}, {"attempts_last_30m": 131}),
        further(_LISTS, start_ms, {}, stock),
    ]


class Euros:
    """What the made-up contracts bring and cost."""

    def windows(self, readings: Sequence[Reading], as_of_ms: int, between: Between) -> Mapping[str, Sequence[Posting]]:
        del readings, as_of_ms, between
        return {"30m": _postings(Decimal("0.11")), "day": _postings(Decimal(1))}

    def intervals(self, edges: Sequence[int], as_of_ms: int, between: Between) -> Sequence[Sequence[Posting]]:
        del as_of_ms, between
        return [_postings(Decimal(end - start) / (9 * _HOUR_MS)) for start, end in itertools.pairwise(edges)]

    def is_provisional(self, end_ms: int, as_of_ms: int) -> bool:
        return end_ms > as_of_ms - 86_400_000


def _postings(part: Decimal) -> list[Posting]:
    found = []
    for cell, revenue, direct, staff in (
        (centre.cell(centre.LINES[0]), "3184.50", "2291.20", "310"),
        (_DIALLED, "1290", "1512.75", "120"),
    ):
        place = place_of(cell)
        found += [
            Posting(
                place, "revenue", Fraction(Decimal(revenue) * part), "EUR", agent_ms=Fraction(part) * 62 * _HOUR_MS
            ),
            Posting(place, "direct", Fraction(Decimal(direct) * part), "EUR"),
            Posting(place, "staff", Fraction(Decimal(staff) * part), "EUR"),
        ]
    return found
