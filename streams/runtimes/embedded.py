"""The processor of one machine: reads the log, keeps the picture, publishes what changed, saves its state.

`Processor.step` does one round and returns; the loop around it, the clock and the signals belong to the command.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from streams import snapshot
from streams.engine import GIVE_UP_MS, ClockOf, Engine
from streams.log import START, EventLog, LogUnavailable
from streams.pipeline import Pipeline
from streams.recovery import ENTRIES_AT_ONCE, recover, take_in
from streams.store import Store, StoreUnavailable

PUBLISH_EVERY_MS = 250
_SAVE_EVERY_MS = 20_000
_SAVE_SHARE = 0.05
"""Saving may take at most this share of the time; a large state is saved less often."""
_FORGET_EVERY_MS = 3_600_000
_logger = logging.getLogger(__name__)


class LogShrank(Exception):
    """The log lost entries that are counted already. End and start again: the state is then rebuilt from the log."""


class Processor:
    """Log in, picture out. `now_ms` is the wall clock; `state_file` holds the snapshot.

    `trim(now_ms, position)` removes what is too old from the log, nothing behind `position`; None keeps everything.
    """

    def __init__(
        self,
        log: EventLog,
        store: Store,
        now_ms: Callable[[], int],
        state_file: Path,
        clock_of: ClockOf,
        give_up_ms: int = GIVE_UP_MS,
        trim: Callable[[int, str], object] | None = None,
    ) -> None:
        self._log = log
        self._store = store
        self._now_ms = now_ms
        self._state_file = state_file
        self._clock_of = clock_of
        self._give_up_ms = give_up_ms
        self.pipeline = self._empty()
        self.position = START
        self._fence = 0
        self._trim = trim
        self._saved_position = START
        self._published_ms = self._saved_ms = self._forgot_ms = now_ms()
        self._save_cost_ms = 0.0
        self._store_is_lost = self._log_is_lost = False
        self._republish = True

    def start(self) -> None:
        """Takes up the saved state, reads on to the end of the log and becomes the only writer of the store.

        Raises `LogUnavailable` or `StoreUnavailable`; calling again begins anew.
        """
        self.pipeline = self._empty()
        self.position = recover(self._log, self._state_file, self.pipeline)
        # The file on disk is older than that: nothing may be trimmed before the next one is written.
        self._saved_position = START
        self.pipeline.tick(self._now_ms())
        self._fence = self._store.acquire()

    def _empty(self) -> Pipeline:
        return Pipeline(Engine(self._now_ms(), self._clock_of, self._give_up_ms))

    def step(self, wait_seconds: float) -> None:
        """One round: new entries, the clock, publish and save when it is time. Raises `Fenced` when replaced."""
        try:
            entries = self._log.read(self.position, ENTRIES_AT_ONCE, wait_seconds)
        except LogUnavailable as error:
            if not self._log_is_lost:
                _logger.error("event log lost, trying again: %s", error)
            self._log_is_lost = True
            time.sleep(wait_seconds)
            return
        if self._log_is_lost:
            _logger.info("event log is back")
            self._log_is_lost = False
            if self.position != START and not self._log.holds(self.position):
                message = f"the log came back without entry {self.position}, which was counted"
                raise LogShrank(message)
        self.position = take_in(self.pipeline, entries) or self.position
        now_ms = self._now_ms()
        self.pipeline.tick(now_ms)
        new_second = now_ms // 1000 > self._published_ms // 1000
        if new_second or now_ms - self._published_ms >= PUBLISH_EVERY_MS:
            self._publish(now_ms)
        if now_ms - self._saved_ms >= max(_SAVE_EVERY_MS, self._save_cost_ms / _SAVE_SHARE):
            self.save()
        if now_ms - self._forgot_ms >= _FORGET_EVERY_MS:
            self._forgot_ms = now_ms
            self._forget(now_ms)

    def _publish(self, now_ms: int) -> None:
        write = self._store.replace if self._republish else self._store.publish
        readings = self.pipeline.readings(changed_only=not self._republish)
        feeds = list(self.pipeline.feeds.values()) if self._republish else self.pipeline.changed_feeds()
        self._published_ms = now_ms
        try:
            write(self._fence, now_ms // 1000 * 1000, self.position, readings, feeds)
        except StoreUnavailable as error:
            # What was just taken as changed did not arrive: the next publish sends everything.
            self._republish = True
            if not self._store_is_lost:
                _logger.error("store lost, trying again: %s", error)
            self._store_is_lost = True
            return
        if self._store_is_lost:
            _logger.info("store is back")
        self._store_is_lost = self._republish = False

    def save(self) -> None:
        """Saves the state now. A refusing disk is logged; the log still has everything."""
        started = time.monotonic()
        try:
            snapshot.save(snapshot.take(self.pipeline, self.position), self._state_file)
            self._saved_position = self.position
        except OSError as error:
            _logger.error("state not saved to %s: %s", self._state_file, error)
        self._save_cost_ms = (time.monotonic() - started) * 1000
        self._saved_ms = self._now_ms()

    def _forget(self, now_ms: int) -> None:
        """Bounds memory and log; the log never loses what the saved state does not hold."""
        starts = self.pipeline.engine.windows.day_start_ms[: self.pipeline.engine.windows.size]
        day_start = int(starts.min()) if starts.size else now_ms
        self.pipeline.forget(min(day_start, now_ms - 3_600_000))
        if self._trim is not None and self._saved_position != START:
            try:
                self._trim(now_ms, self._saved_position)
            except LogUnavailable as error:
                _logger.warning("event log not trimmed, next try in an hour: %s", error)
