"""`kill -9` of every part under load. The full counts run in tests/torture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.killing import kill_part, kill_up, kill_up_while_it_starts
from tests.commands.running import StartUp

pytestmark = pytest.mark.server


@pytest.mark.parametrize("part", ["core", "recorder", "redis", "web"])
def test_a_killed_part_comes_back_and_nothing_is_lost_or_doubled(start_up: StartUp, tmp_path: Path, part: str) -> None:
    kill_part(start_up, tmp_path, part, times=3)


def test_a_killed_up_leaves_no_orphan_and_the_next_goes_on(start_up: StartUp, tmp_path: Path) -> None:
    kill_up(start_up, tmp_path, times=2)


@pytest.mark.parametrize("after_children", [1, 2, 3])
def test_an_up_killed_at_its_start_leaves_no_orphan(start_up: StartUp, tmp_path: Path, after_children: int) -> None:
    kill_up_while_it_starts(start_up, tmp_path, after_children)
