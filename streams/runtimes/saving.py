"""The slow half of saving: encoding, checksum and disk run beside the counting, which goes on meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

Beside = Callable[[Callable[[], None]], None]
"""Has work done; `at_once` returns when it is done, `in_a_thread` before."""


def at_once(work: Callable[[], None]) -> None:
    """Where nothing has to go on meanwhile."""
    work()


def in_a_thread(work: Callable[[], None]) -> None:
    """Where it has to. The thread ends with the program: a file that is half written never takes its name."""
    threading.Thread(target=work, name="saving", daemon=True).start()


class Saving:
    """One save. `position`: up to where the state holds that is being saved.

    `error`: why it did not come to stand. `seconds`: how long it took. Both are read once it has ended.
    """

    def __init__(self, position: str, write: Callable[[], None], beside: Beside) -> None:
        self.position = position
        self.error: Exception | None = None
        self.seconds = 0.0
        self._write = write
        self._ended = threading.Event()
        beside(self._run)

    def _run(self) -> None:
        started = time.monotonic()
        try:
            self._write()
        except Exception as error:  # handed to the one who counts
            self.error = error
        finally:
            self.seconds = time.monotonic() - started
            self._ended.set()

    @property
    def ended(self) -> bool:
        """True when it stands or failed."""
        return self._ended.is_set()

    def wait(self) -> None:
        """Returns when it has ended."""
        self._ended.wait()
