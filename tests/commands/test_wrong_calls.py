"""Wrong calls and wrong settings: exit status 2, nothing on standard output, and the reason."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

import leitstand
from tests.commands.calling import Place
from tests.commands.running import FEED, place_with_feed

pytestmark = pytest.mark.server
WRONG_CALLS = {
    "no command": [],
    "unknown command": ["kpi"],
    "unknown option": ["kpis", "--bye", "hotline"],
    "not an instant": ["kpis", "--as-of", "yesterday"],
    "an instant without offset": ["kpis", "--as-of", "2026-01-01T12:00:00"],
    "unknown window": ["kpis", "--window", "45m"],
    "unknown basis": ["kpis", "--basis", "both"],
    "unknown dimension": ["kpis", "--by", "hotline,colour"],
    "unknown dimension in where": ["kpis", "--where", "colour=red"],
    "where without a value": ["kpis", "--where", "hotline"],
    "interval without from and to": ["kpis", "--interval", "1h"],
    "from without to": ["kpis", "--from", "2026-01-01T00:00:00Z", "--interval", "1h"],
    "to before from": ["kpis", "--from", "2026-01-02T00:00Z", "--to", "2026-01-01T00:00Z", "--interval", "1h"],
    "unknown interval": ["kpis", "--from", "2026-01-01T00:00Z", "--to", "2026-01-02T00:00Z", "--interval", "2h"],
    "unknown zone": [
        *("kpis", "--from", "2026-01-01T00:00Z", "--to", "2026-01-02T00:00Z"),
        *("--interval", "day", "--zone", "Europe/Nowhere"),
    ],
    "live intervals": [
        *("kpis", "--from", "2026-01-01T00:00Z", "--to", "2026-01-02T00:00Z", "--interval", "1h", "--basis", "live"),
    ],
    "window and interval": [
        *("kpis", "--from", "2026-01-01T00:00Z", "--to", "2026-01-02T00:00Z", "--interval", "1h", "--window", "30m"),
    ],
    "unknown feed": ["replay", "nothing", "leitstand.toml"],
    "no such file": ["replay", FEED, "no-such-file"],
    "speed 0": ["replay", FEED, __file__, "--speed", "0"],
    "speed in words": ["replay", FEED, __file__, "--speed", "fast"],
    "speed nan": ["replay", FEED, __file__, "--speed", "nan"],
    "unknown role": ["user", "add", "x", "--role", "king", "--password-stdin"],
    "scope without a value": ["user", "add", "x", "--role", "ops", "--scope", "site", "--password-stdin"],
    "scope of an unknown dimension": ["user", "add", "x", "--role", "ops", "--scope", "colour=red", "--password-stdin"],
    "partner without a provider": ["user", "add", "x", "--role", "partner", "--password-stdin"],
    "short password": ["user", "add", "x", "--role", "ops", "--password-stdin"],
    "partner without a provider by role": ["user", "role", "x", "--role", "partner"],
    "no terminal for the password": ["user", "add", "x", "--role", "ops"],
    "unknown way with the dead": ["dead", "bury"],
    "port in words": ["up", "--port", "http"],
}


@pytest.mark.parametrize("words", WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_wrong_call_is_2_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """Without a process of its own for each: these are many."""
    place, _ = place_with_feed(tmp_path)
    password = "short\n" if words is WRONG_CALLS["short password"] else "long enough\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(password))
    json_too = ["--json"] if words[:1] == ["kpis"] else []
    try:
        status: object = leitstand.main(["--config", str(place.config), "--data", str(place.data), *words, *json_too])
    except SystemExit as end:
        status = end.code
    said = capsys.readouterr()
    assert (status, said.out) == (2, ""), said.err
    assert said.err.strip()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["kpis", "--by", "colour", "--json"], "colour"),
        (["kpis", "--window", "45m", "--json"], "45m"),
        (["replay", "nothing", __file__], f"the settings have {FEED}"),
    ],
)
def test_the_reason_names_what_was_wrong(tmp_path: Path, words: list[str], reason: str) -> None:
    place, _ = place_with_feed(tmp_path)
    done = place.call(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


FAULTY = """[site]
zone = "Europe/Nowhere"
colour = "red"
[service_level]
threshold_seconds = -1
[feeds.one]
collector = "smoke_signals"
path = "x"
[feeds.two]
collector = "queue_log"
path = "x"
encoding = "morse"
"""


def test_check_lists_every_fault_with_its_line(tmp_path: Path) -> None:
    config = tmp_path / "leitstand.toml"
    place = Place(config, tmp_path / "data")
    config.write_text(FAULTY)
    done = place.call("check")
    assert (done.returncode, done.stdout) == (2, "")
    for line, words in ((2, "Europe/Nowhere"), (3, "colour"), (5, "threshold_seconds"), (7, "smoke_signals")):
        assert any(f"{config}:{line}" in said and words in said for said in done.stderr.splitlines()), done.stderr
    assert place.call("feeds").returncode == 2, "faulty settings stop every command"

    config.write_text(FAULTY[FAULTY.index("[feeds.two]") :])
    done = place.call("check")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{config}:4" in done.stderr
    assert "morse" in done.stderr

    config.write_text('[site]\nzone = "Europe/Lisbon"\n')
    done = place.call("check")
    assert done.returncode == 0
    assert "Europe/Lisbon" in done.stdout
    assert Place(None, tmp_path / "data").call("check").returncode == 0
    assert Place(tmp_path / "nothing.toml", tmp_path / "data").call("check").returncode == 2
    assert not (tmp_path / "data").exists(), "checking writes nothing"
