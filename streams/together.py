"""Many small batches as one: the engine's cost is per batch, not per fact (pure)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from streams.codec import ENDED, FURTHER, HANDLED, NONE
from streams.columns import Columns
from streams.fact_columns import FactTable


def together(batches: Sequence[Columns]) -> Columns:
    """All facts of these batches, which may be of different feeds, in their order.

    Everything but the facts, their cells and agents is that of the last batch. Raises IndexError for a fact that names
    what its batch does not have.
    """
    last = batches[-1]
    if len(batches) == 1:
        return last
    cells: list[bytes] = []
    agents: list[bytes] = []
    cells_before, agents_before = [], []
    for batch in batches:
        cells_before.append(len(cells))
        agents_before.append(len(agents))
        cells += batch.cells
        agents += batch.agents
    kind = np.concatenate([batch.kind for batch in batches])
    ref = np.concatenate([batch.ref for batch in batches])
    sizes = [batch.kind.size for batch in batches]
    further, further_cells = _further(batches)
    names_agent = (kind == ENDED) | (kind == HANDLED)
    before = np.where(names_agent, np.repeat(agents_before, sizes), np.repeat(cells_before, sizes))
    own_agents = np.repeat([len(batch.agents) for batch in batches], sizes)
    own_cells = np.repeat([len(batch.cells) for batch in batches], sizes)
    if (ref >= np.where(names_agent, own_agents, own_cells)).any():
        # Behind its own batch's names stand those of the next: it would count for another cell.
        message = "a fact names a cell or an agent that its batch does not have"
        raise IndexError(message)
    return last._replace(
        cells=cells,
        agents=agents,
        kind=kind,
        visit=np.concatenate([batch.visit for batch in batches]),
        at_ms=np.concatenate([batch.at_ms for batch in batches]),
        ref=np.where(ref == NONE, NONE, ref + before).astype(np.int32),
        code=np.concatenate([batch.code for batch in batches]),
        version=np.concatenate([batch.version for batch in batches]),
        handling=np.concatenate([batch.handling for batch in batches]),
        places=np.zeros(0, np.uint32),
        further=further,
        further_cells=further_cells,
    )


def _further(batches: Sequence[Columns]) -> tuple[dict[str, FactTable], list[bytes]]:
    """The tables of further families of all batches, each with the cells of all."""
    tables: dict[str, list[tuple[FactTable, int]]] = {}
    cells: list[bytes] = []
    for batch in batches:
        for tag, table in batch.further.items():
            FURTHER[tag].check(table, len(batch.further_cells))
            tables.setdefault(tag, []).append((table, len(cells)))
        cells += batch.further_cells
    return {tag: FURTHER[tag].joined(found) for tag, found in tables.items()}, cells
