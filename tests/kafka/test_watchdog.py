"""When a part counts as stuck: its next entry waited for 30 s and our position did not move."""

from __future__ import annotations

from collections.abc import Sequence

from streams.log import Entry, LogUnavailable
from streams.log_memory import MemoryLog, MemoryPart
from streams.runtimes.kafka.watchdog import Watchdog


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Gone:
    """A part whose log does not answer."""

    def __init__(self, part: MemoryPart) -> None:
        self.part = part
        self.gone = False

    def read(self, after: str, limit: int, wait_seconds: float = 0.0) -> Sequence[Entry]:
        if self.gone:
            message = "gone for a moment"
            raise LogUnavailable(message)
        return self.part.read(after, limit, wait_seconds)


def test_only_an_entry_that_waits_for_half_a_minute_makes_a_part_stuck() -> None:
    clock, log = Clock(), MemoryLog(2)
    watchdog = Watchdog(lambda part: log.parts[part], clock)

    def look(at: float, position: str = "1") -> list[int]:
        clock.now = at
        return watchdog.stuck({0: position, 1: "1"})

    log.append([b"first", b"first"])
    assert look(0) == look(100) == [], "nothing waits"
    log.append([b"second", b"second"])
    assert look(110) == []
    assert look(139.9, "1") == []
    assert look(140.0, "2") == [1], "the one that moved is well"
    assert look(200.0, "2") == [1]
    log.append([b"third", b"third"])
    assert look(210.0, "2") == [1]
    assert look(240.0, "2") == [0, 1]


def test_a_log_that_does_not_answer_makes_nobody_stuck() -> None:
    clock, log = Clock(), MemoryLog()
    part = Gone(log.parts[0])
    watchdog = Watchdog(lambda _: part, clock)  # type: ignore[arg-type,return-value]
    log.append([b"first"])
    for at in (0.0, 10.0, 20.0):
        clock.now = at
        assert watchdog.stuck({0: ""}) == []
    part.gone = True
    clock.now = 60.0
    assert watchdog.stuck({0: ""}) == []
    part.gone = False
    assert watchdog.stuck({0: ""}) == [], "it begins to count anew"
    clock.now = 90.0
    assert watchdog.stuck({0: ""}) == [0]
