"""Random queue logs, read here and by the slow reading in tests/batch that shares no code with it."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from collectors.contract import Verdict
from streams.records import Arrived, AtTheDoor, Ended, GivenUp, Handled
from tests.batch.read_queue_log import read_queue_log
from tests.collectors.bench import NOW_MS, parser_of

ENDS = [
    "ABANDON|1|1|{w}",
    "ABANDON|1|1|",
    "EXITWITHTIMEOUT|1",
    "EXITWITHTIMEOUT|1|1|{w}",
    "EXITWITHKEY|3|1|1|{w}",
    "EXITEMPTY|1|1|{w}",
    "LEAVEEMPTY|",
    "WITHDRAW|1|1|{w}|x",
    "SYSCOMPAT|",
    "CONNECT|{w}|x|1",
    "COMPLETECALLER|{w}|{t}|1",
    "COMPLETEAGENT|{w}|{t}|1",
    "BLINDTRANSFER|8|c|{w}|{t}|1",
    "ATTENDEDTRANSFER|LINK|a|b|{w}|{t}|1",
    "ATTENDEDTRANSFER|APP|a|{w}|{t}|1",
    "WRAPUPSTART|{t}",
    "ENTERQUEUE||5|1",
    "ENTERQUEUE||5|1",
    "ENTERQUEUE||5|1",
    "JOINEMPTY|",
    "DIVERT_CA_RATIO|",
    "FULL|",
    "CLOSED|",
    "RINGNOANSWER|1000",
    "PAUSE|lunch",
    "SITESOWN|x",
]


def random_log(seed: int) -> list[str]:
    """Events of few calls, agents and queues in no plausible order: every pair of them meets."""
    chance = random.Random(seed)
    at = NOW_MS // 1000 - 50_000
    lines = []
    for _ in range(400):
        at += chance.randrange(0, 90)
        event = chance.choice(ENDS).format(w=chance.randrange(120), t=chance.randrange(300))
        agent = "NONE" if event.startswith(("ENTER", "ABANDON", "EXIT")) else f"agent {chance.randrange(3)}"
        lines.append(f"{at}|call.{chance.randrange(25)}|q{chance.randrange(2)}|{agent}|{event}")
        if chance.random() < 0.02:
            lines.append(f"{at}|NONE|NONE|NONE|QUEUESTART|")
    return lines


@pytest.mark.parametrize("seed", range(20))
def test_both_readings_agree(seed: int) -> None:
    lines = random_log(seed)
    truth = read_queue_log(lines)
    parser = parser_of("queue_log")
    arrived: dict[bytes, Arrived] = {}
    ended: dict[bytes, Ended] = {}
    given_up: dict[bytes, int] = {}
    handled: dict[bytes, Handled] = {}
    doors: Counter[tuple[int, str]] = Counter()
    skipped: Counter[str] = Counter()
    for position, line in enumerate(lines, start=1):
        parsed = parser.parse(line.encode(), position, NOW_MS)
        skipped.update([parsed.reason] if parsed.verdict is Verdict.SKIPPED else [])
        for fact in parsed.facts:
            match fact:
                case Arrived():
                    assert fact.visit not in arrived
                    arrived[fact.visit] = fact
                case Ended():
                    assert fact.visit not in ended
                    ended[fact.visit] = fact
                case GivenUp():
                    given_up.setdefault(fact.visit, fact.at_ms)
                case Handled():
                    assert fact.version == (fact.visit in handled)
                    handled[fact.visit] = fact
                case AtTheDoor():
                    doors[fact.at_ms, fact.door.name.lower()] += 1
    ours = [
        (
            first.cell.hotline,
            first.at_ms,
            ended[visit].at_ms if visit in ended else None,
            ended[visit].outcome.name.lower() if visit in ended else None,
            given_up.get(visit),
            handled[visit].talk_ms if visit in handled else None,
            handled[visit].transferred if visit in handled else False,
        )
        for visit, first in arrived.items()
    ]
    theirs = [
        (
            visit.queue,
            visit.arrival_ms,
            visit.end_ms,
            visit.outcome,
            visit.given_up_ms,
            visit.talk_ms if visit.talk_end_ms is not None else None,
            visit.transferred,
        )
        for visit in truth.visits
    ]
    assert ours == theirs
    assert doors == Counter((door.at_ms, door.kind) for door in truth.doors)
    assert skipped == Counter(truth.skip_reasons)
