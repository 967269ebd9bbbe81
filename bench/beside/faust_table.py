"""JSON lines into the arithmetic of a Faust hopping table: 30 minutes every minute, one count per hotline.

What no worker can reach: the table in a plain loop, kept in memory. What a worker adds (the stream, acknowledging,
expiry, a changelog message for each of 30 windows) is left out. `python -m bench.beside.faust_table FILE` prints a JSON
document.
"""

from __future__ import annotations

import json
import operator
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import faust  # type: ignore[import-untyped,unused-ignore]


def main(file: Path) -> None:
    """Counts the lines of the file."""
    app = faust.App("bench", broker="kafka://none", store="memory://", web_enabled=False)
    table: Any = app.Table("counts", default=int, partitions=1).hopping(1800.0, 60.0)
    table.table.on_key_set = lambda *_: None
    event: Any = SimpleNamespace(message=SimpleNamespace(partition=0, timestamp=0.0))
    began = time.process_time()
    lines = file.read_bytes().splitlines()
    for line in lines:
        record = json.loads(line)
        event.message.timestamp = record["at_ms"] / 1000
        table[record["hotline"]].apply(operator.add, 1, event)
    seconds = time.process_time() - began
    total = sum(table.table.data.values())
    print(json.dumps({"records": len(lines), "seconds": seconds, "counted": total}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
