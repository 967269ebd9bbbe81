"""The line to a Redis elsewhere breaks in every way that lines do."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from streams.redis_server import RedisServer
from tests.commands.calling import Place
from tests.commands.running import wait_for
from tests.faults.conftest import StartScene
from tests.faults.proxy import Proxy
from tests.faults.scene import Scene
from tests.faults.watch import LONGEST_LOOK_SECONDS

pytestmark = pytest.mark.server
LONGEST_ANSWER_SECONDS = 30


class Elsewhere:
    """A Redis that `up` did not start, behind a proxy. Opened when the settings are written."""

    def __init__(self, opened: ExitStack) -> None:
        self._opened = opened
        self.proxy: Proxy

    def __call__(self, place: Place) -> None:
        server = self._opened.enter_context(RedisServer(place.data))
        self.proxy = self._opened.enter_context(Proxy(server.socket_path))
        assert place.config is not None
        url = f"redis://127.0.0.1:{self.proxy.port}/0"
        place.config.write_text(f'{place.config.read_text()}[storage]\nredis_url = "{url}"\n')


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with ExitStack() as opened:
        yield Elsewhere(opened)


@pytest.mark.torture
def test_a_line_that_is_slow_or_sliced_loses_nothing(elsewhere: Elsewhere, start_scene: StartScene) -> None:
    scene = start_scene(before_up=elsewhere)
    elsewhere.proxy.weather = "sliced"
    scene.lasts(3)
    elsewhere.proxy.weather = "slow"
    scene.lasts(3)
    elsewhere.proxy.weather = "fine"
    scene.assert_whole()
    assert "lost" not in scene.new_errors, scene.new_errors


@pytest.mark.torture
def test_a_line_that_is_reset_again_and_again_counts_nothing_twice(
    elsewhere: Elsewhere, start_scene: StartScene
) -> None:
    scene = start_scene(before_up=elsewhere)
    for _ in range(10):
        elsewhere.proxy.weather = "reset"
        scene.lasts(0.1)
        elsewhere.proxy.weather = "fine"
        scene.counts_on()
    scene.assert_whole(faults=10)


def test_a_cut_line_is_told_once_and_afterwards_all_is_counted(elsewhere: Elsewhere, start_scene: StartScene) -> None:
    scene = start_scene(before_up=elsewhere)
    elsewhere.proxy.weather = "cut"
    _assert_told_once(scene)
    elsewhere.proxy.weather = "fine"
    _assert_back_once(scene)
    scene.assert_whole()


@pytest.mark.torture
def test_a_half_open_line_is_noticed_told_and_left(elsewhere: Elsewhere, start_scene: StartScene) -> None:
    scene = start_scene(before_up=elsewhere)
    elsewhere.proxy.weather = "half_open"
    began = time.monotonic()
    _assert_told_once(scene)
    calls = [subprocess.Popen(scene.place.command(word), stderr=subprocess.PIPE) for word in ("kpis", "feeds")]
    for call in calls:
        said = call.communicate(timeout=LONGEST_ANSWER_SECONDS)[1].decode()
        assert call.returncode == 1
        assert "could not read the live picture" in said
    wait_for(lambda: scene.watch.last_ready == 503, "the web to say that nothing is fresh")
    assert "stands still since" in scene.watch.last_reason
    assert scene.watch.slowest_since(began) < LONGEST_LOOK_SECONDS, "the web hangs with the line"
    assert scene.watch.seen[503] > 0, "nobody who asked for a recount was told that the log is away"
    elsewhere.proxy.weather = "fine"
    _assert_back_once(scene)
    scene.assert_whole()


def _assert_told_once(scene: Scene) -> None:
    for what in ("event log lost", "log does not answer: trying again", "the live picture is lost"):
        scene.says(what)


def _assert_back_once(scene: Scene) -> None:
    for what in ("event log is back", "the log is back", "the live picture is back"):
        scene.says(what)
