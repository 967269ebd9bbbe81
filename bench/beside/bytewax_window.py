"""JSON lines through a Bytewax sliding window: 30 minutes, every minute, one count per hotline, in event time.

`python bytewax_window.py FILE` prints how many lines, the processor seconds and a sum of counts as a JSON document.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bytewax.operators as op  # type: ignore[import-not-found,unused-ignore]
from bytewax.dataflow import Dataflow  # type: ignore[import-not-found,unused-ignore]
from bytewax.operators import windowing  # type: ignore[import-not-found,unused-ignore]
from bytewax.testing import TestingSink, TestingSource, run_main  # type: ignore[import-not-found,unused-ignore]


def main(file: Path) -> None:
    """Runs the dataflow over the lines of the file."""
    began = time.process_time()
    lines = file.read_bytes().splitlines()
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
    seconds = time.process_time() - began
    total = sum(count for _, (_, count) in counts)
    print(json.dumps({"records": len(lines), "seconds": seconds, "counted": total}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
