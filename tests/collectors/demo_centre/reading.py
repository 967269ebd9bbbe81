"""An own, simple reading of queue_log lines and of the service level: it shares no code with what it checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

ENDS = {"CONNECT": "answered", "ABANDON": "abandoned", "EXITWITHTIMEOUT": "flow_out"}
HANDLED = {"COMPLETECALLER", "COMPLETEAGENT", "BLINDTRANSFER", "ATTENDEDTRANSFER"}


@dataclass
class Seen:
    """One visit as the lines tell it."""

    call: str
    queue: str
    entered: int
    ended: int | None = None
    outcome: str = ""
    agent: str = ""
    stated_wait: int = 0
    finished: int | None = None
    stated_talk: int = 0
    finish_event: str = ""


def fields(lines: Iterable[str]) -> list[list[str]]:
    return [line.split("|") for line in lines]


def visits(lines: Iterable[str]) -> list[Seen]:
    """All visits in order of their entry. Raises AssertionError where an end has no open visit."""
    waiting: dict[tuple[str, str], Seen] = {}
    talking: dict[tuple[str, str], Seen] = {}
    found: list[Seen] = []
    for epoch, call, queue, agent, event, *arguments in fields(lines):
        key = (call, queue)
        if event == "ENTERQUEUE":
            assert key not in waiting, f"{key} enters twice at {epoch}"
            assert key not in talking, f"{key} enters while talking at {epoch}"
            waiting[key] = Seen(call, queue, int(epoch))
            found.append(waiting[key])
        elif event in ENDS:
            visit = waiting.pop(key)
            visit.ended, visit.outcome, visit.agent = int(epoch), ENDS[event], agent
            visit.stated_wait = int(arguments[0] if event == "CONNECT" else arguments[2])
            if event == "CONNECT":
                talking[key] = visit
        elif event in HANDLED:
            visit = talking.pop(key)
            assert visit.agent == agent
            visit.finished, visit.finish_event, visit.stated_talk = int(epoch), event, int(arguments[-2])
            assert int(arguments[-3]) == visit.stated_wait
    return found


def service_level(seen: Iterable[Seen], now: int, seconds: int = 1800, limit: int = 20) -> tuple[float, int]:
    """(share in time, n) of the visits decided in (now - seconds, now], short abandons (5 s) left out."""
    good = count = 0
    for visit in seen:
        if visit.entered > now:
            continue
        ended = visit.ended if visit.ended is not None and visit.ended <= now else None
        late_at = visit.entered + limit + 1
        decided = late_at if ended is None else min(ended, late_at)
        if not now - seconds < decided <= now:
            continue
        if ended is not None and visit.outcome == "abandoned" and ended - visit.entered <= 5:
            continue
        count += 1
        good += ended is not None and visit.outcome == "answered" and ended - visit.entered <= limit
    return (good / count if count else 0.0), count


def waiting_at(seen: Iterable[Seen], now: int) -> list[int]:
    """How long each visit that is open at `now` has waited, in seconds."""
    return [now - v.entered for v in seen if v.entered <= now and (v.ended is None or v.ended > now)]


def by_hotline(seen: Iterable[Seen], hotline_of: dict[str, str]) -> dict[str, list[Seen]]:
    grouped: dict[str, list[Seen]] = defaultdict(list)
    for visit in seen:
        grouped[hotline_of[visit.queue]].append(visit)
    return grouped
