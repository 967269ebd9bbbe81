"""All 172 figures of the ten foreign scenarios, from native queue_log lines through the slow computation."""

from __future__ import annotations

import pytest

from tests.batch.count import Rules, count_intervals
from tests.batch.read_queue_log import read_queue_log
from tests.wazo_table import COLUMNS, FIGURES, SCENARIOS, ZONE, expectations, native_lines, scenarios

LONG_AFTER_MS = 4_000_000_000_000


@pytest.mark.parametrize("number", range(SCENARIOS))
def test_every_figure_of_a_scenario_agrees(number: int) -> None:
    scenario = scenarios()[number]
    reading = read_queue_log(native_lines(scenario))
    assert reading.dead == 0
    assert reading.conflicts == 0
    wrong = []
    for row in expectations(scenario):
        visits = [visit for visit in reading.visits if visit.queue == row.queue]
        doors = [door for door in reading.doors if door.queue == row.queue]
        table = count_intervals(
            visits, doors, row.from_ms, row.to_ms, row.interval, ZONE, LONG_AFTER_MS, Rules(zone=ZONE)
        )
        assert [(from_ms, to_ms) for from_ms, to_ms, _ in table] == [(row.from_ms, row.to_ms)]
        came = row.figure(table[0][2])
        if came != row.expected:
            wrong.append(f"{row.queue} {row.from_ms} {row.column}: {came!r}, must be {row.expected!r}")
    assert not wrong, "\n".join(wrong)


def test_nothing_of_the_table_is_left_out() -> None:
    every = [row for scenario in scenarios() for row in expectations(scenario)]
    assert len(every) == FIGURES
    assert {row.column for row in every} == set(COLUMNS)


def test_a_native_file_has_whole_seconds_and_no_empty_fields_at_the_end() -> None:
    lines = native_lines(scenarios()[0])
    assert lines[0] == "1383900789|1383900788.167039|q01|NONE|ENTERQUEUE||5555555555|1\n"
    assert native_lines(scenarios()[7]) == ["1341135251|1394465650.18|q01|NONE|CLOSED|\n"]
