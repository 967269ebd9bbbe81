"""Ids to rows: the same as a dictionary would give, however the ids come."""

from __future__ import annotations

import random

import numpy as np
import pytest

from streams.id_table import IdTable, halves
from streams.records import identify


def ids(numbers: list[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    return halves(b"".join(identify(number) for number in numbers))


@pytest.mark.parametrize("seed", range(20))
def test_rows_are_those_of_a_dictionary(seed: int) -> None:
    chance = random.Random(seed)
    table, known = IdTable(), dict[int, int]()
    for _ in range(30):
        numbers = [chance.randrange(3_000) for _ in range(chance.choice((0, 1, 7, 400)))]
        rows = table.rows(ids(numbers)).tolist()
        for number, row in zip(numbers, rows, strict=True):
            if number not in known:
                assert row >= len(set(known.values())) or row not in known.values()
            assert known.setdefault(number, row) == row
        assert sorted(known.values()) == list(range(len(known))) == list(range(table.size))
    right = dict(zip(known.values(), known, strict=True))
    assert (table.ids() == ids([right[row] for row in range(table.size)])).all()


def test_ids_that_want_the_same_place_are_kept_apart() -> None:
    """The lower half decides the place, so these collide in every table."""
    keys = np.zeros((500, 2), np.uint64)
    keys[:, 1] = np.arange(500)
    table = IdTable()
    rows = table.rows(np.concatenate([keys, keys]))
    assert (rows[:500] == rows[500:]).all()
    assert sorted(rows[:500].tolist()) == list(range(500))
    assert (table.ids()[rows[:500]] == keys).all()


def test_a_table_made_of_keys_knows_them() -> None:
    first = IdTable()
    first.rows(ids(list(range(5_000))))
    again = IdTable(first.ids())
    assert again.size == 5_000
    assert again.rows(first.ids()).tolist() == list(range(5_000))
    assert again.rows(ids([7, 9_999])).tolist() == [first.rows(ids([7]))[0], 5_000]


def test_growing_keeps_every_row() -> None:
    table = IdTable()
    rows = [int(table.rows(ids([number]))[0]) for number in range(3_000)]
    assert rows == list(range(3_000))
    assert table.rows(ids(list(range(3_000)))).tolist() == rows
