"""The timetable: every slot comes out in its second, once, whatever the order in which it was put in."""

from __future__ import annotations

import random

import numpy as np
import pytest

from streams.due import Timetable, distinct


def add(timetable: Timetable, *entries: tuple[int, int]) -> None:
    seconds, slots = np.array(entries, np.int64).reshape(-1, 2).T
    timetable.add(seconds, slots)


def test_what_is_due_comes_out_up_to_and_including_its_second() -> None:
    timetable = Timetable()
    add(timetable, (10, 1), (12, 2), (11, 3))
    assert timetable.pop(9).tolist() == []
    assert timetable.pop(11).tolist() == [1, 3]
    assert timetable.pop(11).tolist() == []
    assert timetable.pop(99).tolist() == [2]


def test_a_slot_due_twice_by_then_comes_out_once() -> None:
    timetable = Timetable()
    add(timetable, (10, 5), (11, 5), (11, 4))
    add(timetable, (10, 5))
    assert timetable.pop(11).tolist() == [4, 5]


def test_what_is_added_for_the_past_is_due_next() -> None:
    timetable = Timetable()
    timetable.pop(100)
    add(timetable, (50, 1))
    assert timetable.pop(100).tolist() == [1]


def test_a_cleared_timetable_is_empty() -> None:
    timetable = Timetable()
    add(timetable, (1, 1))
    timetable.clear()
    assert timetable.pop(10**9).tolist() == []


def test_large_slots_and_seconds_keep_apart() -> None:
    timetable = Timetable()
    last = 2**31 - 1
    add(timetable, (2_000_000_000, last), (2_000_000_001, 0))
    assert timetable.pop(2_000_000_000).tolist() == [last]
    assert timetable.pop(2_000_000_001).tolist() == [0]


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_among_thousands_of_runs(seed: int) -> None:
    chance = random.Random(seed)
    timetable, waiting, now = Timetable(), list[tuple[int, int]](), 0
    for _ in range(900):
        entries = [(now + chance.randrange(400), chance.randrange(1_000)) for _ in range(chance.randrange(4))]
        add(timetable, *entries)
        waiting += entries
        if chance.randrange(3) == 0:
            now += chance.randrange(3)
            due = {slot for second, slot in waiting if second <= now}
            waiting = [entry for entry in waiting if entry[0] > now]
            assert timetable.pop(now).tolist() == sorted(due)
    assert timetable.pop(now + 1_000).tolist() == sorted({slot for _, slot in waiting})


def test_distinct_slots_are_sorted() -> None:
    assert distinct(np.array([3, 1, 3, 2, 1])).tolist() == [1, 2, 3]
    assert distinct(np.zeros(0, np.int64)).tolist() == []
