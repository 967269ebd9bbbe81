"""Another team's ten scenarios as native queue_log files through the real program: every one of their 172 figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from commands import wiring
from streams.query import iso
from streams.question import question
from tests.commands.calling import EXAMPLES, Place
from tests.scenarios.core import FAR_AHEAD_MS, Core
from tests.wazo_table import (
    COLUMNS,
    FIGURES,
    SCENARIOS,
    ZONE,
    Expectation,
    Scenario,
    expectations,
    native_lines,
    scenarios,
)

ASTERISK = EXAMPLES / "asterisk" / "leitstand.toml"
THROUGH_THE_COMMAND_LINE = 2
"""A scenario with rows by the hour and a total, answered and abandoned calls."""


def queue_log(scenario: Scenario, folder: Path) -> Path:
    path = folder / "queue_log"
    path.write_text("".join(native_lines(scenario)), encoding="utf-8", newline="\n")
    return path


def wrong_figures(row: Expectation, document: dict[str, Any]) -> list[str]:
    """What differs in the one row of the document that has this queue and these edges."""
    edges = (iso(row.from_ms), iso(row.to_ms))
    found = [
        each
        for each in document["rows"]
        if each["by"] == {"hotline": row.queue} and (each["from"], each["to"]) == edges
    ]
    assert [each["interval"] for each in found] == [row.interval], f"{row.queue} {edges}: {len(found)} rows"
    came = row.figure(found[0]["counts"])
    return [] if came == row.expected else [f"{row.queue} {edges} {row.column}: {came!r}, must be {row.expected!r}"]


@pytest.mark.parametrize("number", range(SCENARIOS))
def test_every_figure_of_a_scenario(number: int, tmp_path: Path) -> None:
    scenario = scenarios()[number]
    settings = wiring.read_settings(ASTERISK)
    assert settings.site.zone == ZONE
    core = Core(settings, "queue_log", tmp_path / "data")
    core.replay(queue_log(scenario, tmp_path))
    tally = core.tally()
    assert (tally.received, tally.dead, tally.conflicts) == (len(scenario["queue_log"]), 0, 0)
    engine = core.as_of(FAR_AHEAD_MS).engine
    wrong = []
    for row in expectations(scenario):
        asked = question(by=("hotline",), from_=iso(row.from_ms), to=iso(row.to_ms), interval=row.interval)
        wrong += wrong_figures(row, core.document(asked, engine))
    assert not wrong, "\n".join(wrong)


@pytest.mark.server
def test_the_command_line_gives_the_same_figures(tmp_path: Path) -> None:
    scenario = scenarios()[THROUGH_THE_COMMAND_LINE]
    place = Place(ASTERISK, tmp_path / "data")
    done = place.call("replay", "queue_log", queue_log(scenario, tmp_path))
    assert done.returncode == 0, done.stderr
    (feed,) = place.json("feeds")["feeds"]
    assert (feed["received"], feed["dead"]) == (len(scenario["queue_log"]), 0)
    rows = expectations(scenario)
    wrong, seen = [], 0
    for interval in sorted({row.interval for row in rows}):
        mine = [row for row in rows if row.interval == interval]
        from_ms, to_ms = min(row.from_ms for row in mine), max(row.to_ms for row in mine)
        span = ("--from", iso(from_ms), "--to", iso(to_ms), "--interval", interval)
        document = place.json("kpis", *span, "--by", "hotline")
        for row in mine:
            wrong += wrong_figures(row, document)
            seen += 1
    assert not wrong, "\n".join(wrong)
    assert seen == len(rows) > 0
    assert {row.interval for row in rows} >= {"1h", "total"}


def test_nothing_of_the_table_is_left_out() -> None:
    every = [row for scenario in scenarios() for row in expectations(scenario)]
    assert len(every) == FIGURES
    assert {row.column for row in every} == set(COLUMNS)
