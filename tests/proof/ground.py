"""What a proof stands on: one log filled by the real collectors, and the same calls read by the slow computation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tests.batch.compare import Nearby, random_instants
from tests.batch.count import Rules
from tests.batch.visits import Door, Visit
from tests.scenarios.core import Core

Groups = Callable[[str], Iterable[str]]


@dataclass
class Ground:
    """`core` holds the log. `rules_of(queue)` and `groups_of(queue)` are for the queues of `visits` and `doors`;
    a group is "dimension:value", "one+other:value/value" or ":" for everything. `dimensions` are the levels that the
    groups name, the finest first."""

    core: Core
    visits: Sequence[Visit]
    doors: Sequence[Door]
    rules_of: Callable[[str], Rules]
    groups_of: Groups
    dimensions: Sequence[str]
    _near: dict[str, Nearby] = field(default_factory=dict)

    @cached_property
    def queues(self) -> Mapping[str, tuple[list[Visit], list[Door]]]:
        """Visits and doors by queue."""
        found: dict[str, tuple[list[Visit], list[Door]]] = {}
        for visit in self.visits:
            found.setdefault(visit.queue, ([], []))[0].append(visit)
        for door in self.doors:
            found.setdefault(door.queue, ([], []))[1].append(door)
        return found

    def near(self, as_of_ms: int) -> tuple[list[Visit], list[Door]]:
        """All visits and doors that can still count at this instant."""
        visits: list[Visit] = []
        doors: list[Door] = []
        for queue in self.queues:
            some, few = self.near_queue(queue, as_of_ms)
            visits += some
            doors += few
        return visits, doors

    def near_queue(self, queue: str, as_of_ms: int) -> tuple[list[Visit], list[Door]]:
        """Those of one queue."""
        if queue not in self._near:
            self._near[queue] = Nearby(*self.queues[queue], self.rules_of(queue))
        return self._near[queue].at(as_of_ms)

    def instants(self, n: int, seed: int) -> list[int]:
        """`n` adversarial instants, sorted, with the edges of every rule."""
        by_rules: dict[Rules, list[Visit]] = {}
        for queue, (visits, _) in self.queues.items():
            by_rules.setdefault(self.rules_of(queue), []).extend(visits)
        chosen: list[int] = []
        for number, (rules, visits) in enumerate(by_rules.items(), start=1):
            share = n * number // len(by_rules) - len(chosen)
            chosen += random_instants(visits, share, seed + number, rules)
        return sorted(chosen)
