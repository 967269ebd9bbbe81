"""All levels of an engine at one instant: hotline, provider, site, team, project, client and all.

Counters, callers waiting and histograms of waits are added, the longest wait is the largest of its cells. Cells are
first joined by everything but the hotline; the levels above are sums of those few. Where every cell is a hotline of
its own, its row is that level's row already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bench.traffic import DIMENSIONS
from streams import waits
from streams.engine import Engine
from streams.records import Cell

LEVELS = ("hotline", "provider", "site", "team", "project", "client", "all")


class Figures(NamedTuple):
    """One row per member of a level. The histogram ends with the bin of the longest wait of all."""

    sums: npt.NDArray[np.int64]
    histogram: npt.NDArray[np.int32]
    wait_max_ms: npt.NDArray[np.int64]
    waiting: npt.NDArray[np.int64]
    late_waiting: npt.NDArray[np.int64]


class _Grouping:
    """Which rows make up which group. `names`: the groups in the order of their rows."""

    def __init__(self, names: Sequence[tuple[str, ...]]) -> None:
        numbers = {name: number for number, name in enumerate(sorted(set(names)))}
        of = np.array([numbers[name] for name in names], np.int64)
        order = np.argsort(of, kind="stable")
        members = np.split(order, np.flatnonzero(np.diff(of[order])) + 1)
        # The largest groups come first, so that those which still have a member in a round are a slice.
        members.sort(key=len, reverse=True)
        self.names = [names[int(rows[0])] for rows in members]
        self._members = members
        self._rounds = [
            np.array([int(rows[turn]) for rows in members if rows.size > turn]) for turn in range(members[0].size)
        ]

    def joined(self, below: Figures) -> Figures:
        """The figures of the groups."""
        return Figures(
            self._reduced(np.add, below.sums),
            self._reduced(np.add, below.histogram),
            self._reduced(np.maximum, below.wait_max_ms),
            self._reduced(np.add, below.waiting),
            self._reduced(np.add, below.late_waiting),
        )

    def _reduced(self, join: np.ufunc, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        groups = len(self._members)
        into = np.zeros((groups, *values.shape[1:]), values.dtype)
        if len(self._rounds) < groups:
            for rows in self._rounds:
                part = into[: rows.size]
                join(part, values[rows], out=part)
        else:
            for row, rows in enumerate(self._members):
                into[row] = join.reduce(values[rows], axis=0, dtype=values.dtype)
        return into


class Levels:
    """The levels over the cells that an engine has now; make it anew when cells were added."""

    def __init__(self, cells: list[Cell]) -> None:
        self._cells = len(cells)
        hotlines = [(cell.hotline,) for cell in cells]
        self._hotline = None if len(set(hotlines)) == len(cells) else _Grouping(hotlines)
        self._joined = _Grouping([tuple(getattr(cell, name) for name in DIMENSIONS) for cell in cells])
        self._above = {
            level: _Grouping([() if level == "all" else (key[DIMENSIONS.index(level)],) for key in self._joined.names])
            for level in LEVELS[1:]
        }

    def figures(self, engine: Engine) -> dict[str, Figures]:
        """Every level as the engine stands."""
        windows = engine.windows
        longest = windows.wait_max_ms[: self._cells].max(initial=0)
        bins = int(waits.bins(np.array([longest]))[0]) + 1
        lowest = Figures(
            windows.sums[: self._cells],
            windows.histogram[: self._cells, :, :bins],
            windows.wait_max_ms[: self._cells],
            windows.waiting[: self._cells],
            windows.late_waiting[: self._cells],
        )
        joined = self._joined.joined(lowest)
        answer = {"hotline": lowest if self._hotline is None else self._hotline.joined(lowest)}
        return answer | {level: grouping.joined(joined) for level, grouping in self._above.items()}
