"""Sorted tables of facts become one sorted stream, of which only a few rows are in memory at a time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from streams.history.fact_rows import SCHEMA, cell_order
from streams.history.record_rows import cells_of, times_of

_Key = tuple[str | int, ...]


def merged(tables: Sequence[Iterator[Any]]) -> Iterator[Any]:
    """The rows of all tables by cell, start and basis, in pieces that hold a cell whole.

    Each table comes in pieces of its rows in that same order. No cell has two rows of one start in different tables.
    """
    ahead = [_Ahead(pieces) for pieces in tables]
    while ahead := [one for one in ahead if one.keys]:
        # What is still to be read of a table may go on with its last cell, so nothing from there on is complete.
        until = min((one.keys[-1] for one in ahead if not one.is_over), default=None)
        taken = [one.take(until) for one in ahead]
        if any(keys for _, keys, _ in taken):
            yield _in_order(taken)
        for one in ahead:
            if not one.is_over and one.keys[-1] == until:
                one.read_on()


class _Ahead:
    """The rows of one table that are read and not taken yet. `keys` are their cells, in order, each once."""

    def __init__(self, pieces: Iterator[Any]) -> None:
        self._pieces = pieces
        self._rows = SCHEMA.empty_table()
        self._begins: list[int] = [0]
        self.keys: list[_Key] = []
        self.is_over = False
        self.read_on()

    def read_on(self) -> None:
        """Reads the next piece that has rows."""
        for piece in self._pieces:
            if piece.num_rows:
                rows = pa.concat_tables([self._rows, piece.replace_schema_metadata(None)])
                self._rows = rows.unify_dictionaries().combine_chunks()
                cells, place = cells_of(self._rows)
                begins = np.concatenate([[0], np.flatnonzero(np.diff(place)) + 1]).tolist()
                self.keys = [cell_order(cells[place[begin]]) for begin in begins]
                self._begins = [*begins, len(place)]
                return
        self.is_over = True

    def take(self, until: _Key | None) -> tuple[Any, list[_Key], list[int]]:
        """Takes the rows of the cells before this one (None: all): the rows, their cells, and how many each has."""
        count = len(self.keys) if until is None else bisect_left(self.keys, until)
        end = self._begins[count]
        taken = self._rows.slice(0, end), self.keys[:count], np.diff(self._begins[: count + 1]).tolist()
        self._rows = self._rows.slice(end)
        self.keys = self.keys[count:]
        self._begins = [begin - end for begin in self._begins[count:]]
        return taken


def _in_order(taken: Sequence[tuple[Any, list[_Key], list[int]]]) -> Any:
    ranks = {key: rank for rank, key in enumerate(sorted({key for _, keys, _ in taken for key in keys}))}
    rank = np.repeat([ranks[key] for _, keys, _ in taken for key in keys], [n for _, _, sizes in taken for n in sizes])
    rows = pa.concat_tables([rows for rows, _, _ in taken]).unify_dictionaries().combine_chunks()
    # Stable, so the bases of one cell and start keep their order.
    return rows.take(pa.array(np.lexsort((times_of(rows, "start"), rank))))
