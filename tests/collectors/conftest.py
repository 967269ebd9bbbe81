"""Every test leaves the bench as it found it; most follow one file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collectors.bench import Bench, clear_away


@pytest.fixture(autouse=True)
def clean_bench() -> Iterator[None]:
    yield
    clear_away()


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    folder = tmp_path / "asterisk"
    folder.mkdir()
    return folder / "queue_log"


@pytest.fixture
def bench(tmp_path: Path, log_file: Path) -> Bench:
    bench = Bench(tmp_path / "data")
    bench.run.follow(log_file)
    return bench
