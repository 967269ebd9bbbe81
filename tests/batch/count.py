"""Every counter of contract section 1, in loops over all visits. Slow, and meant to be read.

All instants are UTC milliseconds. A counter that is absent is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time

from tests.batch.local_days import business_day_start_ms, rows
from tests.batch.visits import Door, Visit

Counts = dict[str, int]
Result = dict[tuple[str, str], Counts]
Waits = dict[tuple[str, str], list[int]]

WINDOWS = ("30m", "day")
BASES = ("live", "arrival")
HALF_HOUR_MS = 1_800_000
FOUR_HOURS_MS = 4 * 3_600_000
HIGHEST_COUNTS = ("wait_max_ms", "longest_wait_ms")  # levels take the maximum of these, the sum of all others


@dataclass(frozen=True)
class Rules:
    """What a queue is measured by."""

    threshold_ms: int = 20_000
    short_abandon_ms: int = 5_000
    give_up_ms: int = FOUR_HOURS_MS
    zone: str = "UTC"
    day_begins: time = time(0, 0)


def in_half_hour(at_ms: int, as_of_ms: int) -> bool:
    """(now - 1800 s, now]."""
    return as_of_ms - HALF_HOUR_MS < at_ms <= as_of_ms


def in_day(at_ms: int, day_start_ms: int, as_of_ms: int) -> bool:
    """[start of the business day, now]."""
    return day_start_ms <= at_ms <= as_of_ms


def in_time(wait_ms: int, threshold_ms: int) -> bool:
    """w <= T, inclusive."""
    return wait_ms <= threshold_ms


def end_is_known(visit: Visit, as_of_ms: int) -> bool:
    """The wait has ended by now."""
    return visit.end_ms is not None and visit.end_ms <= as_of_ms


def giving_up_ms(visit: Visit, rules: Rules) -> int:
    """When an open visit is given up: its source restarted, or the set time is over."""
    after_set_time_ms = visit.arrival_ms + rules.give_up_ms
    return after_set_time_ms if visit.given_up_ms is None else min(visit.given_up_ms, after_set_time_ms)


def service_class(visit: Visit, as_of_ms: int, rules: Rules) -> tuple[str, int | None]:
    """The one service class of a visit that has arrived by now, and its decided instant (None: not decided yet)."""
    late_ms = visit.arrival_ms + rules.threshold_ms + 1
    if end_is_known(visit, as_of_ms):
        assert visit.end_ms is not None
        wait_ms = visit.end_ms - visit.arrival_ms
        decided_ms = min(visit.end_ms, late_ms)
        if visit.outcome == "abandoned" and wait_ms <= rules.short_abandon_ms:
            return "abandoned_short", decided_ms
        if in_time(wait_ms, rules.threshold_ms):
            return f"{visit.outcome}_in_time", decided_ms
        return f"{visit.outcome}_late", decided_ms
    if giving_up_ms(visit, rules) <= as_of_ms:
        return "unknown_end", min(giving_up_ms(visit, rules), late_ms)
    if late_ms <= as_of_ms:
        return "open_late", late_ms
    return "open_in_time", None


def facts(visit: Visit, as_of_ms: int, rules: Rules) -> Iterator[tuple[str, int, int | None]]:
    """(counter, amount, instant on basis live) of one visit that has arrived by now; on basis arrival every
    instant is the arrival. None: only the basis arrival counts it."""
    yield "offered", 1, visit.arrival_ms

    name, decided_ms = service_class(visit, as_of_ms, rules)
    yield name, 1, decided_ms

    if end_is_known(visit, as_of_ms):
        assert visit.end_ms is not None
        assert visit.outcome is not None
        wait_ms = visit.end_ms - visit.arrival_ms
        yield visit.outcome, 1, visit.end_ms
        yield "wait_max_ms", wait_ms, visit.end_ms
        yield "wait", wait_ms, visit.end_ms
        if visit.outcome in ("answered", "abandoned"):
            yield f"wait_{visit.outcome}_ms", wait_ms, visit.end_ms

    if visit.talk_end_ms is None:
        return
    wrapped_up = visit.acw_end_ms is not None and visit.acw_end_ms <= as_of_ms
    handled_ms = visit.acw_end_ms if wrapped_up else visit.talk_end_ms
    assert handled_ms is not None
    if handled_ms <= as_of_ms:
        yield "handled", 1, handled_ms
        yield "talk_ms", visit.talk_ms, handled_ms
        yield "hold_ms", visit.hold_ms, handled_ms
        yield "acw_ms", visit.acw_ms if wrapped_up else 0, handled_ms
        yield "transferred", int(visit.transferred), handled_ms
        yield "escalated", int(visit.escalated), handled_ms


def add(counts: Counts, waits: list[int], name: str, amount: int) -> None:
    """Adds one fact to the counters; ended waits also go to the list."""
    if name == "wait":
        waits.append(amount)
    elif name in HIGHEST_COUNTS:
        counts[name] = max(counts.get(name, 0), amount)
    else:
        counts[name] = counts.get(name, 0) + amount


def gather(
    visits: Iterable[Visit], doors: Iterable[Door], as_of_ms: int, day_start_ms: int, rules: Rules
) -> tuple[Result, Waits]:
    """All counters and all ended waits of both windows and both bases, from facts dated at or before `as_of_ms`."""
    result: Result = {(window, basis): {} for window in WINDOWS for basis in BASES}
    waits: Waits = {key: [] for key in result}

    def take(name: str, amount: int, at_ms: int, bases: Sequence[str]) -> None:
        for basis in bases:
            if in_half_hour(at_ms, as_of_ms):
                add(result["30m", basis], waits["30m", basis], name, amount)
            if in_day(at_ms, day_start_ms, as_of_ms):
                add(result["day", basis], waits["day", basis], name, amount)

    for door in doors:
        if door.at_ms <= as_of_ms:
            take(door.kind, 1, door.at_ms, BASES)

    for visit in visits:
        if visit.arrival_ms > as_of_ms:
            continue
        for name, amount, live_ms in facts(visit, as_of_ms, rules):
            take(name, amount, visit.arrival_ms, ["arrival"])
            if live_ms is not None:
                take(name, amount, live_ms, ["live"])

        if end_is_known(visit, as_of_ms) or giving_up_ms(visit, rules) <= as_of_ms:
            continue
        waiting_ms = as_of_ms - visit.arrival_ms
        for key, counts in result.items():
            add(counts, waits[key], "waiting", 1)
            add(counts, waits[key], "longest_wait_ms", waiting_ms)
            add(counts, waits[key], "late_waiting", 0 if in_time(waiting_ms, rules.threshold_ms) else 1)

    for several in waits.values():
        several.sort()
    return result, waits


def count(
    visits: Iterable[Visit],
    doors: Iterable[Door],
    as_of_ms: int,
    day_start_ms: int,
    threshold_ms: int = 20_000,
    short_abandon_ms: int = 5_000,
    give_up_ms: int = FOUR_HOURS_MS,
) -> Result:
    """{(window, basis): counters} of these visits together, all measured by the same thresholds."""
    rules = Rules(threshold_ms, short_abandon_ms, give_up_ms)
    return gather(visits, doors, as_of_ms, day_start_ms, rules)[0]


def count_waits(visits: Iterable[Visit], as_of_ms: int, day_start_ms: int) -> Waits:
    """{(window, basis): every ended wait in ms, sorted}: what percentiles are checked against."""
    return gather(visits, (), as_of_ms, day_start_ms, Rules())[1]


def count_groups(
    visits: Sequence[Visit],
    doors: Sequence[Door],
    as_of_ms: int,
    rules_of: Callable[[str], Rules],
    groups_of: Callable[[str], Iterable[str]],
) -> dict[str, Result]:
    """The counters of every group, a queue belonging to all that `groups_of(queue)` names (its own name, its
    provider, "*" for everything ...). Each queue is measured by its own rules and its own business day."""
    groups: dict[str, Result] = {}
    for queue in sorted({visit.queue for visit in visits} | {door.queue for door in doors}):
        rules = rules_of(queue)
        result, _ = gather(
            [visit for visit in visits if visit.queue == queue],
            [door for door in doors if door.queue == queue],
            as_of_ms,
            business_day_start_ms(as_of_ms, rules.zone, rules.day_begins),
            rules,
        )
        for group in groups_of(queue):
            into = groups.setdefault(group, {key: {} for key in result})
            for key, counts in result.items():
                for name, amount in counts.items():
                    add(into[key], [], name, amount)
    return groups


def count_intervals(
    visits: Sequence[Visit],
    doors: Sequence[Door],
    from_ms: int,
    to_ms: int,
    interval: str,
    zone: str,
    as_of_ms: int,
    rules: Rules,
) -> list[tuple[int, int, Counts]]:
    """(from, to, counters) of every row of [from, to): who arrived in the row, with what is known at `as_of_ms`."""
    table = []
    for row_from_ms, row_to_ms in rows(from_ms, to_ms, interval, zone):
        counts: Counts = {}
        for door in doors:
            if row_from_ms <= door.at_ms < row_to_ms and door.at_ms <= as_of_ms:
                add(counts, [], door.kind, 1)
        for visit in visits:
            if row_from_ms <= visit.arrival_ms < row_to_ms and visit.arrival_ms <= as_of_ms:
                for name, amount, _ in facts(visit, as_of_ms, rules):
                    add(counts, [], name, amount)
        table.append((row_from_ms, row_to_ms, counts))
    return table
