"""All levels of an engine at one instant: hotline, provider, site, team, project, client and all.

Counters, callers waiting and histograms of waits are added, the longest wait is the largest of its cells. Cells are
first joined by everything but the hotline; the levels above are sums of those few. Where every cell is a hotline of
its own, its row is that level's row already.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from streams.engine import Engine
from streams.records import Cell

LEVELS = ("hotline", "provider", "site", "team", "project", "client", "all")
_JOINED = ("provider", "site", "team", "project", "client")


class Figures(NamedTuple):
    """One row per member of a level, in the order of their names."""

    sums: npt.NDArray[np.int64]
    histogram: npt.NDArray[np.int32]
    wait_max_ms: npt.NDArray[np.int64]
    waiting: npt.NDArray[np.int64]


class _Grouping:
    def __init__(self, names: list[tuple[str, ...]]) -> None:
        numbers = {name: number for number, name in enumerate(sorted(set(names)))}
        of = np.array([numbers[name] for name in names], np.int64)
        self.names = list(numbers)
        order = np.argsort(of, kind="stable")
        self._members = np.split(order, np.flatnonzero(np.diff(of[order])) + 1)

    def figures(self, below: Figures) -> Figures:
        joined = Figures(*(np.zeros((len(self._members), *values.shape[1:]), values.dtype) for values in below))
        for row, members in enumerate(self._members):
            for values, into in zip(below, joined, strict=True):
                gathered = values[members]
                reduce = np.maximum.reduce if values is below.wait_max_ms else np.add.reduce
                into[row] = reduce(gathered, axis=0)
        return joined


class Levels:
    """The levels over the cells that an engine has now; make it anew when cells were added."""

    def __init__(self, cells: list[Cell]) -> None:
        self._cells = len(cells)
        hotlines = [(cell.hotline,) for cell in cells]
        self._hotline = None if len(set(hotlines)) == len(cells) else _Grouping(hotlines)
        self._joined = _Grouping([tuple(getattr(cell, name) for name in _JOINED) for cell in cells])
        self._above = {
            level: _Grouping([() if level == "all" else (key[_JOINED.index(level)],) for key in self._joined.names])
            for level in LEVELS[1:]
        }

    def figures(self, engine: Engine) -> dict[str, Figures]:
        """Every level as the engine stands."""
        windows = engine.windows
        size = self._cells
        lowest = Figures(
            windows.sums[:size], windows.histogram[:size], windows.wait_max_ms[:size], windows.waiting[:size]
        )
        joined = self._joined.figures(lowest)
        answer = {"hotline": lowest if self._hotline is None else self._hotline.figures(lowest)}
        return answer | {level: grouping.figures(joined) for level, grouping in self._above.items()}
