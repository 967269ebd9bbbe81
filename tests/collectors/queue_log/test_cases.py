"""The recorded cases of the queue_log collector."""

from pathlib import Path

import pytest

from tests.collectors.bench import parser_of
from tests.collectors.stories import expected, inputs, told

CASES = sorted((Path(__file__).parents[3] / "collectors" / "queue_log" / "cases").glob("*.txt"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = expected(path)
    assert told(parser_of("queue_log"), inputs(case), people=path.stem == "people") == case


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_state_between_any_two_lines_is_a_plain_value(path: Path) -> None:
    """Each line is read by a new parser that was only told the state, or the facts, of the one before."""
    lines = inputs(expected(path))
    whole = parser_of("queue_log")
    by_state, by_facts = parser_of("queue_log"), parser_of("queue_log")
    earlier = []
    for number, line in enumerate(lines):
        parsed = whole.parse(line.encode(), 1 + number, 1_760_000_000_000)
        for parser in (by_state, by_facts):
            again = parser.parse(line.encode(), 1 + number, 1_760_000_000_000)
            unseen = [fact for fact in again.facts if type(fact).__name__ != "Seen"]
            assert unseen == [fact for fact in parsed.facts if type(fact).__name__ != "Seen"]
            assert again[0] == parsed[0]
            assert again.conflict == parsed.conflict
        earlier.append(parsed.facts)
        state = by_state.dump_state()
        by_state, by_facts = parser_of("queue_log"), parser_of("queue_log")
        by_state.load_state(state)
        for facts in earlier:
            by_facts.restore(facts, 0)
