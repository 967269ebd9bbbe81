"""The slow computation of what calls are billed by, one call at a time."""

from __future__ import annotations

from collections.abc import Iterator

from tests.batch.visits import Visit

STEPS_S = (1, 6, 10, 30, 60)


def started(length_ms: int, step_s: int) -> int:
    """How many steps of so many seconds a call of this length has begun."""
    steps = 0
    while steps * step_s * 1000 < length_ms:
        steps += 1
    return steps


def billed(visit: Visit, now_ms: int) -> Iterator[tuple[str, int, int]]:
    """(counter, amount, instant) of a visit whose handling ended by now."""
    if visit.talk_end_ms is None or visit.arrival_ms > now_ms:
        return
    wrapped = visit.acw_end_ms is not None and visit.acw_end_ms <= now_ms
    ended_ms = visit.acw_end_ms if wrapped else visit.talk_end_ms
    assert ended_ms is not None
    if ended_ms > now_ms:
        return
    length_ms = visit.talk_ms + visit.hold_ms
    yield "billed_calls", 1, ended_ms
    yield "billed_ms", length_ms, ended_ms
    for step_s in STEPS_S:
        yield f"billed_{step_s}s", started(length_ms, step_s), ended_ms
