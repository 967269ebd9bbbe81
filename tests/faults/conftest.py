"""Fixtures of the faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.commands.running import StartUp, start_up
from tests.faults.scene import Scene

__all__ = ["start_up"]
StartScene = Callable[..., Scene]


@pytest.fixture
def start_scene(start_up: StartUp, tmp_path: Path) -> Iterator[StartScene]:
    """Starts a Leitstand whose queue_log grows; ends its writer and its watchers before the processes are ended."""
    with ExitStack() as open_scenes:

        def start(more: str = "", **options: object) -> Scene:
            return open_scenes.enter_context(Scene(start_up, tmp_path, more, **options))  # type: ignore[arg-type]

        yield start
