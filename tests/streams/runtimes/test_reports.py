"""A feed that pauses is published as such, and as itself again when it goes on; nothing of that reaches its account."""

from __future__ import annotations

from streams.batch import Batch, Tally
from streams.codec import encode
from streams.pauses import LASTS_MS, Pause, Pauses
from streams.pipeline import Pipeline
from streams.redis_client import RedisClients
from streams.runtimes.reports import Reports
from streams.store import StoreUnavailable
from tests.streams.histories import new_engine

NOW_MS = 1_790_000_000_000
FULL = Pause("full", "log is full", NOW_MS)


def test_a_pause_is_told_once_stays_and_ends() -> None:
    pipeline = Pipeline(new_engine(NOW_MS))
    pipeline.apply(encode(Batch("calls", 1, NOW_MS, Tally(received=2, counted=2), [])))
    said: dict[str, Pause] = {}
    away = False

    def pauses(_: int) -> dict[str, Pause]:
        if away:
            raise StoreUnavailable
        return dict(said)

    reports = Reports(pauses)

    def told(*, everything: bool = False) -> dict[str, str]:
        return {report.feed: report.state for report in reports.of(pipeline, NOW_MS, everything=everything)}

    assert told() == {"calls": "live"}
    said |= {"calls": FULL, "never heard": FULL}
    assert told() == {"calls": "full", "never heard": "full"}
    assert told() == {}
    assert told(everything=True) == {"calls": "full", "never heard": "full"}
    pipeline.apply(encode(Batch("calls", 2, NOW_MS, Tally(received=1, counted=1), [])))
    away = True
    (report,) = reports.of(pipeline, NOW_MS, everything=False)
    assert (report.state, report.message, report.tally.received) == ("full", "log is full", 3)
    away = False
    said.clear()
    assert told() == {"calls": "live", "never heard": "off"}
    assert pipeline.feeds["calls"].state == "live"
    assert told() == {}


def test_pauses_are_said_until_their_collector_is_gone(clients: RedisClients) -> None:
    pauses = Pauses(clients)
    assert pauses.known(NOW_MS) == {}
    pauses.tell("grüße", FULL)
    pauses.tell("other", FULL)
    assert pauses.known(NOW_MS + LASTS_MS) == {"grüße": FULL, "other": FULL}
    assert pauses.known(NOW_MS + LASTS_MS + 1) == {}
    pauses.end("other")
    assert pauses.known(NOW_MS) == {"grüße": FULL}
