"""The example that reads absences without dates: the real file, from its rows to the answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import wiring
from streams.question import question
from streams.records import Rostered
from tests.scenarios.core import Core

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data" / "absence-uci"
EXAMPLE = ROOT / "config" / "examples" / "absences" / "leitstand.toml"


@pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not on this machine")
def test_the_real_file(tmp_path: Path) -> None:
    core = Core(wiring.read_settings(EXAMPLE), "absences", tmp_path / "data")
    core.replay(DATA / "Absenteeism_at_work.csv")
    facts = [fact for batch in core.batches() for fact in batch.facts if isinstance(fact, Rostered)]
    tally = core.tally()
    assert (tally.received, tally.counted + tally.late, tally.dead) == (740, 740, 0)
    assert sum(fact.amount_ms for fact in facts) == 5_124 * 3_600_000
    assert len({fact.agent for fact in facts}) == 36
    asked = question(from_="2010-07-30T03:00:00Z", to="2010-07-31T03:00:00Z", interval="total")
    (row,) = core.document(asked, core.as_of(4_000_000_000_000))["rows"]
    hours_ms = 5_124 * 3_600_000
    assert row["counts"] == {
        "shift_absent_ms": hours_ms,
        "shift_absent_undated_ms": hours_ms,
        "shift_persons": 33,  # the rows of the other three state 0 hours
    }
    assert row["kpis"]["absence_rate"] | {"definition": ""} == {"value": None, "n": 0, "why": "empty", "definition": ""}
    assert row["marks"] == ["undated"]
    core.replay(DATA / "Absenteeism_at_work.csv")
    assert (core.tally().received, core.tally().duplicate) == (1_480, 740)
