"""The processors of the parts that this worker owns, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager

from streams.log import LogUnavailable
from streams.runtimes.embedded import LogShrank, Processor
from streams.store import Fenced, StoreUnavailable

STEP_SECONDS = 0.1
AGAIN_SECONDS = 1.0
_END_SECONDS = 20.0
_logger = logging.getLogger(__name__)

Make = Callable[[int], AbstractContextManager[Processor]]
"""A processor of this part that was not started yet, and what it stands on, which is given back in the end."""


class Turn:
    """One part while it is ours. `processor` is None until it is made; its `position` shows how far it has come."""

    def __init__(self, part: int, make: Make) -> None:
        self.part = part
        self.processor: Processor | None = None
        self._make = make
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"part {part}", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Asks it to save and end; `join` waits for that."""
        self._stop.set()

    def join(self) -> None:
        """Returns when the processor is gone, or when it does not let itself be ended in time."""
        self._thread.join(_END_SECONDS)

    def _run(self) -> None:
        """Counts until the end. Whatever breaks off, the next try begins at the saved position: nothing is skipped."""
        while not self._stop.is_set():
            try:
                self._count()
            except Fenced:
                # Either the part has moved on and the group will say so, or an owner from before had it once more.
                _logger.warning("part %s was taken over by another worker", self.part)
            except LogShrank as error:
                _logger.error("part %s: %s: starting again from the log", self.part, error)
            except Exception:
                _logger.exception("counting part %s broke off, going on from its saved position", self.part)
            self._stop.wait(AGAIN_SECONDS)

    def _count(self) -> None:
        with self._make(self.part) as processor:
            self.processor = processor
            if self._start(processor):
                _logger.info("part %s is ours, from %s on", self.part, processor.position or "its beginning")
                while not self._stop.is_set():
                    processor.step(STEP_SECONDS)
                processor.close()

    def _start(self, processor: Processor) -> bool:
        """False: the end came first. Saving now would put less in the place of more."""
        lost = False
        while not self._stop.is_set():
            try:
                processor.start()
            except (LogUnavailable, StoreUnavailable) as error:
                if not lost:
                    _logger.error("part %s cannot start yet, trying again: %s", self.part, error)
                lost = True
                self._stop.wait(AGAIN_SECONDS)
            else:
                return True
        return False


class Turns:
    """All parts of this worker."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self._turns: dict[int, Turn] = {}
        self._lock = threading.Lock()

    def own(self, parts: Collection[int]) -> None:
        """These parts are ours from now on, no others. Returns at once: it is called while the group waits."""
        with self._lock:
            for part in [part for part in self._turns if part not in parts]:
                self._turns.pop(part).end()
            for part in parts:
                if part not in self._turns:
                    self._turns[part] = Turn(part, self._make)

    def running(self) -> dict[int, Turn]:
        """The turns by part."""
        with self._lock:
            return dict(self._turns)

    def end(self) -> None:
        """Ends them all; returns when they are saved."""
        turns = self.running()
        self.own(())
        for turn in turns.values():
            turn.join()
