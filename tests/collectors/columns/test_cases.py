"""The recorded cases of the column map."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from collectors.contract import Parser
from tests.collectors.bench import NOW_MS, parser_of
from tests.collectors.stories import expected, inputs, told

ROOT = Path(__file__).parents[3]
CASES = ROOT / "collectors" / "columns" / "cases"
OF_FEED = {"collector", "path", "supplies", "enabled"}
MAPS = {
    "sample": (ROOT / "collectors" / "columns" / "sample.toml", "calls", "Europe/Berlin"),
    "bank": (ROOT / "config" / "examples" / "anonymous-bank" / "leitstand.toml", "bank", "Asia/Jerusalem"),
}


def options_of(path: Path, feed: str) -> dict[str, Any]:
    """A feed's own keys in a settings file."""
    table = tomllib.loads(path.read_text("utf-8"))["feeds"][feed]
    return {key: value for key, value in table.items() if key not in OF_FEED}


def parser_for(case: str) -> Parser:
    path, feed, zone = MAPS[case]
    return parser_of("columns", options_of(path, feed), zone)


def test_every_case_has_a_map() -> None:
    assert {path.stem for path in CASES.glob("*.txt")} == set(MAPS)


@pytest.mark.parametrize("name", MAPS)
def test_case(name: str) -> None:
    case = expected(CASES / f"{name}.txt")
    assert told(parser_for(name), inputs(case)) == case


@pytest.mark.parametrize("name", MAPS)
def test_a_row_is_known_again_from_the_facts_and_from_the_state(name: str) -> None:
    lines = [line.encode() for line in inputs(expected(CASES / f"{name}.txt"))]
    first = parser_for(name)
    first.begin("a", lines[0], b"")
    by_facts = parser_for(name)
    for line in lines:
        by_facts.restore(first.parse(line, 1, NOW_MS).facts, NOW_MS)
    by_state = parser_for(name)
    by_state.load_state(first.dump_state())
    for again in (by_facts, by_state):
        again.begin("b", lines[0], b"")
        verdicts = {again.parse(line, 1, NOW_MS).verdict.value for line in lines}
        assert verdicts <= {"skipped", "duplicate", "dead"}
        assert "duplicate" in verdicts
