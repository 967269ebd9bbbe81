"""Writes the history of one part of the log: entries into Parquet, days closed, old records taken away.

`up` runs it in a process of its own, a worker of many machines in a thread for each part that it owns.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from collectors.requests import Requests
from commands import wiring
from config.settings import Settings
from streams.history.calendar import Calendar
from streams.history.closing import close_days
from streams.history.compaction import compact, retire
from streams.history.files import HistoryUnavailable
from streams.history.history import History, Overtaken
from streams.history.months import merge_month
from streams.history.writer import HistoryWriter
from streams.log import START, LogPart, LogUnavailable
from streams.log_redis import RedisLog
from streams.redis_client import connect
from streams.runtimes.supervisor import end_with_parent

COMMIT_EVERY_MS = 60_000
COMMIT_FACTS = 50_000
ENTRIES_AT_ONCE = 64
WAIT_SECONDS = 1.0
LOOK_EVERY_MS = 5_000
TIDY_EVERY_MS = 600_000
_RETRY_SECONDS = 2.0
_logger = logging.getLogger("history")


def run(settings: Settings, data: Path, address: str) -> None:
    """Writes until the parent ends; what is read then is committed first."""
    stop = threading.Event()
    end_with_parent(stop.set)
    wiring.on_signals(stop.set)
    record(settings, data, RedisLog(connect(address)), 0, stop)


def record(settings: Settings, data: Path, part: LogPart, number: int, stop: threading.Event) -> None:
    """Writes part `number` until `stop`; what is read then is committed first."""
    history = wiring.history(settings, data)
    trouble = ""
    while not stop.is_set():
        try:
            # Each round begins behind the last commit: nothing is lost and nothing written twice.
            with wiring.history_is_mine(data):
                recorder = _Recorder(settings, data, history, part, number)
            if trouble:
                _logger.info("history is written again")
                trouble = ""
            recorder.run(stop)
        except Overtaken as error:
            # `leitstand history rebuild` took it for a moment, or another worker that will keep it.
            _logger.info("history was taken over: %s", error)
        except (HistoryUnavailable, LogUnavailable) as error:
            if not trouble:
                _logger.error("history is not written, trying again: %s", error)
            trouble = str(error)
            stop.wait(_RETRY_SECONDS)


class _Recorder:
    def __init__(self, settings: Settings, data: Path, history: History, part: LogPart, number: int) -> None:
        self._settings = settings
        self._data = data
        self._part = part
        self._calendar: Calendar = wiring.calendar(settings)
        generation = history.newest_generation(number) + 1
        self._writer = HistoryWriter(history, number, generation, self._calendar.reach_ms)
        self._position = self._writer.start()
        self._tidied_ms = self._looked_ms = 0
        self._note_what_the_log_lost()

    def run(self, stop: threading.Event) -> None:
        # Due at once: what came to an end while nothing ran is looked at as soon as the log is read to its end.
        committed_ms = 0
        while not stop.is_set():
            entries = self._part.read(self._position, ENTRIES_AT_ONCE, WAIT_SECONDS)
            if entries:
                self._writer.take(entries)
                self._position = entries[-1].position
            now_ms = wiring.wall_clock_ms()
            at_the_end = len(entries) < ENTRIES_AT_ONCE
            is_time = at_the_end and now_ms - committed_ms >= COMMIT_EVERY_MS
            if is_time or self._writer.facts >= COMMIT_FACTS:
                self._writer.flush(now_ms)
                committed_ms = now_ms
            if at_the_end and now_ms - self._looked_ms >= LOOK_EVERY_MS:
                self._looked_ms = now_ms
                self._look_after(now_ms)
        self._writer.flush(wiring.wall_clock_ms())

    def _note_what_the_log_lost(self) -> None:
        if self._position == START:
            missing = self._part.missing()
            if missing is not None:
                self._writer.note_lost(missing)
        elif not self._part.holds(self._position):
            # Trimming keeps the entry up to which the history came: without it, what followed may be gone too.
            self._writer.note_lost((self._writer.contents.newest_ms, wiring.wall_clock_ms()))

    def _look_after(self, now_ms: int) -> None:
        """What is done once the log is read to its end."""
        storage = self._settings.storage
        if not any(Requests(self._data, feed).waiting() for feed in self._settings.feeds):
            # No day is closed while recorded files are being read: they need not be sorted by time.
            close_days(self._writer, self._calendar, now_ms, minute_days=storage.minute_days)
        if now_ms - self._tidied_ms >= TIDY_EVERY_MS:
            self._tidied_ms = now_ms
            compact(self._writer, now_ms)
            merge_month(self._writer, self._calendar, now_ms)
            retire(self._writer, now_ms, storage.record_days, storage.minute_days)
            self._writer.remove_replaced(now_ms)
