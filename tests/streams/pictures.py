"""Small readings and reports, and what a store says of them."""

from __future__ import annotations

from typing import Any

from streams.batch import Tally
from streams.reading import Reading
from streams.records import Cell
from streams.store import FeedReport, Picture, Store


def reading(hotline: str, waiting: int, **dimensions: Any) -> Reading:
    sparse = [[], [1, waiting], [], [2, 3]]
    return Reading(Cell(hotline, **dimensions), [0, waiting, 7, 1], [0, 9, 0, 9], sparse, waiting, 0, None, 0, [[3, 1]])


def report(feed: str, received: int, message: str = "") -> FeedReport:
    tally = Tally(received=received, counted=received, skip_reasons={"phantom": 1})
    return FeedReport(feed, tally, 4, 123_456, 123_999, "live", message)


def cells(store: Store) -> dict[Cell, Reading]:
    picture = store.picture()
    assert picture is not None
    found = {reading.cell: reading for reading in picture.readings}
    assert len(found) == len(picture.readings)
    return found


def waiting(store: Store) -> dict[str, int]:
    return {cell.hotline: reading.waiting for cell, reading in cells(store).items()}


def numbers(changes: list[Picture] | None) -> list[int] | None:
    return None if changes is None else [change.as_of_ms for change in changes]


def latest(store: Store) -> str:
    picture = store.picture()
    assert picture is not None
    return picture.id
