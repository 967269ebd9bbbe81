"""A batch as arrays: what the core works on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from streams.batch import Tally
from streams.fact_columns import FactTable
from streams.id_table import Halves

Ints = npt.NDArray[np.int64]


class Columns(NamedTuple):
    """A batch as arrays; the fields up to `places` are in the order in which they stand in the log.

    Cells stay encoded; `visit` are ids as pairs of integers.
    `ref` points into `cells` (arrivals, doors, seen) or `agents` (ends, handling), -1 = none.
    `code` is the outcome, the door or, for handling, the flags transferred (1) and escalated (2). `handling` has one
    row (talk, hold, acw in ms, -1 = not stated) per handled fact, in the order in which they stand. `places` has one
    number per fact where the batch was split, else none: first those of visits, then those of `further`, tag by tag.
    `further` are the facts of other families by their tag, `further_cells` the cells that they name.
    """

    feed: str
    sequence: int
    collected_ms: int
    tally: Tally
    last_event_ms: int | None
    state: str
    message: str
    cells: list[bytes]
    agents: list[bytes]
    kind: npt.NDArray[np.uint8]
    visit: Halves
    at_ms: Ints
    ref: npt.NDArray[np.int32]
    code: npt.NDArray[np.uint8]
    version: npt.NDArray[np.uint8]
    handling: npt.NDArray[np.int32]
    places: npt.NDArray[np.uint32] = np.zeros(0, np.uint32)
    skew_ms: int | None = None
    further: Mapping[str, FactTable] = MappingProxyType({})
    further_cells: Sequence[bytes] = ()

    @property
    def facts(self) -> int:
        """How many there are, of all families."""
        return int(self.kind.size) + sum(table.size for table in self.further.values())
