"""Rights that are lost and given back: of the followed file, of the folder of dead letters."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands.calling import Place
from tests.faults.conftest import StartScene

pytestmark = pytest.mark.server


@dataclass(frozen=True)
class Unprivileged(Place):
    """Calls the command as this user, but without root's licence to read and write everything."""

    def command(self, *words: str | Path) -> list[str | Path]:
        command = super().command(*words)
        if os.geteuid() != 0:
            return command
        tool = shutil.which("setpriv")
        assert tool is not None, "setpriv is missing (Debian: util-linux)"
        return [tool, "--bounding-set", "-dac_override,-dac_read_search", *command]


def _unprivileged(place: Place) -> Place:
    return Unprivileged(place.config, place.data)


@pytest.mark.torture
def test_a_file_that_may_not_be_read_is_told_and_read_when_it_may(start_scene: StartScene) -> None:
    scene = start_scene(place_of=_unprivileged)
    path = scene.queue_log
    with scene.growing.between_lines():
        path.rename(path.with_name("queue_log.1"))
        path.touch(mode=0o000)
    scene.says("reading it is not allowed: give the user of Leitstand the right to read it")
    assert scene.place.json("feeds")["feeds"][0]["message"].startswith(str(path))
    path.chmod(0o600)
    scene.says("feed queue_log: reading again")
    scene.assert_whole()


def test_dead_letters_that_cannot_be_written_hold_the_feed_up(start_scene: StartScene) -> None:
    scene = start_scene(place_of=_unprivileged)
    folder = scene.place.data / "dead" / "queue_log"
    files = list(folder.iterdir())
    for file in files:
        file.chmod(0o400)
    folder.chmod(0o500)
    scene.says("feed queue_log: data folder cannot be written: the feed pauses")
    pids = scene.up.pids()
    scene.lasts(2)
    assert scene.up.pids() == pids
    folder.chmod(0o700)
    for file in files:
        file.chmod(0o600)
    scene.says("feed queue_log: the data folder can be written again")
    scene.assert_whole()
    assert len(scene.place.json("dead", "list")["dead"]) == scene.place.json("feeds")["feeds"][0]["dead"]
