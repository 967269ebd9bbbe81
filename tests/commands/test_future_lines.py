"""Lines dated beyond `limits.skew_ms` are dead: no newest event, no window and no day is moved by them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands import wiring
from streams.pipeline import Pipeline
from tests.commands.test_lateness import COLUMNS, QUEUE_LOG, instant_ms
from tests.scenarios.core import Core

NOW_MS = instant_ms("2026-07-07 21:58")  # two minutes before midnight in Berlin, where the feed's hotline is
HEADER = "id;line;start;end;outcome\n"


def queue_log(number: int, at_ms: int) -> list[str]:
    at_s = at_ms // 1000
    return [f"{at_s}|{number}|other|NONE|ENTERQUEUE||", f"{at_s}|{number}|other|NONE|ABANDON|1|1|0"]


def columns(number: int, at_ms: int) -> list[str]:
    at = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return [f"{number};other;{at};{at};LOST"]


def picture(kind: str, events_ms: list[int], folder: Path, until_ms: int) -> Pipeline:
    """What stands at `until_ms` when lines of these times were read at NOW_MS, one visit each."""
    folder.mkdir()
    file, path = folder / "leitstand.toml", folder / "source"
    file.write_text(QUEUE_LOG if kind == "queue_log" else COLUMNS, encoding="utf-8")
    path.write_text(HEADER if kind == "columns" else "", encoding="utf-8")
    core = Core(wiring.read_settings(file), "calls", folder / "data")
    lines = {"queue_log": queue_log, "columns": columns}[kind]
    core.follow(path, [(NOW_MS, line) for number, at_ms in enumerate(events_ms) for line in lines(number, at_ms)])
    return core.live_until(until_ms)


@pytest.mark.parametrize("kind", ["queue_log", "columns"])
@pytest.mark.parametrize("ahead_ms", [121_000, 3_600_000, 400 * 86_400_000])
@pytest.mark.parametrize("later_ms", [0, 130_000, 2 * 3_600_000])
def test_nothing_moves(kind: str, ahead_ms: int, later_ms: int, tmp_path: Path) -> None:
    """Neither when they are read nor when the clock comes to the instant that they state."""
    good = [NOW_MS - 3_000, NOW_MS]
    right = picture(kind, good, tmp_path / "right", NOW_MS + later_ms)
    came = picture(kind, [*good, NOW_MS + ahead_ms, NOW_MS - 1_000], tmp_path / "came", NOW_MS + later_ms)
    third = picture(kind, [*good, NOW_MS - 1_000], tmp_path / "third", NOW_MS + later_ms)
    report = came.feeds["calls"]
    assert report.tally.dead == (2 if kind == "queue_log" else 1)
    assert report.last_event_ms == right.feeds["calls"].last_event_ms == NOW_MS
    assert came.engine.readings() == third.engine.readings()
    assert came.engine.readings() != right.engine.readings() or later_ms > 1_800_000


@pytest.mark.parametrize("kind", ["queue_log", "columns"])
def test_just_inside_the_limit_it_counts_when_its_time_has_come(kind: str, tmp_path: Path) -> None:
    pipeline = picture(kind, [NOW_MS, NOW_MS + 120_000], tmp_path / "data", NOW_MS)
    assert pipeline.feeds["calls"].tally.dead == 0
    assert sum(len(reading.counts) > 0 for reading in pipeline.engine.readings()) == 1
    at_once = pipeline.engine.readings()
    pipeline.engine.tick(NOW_MS + 120_000)
    assert pipeline.engine.readings() != at_once
