"""Instants at which a nearly right computation goes wrong, and a readable difference of two results."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.batch.count import BASES, HALF_HOUR_MS, WINDOWS, Counts, Rules, giving_up_ms
from tests.batch.local_days import business_day_start_ms
from tests.batch.visits import Door, Visit

DAY_MS = 86_400_000


def random_instants(
    visits: Sequence[Visit],
    n: int,
    seed: int,
    rules: Rules | None = None,
) -> list[int]:
    """`n` whole-second instants (UTC ms, sorted, seeded), most of them on or one second beside an edge.

    Edges: arrival, end, late instant, giving up, end of talk and of after-call work; each of them 1800 s later, when
    it leaves the window; the start of its business day and of the next. One in eight lies anywhere.
    """
    rules = rules or Rules()
    chance = random.Random(seed)
    first_ms = min(visit.arrival_ms for visit in visits)
    last_ms = max(last_edge_ms(visit, rules) for visit in visits)
    chosen = []
    for _ in range(n):
        if chance.randrange(8) == 0:
            edge_ms = chance.randrange(first_ms, last_ms + 1)
        else:
            edge_ms = chance.choice(edges_ms(chance.choice(visits), rules))
        beside_ms = chance.choice((-1000, 0, 0, 0, 1000))
        rounded_up = 0 if chance.randrange(2) else 999
        chosen.append((edge_ms + rounded_up) // 1000 * 1000 + beside_ms)
    return sorted(chosen)


def edges_ms(visit: Visit, rules: Rules) -> list[int]:
    """Every instant at which some counter of this visit changes in some window."""
    late_ms = visit.arrival_ms + rules.threshold_ms + 1
    own = [visit.arrival_ms, visit.arrival_ms + rules.threshold_ms, late_ms, giving_up_ms(visit, rules)]
    own += [at for at in (visit.end_ms, visit.talk_end_ms, visit.acw_end_ms) if at is not None]
    leaving = [at + HALF_HOUR_MS for at in own]
    today_ms = business_day_start_ms(visit.arrival_ms, rules.zone, rules.day_begins)
    tomorrow_ms = business_day_start_ms(today_ms + DAY_MS + DAY_MS // 12, rules.zone, rules.day_begins)
    return own + leaving + [today_ms, tomorrow_ms]


def last_edge_ms(visit: Visit, rules: Rules) -> int:
    """The last instant at which this visit becomes something else."""
    known = [visit.arrival_ms + rules.threshold_ms + 1]
    known += [at for at in (visit.end_ms, visit.talk_end_ms, visit.acw_end_ms) if at is not None]
    if visit.end_ms is None:
        known.append(giving_up_ms(visit, rules))
    return max(known)


class Nearby:
    """Visits and doors by time, so that an instant need only look at those that can still count in its windows."""

    def __init__(self, visits: Iterable[Visit], doors: Iterable[Door], rules: Rules) -> None:
        self._rules = rules
        self._visits = sorted(visits, key=lambda visit: visit.arrival_ms)
        self._arrivals = [visit.arrival_ms for visit in self._visits]
        self._doors = sorted(doors, key=lambda door: door.at_ms)
        self._door_times = [door.at_ms for door in self._doors]
        self._longest_ms = max((last_edge_ms(v, rules) - v.arrival_ms for v in self._visits), default=0)

    def at(self, as_of_ms: int) -> tuple[list[Visit], list[Door]]:
        """All that may count at `as_of_ms`: what is missing was over before both windows began, or is to come."""
        day_start_ms = business_day_start_ms(as_of_ms, self._rules.zone, self._rules.day_begins)
        oldest_ms = min(day_start_ms, as_of_ms - HALF_HOUR_MS)
        arrivals, times = self._arrivals, self._door_times
        visits = self._visits[bisect_left(arrivals, oldest_ms - self._longest_ms) : bisect_right(arrivals, as_of_ms)]
        return visits, self._doors[bisect_left(times, oldest_ms) : bisect_right(times, as_of_ms)]


def differences(
    expected: Mapping[Any, Mapping[str, int]], actual: Mapping[Any, Mapping[str, int]], where: str = ""
) -> list[str]:
    """One line for each counter that is not equal (absent = 0), naming the place, what is right and what came."""
    lines = []
    for key in sorted(set(expected) | set(actual), key=str):
        right, came = expected.get(key, {}), actual.get(key, {})
        for name in sorted(set(right) | set(came)):
            if right.get(name, 0) != came.get(name, 0):
                place = " ".join([where, *key] if isinstance(key, tuple) else [where, str(key)]).strip()
                gap = came.get(name, 0) - right.get(name, 0)
                lines.append(f"{place}: {name} is {came.get(name, 0)}, must be {right.get(name, 0)} ({gap:+d})")
    return lines


def assert_same(
    expected: Mapping[Any, Mapping[str, int]], actual: Mapping[Any, Mapping[str, int]], where: str = ""
) -> None:
    """Fails with the readable difference, at most thirty lines of it."""
    lines = differences(expected, actual, where)
    assert not lines, f"{len(lines)} counters differ:\n" + "\n".join(lines[:30])


def intervals_of_document(document: Mapping[str, Any], dimension: str) -> dict[tuple[str, str, str], Counts]:
    """{(value of the dimension, from, to): counters} of one `kpis --from ... --interval ... --json` document.

    from and to are UTC milliseconds as text. Without `--by` the value is "*".
    """
    table: dict[tuple[str, str, str], Counts] = {}
    for row in document["rows"]:
        edges = (str(int(datetime.fromisoformat(row[name]).timestamp()) * 1000) for name in ("from", "to"))
        key = (row["by"].get(dimension, "*"), *edges)
        assert key not in table, f"two rows for {key}"
        table[key] = _of_calls(row["counts"])
    return table


def _of_calls(counts: Mapping[str, int]) -> Counts:
    """Without the counters of people and orders, which have a slow computation of their own."""
    return {name: value for name, value in counts.items() if not name.startswith(_OF_OTHERS)}


_OF_OTHERS = ("agents_", "serving_", "order", "cancellations")


def counts_of_document(document: Mapping[str, Any], dimension: str) -> dict[tuple[str, str, str], Counts]:
    """{(value of the dimension, window, basis): counters} of one `kpis --json` document with `--by dimension`.

    Without `--by` the value is "*". Rows of intervals do not belong here.
    """
    table: dict[tuple[str, str, str], Counts] = {}
    for row in document["rows"]:
        key = (row["by"].get(dimension, "*"), row["window"], document["basis"])
        assert key[1] in WINDOWS, f"{key}: no window of the contract"
        assert key[2] in BASES, f"{key}: no basis of the contract"
        assert key not in table, f"two rows for {key}"
        table[key] = _of_calls(row["counts"])
    return table
