"""`leitstand replay`: recorded files through a feed's collector into the log."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from collectors.contract import FeedBusy, SourceTrouble
from collectors.requests import Requests
from commands import storing, wiring
from commands.collecting import feed_named, feed_run
from commands.failures import WorkFailed, WrongCall
from config.settings import Settings
from streams.batch import Tally
from streams.log import LogWentBack
from streams.store import Pictures, StoreUnavailable

LOOK_SECONDS = 0.05
LONGEST_LOSS_SECONDS = 10.0


def run(arguments: argparse.Namespace, settings: Settings, data: Path) -> None:
    """Returns when every record is in the log and counted."""
    feed = feed_named(settings, arguments.feed)
    files = [Path(name).absolute() for name in arguments.files]
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        message = f"no such file: {', '.join(missing)}"
        raise WrongCall(message)
    speed = _speed(arguments.speed)
    with storing.storage(settings, data, keeps=True) as storage:
        if storage.collecting:
            said = _ask(data, feed.name, files, speed, storage.store)
            sys.stderr.write(f"{feed.name}: {said}\n")
            return
        try:
            collecting = feed_run(settings, data, feed, storage.log)
            collecting.replay(files, speed)
            with _progress() as progress:
                task = progress.add_task(feed.name)
                while collecting.replaying:
                    if not collecting.step(wiring.wall_clock_ms()) and collecting.replaying:
                        time.sleep(LOOK_SECONDS)
                    progress.update(task, description=_tally(collecting.tally))
            collecting.close()
        except (SourceTrouble, FeedBusy, LogWentBack) as error:
            raise WorkFailed(str(error)) from error
        sys.stderr.write(f"{feed.name}: {_tally(collecting.tally)}\n")
        if collecting.replay_trouble:
            raise WorkFailed(collecting.replay_trouble)


def _speed(text: str) -> float:
    if text == "max":
        return 0.0
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        message = f"--speed {text!r} is neither max nor a number above 0"
        raise WrongCall(message)
    return speed


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _tally(tally: Tally) -> str:
    parts = [f"{name} {getattr(tally, name):,}" for name in ("received", "counted", "duplicate", "late", "dead")]
    return ", ".join([*parts, f"skipped {tally.skipped:,}"])


def _ask(data: Path, feed: str, files: list[Path], speed: float, store: Pictures) -> str:
    """Leaves the work to the running `up`, which alone writes to the log, and waits until it is counted."""
    answer = ask(data, feed, "replay", [str(file) for file in files], speed)
    wait_until_counted(data, store, feed, int(answer["sequence"]))
    return "replayed by the running Leitstand and counted"


def ask(data: Path, feed: str, kind: str, files: list[str], speed: float) -> dict[str, Any]:
    """Asks the collecting process of a running `up` for something and waits for its answer."""
    running = wiring.settings_in_force(data)
    if running is not None and (feed not in running.feeds or not running.feeds[feed].enabled):
        message = f"the running Leitstand does not collect feed {feed!r}: enable it in its settings, or stop it"
        raise WorkFailed(message)
    requests = Requests(data, feed)
    name = requests.ask(kind, wiring.wall_clock_ms(), files, speed)
    while (answer := requests.answer_to(name)) is None:
        if not storing.is_up(data):
            message = "Leitstand was stopped before it was done: start it again, it goes on by itself"
            raise WorkFailed(message)
        time.sleep(LOOK_SECONDS)
    if answer["trouble"]:
        raise WorkFailed(str(answer["trouble"]))
    return answer


def wait_until_counted(data: Path, store: Pictures, feed: str, sequence: int) -> None:
    """Waits until the processor has counted this batch of the feed.

    Raises `WorkFailed` when Leitstand is stopped meanwhile or its picture cannot be read for some seconds: the batch is
    in the log and will be counted.
    """
    lost_at: float | None = None
    while True:
        try:
            picture = store.picture()
            lost_at = None
        except StoreUnavailable as error:
            lost_at = time.monotonic() if lost_at is None else lost_at
            if time.monotonic() - lost_at > LONGEST_LOSS_SECONDS:
                message = f"what was read is in the log and will be counted, but {error}"
                raise WorkFailed(message) from error
        else:
            if picture is not None and any(one.feed == feed and one.sequence >= sequence for one in picture.feeds):
                return
        if not storing.is_up(data):
            message = "Leitstand was stopped before all was counted: what was read is in the log, start it again"
            raise WorkFailed(message)
        time.sleep(LOOK_SECONDS)
