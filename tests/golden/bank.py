"""The busiest day of the real bank file. The file stays outside the repository; its result's digest is here."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.batch.count import Rules
from tests.batch.local_days import business_day_start_ms, local
from tests.batch.read_bank import read_bank
from tests.golden import slow
from tests.golden.catalogue import FOLDER
from tests.golden.result import Result

DIGEST = FOLDER / "bank.sha256.json"
ZONE = "Asia/Jerusalem"
INTERVALS = ("15m", "30m", "1h", "day")
_DAY_MS = 86_400_000
_EVERY_MS = 1_800_000


def busiest_day(path: Path) -> tuple[int, int]:
    """[start, end) of the local day on which most visits arrive; none of the file's days has a clock change."""
    days = Counter(local(visit.arrival_ms, ZONE).date() for visit in read_bank(path).visits)
    busiest = max(days, key=lambda date: (days[date], date))
    inside = next(v.arrival_ms for v in read_bank(path).visits if local(v.arrival_ms, ZONE).date() == busiest)
    begin_ms = business_day_start_ms(inside, ZONE)
    return begin_ms, begin_ms + _DAY_MS


def instants(day_ms: tuple[int, int]) -> range:
    """Every half hour of the day, its end included."""
    return range(day_ms[0] + _EVERY_MS, day_ms[1] + 1, _EVERY_MS)


def expected(path: Path) -> Result:
    """All windows of all hotlines every half hour, and the rows of every kind of interval."""
    reading, day_ms = read_bank(path), busiest_day(path)
    before_ms = day_ms[0] - _DAY_MS
    groups = [
        slow.Group(
            queue,
            Rules(zone=ZONE),
            [v for v in reading.visits if v.queue == queue and before_ms <= v.arrival_ms < day_ms[1]],
            [d for d in reading.doors if d.queue == queue and before_ms <= d.at_ms < day_ms[1]],
        )
        for queue in sorted({visit.queue for visit in reading.visits} | {door.queue for door in reading.doors})
    ]
    result = {f"at {as_of_ms}": slow.windows(groups, as_of_ms) for as_of_ms in instants(day_ms)}
    return result | slow.intervals(groups, day_ms, INTERVALS, day_ms[1] + _DAY_MS)
