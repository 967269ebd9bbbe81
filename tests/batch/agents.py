"""The slow computation of people: who was in which state when, from plain events, one person at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_CALL_MS = 4 * 3_600_000
CALLS = {"connected": "talking", "held": "hold", "dialled": "outbound"}


@dataclass(frozen=True, order=True)
class Event:
    """One thing that happened to a person; events of one instant are in the order of `place`."""

    at_ms: int
    place: int
    kind: str
    login: str = ""
    hotline: str = ""
    home: tuple[str, str, str] = ("", "", "")
    lasting_ms: int = 0
    client: str = ""


@dataclass(frozen=True)
class Person:
    """What the events dated at or before `now_ms` say of one person.

    `hotlines`: whom they serve, each for the first of the clients for whom they are in a queue of it.
    `stretches` are (from, to, state) in order, without gaps from the first event to now, offline included.
    """

    home: tuple[str, str, str]
    stretches: list[tuple[int, int, str]]
    state: str
    hotlines: dict[str, str]

    def spent_ms(self, state: str, from_ms: int, to_ms: int) -> int:
        """Time in this state within [from, to)."""
        clipped = (min(to, to_ms) - max(since, from_ms) for since, to, what in self.stretches if what == state)
        return sum(ms for ms in clipped if ms > 0)

    def there_ms(self, from_ms: int, to_ms: int) -> int:
        """Time logged in within [from, to)."""
        states = {what for _, _, what in self.stretches} - {"offline"}
        return sum(self.spent_ms(state, from_ms, to_ms) for state in states)


class _Now:
    """What holds of a person while the events go by."""

    def __init__(self) -> None:
        self.logins: dict[str, str] = {}
        self.call = ""
        self.call_over_ms = 0
        self.acw_over_ms = 0

    def state(self, at_ms: int) -> str:
        if self.call and at_ms < self.call_over_ms:
            return self.call
        if not self.logins:
            return "offline"
        if at_ms < self.acw_over_ms:
            return "acw"
        return "available" if "open" in self.logins.values() else "pause"

    def happen(self, event: Event) -> None:
        if event.kind in ("left", "lost"):
            self.logins.pop(event.login, None)
        elif event.kind == "paused":
            self.logins[event.login] = "paused"
        elif event.kind == "unpaused":
            self.logins[event.login] = "open"
        elif event.kind in ("joined", "rang", "connected"):
            self.logins.setdefault(event.login, "open")
        if event.kind in CALLS:
            self.call, self.call_over_ms = CALLS[event.kind], event.at_ms + LONGEST_CALL_MS
        elif event.kind in ("talked", "lost"):
            self.call, self.call_over_ms = "", 0
        if event.kind == "wrapping":
            self.acw_over_ms = event.at_ms + event.lasting_ms
        elif event.kind in ("connected", "dialled", "lost"):
            self.acw_over_ms = 0

    def over(self, since_ms: int, until_ms: int) -> list[int]:
        """When something runs out by itself in (since, until]."""
        return sorted({at for at in (self.call_over_ms, self.acw_over_ms) if since_ms < at <= until_ms})


def person(events: Iterable[Event], now_ms: int) -> Person:
    """One person as known at `now_ms`."""
    known = sorted({event for event in events if event.at_ms <= now_ms})
    now = _Now()
    stretches: list[tuple[int, int, str]] = []
    since_ms: int | None = None

    def pass_until(at_ms: int) -> None:
        nonlocal since_ms
        assert since_ms is not None
        for instant in [*now.over(since_ms, at_ms), at_ms]:
            stretches.append((since_ms, instant, now.state(since_ms)))
            since_ms = instant

    for event in known:
        if since_ms is not None:
            pass_until(event.at_ms)
            if event.kind in ("rang", "connected"):
                _ring(stretches, event)
        now.happen(event)
        since_ms = event.at_ms
    if since_ms is not None:
        pass_until(now_ms)
    home = next((event.home for event in known if any(event.home)), ("", "", ""))
    state = now.state(now_ms)
    hotlines: dict[str, str] = {}
    for event in known:
        if event.hotline and event.login in now.logins and state != "offline":
            hotlines[event.hotline] = min(event.client, hotlines.get(event.hotline, event.client))
    return Person(home, stretches, state, hotlines)


def _ring(stretches: list[tuple[int, int, str]], event: Event) -> None:
    """Ringing is known when it is over. It took the end of the last stretch, if the person was free in it."""
    since_ms, until_ms, state = stretches[-1]
    begins_ms = max(since_ms, until_ms - event.lasting_ms)
    if state == "available" and begins_ms < until_ms:
        stretches[-1:] = [(since_ms, begins_ms, state), (begins_ms, until_ms, "ringing")]


STATES = ("available", "ringing", "talking", "hold", "acw", "outbound", "pause")


def within(people: Iterable[Person], from_ms: int, to_ms: int) -> dict[str, int]:
    """The counters of these persons over [from, to)."""
    people = list(people)
    counted = {f"agents_{state}_ms": sum(one.spent_ms(state, from_ms, to_ms) for one in people) for state in STATES}
    there = [one.there_ms(from_ms, to_ms) for one in people]
    return counted | {"agents_logged_in_ms": sum(there), "agents_present": sum(ms > 0 for ms in there)}


def now(people: Iterable[Person], prefix: str) -> dict[str, int]:
    """How many of these persons are in each state now."""
    states = [one.state for one in people]
    counted = {f"{prefix}_{state}": states.count(state) for state in STATES}
    return counted | {f"{prefix}_logged_in": sum(counted.values())}


def by_home(people: Iterable[Person]) -> dict[tuple[str, str, str], list[Person]]:
    """Persons by home, those without a known one under empty names."""
    homes: dict[tuple[str, str, str], list[Person]] = {}
    for one in people:
        homes.setdefault(one.home, []).append(one)
    return homes
