"""The broker of a test session, for every folder of tests that needs one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kafka.broker import Broker, require_broker, running_broker


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One broker for all tests that only use it; whoever stops it starts one of its own."""
    require_broker()
    with running_broker(tmp_path_factory.mktemp("kafka")) as running:
        yield running
