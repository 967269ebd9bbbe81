"""Queue_log lines and the visits they mean, kind by kind."""

from __future__ import annotations

import pytest

from tests.batch.read_queue_log import read_queue_log
from tests.batch.visits import Reading, Visit

START = 1_700_000_000


def read(*lines: str) -> Reading:
    """Each line begins with its seconds after START."""
    whole = []
    for line in lines:
        seconds, rest = line.split("|", 1)
        whole.append(f"{START + int(seconds)}|{rest}\n")
    return read_queue_log(whole)


def only(reading: Reading) -> Visit:
    assert len(reading.visits) == 1
    return reading.visits[0]


def after(at_ms: int | None) -> int | None:
    """Milliseconds after START."""
    return None if at_ms is None else at_ms - START * 1000


def test_a_whole_call() -> None:
    reading = read(
        "0|c|q|NONE|ENTERQUEUE||123|1",
        "9|c|q|A|RINGNOANSWER|5000",
        "13|c|q|A|CONNECT|12|leg|3",
        "73|c|q|A|COMPLETECALLER|11|60|1",
        "73|NONE|q|A|WRAPUPSTART|30",
    )
    visit = only(reading)
    assert (after(visit.arrival_ms), visit.outcome, after(visit.end_ms)) == (0, "answered", 12_000)
    assert (after(visit.talk_end_ms), visit.talk_ms) == (73_000, 60_000)
    assert (after(visit.acw_end_ms), visit.acw_ms) == (103_000, 30_000)
    assert (visit.agent, visit.transferred) == ("A", False)
    assert (reading.received, reading.counted, reading.dead, reading.conflicts) == (5, 5, 0, 0)


@pytest.mark.parametrize(
    ("line", "outcome", "end_ms"),
    [
        ("30|c|q|NONE|ABANDON|1|1|29", "abandoned", 29_000),
        ("30|c|q|NONE|ABANDON|1|1|", "abandoned", 30_000),
        ("30|c|q|NONE|EXITWITHTIMEOUT|1|1|28", "flow_out", 28_000),
        ("30|c|q|NONE|EXITWITHTIMEOUT|1", "flow_out", 30_000),
        ("30|c|q|NONE|EXITWITHKEY|5|1|1|27", "flow_out", 27_000),
        ("30|c|q|NONE|EXITEMPTY|1|1|26", "flow_out", 26_000),
        ("30|c|q|NONE|LEAVEEMPTY|", "flow_out", 30_000),
        ("30|c|q|NONE|WITHDRAW|1|1|25|why", "flow_out", 25_000),
        ("30|c|q|A|SYSCOMPAT|", "error", 30_000),
        ("30|c|q|A|CONNECT|", "answered", 30_000),
        ("-9|c|q|A|CONNECT|NULL", "answered", 0),
        ("30|c|q|A|AGENTDUMP|", None, None),
        ("30|c|q|A|RINGCANCELED|900", None, None),
    ],
)
def test_how_a_wait_ends(line: str, outcome: str | None, end_ms: int | None) -> None:
    visit = only(read("0|c|q|NONE|ENTERQUEUE||123|1", line))
    assert (visit.outcome, after(visit.end_ms)) == (outcome, end_ms)


@pytest.mark.parametrize(
    ("line", "arrival_ms", "end_ms", "talk_ms"),
    [
        ("100|c|q|A|CONNECT|12|leg|3", 88_000, 100_000, 0),
        ("100|c|q|A|COMPLETEAGENT|12|6|1", 82_000, 94_000, 6_000),
        ("100|c|q|A|TRANSFER|77|ctx|12|6", 82_000, 94_000, 6_000),
        ("100|c|q|A|BLINDTRANSFER|77|ctx|12|6|1", 82_000, 94_000, 6_000),
        ("100|c|q|A|ATTENDEDTRANSFER|BRIDGE|id|12|6|1", 82_000, 94_000, 6_000),
        ("100|c|q|A|ATTENDEDTRANSFER|LINK|one|two|12|6|1", 82_000, 94_000, 6_000),
        ("100|c|q|NONE|ABANDON|1|1|40", 60_000, 100_000, 0),
        ("100|c|q|NONE|EXITWITHKEY|5|1|1|40", 60_000, 100_000, 0),
    ],
)
def test_without_an_entry_the_arrival_is_rebuilt(line: str, arrival_ms: int, end_ms: int, talk_ms: int) -> None:
    visit = only(read(line))
    assert (after(visit.arrival_ms), after(visit.end_ms), visit.talk_ms) == (arrival_ms, end_ms, talk_ms)
    assert visit.transferred == ("TRANSFER" in line)


def test_at_the_door_and_sent_away() -> None:
    reading = read("0|a|q|NONE|FULL|", "1|b|q|NONE|CLOSED|", "2|c|q|NONE|JOINEMPTY|", "3|d|q|NONE|DIVERT_HOLDTIME|")
    assert [(door.kind, after(door.at_ms)) for door in reading.doors] == [("busy_played", 0), ("closed", 1_000)]
    sent_away = [(visit.outcome, after(visit.arrival_ms), after(visit.end_ms)) for visit in reading.visits]
    assert sent_away == [("flow_out", 2_000, 2_000), ("flow_out", 3_000, 3_000)]


def test_the_nth_entry_of_a_pair_is_a_visit_of_its_own() -> None:
    reading = read(
        "0|c|q|NONE|ENTERQUEUE||1|1",
        "5|c|q|NONE|EXITWITHTIMEOUT|1|1|5",
        "5|c|r|NONE|ENTERQUEUE||1|1",
        "9|c|r|NONE|EXITWITHTIMEOUT|1|1|4",
        "9|c|q|NONE|ENTERQUEUE||1|1",
        "12|c|q|NONE|ABANDON|1|1|3",
    )
    several = [(visit.queue, after(visit.arrival_ms), visit.outcome) for visit in reading.visits]
    assert several == [("q", 0, "flow_out"), ("r", 5_000, "flow_out"), ("q", 9_000, "abandoned")]
    assert reading.conflicts == 0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("9|c|q|NONE|ABANDON|1|1|9", "9|c|q|A|CONNECT|9"),
        ("9|c|q|NONE|ABANDON|1|1|9", "9|c|q|A|COMPLETEAGENT|9|1|1"),
        ("9|c|q|A|CONNECT|9", "10|c|q|NONE|ABANDON|1|1|10"),
        ("9|c|q|A|COMPLETEAGENT|3|5|1", "10|c|q|A|COMPLETECALLER|3|7|1"),
    ],
)
def test_a_second_end_is_a_conflict_and_the_first_stands(first: str, second: str) -> None:
    alone = read("0|c|q|NONE|ENTERQUEUE||1|1", first)
    both = read("0|c|q|NONE|ENTERQUEUE||1|1", first, second)
    assert both.visits == alone.visits
    assert (alone.conflicts, both.conflicts) == (0, 1)
    assert both.counted == 3


def test_a_restart_gives_up_what_is_open_and_a_real_end_still_comes() -> None:
    reading = read(
        "0|c|q|NONE|ENTERQUEUE||1|1",
        "0|d|q|NONE|ENTERQUEUE||1|1",
        "1|d|q|A|CONNECT|1",
        "7|NONE|NONE|NONE|QUEUESTART|",
        "8|e|q|NONE|ENTERQUEUE||1|1",
        "9|c|q|A|CONNECT|9",
    )
    assert [after(visit.given_up_ms) for visit in reading.visits] == [7_000, None, None]
    assert (reading.visits[0].outcome, after(reading.visits[0].end_ms)) == ("answered", 9_000)
    assert reading.skip_reasons == {"event:QUEUESTART": 1}


def test_after_call_work_belongs_to_the_agents_last_visit() -> None:
    reading = read(
        "0|c|q|NONE|ENTERQUEUE||1|1",
        "0|d|q|NONE|ENTERQUEUE||1|1",
        "1|c|q|A|CONNECT|1",
        "1|d|q|B|CONNECT|1",
        "9|c|q|A|COMPLETEAGENT|1|8|1",
        "9|d|q|B|COMPLETEAGENT|1|8|1",
        "10|NONE|q|A|WRAPUPSTART|15",
        "10|NONE|q|Z|WRAPUPSTART|15",
    )
    assert [after(visit.acw_end_ms) for visit in reading.visits] == [25_000, None]


def test_lines_are_accounted_for() -> None:
    reading = read_queue_log(
        [
            "1700000000.987654|c|q|NONE|ENTERQUEUE||1|1\r\n",
            "1700000000|NONE|NONE|NONE|CONFIGRELOAD|\n",
            "1700000000|x|q|A|OURS|1\n",
            "1700000000|NONE|q|A|PAUSE|lunch\n",
            "yesterday|c|q|NONE|ABANDON|1|1|1\n",
            "1700000000|c|q\n",
            "\n",
        ]
    )
    assert reading.visits[0].arrival_ms == 1_700_000_000_987
    assert reading.skip_reasons == {"event:CONFIGRELOAD": 1, "event:OURS": 1}
    assert (reading.received, reading.counted, reading.dead) == (7, 2, 3)
