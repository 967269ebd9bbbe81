"""The recorded cases of the vicidial collector."""

from pathlib import Path

import pytest

from tests.collectors.bench import NOW_MS, parser_of
from tests.collectors.stories import expected, inputs, told

CASES = sorted((Path(__file__).parents[3] / "collectors" / "vicidial" / "cases").glob("*.txt"))
OF_PEOPLE = ("agents", "agents_rewritten")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = expected(path)
    assert told(parser_of("vicidial"), inputs(case), people=path.stem in OF_PEOPLE) == case


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_state_between_any_two_lines_is_a_plain_value(path: Path) -> None:
    """Each line is read by a new parser that was only told the state, or the facts, of the one before."""
    lines = inputs(expected(path))
    whole = parser_of("vicidial")
    by_state, by_facts = parser_of("vicidial"), parser_of("vicidial")
    earlier = []
    for number, line in enumerate(lines):
        parsed = whole.parse(line.encode(), 1 + number, NOW_MS)
        for parser in (by_state, by_facts):
            again = parser.parse(line.encode(), 1 + number, NOW_MS)
            assert (again.verdict, list(again.facts), again.reason) == (
                parsed.verdict,
                list(parsed.facts),
                parsed.reason,
            )
        earlier.append(parsed.facts)
        state = by_state.dump_state()
        by_state, by_facts = parser_of("vicidial"), parser_of("vicidial")
        by_state.load_state(state)
        for facts in earlier:
            by_facts.restore(facts, 0)
