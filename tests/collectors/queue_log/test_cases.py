"""The recorded cases of the queue_log collector."""

from pathlib import Path

import pytest

from collectors.queue_log.people import halves
from tests.collectors.bench import NOW_MS, parser_of
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


def test_a_state_of_visits_alone_opens() -> None:
    """What a release that knew no people left behind: its calls go on, and people are met anew."""
    before, after = parser_of("queue_log"), parser_of("queue_log")
    before.parse(b"1383900010|1|q|NONE|ENTERQUEUE||5|1", 1, NOW_MS)
    visits, _ = halves(before.dump_state())
    after.load_state(visits)
    for line in (b"1383900020|1|q|SIP/1|CONNECT|10|9|4", b"1383900080|NONE|NONE|NONE|QUEUESTART|"):
        assert after.parse(line, 40, NOW_MS) == before.parse(line, 40, NOW_MS)
    assert after.dump_state() == before.dump_state()
