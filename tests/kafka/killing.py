"""Workers killed while rows are written, and the comparison of everything that can be asked afterwards."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from commands.log_parts import part_store, parts_known
from streams.redis_client import connect
from streams.store_parts import PartedStore
from tests.commands.calling import Place
from tests.commands.running import wait_for
from tests.kafka.apart import Apart
from tests.kafka.beside import DIMENSIONS, Beside, all_counted
from tests.kafka.records import Records

WORKERS = ("one", "two")


def write_while_killing(
    parts: Apart,
    file: Path,
    lines: Sequence[str],
    *,
    kills: int,
    every_seconds: float,
    chance: random.Random,
    beside: Beside | None = None,
) -> float:
    """Starts a collector and two workers, appends the rows, kills one of the workers again and again meanwhile.

    `beside` writes its rows into the folder of the file.

    Returns, when every row is counted, the seconds that it took.
    """
    started = time.monotonic()
    parts.start("collect")
    workers = [parts.start("process", "--worker", name) for name in WORKERS]
    share = -(-len(lines) // (kills + 1))
    killed = 0
    with file.open("a") as out:
        for number, at in enumerate(range(0, len(lines), share)):
            out.write("".join(f"{line}\n" for line in lines[at : at + share]))
            out.flush()
            if beside is not None:
                beside.write(file.parent, number, kills + 1)
            if killed < kills:
                due = started + every_seconds * (killed + 1)
                while time.monotonic() < due or not all(worker.child() for worker in workers):
                    time.sleep(0.02)
                chance.choice(workers).kill_child()
                killed += 1
    assert killed == kills
    rows = len(lines) + (beside.rows if beside is not None else 0)
    wait_for(lambda: parts.received() >= rows, f"{rows} rows to be counted\n{parts.said()}", 120.0)
    return time.monotonic() - started


def embedded(place: Place, file: Path, beside: Beside | None = None) -> Place:
    """The same rows through `replay` into the embedded Redis of another data folder."""
    others = {} if beside is None else beside.files(file.parent)
    for feed, files in ({"calls": [file]} | others).items():
        done = place.call("replay", feed, *files)
        assert done.returncode == 0, done.stderr
    return place


def assert_same_everywhere(parts: Apart, reference: Place, records: Records) -> list[dict[str, Any]]:
    """Live picture, recomputation from Kafka and recomputation from Redis say the same as the batch computation."""
    records.assert_accounted(parts.json("feeds")["feeds"])
    documents = []
    for basis in ("live", "arrival"):
        live = parts.json("kpis", "--by", "hotline", "--basis", basis)
        records.assert_counted(live)
        asked = ("kpis", "--by", "hotline", "--basis", basis, "--as-of", live["as_of"])
        past, ours = parts.json(*asked), reference.json(*asked)
        assert_identical(past, ours, f"by hotline, {basis}: Kafka and embedded Redis")
        assert_identical(live, past, f"by hotline, {basis}: the live picture and the log")
        documents.append(live)
    return documents


def assert_identical(one: dict[str, Any], other: dict[str, Any], of: str) -> None:
    """The documents are the same to the last character; the first rows that are not stand in the message."""
    if json.dumps(one) == json.dumps(other):
        return
    rows = [json.dumps(row) for row in one["rows"]], [json.dumps(row) for row in other["rows"]]
    differ = [pair for pair in zip_longest(*rows, fillvalue="no row") if pair[0] != pair[1]]
    raise AssertionError(f"{of} differ:\n" + "\n".join(line for pair in differ[:3] for line in pair))


def assert_others_same(parts: Apart, reference: Place, beside: Beside) -> None:
    """The same of attempts, orders and people: live picture over all parts, Redis and the batch computation."""
    documents = []
    for dimension in DIMENSIONS:
        by = ("--by", dimension) if dimension else ()
        live = parts.json("kpis", *by)
        beside.assert_counted(live, dimension)
        ours = reference.json("kpis", *by, "--as-of", live["as_of"])
        assert_identical(live, ours, f"by {dimension or 'nothing'}: the live picture of Kafka and embedded Redis")
        documents.append(live)
    said = all_counted(documents)
    assert {"attempts", "successes", "orders", "agents_pause", "agents_pause_ms", "serving_available"} <= said


def seconds_to_take_over(parts: Apart, redis: Path) -> float:
    """Kills the worker that owns more, for good, and returns how long the whole picture stood still."""
    clients = connect(redis)
    store = PartedStore(lambda: [part_store(clients, number) for number in range(parts_known(clients))])
    parts.parts[-1].kill()
    killed_ms = time.time() * 1000

    def fresh() -> bool:
        picture = store.picture()
        return picture is not None and picture.as_of_ms > killed_ms + 1_000

    wait_for(fresh, f"the parts to be taken over\n{parts.said()}", 60.0)
    clients.close()
    return time.time() - killed_ms / 1000
