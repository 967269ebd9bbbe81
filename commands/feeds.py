"""`leitstand feeds`: the accounting of every feed, and how alive it is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from commands import storing, wiring
from commands.failures import WorkFailed
from commands.log_parts import states_of
from commands.printing import console, show
from config.settings import Settings
from streams.batch import Tally
from streams.engine import Engine
from streams.feed_state import TOLD_SKEW_SECONDS, message_of, state_of
from streams.log import LogUnavailable
from streams.pipeline import Pipeline
from streams.query import iso
from streams.recovery import recover
from streams.store import FeedReport, StoreUnavailable
from streams.store_parts import merged_feeds

_COLUMNS = ("received", "counted", "duplicate", "late", "dead", "skipped")


def run(arguments: argparse.Namespace, settings: Settings, data: Path) -> None:
    """Prints one entry per feed that is configured or ever wrote to the log."""
    try:
        with storing.storage(settings, data) as storage:
            now_ms = wiring.wall_clock_ms()
            picture = storage.store.picture() if storage.live else None
            if picture is not None:
                reports = {report.feed: report for report in picture.feeds}
            else:
                # With the saved state, because the log alone forgets what was trimmed.
                pipelines = []
                for number, part in enumerate(storage.log.parts):
                    pipeline = Pipeline(Engine(now_ms, wiring.clock_of(settings), settings.limits.give_up_ms))
                    recover(part, states_of(settings, data, number), pipeline)
                    pipelines.append(pipeline)
                reports = {
                    report.feed: report for report in merged_feeds(pipeline.feeds.values() for pipeline in pipelines)
                }
            is_live = storage.live
    except (LogUnavailable, StoreUnavailable) as error:
        raise WorkFailed(str(error)) from error
    for name in settings.feeds:
        reports.setdefault(name, FeedReport(name, Tally()))
    entries = [entry(reports[name], now_ms, collected=is_live and name in settings.feeds) for name in sorted(reports)]
    if arguments.json:
        sys.stdout.buffer.write(msgspec.json.encode({"feeds": entries}) + b"\n")
        return
    show(
        ("feed", "state", *_COLUMNS, "last event", "lag s"),
        (
            [one["feed"], one["state"], *(f"{one[name]:,}" for name in _COLUMNS), one["last_event"] or "-", _lag(one)]
            for one in entries
        ),
        left=2,
    )
    for line in clocks(entries):
        console().print(line, highlight=False, markup=False)


def clocks(entries: Iterable[dict[str, Any]]) -> list[str]:
    """One line for every feed whose clock differs from ours by more than `TOLD_SKEW_SECONDS`."""
    lines = []
    for one in entries:
        seconds = one["skew_seconds"] or 0.0
        if seconds > TOLD_SKEW_SECONDS:
            lines.append(f"{one['feed']}: its clock is {seconds:,.1f} s ahead of ours: set both by one time server")
        elif seconds < -TOLD_SKEW_SECONDS:
            lines.append(f"{one['feed']}: its clock is {-seconds:,.1f} s behind ours, or its lines come so late")
    return lines


def _lag(one: dict[str, Any]) -> str:
    return "-" if one["lag_seconds"] is None else f"{one['lag_seconds']:,}"


def entry(report: FeedReport, now_ms: int, *, collected: bool) -> dict[str, Any]:
    """One feed as `feeds --json` shows it. `collected`: a running Leitstand follows it."""
    tally, last_ms = report.tally, report.last_event_ms
    return {
        "feed": report.feed,
        **{name: getattr(tally, name) for name in _COLUMNS},
        "skip_reasons": tally.skip_reasons,
        "conflicts": tally.conflicts,
        "last_event": None if last_ms is None else iso(last_ms),
        "lag_seconds": None if last_ms is None else max(0, now_ms - last_ms) // 1000,
        "skew_seconds": None if report.skew_ms is None else round(report.skew_ms / 1000, 1),
        "state": state_of(report, now_ms, collected=collected),
        "message": message_of(report, now_ms),
    }
