"""What the simulation itself knows about its calls, counted while they happen and without reading a line back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class QueueTruth:
    """Totals of one queue since the simulation began.

    Waits are the whole seconds that the lines state. In time: wait <= T; short: wait <= S. `open` are visits still
    waiting. `handled` is counted when the talk ends, `acw_ms` when after-call work begins (its length is stated then).
    """

    offered: int = 0
    answered_in_time: int = 0
    answered_late: int = 0
    abandoned_short: int = 0
    abandoned_in_time: int = 0
    abandoned_late: int = 0
    flow_out_in_time: int = 0
    flow_out_late: int = 0
    wait_answered_ms: int = 0
    wait_abandoned_ms: int = 0
    handled: int = 0
    transferred: int = 0
    talk_ms: int = 0
    acw_ms: int = 0
    failed_attempts: int = 0

    @property
    def answered(self) -> int:
        return self.answered_in_time + self.answered_late

    @property
    def abandoned(self) -> int:
        return self.abandoned_short + self.abandoned_in_time + self.abandoned_late

    @property
    def flow_out(self) -> int:
        return self.flow_out_in_time + self.flow_out_late

    @property
    def open(self) -> int:
        return self.offered - self.answered - self.abandoned - self.flow_out

    @property
    def talking(self) -> int:
        return self.answered - self.handled
