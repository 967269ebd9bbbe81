"""How alive a feed is: one word and what is the matter, from what the processor knows of it (pure)."""

from __future__ import annotations

from typing import Literal

from streams.query import iso
from streams.store import FeedReport

FeedState = Literal["live", "quiet", "silent", "error", "off"]
SILENT_AFTER_MS = 60_000
QUIET_AFTER_MS = 60_000
TOLD_SKEW_SECONDS = 2
"""A smaller difference of clocks may as well be the time in which a line is written and read."""


def state_of(report: FeedReport, now_ms: int, *, collected: bool) -> FeedState:
    """The state of a feed. `collected`: a running Leitstand follows it.

    live: heard of within the last 60 s, with events; quiet: heard of, no event for more than 60 s; silent: not heard
    of for more than 60 s; error: its collector is in trouble, or a day's numbers lack what the log lost.
    """
    if not collected:
        return "off"
    if report.state == "full":
        return "error"  # those who read this know five states; the message says which trouble it is
    if report.heard_ms is None:
        return "off"
    if report.is_incomplete(now_ms):
        return "error"
    if now_ms - report.heard_ms > SILENT_AFTER_MS:
        return "silent"
    if report.state != "live":
        return "error" if report.state == "error" else "off"
    quiet = report.last_event_ms is None or now_ms - report.last_event_ms > QUIET_AFTER_MS
    return "quiet" if quiet else "live"


def message_of(report: FeedReport, now_ms: int) -> str:
    """What is the matter, in the words of the program that met it; empty where nothing is."""
    if report.lost_ms is not None and report.is_incomplete(now_ms):
        return f"the log lost batches from before {iso(report.lost_ms)}: the numbers since are too low"
    return report.message
