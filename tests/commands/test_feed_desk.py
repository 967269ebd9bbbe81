"""What the page of a feed asks for is carried out by the process that collects the feed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.requests import Requests
from commands import wiring
from commands.feed_desk import DataFolderDesk
from tests.collectors.bench import Bench, clear_away, entry, write


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    yield Bench(tmp_path / "data")
    clear_away()


def desk_of(bench: Bench, tmp_path: Path, wait_seconds: float = 60.0) -> DataFolderDesk:
    file = tmp_path / "leitstand.toml"
    file.write_text('[feeds.feed]\ncollector = "queue_log"\npath = "queue_log"\nsupplies = []\n')
    return DataFolderDesk(wiring.read_settings(file), bench.folder, wait_seconds)


def test_the_collecting_process_answers(bench: Bench, tmp_path: Path) -> None:
    desk, log = desk_of(bench, tmp_path), tmp_path / "queue_log"
    assert desk.collectors == {"feed": "queue_log"}
    write(log, entry(1), "hopeless", "hopeless too")
    bench.run.follow(log)
    bench.drain()
    assert [(line.data, line.again) for line in desk.dead("feed")] == [(b"hopeless too", True), (b"hopeless", True)]
    done = threading.Event()
    answers: list[int | None] = []

    def asks() -> None:
        answers.append(desk.retry("feed"))
        done.set()

    asker = threading.Thread(target=asks)
    asker.start()
    requests = Requests(bench.folder, "feed")
    while not done.wait(0.01):
        if requests.waiting():
            bench.now_ms += 1_000
            bench.run.step(bench.now_ms)
    asker.join()
    assert answers == [0]
    assert requests.waiting() == []


def test_which_dialer_is_read_from_sqlite(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "leitstand.toml"
    file.write_text(
        '[feeds.one]\ncollector = "vicidial"\nsqlite = "x"\nsupplies = []\n'
        '[feeds.other]\ncollector = "vicidial"\nhost = "x"\nsupplies = []\n'
    )
    assert set(DataFolderDesk(wiring.read_settings(file), bench.folder).sqlite) == {"one"}


def test_a_wish_that_nobody_answers_stays(bench: Bench, tmp_path: Path) -> None:
    assert desk_of(bench, tmp_path, wait_seconds=0.2).retry("feed") is None
    assert [request.kind for request in Requests(bench.folder, "feed").waiting()] == ["retry"]
