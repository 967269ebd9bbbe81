"""The measured process of `bench.memory`: a processor that is told the time, and notes what every round cost."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar

from streams.columns import Columns
from streams.days import SiteClock
from streams.engine import Engine
from streams.log_redis import RedisLog
from streams.pipeline import Pipeline
from streams.reading import Reading
from streams.redis_client import connect
from streams.runtimes.embedded import Processor
from streams.runtimes.saving import in_a_thread
from streams.states import StateFile
from streams.store import FeedReport
from streams.store_redis import RedisStore

_P = ParamSpec("_P")
_R = TypeVar("_R")
noted: defaultdict[str, list[float]] = defaultdict(list)


def timed(name: str, work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """Does the work and notes its milliseconds."""
    before = time.perf_counter()
    result = work(*args, **kwargs)
    noted[name].append((time.perf_counter() - before) * 1000)
    return result


class TimedEngine(Engine):
    """An engine that notes what its calls cost."""

    def apply(self, columns: Columns) -> None:
        """See `Engine.apply`."""
        noted["records"].append(columns.kind.size)
        timed("apply_ms", super().apply, columns)

    def tick(self, now_ms: int) -> None:
        """See `Engine.tick`."""
        whole = now_ms // 1000 > self.now_ms // 1000
        timed("tick_ms" if whole else "tick_between_ms", super().tick, now_ms)

    def readings(self, *, changed_only: bool = False) -> list[Reading]:
        """See `Engine.readings`."""
        result = timed("readings_ms", super().readings, changed_only=changed_only)
        noted["cells"].append(len(result))
        return result


class TimedStore(RedisStore):
    """A store that notes what publishing costs."""

    def publish(
        self, fence: int, as_of_ms: int, position: str, readings: Sequence[Reading], feeds: Sequence[FeedReport]
    ) -> None:
        """See `Store.publish`."""
        timed("publish_ms", super().publish, fence, as_of_ms, position, readings, feeds)


class TimedProcessor(Processor):
    """A processor that notes for how long saving stops it."""

    def save(self) -> None:
        """See `Processor.save`."""
        timed("save_ms", super().save)


def resident_mb() -> float:
    """Megabytes of this process that are in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def peak_mb() -> float:
    """The most memory that this program ever held; what `getrusage` says begins with that of whoever started it."""
    (line,) = (each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6


def main(address: str, folder: str, start_ms: int) -> None:
    """One round per line on standard input, which is the time in ms; "done" after each; the notes at the end."""
    now = [start_ms]

    def clock_of(_: str) -> SiteClock:
        return SiteClock("Europe/Berlin", 0)

    processor = TimedProcessor(
        RedisLog(connect(address)),
        TimedStore(connect(address)),
        lambda: now[0],
        StateFile(Path(folder) / "state"),
        clock_of,
        beside=in_a_thread,
    )
    processor.start()
    # The folder is new, so nothing was taken up that this would throw away.
    processor.pipeline = Pipeline(TimedEngine(start_ms, clock_of))
    began = time.process_time()
    for line in sys.stdin:
        now[0] = int(line)
        processor.step(0.0)
        print("done", flush=True)
    cpu_seconds = time.process_time() - began
    noted["records"] = [sum(noted["records"])]
    noted["cpu_seconds"] = [cpu_seconds]
    noted["resident_mb"] = [resident_mb()]
    noted["peak_mb"] = [peak_mb()]
    print(json.dumps(noted))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
