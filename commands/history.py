"""`leitstand history`: what is kept, whether it is sound, and what each closed day said in each of its versions."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from commands import history_days, wiring
from commands.failures import WorkFailed
from commands.printing import show, write_json
from config.settings import Settings
from streams.history import verify
from streams.history.calendar import clock_name
from streams.history.closing import make_version
from streams.history.commits import UnreadableCommit
from streams.history.files import HistoryUnavailable
from streams.history.history import History, Overtaken
from streams.history.writer import HistoryWriter
from streams.query import iso

PARTITION = 0


def run(arguments: argparse.Namespace, settings: Settings, data: Path) -> None:
    """One of list, verify, rebuild, report and diff."""
    history = wiring.history(settings, data)
    try:
        match arguments.what:
            case "list":
                _list(history, as_json=arguments.json)
            case "verify":
                _verify(history)
            case "rebuild":
                _rebuild(history, settings, data, arguments.day)
            case "report":
                history_days.report(history, settings, arguments.day, arguments.version, as_json=arguments.json)
            case "diff":
                history_days.diff(history, arguments.day, arguments.from_, arguments.to, as_json=arguments.json)
    except (HistoryUnavailable, UnreadableCommit) as error:
        raise WorkFailed(str(error)) from error


def _list(history: History, *, as_json: bool) -> None:
    partitions = history.partitions()
    files = [file for contents in partitions for file in contents.files.values()]
    kept = [
        {
            "kind": kind,
            "name": name,
            "day": day,
            "files": len(found),
            "rows": sum(file.rows for file in found),
            "bytes": sum(file.bytes for file in found),
        }
        for kind, name, day in sorted({(file.kind, file.name, file.day) for file in files})
        if (found := [file for file in files if (file.kind, file.name, file.day) == (kind, name, day)])
    ]
    days = [
        {
            "day": one.day,
            "clock": one.clock,
            "version": one.version,
            "from": iso(one.start_ms),
            "to": iso(one.end_ms),
            "made": iso(one.made_ms),
            "why": one.why,
        }
        for contents in partitions
        for one in sorted(contents.versions, key=lambda one: (one.day, one.clock, one.version))
    ]
    if as_json:
        write_json({"days": days, "kept": kept})
        return
    show(
        ("day", "clock", "version", "made", "why"),
        ([str(one[name]) for name in ("day", "clock", "version", "made", "why")] for one in days),
        left=5,
    )
    show(
        ("kind", "name", "day", "files", "rows", "bytes"),
        (
            [str(one["kind"]), str(one["name"]), str(one["day"]), *(f"{one[n]:,}" for n in ("files", "rows", "bytes"))]
            for one in kept
        ),
        left=3,
    )


def _verify(history: History) -> None:
    faults = list(verify.faults(history))
    if faults:
        message = "the history is not sound, restore these files from a backup:\n" + "\n".join(faults)
        raise WorkFailed(message)
    files = sum(len(contents.files) for contents in history.partitions())
    sys.stdout.write(f"{files} files, all as they were written\n")


def _rebuild(history: History, settings: Settings, data: Path, day: str | None) -> None:
    calendar = wiring.calendar(settings)
    with wiring.history_is_mine(data):
        writer = HistoryWriter(history, PARTITION, history.newest_generation(PARTITION) + 1, calendar.reach_ms)
        try:
            writer.start()
            wanted = [key for key in sorted(writer.contents.newest()) if day in (None, key[0])]
            if not wanted:
                message = f"day {day} is not closed: see `leitstand history list`" if day else "no day is closed yet"
                raise WorkFailed(message)
            for key in wanted:
                _rebuild_one(writer, settings, key)
        except Overtaken as error:
            message = f"another process writes the history: {error}; try again"
            raise WorkFailed(message) from error


def _rebuild_one(writer: HistoryWriter, settings: Settings, key: tuple[str, str]) -> None:
    calendar, (day, name) = wiring.calendar(settings), key
    clock = next((clock for clock in calendar.clocks if clock_name(clock) == name), None)
    version = writer.contents.newest()[key]
    if clock is None:
        sys.stdout.write(f"{day} {name}: left as it is, no site lives by this clock any more\n")
        return
    if version.start_ms - calendar.reach_ms < writer.contents.retired_ms:
        sys.stdout.write(f"{day} {name}: left as it is, its records are not kept any more\n")
        return
    now_ms = wiring.wall_clock_ms()
    made = make_version(writer, calendar, clock, day, now_ms, settings.storage.minute_days)
    sys.stdout.write(f"{day} {name}: {f'version {made[0].version}' if made else 'the same as before'}\n")
