"""A batch: what one append to the log carries. Facts, where they came from, and the accounting of their lines."""

from __future__ import annotations

import msgspec

from streams.records import Fact


class Tally(msgspec.Struct):
    """Lines (or messages) of one feed, each counted once: received = counted + duplicate + late + dead + skipped.

    `counted` became facts (a second end of the same visit is counted here too and listed in `conflicts`);
    `late` arrived after its business day was closed and is kept as a correction.
    """

    received: int = 0
    counted: int = 0
    duplicate: int = 0
    late: int = 0
    dead: int = 0
    skipped: int = 0
    conflicts: int = 0
    retried: int = 0
    skip_reasons: dict[str, int] = msgspec.field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Adds another tally to this one, in place."""
        for name in ("received", "counted", "duplicate", "late", "dead", "skipped", "conflicts", "retried"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for reason, count in other.skip_reasons.items():
            self.skip_reasons[reason] = self.skip_reasons.get(reason, 0) + count

    @property
    def balanced(self) -> bool:
        """True when every received line is accounted for."""
        return self.received == self.counted + self.duplicate + self.late + self.dead + self.skipped


class Batch(msgspec.Struct):
    """One entry of the log.

    `sequence` counts the batches of one feed from 1 without a gap, so that a batch appended twice (a retry after a
    time-out) is recognised. A batch without facts is a heartbeat: the collector is alive and has read everything.
    `last_event_ms` is the newest accepted event time in it, None where there was none. `places`: where each fact stood
    before the batch was split over the parts of a log; empty where it was not. `skew_ms`: how far the source's clock
    is ahead of the collector's, None while that is not known.
    """

    feed: str
    sequence: int
    collected_ms: int
    tally: Tally
    facts: list[Fact]
    last_event_ms: int | None = None
    state: str = "live"
    message: str = ""
    places: list[int] = msgspec.field(default_factory=list)
    skew_ms: int | None = None
