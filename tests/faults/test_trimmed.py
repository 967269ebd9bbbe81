"""The log is trimmed behind our back: what is counted stays counted, what is lost is told."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime

import pytest

from streams.redis_client import connect
from streams.redis_server import running_socket
from tests.commands.callers import assert_counted
from tests.commands.running import Browser, wait_for
from tests.faults.conftest import StartScene

pytestmark = pytest.mark.server


def test_what_was_trimmed_too_early_is_told(start_scene: StartScene) -> None:
    scene = start_scene()
    scene.growing.__exit__()
    wait_for(lambda: scene.up.received() == len(scene.growing.lines), "all lines to be counted")
    socket = running_socket(scene.place.data)
    assert socket is not None
    clients = connect(socket)
    clients.write.xtrim("log", maxlen=1, approximate=False)
    clients.close()

    # The live picture was counted before and stays right; what has to be counted again is refused, not guessed.
    assert_counted(scene.growing.lines, [scene.place.json("kpis", "--by", "hotline")])
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    done = scene.place.call("kpis", "--as-of", now)
    assert (done.returncode, done.stdout) == (1, "")
    assert "the log lost" in done.stderr
    browser = Browser(scene.up.url)
    assert browser.log_in("chefin") == 303
    status, said = browser.ask("GET", f"/api/kpis?as_of={now}")
    assert status == 404
    assert "the log lost" in said

    # A core that has nothing but this log counts what is left and says everywhere that something is missing.
    (scene.place.data / "processor.state").unlink(missing_ok=True)
    os.kill(scene.up.pids()["core"], signal.SIGKILL)
    scene.says("core ended")
    scene.says("batches of feed queue_log")
    wait_for(lambda: scene.place.json("feeds")["feeds"][0]["state"] == "error", "the feed to be in error")
    assert "the log lost batches" in scene.place.json("feeds")["feeds"][0]["message"]
    wait_for(lambda: "Daten verloren" in browser.ask("GET", "/wall")[1], "the wall to say so")
    assert not scene.watch.failures, scene.watch.failures
