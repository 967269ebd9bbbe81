"""SIGSTOP of every process under load: the others go on, say what stands still, and nothing is lost or doubled."""

from __future__ import annotations

import subprocess
import time

import pytest

from tests.faults.conftest import StartScene
from tests.faults.watch import LONGEST_LOOK_SECONDS

pytestmark = pytest.mark.server
FRESH_SECONDS = 15
LONGEST_ANSWER_SECONDS = 30
_MINUTE = pytest.param(60, marks=pytest.mark.torture)


def test_every_process_is_stopped_for_three_seconds(start_scene: StartScene) -> None:
    scene = start_scene()
    pids = scene.up.pids()
    for part in ("core", "web", "redis", "up"):
        with scene.stopped(part):
            scene.lasts(3)
        scene.counts_on()
    assert scene.up.pids() == pids, "a short stop made somebody start a process again"
    assert scene.new_errors.count("lost") <= 4
    scene.assert_whole()


@pytest.mark.parametrize("seconds", [pytest.param(12, marks=pytest.mark.torture), _MINUTE])
def test_the_stopped_core_is_told_and_goes_on(start_scene: StartScene, seconds: int) -> None:
    scene = start_scene()
    with scene.stopped("core"):
        began = time.monotonic()
        scene.lasts(seconds)
        # The numbers stand still: no message pretends otherwise, and signs of life go on.
        assert not [at for at in scene.watch.messages if at > began + 2]
        assert [at for at in scene.watch.heartbeats if at > began + seconds - 3]
        if seconds > FRESH_SECONDS + 3:
            assert scene.watch.last_ready == 503
            assert "stands still since" in scene.watch.last_reason
        assert scene.watch.slowest_since(began) < LONGEST_LOOK_SECONDS
    scene.assert_whole()


@pytest.mark.parametrize("seconds", [12, _MINUTE])
def test_stopped_redis_is_told_and_nothing_is_written_twice(start_scene: StartScene, seconds: int) -> None:
    scene = start_scene()
    with scene.stopped("redis"):
        began = time.monotonic()
        for part in ("event log lost", "log does not answer: trying again", "the live picture is lost"):
            scene.says(part)
        calls = [
            subprocess.Popen(scene.place.command(word), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            for word in ("kpis", "feeds")
        ]
        for call in calls:
            said = call.communicate(timeout=LONGEST_ANSWER_SECONDS)[1].decode()
            assert call.returncode == 1
            assert "hangs: it takes calls and does not answer" in said
            assert "Traceback" not in said
        scene.lasts(max(0.0, began + seconds - time.monotonic()))
        if seconds > FRESH_SECONDS + 3:
            assert scene.watch.last_ready == 503
        assert scene.watch.slowest_since(began) < LONGEST_LOOK_SECONDS, "the web hangs with Redis"
    for part in ("event log is back", "the log is back", "the live picture is back"):
        scene.says(part)
    scene.assert_whole()


@pytest.mark.parametrize("part", ["web", "up"])
@pytest.mark.parametrize("seconds", [pytest.param(12, marks=pytest.mark.torture), _MINUTE])
def test_the_others_go_on_while_it_is_stopped(start_scene: StartScene, part: str, seconds: int) -> None:
    scene = start_scene()
    with scene.stopped(part):
        scene.lasts(seconds)
        written = len(scene.growing.lines) - 150
        assert scene.up.received() >= written, "counting does not go on"
        assert (scene.watch.last_ready == 200) == (part == "up")
    scene.assert_whole()
