"""What is published of the feeds: their own last word, or that they pause, which cannot stand in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

import msgspec

from streams.batch import Tally
from streams.pauses import Pause
from streams.pipeline import Pipeline
from streams.store import FeedReport, StoreUnavailable


class Reports:
    """`pauses(now_ms)`: the feeds that the log takes nothing from."""

    def __init__(self, pauses: Callable[[int], Mapping[str, Pause]]) -> None:
        self._pauses = pauses
        self._paused: Mapping[str, Pause] = {}

    def of(self, pipeline: Pipeline, now_ms: int, *, everything: bool) -> list[FeedReport]:
        """The feeds that changed since the last call, or all of them."""
        before: Mapping[str, Pause] = {} if everything else self._paused
        names = {report.feed for report in pipeline.changed_feeds()} | (set(pipeline.feeds) if everything else set())
        with suppress(StoreUnavailable):  # then nothing can be published either, which is told
            self._paused = self._pauses(now_ms)
        names |= {feed for feed in {*self._paused, *before} if _said(self._paused, feed) != _said(before, feed)}
        return [self._report(pipeline.feeds.get(name) or FeedReport(name, Tally())) for name in sorted(names)]

    def _report(self, report: FeedReport) -> FeedReport:
        pause = self._paused.get(report.feed)
        return report if pause is None else msgspec.structs.replace(report, state=pause.state, message=pause.message)


def _said(paused: Mapping[str, Pause], feed: str) -> tuple[str, str] | None:
    return (paused[feed].state, paused[feed].message) if feed in paused else None
