"""Calls in, numbers out: every scenario of `cases/`, looked back upon and lived through."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import wiring
from config.settings import Settings
from tests.commands.calling import EXAMPLES
from tests.scenarios.core import FAR_AHEAD_MS, Core
from tests.scenarios.tables import Scenario, differences, read, scenarios

CASES = list(scenarios(Path(__file__).with_name("cases")))
ASTERISK = EXAMPLES / "asterisk" / "leitstand.toml"


def settings_of(scenario: Scenario, folder: Path) -> Settings:
    file = folder / "leitstand.toml"
    example = "" if "[feeds.queue_log]" in scenario.settings else ASTERISK.read_text(encoding="utf-8")
    file.write_text(example + scenario.settings, encoding="utf-8")
    return wiring.read_settings(file)


def read_beside(scenario: Scenario, core: Core, folder: Path, now_ms: int = FAR_AHEAD_MS) -> None:
    """Reads the files of the other feeds into the same log; none of their rows may be dead."""
    for feed, rows in scenario.files.items():
        file = folder / feed
        file.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
        beside = Core(core.settings, feed, core.folder, core.log)
        beside.replay(file, now_ms=now_ms)
        assert beside.tally().dead == 0


@pytest.mark.parametrize("scenario", CASES, ids=lambda scenario: scenario.title)
def test_looking_back(scenario: Scenario, tmp_path: Path) -> None:
    """The whole file at once, then every question."""
    core = Core(settings_of(scenario, tmp_path), "queue_log", tmp_path / "data")
    file = tmp_path / "queue_log"
    file.write_text("".join(f"{line}\n" for _, line in scenario.lines), encoding="utf-8", newline="\n")
    core.replay(file)
    read_beside(scenario, core, tmp_path)
    wrong = []
    for check in scenario.checks:
        wrong += differences(scenario, check, core.document(check.asked, core.as_of(check.as_of_ms)))
    assert core.tally().received == len(scenario.lines)
    if scenario.accounting is not None:
        tally = core.tally()
        for name, value in scenario.accounting.items():
            came = tally.skip_reasons.get(name, 0) if ":" in name else getattr(tally, name)
            if came != value:
                wrong.append(f"feed: {name} is {came}, must be {value}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scenario", CASES, ids=lambda scenario: scenario.title)
def test_a_copy_of_the_file_changes_no_number(scenario: Scenario, tmp_path: Path) -> None:
    core = Core(settings_of(scenario, tmp_path), "queue_log", tmp_path / "data")
    text = "".join(f"{line}\n" for _, line in scenario.lines)
    for name in ("queue_log", "copy"):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="\n")
        core.replay(tmp_path / name)
    read_beside(scenario, core, tmp_path)
    tally = core.tally()
    assert tally.received == 2 * len(scenario.lines)
    assert tally.counted == tally.duplicate
    wrong = []
    for check in scenario.checks:
        wrong += differences(scenario, check, core.document(check.asked, core.as_of(check.as_of_ms)))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scenario", CASES, ids=lambda scenario: scenario.title)
def test_living_through_it(scenario: Scenario, tmp_path: Path) -> None:
    """Line after line as the file grows, the processor's clock going on; what comes late corrects what was said."""
    core = Core(settings_of(scenario, tmp_path), "queue_log", tmp_path / "data")
    core.follow(tmp_path / "queue_log", scenario.lines)
    read_beside(scenario, core, tmp_path, max(check.as_of_ms for check in scenario.checks))
    assert core.tally().received == len(scenario.lines)
    wrong = []
    for check in scenario.checks:
        pipeline = core.live_until(min(check.as_of_ms, FAR_AHEAD_MS))
        wrong += differences(scenario, check, core.document(check.asked, pipeline))
    assert not wrong, "\n".join(wrong)


def test_there_are_scenarios_with_distinct_titles() -> None:
    assert len(CASES) >= 20
    assert len({scenario.title for scenario in CASES}) == len(CASES)
    assert all(scenario.checks for scenario in CASES)


CALL = """# one call
14:00:00|1.1|q|NONE|ENTERQUEUE||030|1
> 14:00:21 30m live by hotline
    q: offered 1, open_late 1, waiting 1, late_waiting 1, longest_wait_ms 21000 | service_level 0 | T=20 s
"""


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("offered 1,", "offered 2,", "q: offered is 1, must be 2"),
        ("open_late 1, ", "", "q: open_late is 1, must be 0"),
        ("service_level 0", "service_level 1/2", "service_level is"),
        ("T=20 s", "T=mixed", "'T=mixed' does not stand in"),
        ("    q:", "    p:", "rows are ['q'], must be ['p']"),
        ("14:00:21 30m", "14:00:20 30m", "q: open_late is 0, must be 1"),
    ],
)
def test_a_scenario_that_is_wrong_fails(right: str, wrong: str, said: str, tmp_path: Path) -> None:
    for text, expected in ((CALL, ""), (CALL.replace(right, wrong), said)):
        (scenario,) = read(text)
        core = Core(settings_of(scenario, tmp_path), "queue_log", tmp_path / "data" / str(bool(expected)))
        file = tmp_path / "queue_log"
        file.write_text("".join(f"{line}\n" for _, line in scenario.lines), encoding="utf-8")
        core.replay(file)
        (check,) = scenario.checks
        found = differences(scenario, check, core.document(check.asked, core.as_of(check.as_of_ms)))
        assert (expected in "\n".join(found)) if expected else not found
