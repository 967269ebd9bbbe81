"""The slow computation of attempts: what each campaign counts in a window, one attempt at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Attempt:
    """One attempt as the last word on it tells it. `said` are the names of what its disposition says."""

    campaign: object
    at_ms: int
    lead: str
    said: frozenset[str]
    rows: int = 1


def within(attempts: Iterable[Attempt], after_ms: int, to_ms: int) -> dict[str, int]:
    """The counters of the attempts that began in (after, to]."""
    counted: dict[str, int] = {}

    def add(name: str, number: int = 1) -> None:
        counted[name] = counted.get(name, 0) + number

    called: set[str] = set()
    reached: set[str] = set()
    for attempt in attempts:
        if not after_ms < attempt.at_ms <= to_ms:
            continue
        add("attempts", attempt.rows)
        called.add(attempt.lead)
        if attempt.said & {"human", "machine", "dropped"}:
            add("connected")
        if "human" in attempt.said:
            add("human_contacts")
            reached.add(attempt.lead)
        if "undated" in attempt.said:
            add("attempts_undated", attempt.rows)
        for said, name in (
            ("right_party", "right_party_contacts"),
            ("success", "successes"),
            ("machine", "machines"),
            ("dropped", "dropped_live"),
            ("dialer_drop", "dialer_drops"),
            ("dialer_answer", "dialer_answers"),
            ("open", "attempts_open"),
            ("unknown", "attempts_unknown"),
        ):
            if said in attempt.said:
                add(name)
    counted["leads_attempted"], counted["leads_contacted"] = len(called), len(reached)
    return {name: number for name, number in counted.items() if number}
