"""The recorder is killed while it writes, its disk is full, its folder is read-only: the history has what the log had.

The log is never trimmed beyond that.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from commands import wiring
from commands.trimming import trim_behind_the_history
from streams.codec import decode_columns
from streams.columns import Columns
from streams.history import commits
from streams.history.commits import Contents
from streams.history.open import open_history
from streams.log_redis import RedisLog
from streams.redis_client import connect
from streams.redis_server import RedisServer, running_socket
from tests.commands.callers import Callers, Growing
from tests.commands.calling import Place
from tests.commands.running import StartUp, place_with_feed, wait_for
from tests.commands.test_history import day_of, old_calls, replayed
from tests.faults.conftest import StartScene
from tests.faults.scene import Scene
from tests.faults.test_permissions import Unprivileged
from tests.streams.history.stories import with_calls

pytestmark = pytest.mark.server
KILLS = 3
FAR_MS = 100 * 365 * 86_400_000


def facts(columns: Columns) -> Counter[tuple[int, bytes, int, int]]:
    """The facts of one entry or file, each by what tells it from all others."""
    rows = zip(
        columns.kind.tolist(), columns.visit.tolist(), columns.at_ms.tolist(), columns.version.tolist(), strict=True
    )
    return Counter((kind, bytes(str(visit), "ascii"), at_ms, version) for kind, visit, at_ms, version in rows)


def assert_records_are_the_logs(folder: Path, log: RedisLog) -> Contents:
    """Up to where the history says that it came, it has every fact of the log once."""
    history = open_history(folder)
    contents = history.contents()
    assert contents.position
    said: Counter[tuple[int, bytes, int, int]] = Counter()
    for entry in log.read("", 1_000_000):
        said += facts(decode_columns(entry.payload))
        if entry.position == contents.position:
            break
    kept: Counter[tuple[int, bytes, int, int]] = Counter()
    for columns in history.records(contents.of_kind(commits.RECORDS)):
        kept += facts(columns)
    assert sum(said.values()) > 1000
    assert kept == said
    return contents


@contextmanager
def live_log(place: Place) -> Iterator[RedisLog]:
    """The log of the Leitstand that runs there."""
    socket = running_socket(place.data)
    assert socket is not None
    clients = connect(socket)
    try:
        yield RedisLog(clients)
    finally:
        clients.close()


def test_killed_again_and_again_while_it_writes(start_up: StartUp, tmp_path: Path) -> None:
    place, queue_log = place_with_feed(tmp_path)
    queue_log.touch()
    replayed(place, tmp_path, "old", [*old_calls(1, 3, 1500), *old_calls(2, 2, 1500)])
    days = ("--from", f"{day_of(3)}T00:00:00Z", "--to", f"{day_of(1)}T00:00:00Z", "--interval", "1h")
    from_log = place.json("kpis", *days, "--by", "hotline")["rows"]
    assert sum(row["counts"].get("offered", 0) for row in from_log) > 900
    chance = random.Random(5)
    growing = Growing(queue_log, Callers(seed=6, asterisk=1_800_000_000))
    with growing:
        up = start_up(place).ready()
        for _ in range(KILLS):
            written = len(growing.lines)
            wait_for(lambda: len(growing.lines) > written + chance.randrange(150), "more lines")  # noqa: B023
            up.kill("recorder")
        made = open_history(place.data / "history")
        wait_for(lambda: len(with_calls(made.contents().versions)) == 2, "both days to be closed")
    assert up.errors.count("recorder ended") == KILLS
    wait_for(lambda: up.received() >= 3000 + len(growing.lines), "all lines to be counted")
    assert up.end() == 0
    with RedisServer(place.data) as server:
        clients = connect(server.socket_path)
        contents = assert_records_are_the_logs(place.data / "history", RedisLog(clients))
        clients.close()
    done = place.call("history", "verify")
    assert done.returncode == 0, done.stderr
    assert [(one.day, one.version) for one in with_calls(contents.versions)] == [(day_of(3), 1), (day_of(2), 1)]
    assert place.json("kpis", *days, "--by", "hotline")["rows"] == from_log


def commits_first(scene: Scene, folder: Path) -> None:
    """Returns when something is committed: at once by a recorder that begins, else after a minute."""
    scene.up.kill("recorder")
    wait_for(lambda: open_history(folder).contents().position != "", "the first commit")
    scene.forget_errors()


def assert_waits_and_goes_on(scene: Scene, folder: Path, heal: Callable[[], object]) -> None:
    """While the history cannot be written the log keeps what it lacks; afterwards nothing lacks or is there twice."""
    # A new one is told at once; the old one would be with its next commit.
    os.kill(scene.up.pids()["recorder"], signal.SIGKILL)
    scene.says("history is not written, trying again")
    before = open_history(folder).contents().position
    scene.lasts(3)
    scene.counts_on()
    with live_log(scene.place) as log:
        settings = wiring.read_settings(scene.place.config)
        trim = trim_behind_the_history(settings, scene.place.data, 0, log.trim)
        lacking = log.read(before, 1_000_000)
        assert lacking
        trim(wiring.wall_clock_ms() + FAR_MS, log.last())
        assert log.read(before, len(lacking)) == lacking
        assert log.holds(before)
    assert open_history(folder).contents().position == before
    scene.says("history is not written, trying again")
    heal()
    scene.says("history is written again")
    wait_for(lambda: open_history(folder).contents().position != before, "the history to go on")
    scene.assert_whole()


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "leitstand-test", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = f"a small disk can only be mounted by root: {done.stderr.strip()}"
        assert "CI" not in os.environ, reason
        pytest.skip(reason)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_of_the_history_keeps_the_log(start_scene: StartScene, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    with small_disk(folder):
        scene = start_scene(f'[storage]\nhistory_url = "{folder}"\n')
        commits_first(scene, folder)
        with live_log(scene.place) as log:
            assert_records_are_the_logs(folder, log)
        ballast = folder / "ballast"
        with ballast.open("wb", buffering=0) as file:
            for size in (100_000, 4096, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue
        assert_waits_and_goes_on(scene, folder, ballast.unlink)


@pytest.mark.torture
def test_a_history_that_may_not_be_written_keeps_the_log(start_scene: StartScene, tmp_path: Path) -> None:
    scene = start_scene(place_of=lambda place: Unprivileged(place.config, place.data))
    folder = scene.place.data / "history"
    commits_first(scene, folder)
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o500)

    def heal() -> None:
        for path in folders:
            path.chmod(0o700)

    assert_waits_and_goes_on(scene, folder, heal)
