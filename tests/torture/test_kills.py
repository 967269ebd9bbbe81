"""Every part killed twenty times under load."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.killing import kill_part, kill_up, kill_up_while_it_starts
from tests.commands.running import StartUp, start_up

__all__ = ["start_up"]
pytestmark = [pytest.mark.server, pytest.mark.torture]


@pytest.mark.parametrize("part", ["core", "recorder", "redis", "web", "worker"])
def test_twenty_kills(start_up: StartUp, tmp_path: Path, part: str) -> None:
    kill_part(start_up, tmp_path, part, times=20)


def test_up_is_killed_twenty_times(start_up: StartUp, tmp_path: Path) -> None:
    kill_up(start_up, tmp_path, times=20)


@pytest.mark.parametrize("after_children", [1, 2, 3, 4] * 5)
def test_up_is_killed_at_its_start(start_up: StartUp, tmp_path: Path, after_children: int) -> None:
    kill_up_while_it_starts(start_up, tmp_path, after_children)
