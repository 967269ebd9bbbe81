"""The disk of the data folder is full: what cannot be written waits or is refused loudly; freed, all is counted."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.running import Browser, wait_for
from tests.faults.conftest import StartScene
from tests.faults.scene import Scene
from tests.faults.watch import LONGEST_LOOK_SECONDS

pytestmark = pytest.mark.server
DISK = "24m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """An empty file system of 24 MB where `place_with_feed` has its data folder."""
    data = tmp_path / "data"
    data.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "leitstand-test", str(data)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = f"a small disk can only be mounted by root: {done.stderr.strip()}"
        assert "CI" not in os.environ, reason
        pytest.skip(reason)
    yield data
    subprocess.run(["umount", "--lazy", data], check=True)


def test_a_full_disk_pauses_the_feed_and_afterwards_all_is_counted(small_disk: Path, start_scene: StartScene) -> None:
    scene = start_scene()
    ballast = _fill(scene)
    began = time.monotonic()
    wait_for(lambda: "pauses" in scene.new_errors, "the feed to pause")
    wait_for(lambda: scene.watch.last_ready == 503, "the web to say that nothing is fresh")
    assert scene.watch.slowest_since(began) < LONGEST_LOOK_SECONDS
    # Reading goes on: who asks is answered, and told how old it is.
    assert scene.place.json("feeds")["feeds"][0]["received"] > 0
    status, page = Browser(scene.up.url).try_log_in("chefin")
    assert status in {303, 503}, page
    pids = scene.up.pids()
    scene.lasts(3)
    assert scene.up.pids() == pids, f"somebody does not stand a full disk: {scene.new_errors}"
    ballast.unlink()
    scene.counts_on()
    scene.assert_whole()


@pytest.mark.torture
@pytest.mark.parametrize("part", ["core", "redis"])
def test_a_part_killed_while_the_disk_is_full_loses_nothing(
    small_disk: Path, start_scene: StartScene, part: str
) -> None:
    scene = start_scene()
    ballast = _fill(scene)
    wait_for(lambda: "pauses" in scene.new_errors, "the feed to pause")
    os.kill(scene.up.pids()[part], signal.SIGKILL)
    wait_for(lambda: "starting it again" in scene.new_errors, "the part to be started again")
    scene.lasts(2)
    ballast.unlink()
    scene.counts_on()
    scene.assert_whole(faults=3)


def _fill(scene: Scene) -> Path:
    """Takes the last byte of the disk away, again and again until nothing is left; returns the file that has them."""
    ballast = scene.place.data / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1_000_000, 4096, 1):
            while True:
                try:
                    file.write(b"\0" * size)
                except OSError:
                    break
    return ballast
