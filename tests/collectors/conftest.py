"""Every test leaves the bench as it found it."""

from collections.abc import Iterator

import pytest

from tests.collectors.bench import clear_away


@pytest.fixture(autouse=True)
def clean_bench() -> Iterator[None]:
    yield
    clear_away()
