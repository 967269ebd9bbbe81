"""Slips that a programmer could have made in the families beside visits, each ready to be planted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

import numpy as np
import pytest

from streams.days import from_ms, to_ms
from streams.families import shifts, trunks
from streams.families.attempts import Attempt
from streams.families.lists import Lists
from streams.families.numbered_cells import LONGEST_DAY_MS
from streams.families.orders import Orders
from streams.families.outbound import Outbound
from streams.families.shifts import Shifts
from streams.families.trunks import Trunks
from streams.records import Plan

Plant = Callable[[pytest.MonkeyPatch], None]


def attempt_moves_to_the_time_of_its_last_reading(patch: pytest.MonkeyPatch) -> None:
    """A disposition that is rewritten later counts when it was rewritten."""
    right = Outbound._put

    def put(self: Outbound, identity: bytes, attempt: Attempt) -> None:
        if identity in self._attempts and attempt.rank > self._attempts[identity].rank:
            attempt.at_ms = max(attempt.at_ms, self.now_ms)
        right(self, identity, attempt)

    patch.setattr(Outbound, "_put", put)


def rewritten_attempt_counts_twice(patch: pytest.MonkeyPatch) -> None:
    """What an attempt counted as before is not taken out when it is read anew."""
    right = Outbound._put

    def put(self: Outbound, identity: bytes, attempt: Attempt) -> None:
        before = self._attempts.get(identity)
        if before is not None and attempt.rank > before.rank:
            del self._attempts[identity]
        right(self, identity, attempt)

    patch.setattr(Outbound, "_put", put)


def newest_list_of_a_campaign_stands_for_all(patch: pytest.MonkeyPatch) -> None:
    """Of several lists of one campaign only the one that was counted last is summed."""
    right = Lists.readings

    def readings(self: Lists, *, changed_only: bool = False) -> Any:
        whole, newest = self._counts, {}
        for call_list, counts in sorted(whole.items(), key=lambda one: max(one[1])[0]):
            newest[counts[0][2]] = call_list
        self._counts = {call_list: whole[call_list] for call_list in newest.values()}
        found = right(self, changed_only=changed_only)
        self._counts = whole
        return found

    patch.setattr(Lists, "readings", readings)


def count_of_a_list_stands_before_it_was_taken(patch: pytest.MonkeyPatch) -> None:
    """A count that is dated ahead of the clock already stands."""
    right = Lists.readings

    def readings(self: Lists, *, changed_only: bool = False) -> Any:
        now_ms, self.now_ms = self.now_ms, self.now_ms + 60_000
        found = right(self, changed_only=changed_only)
        self.now_ms = now_ms
        return found

    patch.setattr(Lists, "readings", readings)


def cancellation_on_the_day_of_its_order(patch: pytest.MonkeyPatch) -> None:
    """A cancellation books where its order stands and not on the day on which it arrives."""
    right = Orders._put
    taken: dict[bytes, int] = {}

    def put(self: Orders, identity: bytes, order: Any) -> None:
        if order.cancellation:
            order = order._replace(at_ms=taken.get(identity[::-1], order.at_ms))
        else:
            taken[identity] = order.at_ms
        right(self, identity, order)

    patch.setattr(Orders, "_put", put)


def corrected_order_keeps_its_first_revenue(patch: pytest.MonkeyPatch) -> None:
    """An order that is stated anew stays as it was."""
    right = Orders._put

    def put(self: Orders, identity: bytes, order: Any) -> None:
        if identity not in self._orders:
            right(self, identity, order)

    patch.setattr(Orders, "_put", put)


def counter_of_a_trunk_begins_with_its_first_count(patch: pytest.MonkeyPatch) -> None:
    """A counter that anew begins at 0 counts nothing until it is higher than before."""
    patch.setattr(trunks, "_growth", lambda before, now: np.maximum(now - before, 0))


def trunk_forgets_the_count_that_the_next_goes_on_from(patch: pytest.MonkeyPatch) -> None:
    """The last count before the horizon is dropped as well."""

    def forget(self: Trunks, before_ms: int) -> None:
        before_ms = min(before_ms, self.now_ms - LONGEST_DAY_MS)
        self._built()
        self._table, self._stretches = self._table[self._table[:, trunks._AT] >= before_ms], None

    patch.setattr(Trunks, "forget", forget)


def absence_by_the_clock_on_the_wall(patch: pytest.MonkeyPatch) -> None:
    """Where clocks change, an absence that goes over it is an hour too long or too short."""
    right = Shifts._put

    def put(self: Shifts, key: tuple[bytes, int], said: Any) -> None:
        if said[2] == Plan.ABSENT:
            begin, end = (
                from_ms(at_ms, self._cells._clock_of("").zone).replace(tzinfo=UTC) for at_ms in (key[1], said[1])
            )
            said = (said[0], key[1] + to_ms(end) - to_ms(begin), *said[2:])
        right(self, key, said)

    patch.setattr(Shifts, "_put", put)


def work_that_is_planned_twice_counts_twice(patch: pytest.MonkeyPatch) -> None:
    """Each row of a person's plan counts, also where they overlap."""
    right = shifts._rows

    def rows(said: Any, cells: Any) -> Any:
        said = list(said)
        absent = [one for one in said if one[1][2] == Plan.ABSENT]
        others = [one for one in said if one[1][2] != Plan.ABSENT]
        return [row for one in others for row in right([one, *absent], cells)]

    patch.setattr(shifts, "_rows", rows)


FAULTS: tuple[tuple[str, Plant], ...] = (
    ("outbound", attempt_moves_to_the_time_of_its_last_reading),
    ("outbound", rewritten_attempt_counts_twice),
    ("lists", newest_list_of_a_campaign_stands_for_all),
    ("lists", count_of_a_list_stands_before_it_was_taken),
    ("orders", cancellation_on_the_day_of_its_order),
    ("orders", corrected_order_keeps_its_first_revenue),
    ("trunks", counter_of_a_trunk_begins_with_its_first_count),
    ("trunks", trunk_forgets_the_count_that_the_next_goes_on_from),
    ("shifts", absence_by_the_clock_on_the_wall),
    ("shifts", work_that_is_planned_twice_counts_twice),
)
"""Each with the family that it spoils."""
