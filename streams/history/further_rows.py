"""Facts of further families as rows: their columns as the log has them, one row for each batch, type and UTC day.

A family's columns follow from its facts (`fact_columns`), so a new one needs nothing here, and a field that is added
to a fact later reads as its default. `tag` is the type of the facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from streams.batch import Tally
from streams.codec import FURTHER
from streams.columns import Columns
from streams.fact_columns import FactTable

_DAY_MS = 86_400_000
_TIME = pa.timestamp("ms", "UTC")
_BYTES = pa.list_(pa.binary())
SCHEMA: Any = pa.schema(
    [
        pa.field("tag", pa.string()),
        pa.field("first", _TIME),
        pa.field("last", _TIME),
        pa.field("facts", pa.int64()),
        pa.field("columns", _BYTES),
        pa.field("cells", _BYTES),
        pa.field("sequence", pa.int64()),
        pa.field("collected", _TIME),
    ]
)


def to_table(columns: Columns) -> Any:
    """The facts of further families of one batch as rows."""
    rows = []
    for tag, table in columns.further.items():
        days = table.columns["at_ms"] // _DAY_MS
        for day in np.unique(days).tolist():
            of_day = FactTable(
                int((days == day).sum()),
                {name: column[days == day] for name, column in table.columns.items()},
                table.texts,
            )
            at_ms = of_day.columns["at_ms"]
            rows.append(
                {
                    "tag": tag,
                    "first": int(at_ms.min()),
                    "last": int(at_ms.max()),
                    "facts": of_day.size,
                    "columns": FURTHER[tag].packed(of_day),
                    "cells": list(columns.further_cells),
                    "sequence": columns.sequence,
                    "collected": columns.collected_ms,
                }
            )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def to_batches(table: Any) -> Iterator[Columns]:
    """The rows as batches without visits. Raises KeyError for facts that this program does not know."""
    for row in table.select(["tag", "columns", "cells"]).to_pylist():
        yield Columns(
            *("history", 0, 0, Tally(), None, "live", ""),
            cells=[],
            agents=[],
            kind=np.zeros(0, np.uint8),
            visit=np.zeros((0, 2), np.uint64),
            at_ms=np.zeros(0, np.int64),
            ref=np.zeros(0, np.int32),
            code=np.zeros(0, np.uint8),
            version=np.zeros(0, np.uint8),
            handling=np.zeros((0, 3), np.int32),
            further={row["tag"]: FURTHER[row["tag"]].table(row["columns"])},
            further_cells=row["cells"],
        )
