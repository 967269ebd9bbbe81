"""A Leitstand at work while something breaks: lines come in, somebody looks at the pages, and the log is read."""

from __future__ import annotations

import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.commands.callers import Callers, Growing
from tests.commands.calling import Place
from tests.commands.running import PASSWORD, Browser, StartUp, Up, assert_totals, place_with_feed, wait_for
from tests.faults.watch import Watch

LINES_PER_SECOND = 50
_STAMP = re.compile(r"^\d{4}-\d\d-\d\d \S+ ", re.MULTILINE)


class Scene:
    """`up` with a manager's account, a queue_log that grows and a watch on its pages. Open it to begin.

    `more`: further settings. `before_up(place)`: called when the settings are written and nothing runs yet.
    `place_of(place)`: another place to call the commands from.
    """

    def __init__(
        self,
        start_up: StartUp,
        folder: Path,
        more: str = "",
        *,
        before_up: Callable[[Place], object] = lambda _: None,
        place_of: Callable[[Place], Place] = lambda place: place,
    ) -> None:
        place, self.queue_log = place_with_feed(folder, more)
        before_up(place)
        self.place = place_of(place)
        done = place.call("user", "add", "chefin", "--role", "manager", "--password-stdin", stdin=f"{PASSWORD}\n")
        assert done.returncode == 0, done.stderr
        self.growing = Growing(self.queue_log, Callers(seed=11), LINES_PER_SECOND)
        self.growing.write_past(seconds=1500, lines=1500)
        self.up: Up = start_up(self.place).ready()
        self.watch = Watch(self.up.url)
        self._read_up_to = 0

    def __enter__(self) -> Self:
        self.growing.__enter__()
        self.watch.__enter__()
        self.counts_on()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.watch.__exit__()
        self.growing.__exit__()

    def counts_on(self) -> None:
        """Returns when every line that is written by now is counted, and the web says that it is fresh."""
        written = len(self.growing.lines)
        wait_for(lambda: self.up.received() >= written, f"{written} lines to be counted: {self.new_errors}", 60.0)
        wait_for(lambda: self.watch.last_ready == 200, f"the web to be ready: {self.watch.last_reason}")

    @contextmanager
    def stopped(self, *parts: str) -> Iterator[None]:
        """The processes of these parts are stopped meanwhile; "web" takes its worker with it, "up" is `up` itself."""
        pids = self.up.pids() | {"up": self.up.process.pid}
        names = [*parts, *(["worker"] if "web" in parts else [])]
        processes = [psutil.Process(pids[name]) for name in names]
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for process in reversed(processes):
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGCONT)

    def lasts(self, seconds: float) -> None:
        """Lets the fault last: returns when the file has grown for so long."""
        until = time.monotonic() + seconds
        wait_for(lambda: time.monotonic() >= until, "time to pass", seconds + 5)

    @property
    def new_errors(self) -> str:
        """What the logs said since `forget_errors`."""
        return self.up.errors[self._read_up_to :]

    def forget_errors(self) -> None:
        """What was said so far belongs to another fault."""
        self._read_up_to = len(self.up.errors)

    def says(self, what: str, times: int = 1) -> None:
        """Waits until the logs say this; they must say it so often and never more."""
        wait_for(lambda: self.new_errors.count(what) >= times, f"{what!r} in the logs, they say {self.new_errors}")
        assert self.new_errors.count(what) == times, self.new_errors

    def assert_whole(self, *, faults: int = 1) -> None:
        """After the fault: everything is counted exactly, nobody saw an error page, and the logs stayed readable.

        `faults`: how often something was lost and came back since the errors were forgotten.
        """
        self.counts_on()
        self.growing.__exit__()
        assert_totals(self.up, self.growing.lines)
        assert not self.watch.failures, self.watch.failures
        said = Counter(re.sub(r"\d+", "N", line) for line in _STAMP.sub("", self.new_errors).splitlines())
        assert not [line for line, times in said.items() if times > faults], self.new_errors
        assert "Traceback" not in self.new_errors, self.new_errors
        browser = Browser(self.up.url)
        assert browser.log_in("chefin") == 303
        assert browser.json("/api/kpis?by=hotline")["rows"]
