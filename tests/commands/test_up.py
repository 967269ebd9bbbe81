"""The life of `leitstand up`: what it says, whom it refuses, how it ends, how it takes new settings."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.commands.callers import Callers, Growing
from tests.commands.calling import Place
from tests.commands.running import (
    PASSWORD,
    Browser,
    StartUp,
    Up,
    assert_totals,
    gone,
    place_with_feed,
    wait_for,
    write_settings,
)

pytestmark = pytest.mark.server
TLS = Path(__file__).with_name("tls")


def add_manager(place: Place) -> None:
    done = place.call("user", "add", "chefin", "--role", "manager", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert done.returncode == 0, done.stderr


def visit(queue_log: Path, call: str, waited: int) -> None:
    """Appends a visit to Service that was answered just now after so many seconds."""
    now = int(time.time())
    with queue_log.open("a") as file:
        file.write(
            f"{now - waited}|{call}|Service|NONE|ENTERQUEUE||0301|1\n{now}|{call}|Service|A|CONNECT|{waited}|x|1\n"
        )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(start_up: StartUp, tmp_path: Path, number: signal.Signals) -> None:
    place, queue_log = place_with_feed(tmp_path)
    visit(queue_log, "1.1", 3)
    up = start_up(place).ready()
    wait_for(lambda: up.received() == 2, "the lines to be counted")
    everything = up.descendants()
    note = Path((place.data / "redis" / "socket").read_text())
    # Ctrl-C goes to the whole group of the terminal.
    os.killpg(up.process.pid, number)
    assert up.process.wait(20) == 0
    wait_for(lambda: gone(everything), "every process to end")
    assert up.errors == ""
    assert not note.parent.exists()
    assert place.json("feeds")["feeds"][0]["received"] == 2


def test_it_says_what_to_do_and_lets_phones_in(start_up: StartUp, tmp_path: Path) -> None:
    place = Place(None, tmp_path / "data")
    up = start_up(place, "--host", "0.0.0.0", "--port", "0").ready()
    first, *rest = up.output.splitlines()
    assert re.fullmatch(r"Leitstand: http://0\.0\.0\.0:[1-9]\d*", first)
    assert f"leitstand --data {place.data} user add NAME --role manager" in rest[0]
    assert "There is no feed yet" in rest[1]
    lan = re.fullmatch(r"In this network: (http://\S+)", rest[2])
    assert lan is not None
    assert "0.0.0.0" not in lan[1]
    assert lan[1].rpartition(":")[2] == up.url.rpartition(":")[2]
    assert Browser(lan[1]).ask("GET", "/healthz")[0] == 200
    code = rest[3:]
    assert len(code) > 10, up.output
    assert {character for line in code for character in line} & set("█▀▄")
    assert len({len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in code if line.strip()}) == 1
    assert Browser(up.url).ask("GET", "/login")[0] == 200
    assert place.json("feeds") == {"feeds": []}


def test_a_busy_port_is_named_and_nothing_stays(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        place = Place(None, tmp_path / "data")
        done = place.call("up", "--port", str(port))
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"127.0.0.1 port {port}" in done.stderr
    assert "in use" in done.stderr
    assert "Traceback" not in done.stderr
    left = subprocess.run(["pgrep", "-f", str(place.data)], capture_output=True, text=True, check=False)
    assert left.stdout == ""


def test_only_one_runs_on_a_data_folder(start_up: StartUp, tmp_path: Path) -> None:
    place, queue_log = place_with_feed(tmp_path)
    up = start_up(place).ready()
    pids = up.pids()
    done = place.call("up")
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"another `leitstand up` runs on {place.data}" in done.stderr
    visit(queue_log, "1.1", 3)
    wait_for(lambda: up.received() == 2, "the first to go on")
    assert up.pids() == pids


def test_where_it_is_started_does_not_matter(start_up: StartUp, tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    for name in ("config", "streams", "commands"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("raise SystemExit('a folder of the user stood in for ours')\n")
    start_up(Place(None, tmp_path / "data"), "--port", "0", folder=folder).ready()


def test_a_line_becomes_a_number_for_a_browser(start_up: StartUp, tmp_path: Path) -> None:
    place, queue_log = place_with_feed(tmp_path)
    add_manager(place)
    up = start_up(place).ready()
    assert "account" not in up.output
    browser = Browser(up.url)
    assert browser.ask("GET", "/api/kpis")[0] == 401
    assert browser.log_in("chefin", "wrong password") == 401
    assert browser.log_in("chefin") == 303
    assert browser.set_cookies[0].startswith("leitstand=")
    for number, waited in enumerate((3, 30), 1):
        visit(queue_log, f"1.{number}", waited)
        path = "/api/kpis?by=hotline&window=30m&where=hotline:Service"
        wait_for(lambda: offered(browser, path) == number, f"visit {number}")  # noqa: B023 -- used at once
    (row,) = browser.json(path)["rows"]
    assert {name: row["counts"].get(name, 0) for name in ("answered_in_time", "answered_late", "waiting")} == {
        "answered_in_time": 1,
        "answered_late": 1,
        "waiting": 0,
    }
    assert row["kpis"]["service_level"]["value"] == 0.5


def offered(browser: Browser, path: str) -> int:
    rows = browser.json(path)["rows"]
    return int(rows[0]["counts"].get("offered", 0)) if rows else 0


def test_new_settings_hold_from_a_signal_on_and_faulty_ones_never(start_up: StartUp, tmp_path: Path) -> None:
    place, queue_log = place_with_feed(tmp_path)
    up = start_up(place).ready()
    url = up.url
    visit(queue_log, "1.1", 15)
    wait_for(lambda: up.received() == 2, "the first visit")

    write_settings(place, queue_log, Service=10_000)
    before = up.pids()
    up.process.send_signal(signal.SIGHUP)
    wait_for(lambda: before["core"] not in up.pids().values() and "core" in up.pids(), "the core to take new settings")
    visit(queue_log, "1.2", 15)
    wait_for(lambda: up.received() == 4, "the second visit")
    assert classes(place) == (1, 1, "mixed")
    wait_for(lambda: Browser(url).ask("GET", "/readyz")[0] == 200, "the web at the same address")

    assert place.config is not None
    place.config.write_text(place.config.read_text().replace("Europe/Berlin", "Europe/Nowhere"))
    wait_for(lambda: set(up.pids()) == {"core", "recorder", "redis", "web", "worker"}, "all parts")
    before = up.pids()
    up.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "the old settings stay in force" in up.errors, "the fault to be logged")
    assert f"{place.config}:2" in up.errors
    assert "Europe/Nowhere" in up.errors
    visit(queue_log, "1.3", 15)
    wait_for(lambda: up.received() == 6, "the third visit")
    assert up.pids() == before
    assert classes(Place(None, place.data)) == (1, 2, "mixed")

    up.kill("core")
    visit(queue_log, "1.4", 15)
    wait_for(lambda: up.received() == 8, "the fourth visit")
    assert classes(Place(None, place.data)) == (1, 3, "mixed"), "a restarted part took the faulty settings"


def classes(place: Place) -> tuple[int, int, str]:
    """(answered in time, answered late, the threshold) of Service, from the live picture."""
    (row,) = place.json("kpis", "--window", "30m", "--where", "hotline=Service")["rows"]
    threshold = re.search(r"T=(\S+)", row["kpis"]["service_level"]["definition"])
    assert threshold is not None
    return row["counts"].get("answered_in_time", 0), row["counts"].get("answered_late", 0), threshold[1]


def test_tls(start_up: StartUp, tmp_path: Path) -> None:
    place, _ = place_with_feed(tmp_path)
    add_manager(place)
    certificate = TLS / "certificate.pem"
    done = place.call("up", "--tls-cert", certificate)
    assert (done.returncode, done.stdout) == (2, "")
    assert "belong together" in done.stderr

    shutil.copytree(TLS, tmp_path / "tls")
    up = start_up(place, "--tls-cert", "tls/certificate.pem", "--tls-key", "tls/key.pem", folder=tmp_path).ready()
    assert up.url.startswith("https://127.0.0.1:")
    browser = Browser(up.url, ssl.create_default_context(cafile=certificate))
    assert browser.log_in("chefin") == 303
    cookie = next(text for text in browser.set_cookies if text.startswith("__Host-leitstand="))
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"secure", "httponly", "path=/"} <= attributes
    assert browser.json("/whoami")["user"] == "chefin"
    assert Browser(up.url.replace("https", "http")).ask("GET", "/healthz")[0] != 200


@pytest.mark.parametrize("how", ["rename", "copytruncate"])
def test_a_rotated_file_loses_nothing(start_up: StartUp, tmp_path: Path, how: str) -> None:
    place, queue_log = place_with_feed(tmp_path)
    growing = Growing(queue_log, Callers(seed=5))
    growing.write_past(seconds=600, lines=500)
    up = start_up(place).ready()
    with growing:
        for _ in range(3):
            rotate(growing, how)
            written = len(growing.lines) + 50
            wait_for(lambda: up.received() >= written, "lines after the rotation")  # noqa: B023 -- used at once
    assert_totals(up, growing.lines)


def rotate(growing: Growing, how: str) -> None:
    path = growing.path
    with growing.between_lines():
        for number in (2, 1):
            old = path.with_name(f"{path.name}.{number}")
            if old.exists():
                old.rename(path.with_name(f"{path.name}.{number + 1}"))
        first = path.with_name(f"{path.name}.1")
        if how == "rename":
            path.rename(first)
        else:
            shutil.copyfile(path, first)
            os.truncate(path, 0)


def test_the_demo_names_its_accounts_and_is_full_of_numbers(start_up: StartUp, tmp_path: Path) -> None:
    place = Place(None, tmp_path / "data")
    up = start_up(place, "--demo", "--port", "0").ready()
    accounts = [line.split() for line in up.output.splitlines() if line.startswith("account ")]
    assert {role for _, _, _, role in accounts} >= {"manager", "team_lead", "ops", "partner"}
    _, name, password, _ = accounts[0]
    browser = Browser(up.url)
    assert browser.log_in(name, password) == 303
    path = "/api/kpis?window=30m"
    wait_for(lambda: offered(browser, path) > 100, "the demo's half hour")
    hotlines = [row["by"]["hotline"] for row in browser.json("/api/kpis?window=day&by=hotline")["rows"]]
    # The money of campaigns belongs to no hotline.
    assert (hotlines[0], len(hotlines)) == ("", 15)
    before = offered(browser, "/api/kpis?window=day")
    wait_for(lambda: offered(browser, "/api/kpis?window=day") > before, "live calls")
    assert_campaigns_and_their_money(browser, up.url, place)


def assert_campaigns_and_their_money(manager: Browser, url: str, place: Place) -> None:
    """Three campaigns are dialled, one of them at a loss; who may not see euros sees what is dialled and no more."""
    path = "/api/kpis?by=campaign&window=30m&window=day"

    def rows() -> dict[tuple[str, str], dict[str, Any]]:
        found = {(row["by"]["campaign"], row["window"]): row for row in manager.json(path)["rows"]}
        return {key: row for key, row in found.items() if key[0] and row["counts"].get("attempts")}

    wait_for(lambda: len(rows()) == 6, "three campaigns in both windows")
    margins = {key: Decimal(row["kpis"]["margin_1"]["value"]) for key, row in rows().items()}
    assert {campaign for (campaign, _), margin in margins.items() if margin < 0} == {"Rückgewinnung"}
    assert margins["Rückgewinnung", "30m"] < 0
    assert margins["Rückgewinnung", "day"] < 0
    assert 0.02 < rows()["Umfrage Versand", "day"]["kpis"]["drop_rate"]["value"] < 0.03
    printed = place.json("kpis", "--by", "campaign", "--window", "day")["rows"]
    (loss,) = [row for row in printed if Decimal(row["kpis"]["margin_1"]["value"]) < 0]
    assert loss["by"] == {"campaign": "Rückgewinnung"}
    team_lead = Browser(url)
    assert team_lead.log_in("teamlead", "teamlead-demo") == 303
    seen = [row for row in team_lead.json(path)["rows"] if row["by"]["campaign"]]
    assert {row["by"]["campaign"] for row in seen} == {"Rückgewinnung"}
    assert not [name for row in seen for name in row["kpis"] if name.startswith(("margin", "revenue"))]


def test_the_demo_does_not_mix_with_real_settings(tmp_path: Path) -> None:
    place, _ = place_with_feed(tmp_path)
    done = place.call("up", "--demo")
    assert (done.returncode, done.stdout) == (2, "")
    assert "leave --config out" in done.stderr


def test_without_it_the_commands_start_their_own_redis_and_with_it_they_never_do(
    start_up: StartUp, tmp_path: Path
) -> None:
    place, queue_log = place_with_feed(tmp_path)
    visit(queue_log, "1.1", 3)
    up: Up = start_up(place).ready()
    wait_for(lambda: up.received() == 2, "the lines to be counted")
    redis = up.pids()["redis"]
    os.kill(redis, signal.SIGKILL)
    # Asked in the moment in which no Redis runs: it waits for the one of `up`.
    assert place.json("feeds")["feeds"][0]["received"] == 2
    assert up.errors.count("Redis ended") == 1
    assert "does not start" not in up.errors
