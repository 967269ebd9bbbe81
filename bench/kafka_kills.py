"""`python -m bench.kafka_kills`: the same records through embedded Redis and through Kafka with killed workers.

Two Faust workers, one of them killed every five seconds while the rows come in; then everything that can be asked is
compared: the live picture, the log in Kafka, the log in Redis and the batch computation. At last one worker is killed
for good and its parts are taken over.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from bench.report import Report
from streams.redis_server import RedisServer
from tests.commands.calling import Place
from tests.kafka.apart import apart
from tests.kafka.broker import running_broker
from tests.kafka.killing import assert_same_everywhere, embedded, seconds_to_take_over, write_while_killing
from tests.kafka.records import HEADER, Records

EVERY_SECONDS = 5.0
_TAKEN_OVER_SECONDS = 15.0


def main() -> int:
    """Prints the table; 1 when something fell short. What differs is an AssertionError that names it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=200_000)
    arguments.add_argument("--kills", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    records = Records(asked.records, asked.seed)
    with (
        tempfile.TemporaryDirectory() as name,
        running_broker(Path(name) / "kafka") as broker,
        RedisServer(Path(name) / "redis", memory_mb=512) as redis,
    ):
        folder = Path(name)
        file, config = folder / "calls.csv", folder / "leitstand.toml"
        file.write_text(HEADER + "\n")
        config.write_text(records.settings(file))
        with apart(config, folder / "apart", broker.address, redis.socket_path) as parts:
            chance = random.Random(asked.seed)
            seconds = write_while_killing(
                parts, file, records.lines, kills=asked.kills, every_seconds=EVERY_SECONDS, chance=chance
            )
            began = time.monotonic()
            reference = embedded(Place(config, folder / "embedded"), file)
            alone = time.monotonic() - began
            documents = assert_same_everywhere(parts, reference, records)
            taken_over = seconds_to_take_over(parts, redis.socket_path)
    report = Report(f"{len(records.lines):,} rows, a worker killed every {EVERY_SECONDS:g} s", "what", "seen")
    report.row("rows twice, broken", f"{records.duplicates:,}, {records.dead:,}")
    report.row("kills of one of two workers", str(asked.kills))
    report.row("until every row was counted", f"{seconds:.0f} s")
    report.row("the same rows by replay into embedded Redis", f"{alone:.0f} s")
    numbers = sum(len(row["counts"]) for document in documents for row in document["rows"])
    report.judge("kpis --json identical: live, Kafka, Redis, batch", f"{numbers:,} counters", holds=True)
    report.judge("received = counted + duplicate + late + dead + skipped", "exact", holds=True)
    report.judge(
        f"a worker that never returns is taken over in ≤ {_TAKEN_OVER_SECONDS:g} s",
        f"{taken_over:.1f} s",
        holds=taken_over <= _TAKEN_OVER_SECONDS,
    )
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
