"""The hub: one reader of the store, through losses, replacements and boards that cannot be composed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from dashboard.access import Scope
from dashboard.board import Board, View
from dashboard.hub import Hub
from dashboard.silence import numbered_feeds
from streams.reading import Reading
from streams.store import Picture, StoreUnavailable
from streams.store_memory import MemoryStore
from tests.dashboard.campaigns import campaign, cell
from tests.dashboard.centre import Centre, cells, feeds, reading

DESK = View("desk")


class Unreliable(MemoryStore):
    """A store that can be away."""

    away = False
    asked = 0

    def picture(self) -> Picture | None:
        self._answer()
        return super().picture()

    def changes(self, after: str, wait_seconds: float) -> list[Picture] | None:
        self._answer()
        return super().changes(after, wait_seconds)

    def _answer(self) -> None:
        self.asked += 1
        if self.away:
            message = "connection refused"
            raise StoreUnavailable(message)


def test_a_lost_store_keeps_the_last_values_and_is_logged_once(
    centre: Centre, caplog: pytest.LogCaptureFixture
) -> None:
    store = Unreliable()
    fence = store.acquire()
    store.replace(fence, centre.clock.now_ms, "1", [reading(cell) for cell in cells()], feeds())
    hub = Hub(store, centre.present, clock=centre.clock.seconds)
    assert hub.step()
    store.away = True
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            centre.clock.pass_seconds(1)
            assert not hub.step()
    assert len(hub.readings(Scope())) == len(cells())
    assert len(caplog.records) == 1
    assert "connection refused" in caplog.text
    store.away = False
    store.publish(fence, centre.clock.now_ms, "2", [reading(cells()[0], offered=99)], [])
    with caplog.at_level(logging.WARNING):
        assert hub.step()
    assert [record.message for record in caplog.records][1:] == ["the live picture is back"]
    assert hub.as_of_ms == centre.clock.now_ms


def test_a_replaced_picture_drops_cells_that_are_gone(centre: Centre) -> None:
    assert len(centre.hub.readings(Scope())) == len(cells())
    centre.clock.pass_seconds(1)
    centre.publish([reading(cells()[0])], whole=True)
    centre.hub.step()
    centre.hub.step()
    assert [found.cell for found in centre.hub.readings(Scope())] == [cells()[0]]


def test_unchanged_cells_keep_their_last_reading(centre: Centre) -> None:
    centre.tick(1, [reading(cells()[0], offered=77)])
    found = {found.cell: found for found in centre.hub.readings(Scope())}
    assert found[cells()[0]] == reading(cells()[0], offered=77)
    assert found[cells()[1]] == reading(cells()[1])


def test_new_cells_reach_a_scope_that_was_asked_for_before(centre: Centre) -> None:
    scope = Scope.of({"provider": ["Nordcall"]})
    before = len(centre.hub.readings(scope))
    new = cells()[0].__class__("Neu", "Nordcall")
    centre.tick(1, [reading(new)])
    assert len(centre.hub.readings(scope)) == before + 1


def test_a_board_that_cannot_be_composed_stops_no_other(centre: Centre, caplog: pytest.LogCaptureFixture) -> None:
    nordcall = Scope.of({"provider": ["Nordcall"]})

    def present(readings: Iterable[Reading], feeds: Sequence[Any], *, scope: Scope, **rest: Any) -> Board:
        if scope == nordcall and centre.clock.now_ms > broken_from:
            message = "no"
            raise ZeroDivisionError(message)
        return centre.present(readings, feeds, scope=scope, **rest)

    broken_from = centre.clock.now_ms
    centre.hub.present = present  # type: ignore[assignment]
    bad, good = centre.hub.join(nordcall, "de", DESK), centre.hub.join(Scope(), "de", DESK)
    was = bad.sequence, good.sequence
    centre.tick()
    assert (bad.sequence, good.sequence) == (was[0], was[1] + 1)
    assert "'Nordcall'" in caplog.text


def test_the_board_of_a_page_is_the_one_of_its_stream(centre: Centre) -> None:
    channel = centre.hub.join(Scope(), "de", DESK)
    assert centre.hub.board(Scope(), "de", DESK) is channel.board
    centre.hub.leave(channel)
    assert centre.hub.board(Scope(), "de", DESK) is not channel.board


def test_feeds_of_others_are_numbered_and_say_nothing() -> None:
    seen = numbered_feeds(feeds(), {"anlage"})
    assert [feed.feed for feed in seen] == ["anlage", "#2"]
    assert [feed.tally.received for feed in seen] == [0, 0]
    assert [feed.message for feed in seen] == ["", ""]
    assert [feed.state for feed in seen] == ["live", "live"]


def test_the_feeds_of_campaigns_keep_their_names_for_whoever_sees_one(centre: Centre) -> None:
    store = MemoryStore()
    mine = cell("Winback", client="K")
    store.replace(store.acquire(), centre.clock.now_ms, "1", [campaign(mine, (3, 12), (9, 90))], feeds())
    hub = Hub(store, centre.present, clock=centre.clock.seconds, of_campaigns={"anlage"})
    hub.step()
    assert [feed.feed for feed in hub.feeds(Scope.of({"client": ["K"]}))] == ["anlage", "#2"]
    assert [feed.feed for feed in hub.feeds(Scope.of({"client": ["L"]}))] == ["#1", "#2"]


def test_run_follows_by_itself_survives_surprises_and_stops(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hub = Hub(centre.store, centre.present)
    stop, seen = threading.Event(), threading.Event()
    step = hub.step
    steps: list[None] = []

    def surprising() -> bool:
        steps.append(None)
        if len(steps) < 3:
            message = "surprise"
            raise RuntimeError(message)
        there = step()
        if hub.as_of_ms == centre.clock.now_ms:
            seen.set()
        return there

    monkeypatch.setattr(hub, "step", surprising)
    thread = threading.Thread(target=hub.run, args=(stop,))
    thread.start()
    try:
        assert seen.wait(10)
    finally:
        stop.set()
        hub.close()
        thread.join(10)
    assert not thread.is_alive()
    assert sum("surprise" in str(record.exc_info) for record in caplog.records) == 1
