"""From log entries to numbers and accounts: each entry once, unreadable ones change nothing."""

from __future__ import annotations

import pytest

from streams.batch import Batch, Tally
from streams.codec import UnreadableBatch, encode
from streams.pipeline import Pipeline
from streams.reading import sums
from streams.records import Arrived, Ended, Fact, Handled, Outcome, identify
from tests.streams.histories import CELLS, counted, new_engine

NOW_MS = 1_783_512_000_000


def entry(
    sequence: int, *arrivals: int, feed: str = "a", last_event_ms: int | None = None, state: str = "live"
) -> bytes:
    facts: list[Fact] = [Arrived(identify(feed, number), NOW_MS - 1000, CELLS["A"]) for number in arrivals]
    tally = Tally(received=len(facts), counted=len(facts))
    return encode(Batch(feed, sequence, NOW_MS + sequence, tally, facts, last_event_ms, state, f"say {sequence}"))


def offered(pipeline: Pipeline) -> int:
    return counted(pipeline.engine)["30m", "live"].get("offered", 0)


def test_an_entry_that_comes_twice_counts_once() -> None:
    pipeline = Pipeline(new_engine(NOW_MS))
    for payload in (entry(1, 1, 2), entry(1, 1, 2), entry(2, 3), entry(1, 1, 2), entry(2, 3)):
        pipeline.apply(payload)
    assert offered(pipeline) == 3
    assert pipeline.feeds["a"].tally.received == 3
    assert pipeline.feeds["a"].sequence == 2


def test_feeds_count_their_entries_apart() -> None:
    pipeline = Pipeline(new_engine(NOW_MS))
    pipeline.apply(entry(1, 1))
    pipeline.apply(entry(1, 1, feed="b"))
    assert offered(pipeline) == 2
    assert {name: report.tally.received for name, report in pipeline.feeds.items()} == {"a": 1, "b": 1}


def test_a_report_has_the_last_word_and_the_newest_event() -> None:
    pipeline = Pipeline(new_engine(NOW_MS))
    pipeline.apply(entry(1, 1, last_event_ms=500))
    pipeline.apply(entry(2, 2, last_event_ms=400, state="error"))
    pipeline.apply(entry(3))
    report = pipeline.feeds["a"]
    assert (report.last_event_ms, report.heard_ms, report.state, report.message) == (500, NOW_MS + 3, "live", "say 3")


def test_an_event_at_the_epoch_is_an_event() -> None:
    pipeline = Pipeline(new_engine(NOW_MS))
    pipeline.apply(entry(1, 1, last_event_ms=0))
    assert pipeline.feeds["a"].last_event_ms == 0


def test_unreadable_entries_change_nothing() -> None:
    pipeline = Pipeline(new_engine(NOW_MS))
    pipeline.apply(entry(1, 1))
    pipeline.changed_feeds()
    with pytest.raises(UnreadableBatch):
        pipeline.apply(entry(2, 2)[:-3])
    assert offered(pipeline) == 1
    assert pipeline.changed_feeds() == []
    pipeline.apply(entry(2, 2))
    assert offered(pipeline) == 2


def test_changed_feeds_are_told_once() -> None:
    pipeline = Pipeline(new_engine(NOW_MS))
    for payload in (entry(1, feed="b"), entry(1), entry(2)):
        pipeline.apply(payload)
    assert [report.feed for report in pipeline.changed_feeds()] == ["a", "b"]
    assert pipeline.changed_feeds() == []
    pipeline.apply(entry(2))
    assert pipeline.changed_feeds() == []


def test_a_cell_that_another_feed_names_is_news_even_where_no_number_changes() -> None:
    pipeline = Pipeline(new_engine(NOW_MS))
    pipeline.apply(entry(1, 1))
    assert [reading.feeds for reading in pipeline.readings(changed_only=True)] == [("a",)]
    known: list[Fact] = [Arrived(identify("a", 1), NOW_MS - 1000, CELLS["A"])]
    pipeline.apply(encode(Batch("b", 1, NOW_MS, Tally(received=1, duplicate=1), known)))
    assert [reading.feeds for reading in pipeline.readings(changed_only=True)] == [("a", "b")]
    assert pipeline.readings(changed_only=True) == []


def test_what_is_billed_is_news_again_when_it_changes_back_after_a_full_reading() -> None:
    """As when the store was lost meanwhile: it was given everything once, the next changes go on from there."""
    pipeline = Pipeline(new_engine(NOW_MS), billing=True)
    visit, began_ms = identify("call"), NOW_MS - 120_000
    begun: list[Fact] = [Arrived(visit, began_ms, CELLS["A"]), Ended(visit, began_ms, Outcome.ANSWERED)]

    def billed_ms(version: int, talk_ms: int, *, changed_only: bool) -> list[int]:
        handled = Handled(visit, NOW_MS - 10_000, talk_ms, acw_ms=0, version=version)
        pipeline.apply(encode(Batch("a", version, NOW_MS, Tally(), [*begun, handled])))
        readings = pipeline.readings(changed_only=changed_only)
        return [sums(one, "day", "live")["billed_ms"] for one in readings if one.cell.family == "billing"]

    assert billed_ms(1, 60_000, changed_only=True) == [60_000]
    assert billed_ms(2, 90_000, changed_only=False) == [90_000]
    assert billed_ms(3, 60_000, changed_only=True) == [60_000]
    assert billed_ms(4, 60_000, changed_only=True) == []
