"""Golden days of money: contracts of every kind and a clock change, written as a story in words.

`tests.money.story` says how to read one; its sums are those of the slow computation, exact fractions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

from tests.batch.count import HALF_HOUR_MS
from tests.batch.local_days import business_day_start_ms, instant_ms
from tests.batch.money import totals
from tests.golden.catalogue import BERLIN, FOLDER, read_text
from tests.money.story import Story, read

_CONTRACTS = """\
in A=P
in K1=P
sold projects=P per_minute=0.59 step_seconds=6 base_fee=3100.00 included=90 included_unit=minutes
sold hotlines=B per_call=0.85 minimum=900 {until}
sold hotlines=B per_call=1.05 base_fee=99.99 service_from=08:00 service_to=20:00 {since}
sold campaigns=K2 per_contact=1.20 per_success=25
bought hotlines=A,B party=X per_minute=0.333333 step_seconds=60
cost name=agents kind=agents hotlines=A,B per_agent_hour=19.90
cost name=night kind=agents campaigns=K2 per_agent_hour=31.10 agents_team=N {since}
cost name=leads kind=staff campaigns=K1 per_month=4200 service_from=22:00 service_to=06:00
cost name=rent kind=overhead projects=P per_month=777.77
"""
_HOURS = 34
_CALLS, _ATTEMPTS, _ORDERS = 110, 60, 30
_NOW = 40


@dataclass(frozen=True)
class MoneyDay:
    """`begins_ms` lies on a full hour; the second version of what changes its price holds from `since` on."""

    name: str
    seed: int
    begins_ms: int
    since: str

    @property
    def edges(self) -> list[int]:
        """Where rows of intervals are cut: every hour, by the clock that never changes."""
        return [self.begins_ms + hour * 2 * HALF_HOUR_MS for hour in range(_HOURS + 1)]


MONEY_DAYS = (
    MoneyDay("spring", 21, instant_ms(2026, 3, 28, 16, zone=BERLIN), "2026-03-29"),
    MoneyDay("autumn", 22, instant_ms(2026, 10, 24, 16, zone=BERLIN), "2026-10-25"),
)


def make(day: MoneyDay) -> str:
    """The story of the day in words."""
    chance = Random(day.seed)
    until = (datetime.fromisoformat(day.since) - timedelta(days=1)).date()
    lines = [f"# {day.name}", _CONTRACTS.format(since=f"from={day.since}", until=f"to={until}").rstrip()]

    def some_time() -> str:
        at_ms = day.begins_ms + chance.randrange(_HOURS * 3_600) * 1000
        return _clock(at_ms // 1_800_000 * 1_800_000 if chance.randrange(8) == 0 else at_ms)

    for _ in range(_CALLS):
        talk = chance.choice(("0", "0.001", "5.999", "6", "6.001", "60", "60.001", f"{chance.randrange(900)}"))
        lines.append(f"{some_time()} call {chance.choice('AAB')} {talk}{chance.choice(('', ' at=X'))}")
    for _ in range(_ATTEMPTS):
        said = chance.choice(("nothing", "contact", "success"))
        lines.append(f"{some_time()} attempt {chance.choice(('K1', 'K2'))} {said}")
    for _ in range(_ORDERS):
        what, sign = chance.choice((("order", ""), ("order", ""), ("cancel", "-")))
        lines.append(
            f"{some_time()} {what} {chance.choice(('A', 'K1', 'nobody'))} {sign}{chance.choice(('0.01', '99.99'))}"
        )
    for number in range(6):
        from_ms = day.begins_ms + (number * 5 + chance.randrange(3)) * 2 * HALF_HOUR_MS
        until_ms = from_ms + chance.randrange(2, 9) * 2 * HALF_HOUR_MS
        team = "N" if number % 2 else "D"
        lines.append(f"{_clock(from_ms)} to {_clock(until_ms)} agents {chance.randrange(8, 12)} team={team}")
    return "\n".join(lines) + "\n"


def _clock(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(ZoneInfo(BERLIN)).isoformat(" ")


def story(day: MoneyDay) -> Story:
    """The recorded story."""
    (found,) = read(read_text(FOLDER / f"{day.name}.money.story.gz"))
    return found


def instants(day: MoneyDay) -> list[int]:
    """Whole seconds of the day, many of them just beside midnight and the change of clocks."""
    chance = Random(day.seed)
    midnight_ms = business_day_start_ms(day.edges[-1], BERLIN)
    edges = [midnight_ms, midnight_ms + 6 * HALF_HOUR_MS, midnight_ms + HALF_HOUR_MS]
    near = [
        chance.choice(edges) + chance.choice((-1_000, 0, 1_000, chance.randrange(-900, 900) * 1000)) for _ in edges * 6
    ]
    whole = [day.begins_ms + chance.randrange(_HOURS * 3_600) * 1000 for _ in range(_NOW - len(near))]
    return sorted({*near, *whole})


def expected(day: MoneyDay) -> str:
    """All sums of both windows at every instant, and of every row."""
    told, found = story(day), {}
    for now_ms in instants(day):
        day_start_ms, edge_ms = business_day_start_ms(now_ms, BERLIN), now_ms - HALF_HOUR_MS
        found[f"30m at {now_ms}"] = totals(told, edge_ms, now_ms, (edge_ms + 1, now_ms + 1))
        found[f"day at {now_ms}"] = totals(told, day_start_ms, now_ms, (day_start_ms, now_ms + 1))
    for from_ms, to_ms in zip(day.edges, day.edges[1:], strict=False):
        found[f"{from_ms} {to_ms}"] = totals(told, from_ms, to_ms)
    return canonical(found)


def canonical(found: Mapping[str, Mapping[str, Fraction | str]]) -> str:
    """One line per sum that is not zero, sorted: the same sums have the same bytes."""
    lines = [
        json.dumps([where, kind, str(value)]) for where, sums in found.items() for kind, value in sums.items() if value
    ]
    return "\n".join(sorted(lines)) + "\n"
