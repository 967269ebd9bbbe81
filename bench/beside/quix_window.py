"""JSON lines through a Quix Streams hopping window: 30 minutes every minute, one count per hotline, in event time.

Its windows live in a state store that only a running application has, so the lines go through a broker; they are
produced beforehand and that is not measured. Measured is the processor time from the first record to the last.
`python quix_window.py FILE BROKER` prints a JSON document.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from quixstreams import Application  # type: ignore[import-not-found,unused-ignore]

_IDLE_SECONDS = 20.0


def main(file: Path, broker: str) -> None:
    """Produces the lines, then counts them."""
    lines = file.read_bytes().splitlines()
    with tempfile.TemporaryDirectory(prefix="bench-quix-") as folder:
        app = Application(
            broker_address=broker,
            consumer_group="bench-quix",
            auto_offset_reset="earliest",
            state_dir=folder,
            loglevel=logging.WARNING,
        )
        topic = app.topic("lines", key_deserializer="str", value_deserializer="json")
        with app.get_producer() as producer:
            for line in lines:
                record = json.loads(line)
                producer.produce(topic.name, line, key=record["hotline"], timestamp=record["at_ms"])
        began = ended = 0.0
        seen = counted = 0

        def first(_: Any) -> None:
            nonlocal began, seen
            began = began or time.process_time()
            seen += 1

        def note(window: Any) -> None:
            nonlocal ended, counted
            ended = time.process_time()
            counted = max(counted, window["value"])

        frame = app.dataframe(topic).update(first)
        frame.hopping_window(duration_ms=1_800_000, step_ms=60_000).count().current().update(note)
        # Its `count` would count what comes out, thirty windows for each record: it ends when nothing comes any more.
        app.run(timeout=_IDLE_SECONDS)
    print(json.dumps({"records": seen, "seconds": ended - began, "counted": counted if seen == len(lines) else 0}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
