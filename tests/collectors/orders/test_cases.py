"""The recorded cases of the orders collector."""

from pathlib import Path

from collectors.contract import Parser
from tests.collectors.bench import NOW_MS, parser_of
from tests.collectors.stories import expected, inputs, told

CASE = Path(__file__).parents[3] / "collectors" / "orders" / "cases" / "orders.txt"


def new() -> Parser:
    return parser_of("orders", {})


def test_case() -> None:
    case = expected(CASE)
    assert told(new(), inputs(case)) == case


def test_an_order_is_known_again_from_the_facts_and_from_the_state() -> None:
    lines = [line.encode() for line in inputs(expected(CASE))]
    first, by_facts, by_state = new(), new(), new()
    first.begin("a", lines[0], b"")
    for line in lines:
        by_facts.restore(first.parse(line, 1, NOW_MS).facts, NOW_MS)
    by_state.load_state(first.dump_state())
    for again in (by_facts, by_state):
        again.begin("b", lines[0], b"")
        verdicts = [again.parse(line, 1, NOW_MS).verdict.value for line in lines]
        assert set(verdicts) <= {"skipped", "duplicate", "dead"}
        assert verdicts.count("duplicate") == 5


def test_a_cancellation_names_its_order() -> None:
    parser = new()
    lines = [line.encode() for line in inputs(expected(CASE))]
    parser.begin("a", lines[0], b"")
    order, cancellation = (parser.parse(lines[number], 1, NOW_MS).facts[0] for number in (1, 3))
    assert cancellation.cancels[:10] == order.order[:10]  # type: ignore[union-attr]
