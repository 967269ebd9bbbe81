"""The slow computation at many instants: what can change no more is added up once, all else is counted anew."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.batch.compare import DAY_MS, last_edge_ms
from tests.batch.count import BASES, HALF_HOUR_MS, Counts, Rules, add, gather
from tests.batch.local_days import business_day_start_ms
from tests.batch.visits import Visit
from tests.proof.ground import Ground

Key = tuple[str, str, str]


@dataclass
class Day:
    """The visits of one queue that arrived on one business day, in the order in which they settle.

    Settled: over for half an hour, so that a visit counts in the day only, the same at every later instant of it.
    `sums[n]` holds the counters of the first n by basis.
    """

    visits: Sequence[Visit]
    settled_ms: list[int]
    sums: list[dict[str, Counts]]

    @classmethod
    def of(cls, visits: Sequence[Visit], rules: Rules, day_start_ms: int) -> Day:
        """The book of a day over these visits of one queue."""
        mine = [visit for visit in visits if day_start_ms <= visit.arrival_ms < day_start_ms + DAY_MS * 2]
        mine = [v for v in mine if business_day_start_ms(v.arrival_ms, rules.zone, rules.day_begins) == day_start_ms]
        mine.sort(key=lambda visit: last_edge_ms(visit, rules))
        settled_ms = [last_edge_ms(visit, rules) + HALF_HOUR_MS for visit in mine]
        sums: list[dict[str, Counts]] = [{basis: {} for basis in BASES}]
        for visit, at_ms in zip(mine, settled_ms, strict=True):
            result, _ = gather([visit], (), at_ms, day_start_ms, rules)
            sums.append({basis: merged(sums[-1][basis], result["day", basis]) for basis in BASES})
        return cls(mine, settled_ms, sums)


def merged(one: Counts, other: Counts) -> Counts:
    """Both added up."""
    total = dict(one)
    for name, amount in other.items():
        add(total, [], name, amount)
    return total


@dataclass
class SlowCounts:
    """{(group, window, basis): counters} at any instant; the same as `count_groups` over everything."""

    ground: Ground
    _days: dict[tuple[str, int], Day] = field(default_factory=dict)

    def at(self, as_of_ms: int) -> dict[Key, Counts]:
        """What all facts dated at or before `as_of_ms` amount to."""
        table: dict[Key, Counts] = {}
        for queue, (visits, _) in self.ground.queues.items():
            rules = self.ground.rules_of(queue)
            day_start_ms = business_day_start_ms(as_of_ms, rules.zone, rules.day_begins)
            if (queue, day_start_ms) not in self._days:
                self._days[queue, day_start_ms] = Day.of(visits, rules, day_start_ms)
            day = self._days[queue, day_start_ms]
            number = bisect_right(day.settled_ms, as_of_ms)
            settled = {id(visit) for visit in day.visits[:number]}
            near, doors = self.ground.near_queue(queue, as_of_ms)
            moving = [visit for visit in near if id(visit) not in settled]
            result, _ = gather(moving, doors, as_of_ms, day_start_ms, rules)
            for (window, basis), counts in result.items():
                whole = merged(day.sums[number][basis], counts) if window == "day" else counts
                for group in self.ground.groups_of(queue):
                    into = table.setdefault((group, window, basis), {})
                    for name, amount in whole.items():
                        add(into, [], name, amount)
        return table
