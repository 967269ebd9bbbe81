"""What the slow computation counts: visits to a queue and contacts turned away at the door."""

from __future__ import annotations

from dataclasses import dataclass, field

OUTCOMES = ("answered", "abandoned", "flow_out", "callback", "error")
DOORS = ("blocked", "busy_played", "closed", "ivr_abandon")


@dataclass
class Visit:
    """One entry of one contact into one queue, with all that the whole file says about it (UTC milliseconds).

    `end_ms` and `outcome` are the end of the wait. `given_up_ms` is when the source restarted during the wait; a real
    end wins over it. `talk_end_ms` None: the handling is not known. `acw_end_ms` None: no after-call work was stated.
    """

    queue: str
    arrival_ms: int
    outcome: str | None = None
    end_ms: int | None = None
    given_up_ms: int | None = None
    talk_end_ms: int | None = None
    talk_ms: int = 0
    hold_ms: int = 0
    acw_end_ms: int | None = None
    acw_ms: int = 0
    transferred: bool = False
    escalated: bool = False
    agent: str = ""

    def end(self, outcome: str, end_ms: int) -> None:
        """Ends the wait; an end before the arrival is a wait of 0."""
        assert outcome in OUTCOMES, outcome
        self.outcome = outcome
        self.end_ms = max(self.arrival_ms, end_ms)


@dataclass(frozen=True)
class Door:
    """A contact that never became a visit: `kind` is one of DOORS."""

    queue: str
    at_ms: int
    kind: str


@dataclass
class Reading:
    """Everything one source held, with every line accounted for: received = counted + dead + skipped."""

    visits: list[Visit] = field(default_factory=list)
    doors: list[Door] = field(default_factory=list)
    received: int = 0
    dead: int = 0
    conflicts: int = 0
    skip_reasons: dict[str, int] = field(default_factory=dict)

    def skip(self, reason: str) -> None:
        """Notes one line that is left out on purpose."""
        self.skip_reasons[reason] = self.skip_reasons.get(reason, 0) + 1

    @property
    def counted(self) -> int:
        """Lines that meant something."""
        return self.received - self.dead - sum(self.skip_reasons.values())
