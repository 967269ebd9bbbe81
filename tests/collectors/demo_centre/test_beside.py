"""The plan and the trunks of the simulated centre: read by their collectors without a fault, and sensible numbers."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from collectors.demo_centre import Beside, Centre
from collectors.demo_centre.settings_text import BesidePaths
from commands import wiring
from streams.catalogue import Options
from streams.pipeline import Pipeline
from streams.query import Row, window_rows
from tests.scenarios.core import Core

START_MS = 1_780_000_123_456
SEED = 3


def beside(folder: Path) -> tuple[Beside, Centre]:
    centre = Centre(SEED, START_MS)
    return Beside(folder / "queue_log", centre), centre


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Core, Pipeline]:
    """Both files, read by the settings that belong to them, at the start of the centre."""
    folder = tmp_path_factory.mktemp("demo")
    files, centre = beside(folder)
    files.begin(START_MS)
    settings = folder / "leitstand.toml"
    settings.write_text(centre.settings_toml("queue_log", files.paths), "utf-8")
    checked = wiring.read_settings(settings)
    core = Core(checked, "demo_trunks", folder / "data")
    core.replay(files.trunks_path, now_ms=START_MS)
    planned = Core(checked, "demo_shifts", folder / "data", core.log)
    planned.replay(files.plan_path, now_ms=START_MS)
    assert planned.tally().dead == 0
    assert planned.tally().received == len(centre.plan())
    assert core.tally().counted == 14 * 300
    return planned, planned.as_of(START_MS)


def rows(counted: tuple[Core, Pipeline], *by: str) -> list[Row]:
    core, pipeline = counted
    return window_rows(
        pipeline.readings(),
        as_of_ms=START_MS,
        day_start=lambda site: START_MS - 18_000_000,
        by=by,
        windows=("30m",),
        configured=core.configured,
    )


def test_every_hotline_has_channels_and_some_calls_find_none(counted: tuple[Core, Pipeline]) -> None:
    found = {row.by["hotline"]: row for row in rows(counted, "hotline")}
    used = {name: row.value("channel_utilisation", Options()).value for name, row in found.items()}
    assert len(used) == 14
    assert all(value is not None and 0.3 < value <= 1 for value in used.values()), used
    (total,) = rows(counted)
    assert total.sums["trunk_blocked"] > 0
    assert total.sums["trunk_busy"] > 0


def test_absence_is_low_in_all_and_high_where_the_story_wants_it(counted: tuple[Core, Pipeline]) -> None:
    (total,) = rows(counted)
    value = total.value("absence_rate", Options())
    assert value.value is not None
    assert 0.03 < value.value < 0.15
    teams = {row.by["team"]: row.value("absence_rate", Options()) for row in rows(counted, "team")}
    assert (teams["Nordcall Reklamation"].value or 0) > 1.5 * value.value
    assert any(one.value is not None for one in teams.values())


def test_a_resumed_centre_goes_on_behind_its_last_whole_count(tmp_path: Path) -> None:
    files, _ = beside(tmp_path)
    files.begin(START_MS)
    files.advance(START_MS + 600_000)
    once = files.trunks_path.read_text("utf-8")
    plan = files.plan_path.read_text("utf-8")
    with files.trunks_path.open("a", encoding="utf-8") as file:
        file.write("17800")
    again, _ = beside(tmp_path)
    again.begin(START_MS)
    assert files.trunks_path.read_text("utf-8") == once
    again.advance(START_MS + 660_000)
    added = files.trunks_path.read_text("utf-8").removeprefix(once).splitlines()
    assert len(added) == 14
    assert {int(row.split(",")[0]) * 1000 for row in added} == {(START_MS + 660_000) // 60_000 * 60_000}
    assert files.plan_path.read_text("utf-8") == plan


def test_the_settings_name_every_service_number() -> None:
    centre = Centre(SEED, START_MS)
    paths = BesidePaths("trunks.csv", "shifts.csv", "dialer.sqlite", "orders")
    feeds = tomllib.loads(centre.settings_toml("q", paths))["feeds"]
    numbers = {row.split(",")[1] for row in centre.trunk_counts().advance(centre.day_start_ms + 60_000)}
    assert set(feeds["demo_trunks"]["numbers"]) == numbers
    assert set(feeds) == {"demo", "demo_trunks", "demo_shifts", "demo_dialer", "demo_orders"}
