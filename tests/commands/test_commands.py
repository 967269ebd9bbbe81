"""What the commands do and print, alone and beside a running Leitstand."""

from __future__ import annotations

import base64
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from streams.asof import OlderThanLog, pipelines_at
from streams.days import SiteClock
from streams.log import LogUnavailable
from streams.log_redis import RedisLog
from streams.redis_client import connect
from streams.redis_server import running_socket
from tests.commands.callers import ZONE, Callers, assert_accounted, assert_counted
from tests.commands.calling import Place
from tests.commands.running import FEED, StartUp, gone, place_with_feed, wait_for, write_settings

pytestmark = pytest.mark.server
LATIN = "1700000000.9|München|NONE|ENTERQUEUE||0301|1\n"


def written(folder: Path, lines: list[str]) -> Path:
    """A recorded file beside the one that is followed."""
    file = folder / "recorded" / "old.log"
    file.parent.mkdir(exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


def tally(place: Place) -> dict[str, Any]:
    (feed,) = place.json("feeds")["feeds"]
    assert feed["received"] == sum(feed[name] for name in ("counted", "duplicate", "late", "dead", "skipped"))
    return dict(feed)


def test_accounts(tmp_path: Path) -> None:
    place = Place(None, tmp_path / "data")

    def add(name: str, *words: str) -> tuple[int, str, str]:
        done = place.call("user", "add", name, *words, "--password-stdin", stdin="long enough\n")
        return done.returncode, done.stdout, done.stderr

    assert add("nordcall", "--role", "partner", "--scope", "provider=Nordcall", "--scope", "provider=Süd")[0] == 0
    status, out, err = add("NordCall", "--role", "manager")
    assert (status, out) == (1, "")
    assert "there is an account 'NordCall' already" in err
    status, out, _ = add("chefin", "--role", "manager")
    assert (status, "everything" in out) == (0, True)


def test_replay_feeds_and_kpis_as_one_document_each(tmp_path: Path) -> None:
    place, _ = place_with_feed(tmp_path)
    lines = Callers(seed=7).past(seconds=1700, lines=1000)
    file = written(tmp_path, lines)
    done = place.call("replay", FEED, file)
    assert (done.returncode, done.stdout) == (0, ""), "dead lines do not make the exit status 1"
    documents = [place.json("kpis", "--by", "hotline", "--basis", basis) for basis in ("live", "arrival")]
    reading = assert_counted(lines, documents)
    assert reading.dead > 0
    feed = tally(place)
    assert_accounted(reading, feed)
    assert feed["state"] == "off"

    assert place.call("replay", FEED, file).returncode == 0
    again = tally(place)
    assert again["received"] == 2 * len(lines)
    assert again["counted"] == reading.counted
    assert again["duplicate"] == reading.counted, "a copy of what is known holds nothing but duplicates"
    assert_counted(lines, [place.json("kpis", "--by", "hotline", "--as-of", documents[0]["as_of"])])

    as_text = place.call("kpis", "--by", "hotline", "--where", "hotline=Nobody", "--where", "hotline=Verkauf")
    assert as_text.returncode == 0
    assert "Verkauf" in as_text.stdout
    assert "Nobody" not in as_text.stdout
    assert place.json("kpis", "--by", "hotline", "--where", "hotline=Nobody")["rows"] == []
    both = place.json("kpis", "--by", "hotline", "--where", "hotline=Verkauf", "--where", "hotline=Service")
    assert {row["by"]["hotline"] for row in both["rows"]} == {"Verkauf", "Service"}
    assert {row["window"] for row in both["rows"]} == {"30m", "day"}


def test_kpis_before_the_log_is_1_with_empty_output(tmp_path: Path) -> None:
    place, _ = place_with_feed(tmp_path)
    assert place.call("replay", FEED, written(tmp_path, Callers(1).past(100, 10))).returncode == 0
    done = place.call("kpis", "--as-of", "1998-12-31T12:00:00Z", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "before the beginning of the log" in done.stderr


def test_a_pace_is_kept(tmp_path: Path) -> None:
    place, _ = place_with_feed(tmp_path)
    now = int(time.time()) - 100
    file = written(tmp_path, [f"{now + 4 * number}|1.{number}|Service|NONE|ENTERQUEUE||1|1" for number in range(3)])
    started = time.monotonic()
    assert place.call("replay", FEED, file, "--speed", "4").returncode == 0
    assert time.monotonic() - started >= 2.0, "8 s of calls at four times the pace take 2 s"
    assert tally(place)["counted"] == 3


def test_dead_lines_live_again_after_a_fix(tmp_path: Path) -> None:
    place, _ = place_with_feed(tmp_path)
    latin = f"{int(time.time())}|{LATIN}".encode("latin-1")
    file = written(tmp_path, ["this stays dead"])
    file.write_bytes(file.read_bytes() + latin)
    assert place.call("replay", FEED, file).returncode == 0
    before = tally(place)
    assert (before["received"], before["dead"], before["counted"]) == (2, 2, 0)

    listed = place.json("dead", "list")["dead"]
    assert [letter["position"] for letter in listed] == [0, 16]
    letter = next(letter for letter in listed if "utf-8" in letter["reason"])
    assert base64.b64decode(letter["bytes_base64"]) == latin.rstrip()
    assert (letter["feed"], letter["source"]) == (FEED, "old.log")
    assert letter["at"].endswith("Z")
    assert place.json("dead", "show", letter["id"])["dead"] == [letter]
    assert letter["reason"] in place.call("dead", "show", letter["id"]).stdout
    unknown = place.call("dead", "show", "0000", "--json")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "0000" in unknown.stderr

    assert "2 still dead" in place.call("dead", "retry").stdout
    assert place.config is not None
    place.config.write_text(place.config.read_text().replace("supplies =", 'encoding = "latin-1"\nsupplies ='))
    assert [letter["position"] for letter in place.json("dead", "retry")["dead"]] == [0]
    after = tally(place)
    assert (after["received"], after["dead"], after["counted"]) == (2, 1, 1)
    rows = place.json("kpis", "--by", "hotline", "--window", "30m", "--where", "hotline=München")["rows"]
    assert [row["counts"]["offered"] for row in rows] == [1]
    assert "0 read at last\n1 still dead" in place.call("dead", "retry").stdout


def test_replay_and_retry_through_a_running_leitstand(start_up: StartUp, tmp_path: Path) -> None:
    place, queue_log = place_with_feed(tmp_path)
    callers = Callers(seed=8)
    lines = callers.past(seconds=1500, lines=600)
    file = written(tmp_path, lines)
    queue_log.touch()
    up = start_up(place).ready()
    pids = up.pids()
    for times in (1, 2):
        done = place.call("replay", FEED, file)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert up.received() == times * len(lines), "replay returned before everything was counted"
    reading = assert_counted(lines, [place.json("kpis", "--by", "hotline")])
    now = tally(place)
    assert (now["counted"], now["duplicate"]) == (reading.counted, reading.counted)
    assert now["state"] in ("live", "quiet")

    with queue_log.open("ab") as followed:
        followed.write(f"{int(time.time())}|{LATIN}".encode("latin-1"))
    wait_for(lambda: up.received() == 2 * len(lines) + 1, "the followed line")
    dead_before = tally(place)["dead"]
    assert dead_before == 2 * reading.dead + 1
    assert place.config is not None
    write_settings(place, queue_log)
    place.config.write_text(place.config.read_text().replace("supplies =", 'encoding = "latin-1"\nsupplies ='))
    up.process.send_signal(signal.SIGHUP)
    wait_for(lambda: up.pids().get("core", pids["core"]) != pids["core"], "the new settings")
    left = place.json("dead", "retry")["dead"]
    assert all(b"no line" in base64.b64decode(letter["bytes_base64"]) for letter in left)
    after = tally(place)
    assert (after["dead"], after["counted"]) == (dead_before - 1, reading.counted + 1)
    assert after["received"] == 2 * len(lines) + 1
    rows = place.json("kpis", "--by", "hotline", "--where", "hotline=München", "--window", "30m")["rows"]
    assert [row["counts"]["offered"] for row in rows] == [1]

    done = place.call("replay", FEED, tmp_path)
    assert done.returncode == 2
    other = Place(tmp_path / "other.toml", place.data)
    (tmp_path / "other.toml").write_text(place.config.read_text().replace(f"feeds.{FEED}", "feeds.other"))
    done = other.call("replay", "other", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert "does not collect feed 'other'" in done.stderr


def test_a_killed_replay_leaves_no_orphan_and_the_next_one_ends_it(tmp_path: Path) -> None:
    place, _ = place_with_feed(tmp_path)
    lines = Callers(seed=9).past(seconds=1500, lines=3000)
    file = written(tmp_path, lines)
    with subprocess.Popen(place.command("replay", FEED, file, "--speed", "150"), stderr=subprocess.DEVNULL) as replay:
        wait_for(lambda: received(place.data) > 100, "a part of the lines")
        everything = psutil.Process(replay.pid).children(recursive=True)
        assert any(process.name() == "redis-server" for process in everything)
        replay.kill()
    wait_for(lambda: gone(everything), "the server to end with its command")
    first = tally(place)
    assert 100 < first["received"] < len(lines)

    assert place.call("replay", FEED, file).returncode == 0
    reading = assert_counted(lines, [place.json("kpis", "--by", "hotline")])
    after = tally(place)
    assert after["counted"] == reading.counted
    assert after["duplicate"] == first["counted"]
    assert after["received"] == first["received"] + len(lines)


def test_a_replay_outlives_the_core_that_does_it(start_up: StartUp, tmp_path: Path) -> None:
    place, queue_log = place_with_feed(tmp_path)
    lines = Callers(seed=10).past(seconds=1500, lines=3000)
    file = written(tmp_path, lines)
    queue_log.touch()
    up = start_up(place).ready()
    with subprocess.Popen(place.command("replay", FEED, file, "--speed", "150"), stderr=subprocess.DEVNULL) as replay:
        wait_for(lambda: up.received() > 100, "a part of the lines")
        up.kill("core")
        assert replay.wait(60) == 0
    reading = assert_counted(lines, [place.json("kpis", "--by", "hotline")])
    assert tally(place)["counted"] == reading.counted


def received(data: Path) -> int:
    """How many lines are in the log of whatever runs on this data folder."""
    address = running_socket(data)
    if address is None:
        return 0
    clients = connect(address)
    try:
        now_ms = time.time_ns() // 1_000_000
        return pipelines_at(RedisLog(clients).parts, now_ms, lambda _: SiteClock(ZONE))[0].feeds[FEED].tally.received
    except (KeyError, LogUnavailable, OlderThanLog):
        return 0
    finally:
        clients.close()
