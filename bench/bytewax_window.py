"""The same JSON lines through a Bytewax sliding window: 30 minutes, every minute, one count per hotline.

Bytewax is no dependency of Leitstand; without it this comparison is left out and the table says so.
"""

from __future__ import annotations

import importlib.util
import json
from datetime import UTC, datetime, timedelta
from typing import Any

HOW_TO_GET_IT = "Bytewax is not installed: `pip install bytewax==0.21.1` into a copy of this environment adds its row."


def importable() -> bool:
    """True when Bytewax is installed."""
    return importlib.util.find_spec("bytewax") is not None


def count(lines: list[bytes]) -> int:
    """Runs the dataflow over the lines; the result is how many window counts came out."""
    import bytewax.operators as op  # type: ignore[import-not-found,unused-ignore]
    from bytewax.dataflow import Dataflow  # type: ignore[import-not-found,unused-ignore]
    from bytewax.operators import windowing  # type: ignore[import-not-found,unused-ignore]
    from bytewax.testing import TestingSink, TestingSource, run_main  # type: ignore[import-not-found,unused-ignore]

    clock = windowing.EventClock(
        lambda record: datetime.fromtimestamp(record["at_ms"] / 1000, UTC), wait_for_system_duration=timedelta(0)
    )
    windower = windowing.SlidingWindower(
        length=timedelta(minutes=30), offset=timedelta(minutes=1), align_to=datetime(2025, 1, 1, tzinfo=UTC)
    )
    counts: list[Any] = []
    flow = Dataflow("bench")
    records = op.map("loads", op.input("lines", flow, TestingSource(lines, batch_size=1000)), json.loads)
    counted = windowing.count_window("count", records, clock, windower, lambda record: record["hotline"])
    op.output("counts", counted.down, TestingSink(counts))
    run_main(flow)
    return len(counts)
