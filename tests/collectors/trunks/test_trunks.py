"""The trunks collector: its recorded cases, what it knows again, and its settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors.contract import BadOptions
from collectors.registry import COLLECTORS
from streams.records import TrunkCounted
from tests.collectors.bench import NOW_MS, Bench, parser_of, write
from tests.collectors.stories import expected, inputs, told

CASES = Path(__file__).parents[3] / "collectors" / "trunks" / "cases"
HEADER = "time,number,trunk,channels,in_use,busy,blocked"


def test_the_recorded_cases() -> None:
    case = expected(CASES / "sample.txt")
    assert told(parser_of("trunks", {}), inputs(case)) == case


def test_a_row_is_known_again_from_the_facts_and_from_the_state() -> None:
    lines = [line.encode() for line in inputs(expected(CASES / "sample.txt"))]
    first, by_facts, by_state = (parser_of("trunks", {}) for _ in range(3))
    first.begin("a", lines[0], b"")
    for line in lines:
        by_facts.restore(first.parse(line, 1, NOW_MS).facts, NOW_MS)
    by_state.load_state(first.dump_state())
    for again in (by_facts, by_state):
        again.begin("b", lines[0], b"")
        verdicts = [again.parse(line, 1, NOW_MS).verdict.value for line in lines]
        assert "counted" not in verdicts
        assert verdicts.count("duplicate") == 6


def test_a_snapshot_that_is_replaced_again_and_again_counts_each_instant_once(tmp_path: Path) -> None:
    bench, path = Bench(tmp_path / "data", "trunks", {}), tmp_path / "trunks.csv"
    bench.run.follow(path)
    for minute in (0, 1, 1, 2):
        fresh = tmp_path / "fresh"
        write(
            fresh,
            HEADER,
            f"2025-10-09 10:0{minute}:00,0800 1,A,30,{minute},0,0",
            "2025-10-09 10:09:00,0800 2,A,9,1,0,0",
        )
        fresh.replace(path)
        bench.settle()
    found = [fact for fact in bench.facts() if isinstance(fact, TrunkCounted)]
    assert sorted(fact.in_use for fact in found) == [0, 1, 1, 2]
    assert bench.tally().dead == 0


def test_a_file_without_trunks_and_blocked_calls_says_since_last(tmp_path: Path) -> None:
    options: dict[str, object] = {
        "numbers": {"0800 1": "Service"},
        "trunk": "",
        "blocked": "",
        "counts": "since_last",
        "holds_seconds": 60,
        "time_format": "epoch",
    }
    bench, path = Bench(tmp_path / "data", "trunks", options), tmp_path / "trunks.csv"
    write(path, "time,number,channels,in_use,busy", f"{NOW_MS // 1000},0800 1,30,3,5")
    bench.replay(path)
    (fact,) = (fact for fact in bench.facts() if isinstance(fact, TrunkCounted))
    assert (fact.busy, fact.blocked, fact.cumulative, fact.holds_ms, fact.at_ms) == (5, 0, False, 60_000, NOW_MS)
    assert (fact.cell.hotline, fact.cell.family) == ("Service", "trunks")


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"number": ""}, "number"),
        ({"time_format": "%H:%M"}, "time_format"),
        ({"counts": "both"}, "counts"),
        ({"holds_seconds": 0}, "holds_seconds"),
        ({"zone": "Nowhere"}, "zone"),
        ({"delimiter": ""}, "delimiter"),
        ({"chanels": "x"}, "chanels"),
        ({"numbers": {"0800 1": ["a", "b"]}}, "numbers"),
    ],
)
def test_faults_in_the_settings_are_named(options: dict[str, object], key: str) -> None:
    with pytest.raises(BadOptions) as caught:
        COLLECTORS["trunks"].read_options(options)
    assert [fault.place[0] for fault in caught.value.faults] == [key]
