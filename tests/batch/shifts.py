"""The slow computation of shifts and absences: every instant at which anything changes is looked at by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

Place = tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """The last word on one row of a plan. `kind` is work, absent or hours; of hours `amount_ms` says how long."""

    person: str
    kind: str
    from_ms: int
    to_ms: int
    place: Place
    amount_ms: int = 0
    undated: bool = False


def within(rows: Iterable[Row], since: Mapping[Place, tuple[int, int]], now_ms: int) -> dict[Place, dict[str, int]]:
    """The counters by place. `since` says of each place where its window begins: stated hours count at begins in
    [first, now], time in [from, now].
    """
    found: dict[Place, dict[str, int]] = {}
    people: dict[str, list[Row]] = {}
    for row in rows:
        people.setdefault(row.person, []).append(row)
    for own in people.values():
        seen: set[Place] = set()
        starts_ms = {from_ms for _, from_ms in since.values()}
        edges = sorted({min(edge, now_ms) for row in own for edge in (row.from_ms, row.to_ms)} | starts_ms)
        for begin_ms, end_ms in pairwise(edges):
            works = [row for row in own if row.kind == "work" and row.from_ms <= begin_ms and end_ms <= row.to_ms]
            if not works or end_ms > now_ms:
                continue
            place = min(works, key=lambda row: (row.from_ms, row.to_ms, row.place)).place
            if begin_ms < since[place][1]:
                continue
            away = any(row.kind == "absent" and row.from_ms <= begin_ms and end_ms <= row.to_ms for row in own)
            _add(found, place, "shift_planned_ms", end_ms - begin_ms)
            _add(found, place, "shift_absent_ms", (end_ms - begin_ms) * away)
            seen.add(place)
        for row in own:
            if row.kind == "hours" and since[row.place][0] <= row.from_ms <= now_ms and row.amount_ms:
                _add(found, row.place, "shift_absent_ms", row.amount_ms)
                _add(found, row.place, "shift_absent_undated_ms", row.amount_ms * row.undated)
                seen.add(row.place)
        if seen:
            _add(found, min(seen), "shift_persons", 1)
    return found


def _add(found: dict[Place, dict[str, int]], place: Place, name: str, value: int) -> None:
    counters = found.setdefault(place, {})
    counters[name] = counters.get(name, 0) + value
