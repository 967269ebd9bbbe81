"""The same records through embedded Redis and through Kafka with two killed workers: the same numbers, to the last."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from streams.codec import ARRIVED
from streams.history.commits import RECORDS
from streams.history.open import open_history
from streams.records import ID_BYTES
from streams.redis_server import RedisServer
from tests.commands.calling import Place
from tests.commands.running import PASSWORD, Browser, wait_for
from tests.kafka.apart import apart
from tests.kafka.beside import Beside
from tests.kafka.broker import Broker
from tests.kafka.killing import (
    assert_others_same,
    assert_same_everywhere,
    embedded,
    seconds_to_take_over,
    write_while_killing,
)
from tests.kafka.records import HEADER, Records

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("kafka")]


def place(folder: Path, records: Records, beside: Beside | None = None) -> tuple[Path, Path]:
    """Settings, and the files that they follow, still without a row."""
    file, config = folder / "calls.csv", folder / "leitstand.toml"
    file.write_text(HEADER + "\n")
    settings = records.settings(file)
    if beside is not None:
        beside.begin(folder)
        settings += beside.settings(folder)
    config.write_text(settings + "[storage]\nkafka_partitions = 4\nkafka_topic = " + f'"{folder.name}"\n')
    return config, file


def test_killed_workers_change_no_number(broker: Broker, redis_server: RedisServer, tmp_path: Path) -> None:
    records, beside = Records(20_000, seed=5), Beside(600, 150, seed=5)
    config, file = place(tmp_path, records, beside)
    with apart(config, tmp_path / "apart", broker.address, redis_server.socket_path) as parts:
        write_while_killing(
            parts, file, records.lines, kills=3, every_seconds=3.0, chance=random.Random(5), beside=beside
        )
        reference = embedded(Place(config, tmp_path / "embedded"), file, beside)
        assert_same_everywhere(parts, reference, records)
        assert_others_same(parts, reference, beside)
        assert [part.end() for part in parts.parts] == [0, 0, 0], parts.said()
        assert arrivals(tmp_path / "apart" / "shared") == len(records.reading.visits)


def arrivals(shared: Path) -> int:
    """How many visits the history of all parts knows; what was read again after a kill stands there once."""
    history = open_history(shared)
    found = [
        columns.visit[columns.kind == ARRIVED].tobytes()
        for contents in history.partitions()
        for columns in history.records(contents.of_kind(RECORDS))
    ]
    ids = np.frombuffer(b"".join(found), f"V{ID_BYTES}")
    assert len(np.unique(ids)) == len(ids)
    return len(ids)


def test_a_worker_that_never_returns_is_taken_over(broker: Broker, redis_server: RedisServer, tmp_path: Path) -> None:
    records = Records(2_000, seed=6)
    config, file = place(tmp_path, records)
    with apart(config, tmp_path / "apart", broker.address, redis_server.socket_path) as parts:
        write_while_killing(parts, file, records.lines, kills=0, every_seconds=0.0, chance=random.Random(6))
        seconds = seconds_to_take_over(parts, redis_server.socket_path)
        assert seconds <= 15.0, parts.said()
        records.assert_counted(parts.json("kpis", "--by", "hotline"))


def test_the_same_commands_work_on_one_redis_without_kafka(redis_server: RedisServer, tmp_path: Path) -> None:
    records = Records(500, seed=7)
    config, file = place(tmp_path, records)
    with apart(config, tmp_path / "apart", "", redis_server.socket_path) as parts:
        parts.start("process")
        parts.start("collect")
        file.write_text("\n".join([HEADER, *records.lines[:250]]) + "\n")
        wait_for(lambda: parts.received() >= 250, "the rows of the file")
        rest = tmp_path / "rest.csv"
        rest.write_text("\n".join([HEADER, *records.lines[250:]]) + "\n")
        done = parts.call("replay", "calls", str(rest))
        assert done.returncode == 0, done.stderr
        records.assert_accounted(parts.json("feeds")["feeds"])
        records.assert_counted(parts.json("kpis", "--by", "hotline"))


@pytest.mark.parametrize("command", ["collect", "process", "web"])
def test_a_part_without_redis_says_what_it_needs(tmp_path: Path, command: str) -> None:
    done = Place(None, tmp_path).call(command)
    assert done.returncode == 2
    assert "REDIS_URL" in done.stderr


def test_replay_and_the_pages_work_on_kafka(broker: Broker, redis_server: RedisServer, tmp_path: Path) -> None:
    records = Records(500, seed=8)
    config, _ = place(tmp_path, records)
    recorded = tmp_path / "recorded.csv"
    recorded.write_text("\n".join([HEADER, *records.lines]) + "\n")
    with apart(config, tmp_path / "apart", broker.address, redis_server.socket_path) as parts:
        parts.start("process", "--worker", "one")
        parts.start("collect")
        web = parts.start("web")
        added = parts.call("user", "add", "anna", "--role", "manager", "--password-stdin", stdin=PASSWORD)
        assert added.returncode == 0, added.stderr
        done = parts.call("replay", "calls", str(recorded))
        assert done.returncode == 0, done.stderr + parts.said()
        records.assert_accounted(parts.json("feeds")["feeds"])
        wait_for(lambda: web.output.endswith("\n"), f"the address of the web process\n{parts.said()}")
        browser = Browser(web.output.removeprefix("Leitstand: ").strip())
        assert browser.log_in("anna") == 303
        live = browser.json("/api/kpis?by=hotline")
        records.assert_counted(live)
        assert browser.json(f"/api/kpis?by=hotline&as_of={live['as_of']}") == live
