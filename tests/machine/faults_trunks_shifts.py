"""Faults planted into the families of trunks and shifts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from streams.families import shifts, trunks
from streams.families.shifts import Shifts
from streams.records import Plan, Rostered
from tests.machine.planting import fault, without_facts, wrap


@fault
def restarted_counter_of_a_trunk_counts_backwards() -> Iterator[None]:
    with wrap(trunks, "_growth", lambda _, before, now: now - before):
        yield


@fault
def channels_held_for_ever() -> Iterator[None]:
    def until(right: Any, table: Any, following: Any) -> Any:
        table = table.copy()
        table[:, trunks._HOLDS] = 1 << 40
        return right(table, following)

    with wrap(trunks, "_until", until):
        yield


@fault
def withdrawn_shift_still_counts() -> Iterator[None]:
    with without_facts(lambda _, fact: isinstance(fact, Rostered) and fact.plan is Plan.WITHDRAWN):
        yield


@fault
def absence_without_a_shift_counts() -> Iterator[None]:
    def rows(right: Any, said: Any, cells: Any) -> Any:
        said = list(said)
        return right(said, cells) + [
            (at, until, 0, 0, 1, 0, 0) for at, (_, until, plan, *_rest) in said if plan == Plan.ABSENT and cells
        ]

    with wrap(shifts, "_rows", rows):
        yield


@fault
def person_counted_in_every_cell() -> Iterator[None]:
    def persons(_: Any, family: Shifts, rows: Any) -> Any:
        pairs = set(zip(family._person[rows].tolist(), family._cell_of_row[rows].tolist(), strict=True))
        cells = [cell for _, cell in pairs]
        return np.bincount(np.array(cells, np.int64), minlength=len(family._cells.cells))

    with wrap(Shifts, "_persons", persons):
        yield
