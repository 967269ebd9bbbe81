"""Redis ends, or is full: the feed pauses and says so, and goes on where it stopped."""

from __future__ import annotations

import os
import signal
import time

import pytest

from streams.redis_client import connect
from streams.redis_server import running_socket
from tests.commands.running import Browser, wait_for
from tests.faults.conftest import StartScene
from tests.faults.scene import Scene

pytestmark = pytest.mark.server


@pytest.mark.torture
def test_redis_shuts_down_and_up_starts_it_again(start_scene: StartScene) -> None:
    scene = start_scene()
    before = scene.up.pids()
    _command(scene, "shutdown")
    scene.says("Redis ended, starting it again")
    scene.counts_on()
    after = scene.up.pids()
    assert {name for name in before if after[name] != before[name]} == {"redis"}
    scene.assert_whole()


def test_full_redis_pauses_the_feed_and_says_so(start_scene: StartScene) -> None:
    scene = start_scene()
    limit = 512_000_000
    # Just above the share at which appending stops: the live picture still has room, and goes on.
    _limit_memory(scene, used_share=0.85)
    scene.says("log is full: the feed pauses")
    scene.lasts(1)  # what was appended before is being counted
    standing = scene.up.received()
    began = time.monotonic()
    scene.lasts(3)
    assert scene.up.received() == standing
    assert [at for at in scene.watch.messages if at > began], "the live picture stopped"
    assert scene.watch.last_ready == 200
    (feed,) = scene.place.json("feeds")["feeds"]
    assert (feed["state"], feed["message"]) == ("error", "log is full: the feed pauses")
    browser = Browser(scene.up.url)
    assert browser.log_in("chefin") == 303
    assert "wartet: Protokoll voll" in browser.ask("GET", "/wall")[1]

    # Full to the brim: nothing can be written, the picture stands still and the web says so.
    _limit_memory(scene, used_share=1.3)
    scene.says("store lost, trying again")
    wait_for(lambda: scene.watch.last_ready == 503, "the web to say that nothing is fresh")
    assert "stands still since" in scene.watch.last_reason
    assert scene.up.received() == standing

    _command(scene, "config", "set", "maxmemory", str(limit))
    scene.says("store is back")
    scene.says("the log is back")
    scene.assert_whole()
    wait_for(lambda: scene.place.json("feeds")["feeds"][0]["state"] != "error", "the feed to be well again")


@pytest.mark.torture
def test_redis_killed_while_it_is_full_loses_nothing(start_scene: StartScene) -> None:
    scene = start_scene()
    _limit_memory(scene, used_share=1.05)
    scene.says("log is full: the feed pauses")
    os.kill(scene.up.pids()["redis"], signal.SIGKILL)
    scene.says("Redis ended, starting it again")
    scene.assert_whole(faults=2)


def _limit_memory(scene: Scene, used_share: float) -> None:
    used = int(_command(scene, "info", "memory")["used_memory"])
    _command(scene, "config", "set", "maxmemory", str(int(used / used_share)))


def _command(scene: Scene, *words: str) -> dict[str, int]:
    socket = running_socket(scene.place.data)
    assert socket is not None
    clients = connect(socket)
    try:
        if words == ("shutdown",):
            clients.write.shutdown()
            return {}
        answer = clients.write.execute_command(*words)
        return answer if isinstance(answer, dict) else {}
    finally:
        clients.close()
