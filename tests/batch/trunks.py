"""The slow computation of trunks: one count after the other, as a person would do it with a sheet of paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Count:
    """How one trunk stood. Of two counts of one instant the one with the higher `rank` stands."""

    number: object
    trunk: str
    at_ms: int
    rank: int
    channels: int
    in_use: int
    busy: int
    blocked: int
    only_grows: bool
    holds_ms: int


def standing(counts: Iterable[Count], now_ms: int) -> list[Count]:
    """The counts that are known at this instant, each trunk's in time."""
    best: dict[tuple[str, int], Count] = {}
    for count in counts:
        key = count.trunk, count.at_ms
        if count.at_ms <= now_ms and (key not in best or best[key].rank < count.rank):
            best[key] = count
    return [best[key] for key in sorted(best)]


def within(counts: Iterable[Count], number: object, first_ms: int, from_ms: int, now_ms: int) -> dict[str, int]:
    """The counters of a service number: counts in [first, now], time in [from, now]."""
    found = {"trunk_busy": 0, "trunk_blocked": 0, "trunk_in_use_ms": 0, "trunk_channels_ms": 0}
    known = standing(counts, now_ms)
    for place, count in enumerate(known):
        if count.number != number:
            continue
        earlier = known[place - 1] if place and known[place - 1].trunk == count.trunk else None
        later = known[place + 1] if place + 1 < len(known) and known[place + 1].trunk == count.trunk else None
        if count.at_ms >= first_ms:
            found["trunk_busy"] += _went_on(count, earlier, "busy")
            found["trunk_blocked"] += _went_on(count, earlier, "blocked")
        ends_ms = min([count.at_ms + count.holds_ms, now_ms] + ([later.at_ms] if later else []))
        lasts_ms = max(0, ends_ms - max(count.at_ms, from_ms))
        found["trunk_in_use_ms"] += count.in_use * lasts_ms
        found["trunk_channels_ms"] += count.channels * lasts_ms
    return found


def now(counts: Iterable[Count], number: object, now_ms: int) -> dict[str, int]:
    """What stands at this instant."""
    newest = {count.trunk: count for count in standing(counts, now_ms)}
    there = [one for one in newest.values() if one.number == number and now_ms - one.at_ms < one.holds_ms]
    return {"trunk_in_use": sum(one.in_use for one in there), "trunk_channels": sum(one.channels for one in there)}


def _went_on(count: Count, earlier: Count | None, name: str) -> int:
    value: int = getattr(count, name)
    if not count.only_grows:
        return value
    if earlier is None or not earlier.only_grows:
        return 0
    before: int = getattr(earlier, name)
    return value if value < before else value - before
