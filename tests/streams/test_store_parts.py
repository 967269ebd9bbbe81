"""Pictures of many parts read as one: in step, added up, and honest about a part that stands still."""

from __future__ import annotations

import pytest

from streams.batch import Tally
from streams.reading import Reading, further, sums
from streams.records import Cell
from streams.store import FeedReport, Picture
from streams.store_memory import MemoryStore
from streams.store_parts import PartedStore, merged_feeds


def reading(name: str, waiting: int) -> Reading:
    return Reading(Cell(name), [], [0] * 4, [[]] * 4, waiting, 0, None, 0, [])


def report(received: int, sequence: int, heard_ms: int, message: str = "") -> FeedReport:
    return FeedReport("acd", Tally(received=received, counted=received), sequence, 50, heard_ms, "live", message)


class Parts:
    """Two parts with their writers."""

    def __init__(self) -> None:
        self.stores = [MemoryStore(), MemoryStore()]
        self.fences = [store.acquire() for store in self.stores]
        self.read = PartedStore(lambda: self.stores)

    def publish(self, part: int, as_of_ms: int, waiting: int, feed: FeedReport) -> None:
        name, fence = f"hotline {part}", self.fences[part]
        self.stores[part].publish(fence, as_of_ms, f"{as_of_ms}", [reading(name, waiting)], [feed])


def test_there_is_no_picture_until_every_part_has_one() -> None:
    parts = Parts()
    assert PartedStore(list).picture() is None
    assert parts.read.picture() is None
    parts.publish(0, 1_000, 1, report(5, 1, 10))
    assert parts.read.picture() is None


def test_a_picture_lays_cells_side_by_side_and_adds_feeds_up() -> None:
    parts = Parts()
    parts.publish(0, 1_000, 1, report(5, 2, 10))
    parts.publish(1, 1_000, 2, report(0, 1, 30, "newest"))
    picture = parts.read.picture()
    assert picture is not None
    assert (picture.as_of_ms, picture.position) == (1_000, "1000,1000")
    assert {(one.cell.hotline, one.waiting) for one in picture.readings} == {("hotline 0", 1), ("hotline 1", 2)}
    (feed,) = picture.feeds
    assert (feed.tally.received, feed.sequence, feed.heard_ms, feed.message) == (5, 1, 30, "newest")


def test_a_cell_of_people_in_two_parts_adds_up_and_a_change_of_one_keeps_the_other() -> None:
    parts, team = Parts(), Cell("", "P", team="Nord", family="agents")

    def publish(part: int, as_of_ms: int, talking: int, present: int) -> None:
        counted = further(team, 0, {"day": {"agents_present": present}}, {"agents_talking": talking})
        readings = [counted] if talking else []
        parts.stores[part].publish(parts.fences[part], as_of_ms, f"{as_of_ms}", readings, [report(0, 1, 10)])

    def read(picture: Picture) -> tuple[int, int]:
        (one,) = picture.readings
        row = sums(one, "day", "live")
        return row["agents_talking"], row["agents_present"]

    publish(0, 1_000, 2, 3)
    publish(1, 1_000, 4, 5)
    picture = parts.read.picture()
    assert picture is not None
    assert read(picture) == (6, 8)
    publish(0, 2_000, 0, 0)
    publish(1, 2_000, 1, 6)
    changes = parts.read.changes(picture.id, 0)
    assert changes is not None
    assert read(changes[0]) == (3, 9)


def test_a_part_that_is_ahead_waits_for_the_others() -> None:
    parts = Parts()
    parts.publish(0, 1_000, 1, report(1, 1, 10))
    parts.publish(1, 1_000, 1, report(0, 1, 10))
    first = parts.read.picture()
    assert first is not None
    parts.publish(0, 2_000, 7, report(2, 2, 20))
    parts.publish(0, 3_000, 8, report(3, 3, 30))
    assert parts.read.changes(first.id, 0.0) == []
    parts.publish(1, 2_000, 9, report(0, 2, 20))
    changes = parts.read.changes(first.id, 1.0)
    assert changes is not None
    (change,) = changes
    assert change.as_of_ms == 2_000
    assert {(one.cell.hotline, one.waiting) for one in change.readings} == {("hotline 0", 7), ("hotline 1", 9)}
    assert [(feed.tally.received, feed.sequence) for feed in change.feeds] == [(2, 2)]
    parts.publish(1, 3_000, 9, report(0, 3, 30))
    changes = parts.read.changes(change.id, 1.0)
    assert changes is not None
    assert [one.waiting for one in changes[0].readings] == [8, 9]


def test_a_replaced_picture_is_read_anew() -> None:
    parts = Parts()
    parts.publish(0, 1_000, 1, report(1, 1, 10))
    parts.publish(1, 1_000, 1, report(0, 1, 10))
    first = parts.read.picture()
    assert first is not None
    parts.fences[1] = parts.stores[1].acquire()
    parts.stores[1].replace(parts.fences[1], 1_000, "9", [reading("hotline 1", 3)], [report(0, 1, 10)])
    assert parts.read.changes(first.id, 0.0) is None
    assert parts.read.changes("an id of somebody else", 0.0) is None


@pytest.mark.parametrize("known", [0, 1])
def test_what_one_part_has_not_heard_of_is_not_counted_everywhere(known: int) -> None:
    parts = [[report(1, 4, 10)] if part == known else [] for part in range(2)]
    (feed,) = merged_feeds(parts)
    assert (feed.sequence, feed.tally.received) == (0, 1)


@pytest.mark.parametrize("turned", [False, True])
def test_the_newest_word_about_a_clock_counts(turned: bool) -> None:
    parts = [
        [FeedReport("acd", Tally(2, 2), 7, 50, 1_000, "live", "", skew_ms=4_000)],
        [FeedReport("acd", Tally(1, 1), 8, 60, 2_000, "live", "", skew_ms=-3_000)],
    ]
    (feed,) = merged_feeds(reversed(parts) if turned else parts)
    assert (feed.tally.received, feed.sequence, feed.last_event_ms) == (3, 7, 60)
    assert (feed.heard_ms, feed.skew_ms) == (2_000, -3_000)
