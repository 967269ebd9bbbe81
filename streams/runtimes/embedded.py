"""The processor of one machine: reads the log, keeps the picture, publishes what changed, saves its state.

`Processor.step` does one round and returns; the loop around it, the clock and the signals belong to the command.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from streams import snapshot
from streams.engine import GIVE_UP_MS, ClockOf, Engine
from streams.log import START, LogPart, LogUnavailable
from streams.pauses import Pause
from streams.pipeline import Pipeline
from streams.recovery import ENTRIES_AT_ONCE, recover, take_in, tell_gaps
from streams.runtimes.reports import Reports
from streams.runtimes.saving import Beside, Saving, at_once
from streams.states import States
from streams.store import Store, StoreUnavailable
from streams.uncountable import CountingFailed, Doubts, Uncountable

PUBLISH_EVERY_MS = 250
_SAVE_EVERY_MS = 20_000
_SAVE_SHARE = 0.05
"""Saving may take at most this share of the time; a large state is saved less often."""
_FORGET_EVERY_MS = 3_600_000
_TOLD_FROM_MS = 60_000
"""A clock that was set back by less corrects itself before anybody has read of it."""
_logger = logging.getLogger(__name__)


class LogShrank(Exception):
    """The log lost entries that are counted already. End and start again: the state is then rebuilt from the log."""


class Processor:
    """Log in, picture out. `now_ms` is the wall clock; `states` keep the snapshot.

    `trim(now_ms, position)` removes what is too old from the log, nothing behind `position`; None keeps everything.
    `beside` does the slow half of saving. `left_out` keeps facts that cannot be counted, before anything behind them is
    published or saved, and again after a crash in between; it raises OSError when the disk refuses.
    `pauses(now_ms)`: the feeds that the log takes nothing from. `billing`: see `Pipeline`.
    """

    def __init__(
        self,
        log: LogPart,
        store: Store,
        now_ms: Callable[[], int],
        states: States,
        clock_of: ClockOf,
        give_up_ms: int = GIVE_UP_MS,
        trim: Callable[[int, str], object] | None = None,
        beside: Beside = at_once,
        left_out: Callable[[Sequence[Uncountable]], None] = lambda _: None,
        pauses: Callable[[int], Mapping[str, Pause]] = lambda _: {},
        *,
        billing: bool = False,
    ) -> None:
        self._log = log
        self._billing = billing
        self._store = store
        self._now_ms = now_ms
        self._states = states
        self._clock_of = clock_of
        self._give_up_ms = give_up_ms
        self.pipeline = self._empty()
        self.position = START
        self._fence = 0
        self._trim = trim
        self._beside = beside
        self._left_out = left_out
        self._doubts = Doubts()
        self._to_keep: list[Uncountable] = []
        self._reports = Reports(pauses)
        self._saving: Saving | None = None
        self._saved_position = START
        self._published_ms = self._saved_ms = self._forgot_ms = now_ms()
        self._save_cost_ms = 0.0
        self._store_is_lost = self._log_is_lost = self._clock_is_back = self._unsaved = self._not_kept = False
        self._republish = True

    def start(self) -> None:
        """Takes up the saved state, reads on to the end of the log and becomes the only writer of the store.

        Raises `LogUnavailable` or `StoreUnavailable`; calling again begins anew. Raises `CountingFailed` when counting
        fails again and again and no single fact is the cause.
        """
        self._recover()
        self._fence = self._store.acquire()

    def _recover(self) -> None:
        while True:
            self.pipeline = self._empty()
            self._to_keep.clear()
            try:
                self.position = recover(
                    self._log, self._states, self.pipeline, self._reach, self._doubts, self._to_keep
                )
            except CountingFailed as failed:
                self._doubt(failed)
            else:
                break
        # The file on disk is older than that: nothing may be trimmed before the next one is written.
        self._saved_position = START
        self._republish = True
        self.pipeline.tick(_whole_second(self._now_ms()))

    def _doubt(self, failed: CountingFailed) -> None:
        _logger.error("%s: beginning anew at the saved state", failed, exc_info=failed.error)
        self._doubts.note(failed)

    def _keep_left_out(self) -> bool:
        """False while the disk refuses: nothing may then be published or saved, which would lose the dead record."""
        try:
            self._left_out(self._to_keep)
        except OSError as error:
            if not self._not_kept:
                _logger.error("a record that cannot be counted is not kept, counting waits for that: %s", error)
            self._not_kept = True
            return False
        first = self._to_keep[0]
        _logger.error(
            "%d records cannot be counted and became dead letters, the first in batch %d of feed %s: %s",
            len(self._to_keep),
            first.sequence,
            first.feed,
            first.reason,
        )
        self._to_keep.clear()
        self._not_kept = False
        return True

    def _reach(self, position: str) -> None:
        self.position = position

    def _empty(self) -> Pipeline:
        engine = Engine(_whole_second(self._now_ms()), self._clock_of, self._give_up_ms)
        return Pipeline(engine, billing=self._billing)

    def step(self, wait_seconds: float) -> None:
        """One round: new entries, the clock, publish and save when it is time. Raises `Fenced` when replaced."""
        if self._to_keep and not self._keep_left_out():
            time.sleep(wait_seconds)
            return
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
        try:
            self.position = take_in(self.pipeline, entries, self._doubts, self._to_keep) or self.position
        except CountingFailed as failed:
            # What is there is counted by half: nothing of it may be published or saved.
            self._doubt(failed)
            self._recover()
        if self._to_keep and not self._keep_left_out():
            return
        tell_gaps(self.pipeline)
        now_ms = self._now_ms()
        self.pipeline.tick(_whole_second(now_ms))
        self._tell_of_the_clock(self.pipeline.engine.now_ms - now_ms)
        new_second = now_ms // 1000 != self._published_ms // 1000
        if new_second or now_ms - self._published_ms >= PUBLISH_EVERY_MS:
            self._publish(now_ms)
        if self._saving is not None and self._saving.ended:
            self._note_saved(self._saving)
        pause_ms = max(_SAVE_EVERY_MS, self._save_cost_ms / _SAVE_SHARE)
        if self._saving is None and _is_over(now_ms - self._saved_ms, pause_ms):
            self.save()
        if _is_over(now_ms - self._forgot_ms, _FORGET_EVERY_MS):
            self._forgot_ms = now_ms
            self._forget(now_ms)

    def _tell_of_the_clock(self, ahead_ms: int) -> None:
        """`ahead_ms`: how far the numbers stand ahead of the wall clock."""
        if ahead_ms >= _TOLD_FROM_MS and not self._clock_is_back:
            _logger.error(
                "the clock was set back: numbers stand still until %d s have passed; if the clock was wrong before, "
                "end Leitstand, take its saved state (%s) away and start again: it then reads the whole log",
                ahead_ms // 1000,
                self._states,
            )
            self._clock_is_back = True
        elif ahead_ms == 0 and self._clock_is_back:
            _logger.info("the clock has caught up with the numbers")
            self._clock_is_back = False

    def _publish(self, now_ms: int) -> None:
        write = self._store.replace if self._republish else self._store.publish
        readings = self.pipeline.readings(changed_only=not self._republish)
        feeds = self._reports.of(self.pipeline, now_ms, everything=self._republish)
        self._published_ms = now_ms
        try:
            # The engine's own time: a wall clock that was set back is behind what these numbers hold for.
            write(self._fence, self.pipeline.engine.now_ms, self.position, readings, feeds)
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
        """Takes the state as it is now and has it saved; with a `beside` that takes its time `close` waits for it.

        A refusing disk is logged once; the log still has everything.
        """
        self._finish_saving()
        started = time.monotonic()
        state = snapshot.take(self.pipeline, self.position)
        # What stops the counting; the rest of the cost comes when it has ended.
        self._save_cost_ms = (time.monotonic() - started) * 1000
        self._saved_ms = self._now_ms()
        self._saving = Saving(self.position, partial(self._states.save, state, self._fence), self._beside)
        if self._saving.ended:
            self._note_saved(self._saving)

    def close(self) -> None:
        """Saves the state and returns when it stands."""
        if not self._to_keep:
            self.save()
        self._finish_saving()

    def _finish_saving(self) -> None:
        if self._saving is not None:
            self._saving.wait()
            self._note_saved(self._saving)

    def _note_saved(self, saving: Saving) -> None:
        self._saving = None
        self._save_cost_ms += saving.seconds * 1000
        if saving.error is None:
            self._saved_position = saving.position
            if self._unsaved:
                _logger.info("state saved again to %s", self._states)
            self._unsaved = False
        elif isinstance(saving.error, OSError):
            if not self._unsaved:
                _logger.error(
                    "state not saved to %s, the log keeps everything meanwhile: %s", self._states, saving.error
                )
            self._unsaved = True
        else:
            raise saving.error

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


def _is_over(passed_ms: int, every_ms: float) -> bool:
    """True when so much time passed, or when the clock was set back: waiting for it to catch up might take hours."""
    return passed_ms < 0 or passed_ms >= every_ms


def _whole_second(now_ms: int) -> int:
    """The picture holds for whole seconds: whoever recounts that second later gets the same, to the last caller."""
    return now_ms // 1000 * 1000
