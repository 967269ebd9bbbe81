"""`leitstand dead`: lines that could not be read, with their bytes, and another try after a fix."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from collectors.contract import FeedBusy
from collectors.deadletters import as_json
from commands import storing, wiring
from commands.collecting import dead_letters, feed_run
from commands.failures import WorkFailed
from commands.printing import show
from commands.replay import ask, wait_until_counted
from config.settings import Settings
from streams.log import LogFull, LogUnavailable, LogWentBack

_COLUMNS = ("id", "feed", "source", "position", "at", "reason")


def run(arguments: argparse.Namespace, settings: Settings, data: Path) -> None:
    """One of list, show ID and retry."""
    letters = dead_letters(settings, data)
    if arguments.what == "retry":
        _retry(arguments, settings, data)
        return
    found = letters.all()
    if arguments.what == "show":
        found = [letter for letter in found if letter.id == arguments.id]
        if not found:
            message = f"no dead letter has the id {arguments.id!r}: see `leitstand dead list`"
            raise WorkFailed(message)
    if arguments.json:
        sys.stdout.write(as_json(found) + "\n")
    elif arguments.what == "show":
        document = found[0].document()
        for name in _COLUMNS:
            sys.stdout.write(f"{name:9}{document[name]}\n")
        sys.stdout.write(f"{found[0].data!r}\n")
    else:
        documents = [letter.document() for letter in found]
        show(_COLUMNS, ([str(document[name]) for name in _COLUMNS] for document in documents), left=len(_COLUMNS))


def _retry(arguments: argparse.Namespace, settings: Settings, data: Path) -> None:
    names = [letter.feed for letter in dead_letters(settings, data).all()]
    feeds = [feed for feed in settings.feeds.values() if feed.name in names]
    retried: dict[str, int] = {}
    with storing.storage(settings, data, keeps=True) as storage:
        for feed in feeds:
            try:
                if storage.collecting:
                    answer = ask(data, feed.name, "retry", [], 0.0)
                    wait_until_counted(data, storage.store, feed.name, int(answer["sequence"]))
                    retried[feed.name] = int(answer["retried"])
                else:
                    collecting = feed_run(settings, data, feed, storage.log)
                    retried[feed.name] = collecting.retry(wiring.wall_clock_ms())
                    collecting.close()
            except (LogUnavailable, LogFull, LogWentBack, FeedBusy) as error:
                raise WorkFailed(str(error)) from error
    left = len(dead_letters(settings, data).all())
    if arguments.json:
        sys.stdout.write(as_json(dead_letters(settings, data).all()) + "\n")
    else:
        for name, count in retried.items():
            sys.stdout.write(f"{name}: {count} read at last\n")
        sys.stdout.write(f"{left} still dead\n")
