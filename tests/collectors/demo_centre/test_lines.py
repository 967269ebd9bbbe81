"""The lines themselves: native, in order, the same for the same seed, and nobody is in two places at once."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import pytest

from collectors.demo_centre import BACKFILL_MS, HOTLINES, Centre, many_hotlines
from tests.collectors.demo_centre.reading import fields, visits

START_MS = 1_780_000_123_456
HOUR_MS = 3_600_000
CALL, QUEUE, AGENT = r"\d{10}\.\d+", r"[a-z][a-z-]+", r"PJSIP/\d{4,}"
NATIVE = {
    "QUEUESTART": r"NONE\|NONE\|NONE\|QUEUESTART\|",
    "ENTERQUEUE": rf"{CALL}\|{QUEUE}\|NONE\|ENTERQUEUE\|\|(\d*|anonymous)\|[1-9]\d*",
    "CONNECT": rf"{CALL}\|{QUEUE}\|{AGENT}\|CONNECT\|\d+\|{CALL}\|\d+",
    "COMPLETECALLER": rf"{CALL}\|{QUEUE}\|{AGENT}\|COMPLETECALLER\|\d+\|\d+\|[1-9]\d*",
    "COMPLETEAGENT": rf"{CALL}\|{QUEUE}\|{AGENT}\|COMPLETEAGENT\|\d+\|\d+\|[1-9]\d*",
    "ABANDON": rf"{CALL}\|{QUEUE}\|NONE\|ABANDON\|[1-9]\d*\|[1-9]\d*\|\d+",
    "EXITWITHTIMEOUT": rf"{CALL}\|{QUEUE}\|NONE\|EXITWITHTIMEOUT\|[1-9]\d*\|[1-9]\d*\|\d+",
    "RINGNOANSWER": rf"{CALL}\|{QUEUE}\|{AGENT}\|RINGNOANSWER\|1[1-4]\d{{3}}",
    "RINGCANCELED": rf"{CALL}\|{QUEUE}\|{AGENT}\|RINGCANCELED\|\d{{1,5}}",
    "BLINDTRANSFER": rf"{CALL}\|{QUEUE}\|{AGENT}\|BLINDTRANSFER\|{QUEUE}\|from-queue\|\d+\|\d+\|[1-9]\d*",
    "ATTENDEDTRANSFER": rf"{CALL}\|{QUEUE}\|{AGENT}\|ATTENDEDTRANSFER\|BRIDGE\|[0-9a-f]{{32}}\|\d+\|\d+\|[1-9]\d*",
    "WRAPUPSTART": rf"{CALL}\|{QUEUE}\|{AGENT}\|WRAPUPSTART\|[1-9]\d*",
    "ADDMEMBER": rf"MANAGER\|{QUEUE}\|{AGENT}\|ADDMEMBER\|",
    "REMOVEMEMBER": rf"MANAGER\|{QUEUE}\|{AGENT}\|REMOVEMEMBER\|",
    "PAUSE": rf"NONE\|{QUEUE}\|{AGENT}\|PAUSE\|[\w-]+",
    "UNPAUSE": rf"NONE\|{QUEUE}\|{AGENT}\|UNPAUSE\|[\w-]+",
    "PAUSEALL": rf"NONE\|NONE\|{AGENT}\|PAUSEALL\|[\w-]+",
    "UNPAUSEALL": rf"NONE\|NONE\|{AGENT}\|UNPAUSEALL\|[\w-]+",
}


@pytest.fixture(scope="module")
def day() -> tuple[Centre, list[str]]:
    """The five hours before the start and one hour behind it."""
    centre = Centre(7, START_MS)
    return centre, centre.backfill() + centre.advance(START_MS + HOUR_MS)


def test_every_line_is_native_and_every_kind_of_event_occurs(day: tuple[Centre, list[str]]) -> None:
    patterns = {event: re.compile(rf"\d{{10}}\|{pattern}") for event, pattern in NATIVE.items()}
    kinds: Counter[str] = Counter()
    for line in day[1]:
        event = line.split("|")[4]
        kinds[event] += 1
        assert patterns[event].fullmatch(line), line
    assert set(kinds) == set(NATIVE)
    assert kinds["QUEUESTART"] == 1


def test_lines_begin_with_the_day_and_never_go_back(day: tuple[Centre, list[str]]) -> None:
    centre, lines = day
    seconds = [int(line.split("|", 1)[0]) for line in lines]
    assert lines[0] == f"{centre.day_start_ms // 1000}|NONE|NONE|NONE|QUEUESTART|"
    assert centre.day_start_ms % 60_000 == 0
    assert 0 <= START_MS - BACKFILL_MS - centre.day_start_ms < 60_000
    assert all(earlier <= later for earlier, later in pairwise(seconds))
    assert seconds[-1] <= (START_MS + HOUR_MS) // 1000


def test_the_same_seed_writes_the_same_lines_however_time_is_cut() -> None:
    whole = Centre(11, START_MS)
    expected = whole.backfill() + whole.advance(START_MS + 20 * 60_000)
    cut = Centre(11, START_MS)
    lines = cut.backfill()
    for until_ms in range(START_MS, START_MS + 20 * 60_000 + 1, 250):
        due = cut.advance(until_ms)
        seconds = {int(line.split("|", 1)[0]) for line in due}
        assert seconds <= {(until_ms - 250) // 1000, until_ms // 1000}
        lines += due
    assert lines == expected
    assert cut.truth() == whole.truth()
    assert cut.advance(START_MS) == []


def test_another_seed_writes_another_day() -> None:
    one, other = Centre(1, START_MS), Centre(2, START_MS)
    until_ms = one.day_start_ms + HOUR_MS
    assert one.advance(until_ms) != other.advance(until_ms)


def test_every_entry_has_one_end_or_is_open_and_the_truth_knows_them_all(day: tuple[Centre, list[str]]) -> None:
    centre, lines = day
    counted: dict[str, Counter[str]] = {queue.name: Counter() for hotline in HOTLINES for queue in hotline.queues}
    for visit in visits(lines):
        count = counted[visit.queue]
        count["offered"] += 1
        if visit.ended is None:
            count["open"] += 1
            continue
        wait = visit.ended - visit.entered
        assert visit.stated_wait == wait
        lateness = "late" if wait > 20 else "short" if visit.outcome == "abandoned" and wait <= 5 else "in_time"
        count[f"{visit.outcome}_{lateness}"] += 1
        if visit.outcome != "flow_out":
            count[f"wait_{visit.outcome}_ms"] += wait * 1000
        if visit.finished is not None:
            count["handled"] += 1
            count["talk_ms"] += visit.stated_talk * 1000
            count["transferred"] += visit.finish_event.endswith("TRANSFER")
            assert visit.stated_talk == visit.finished - visit.ended
    for _, _, queue, _, event, *arguments in fields(lines):
        if event == "WRAPUPSTART":
            counted[queue]["acw_ms"] += int(arguments[0]) * 1000
        elif event == "RINGNOANSWER":
            counted[queue]["failed_attempts"] += 1
    for queue, truth in centre.truth().items():
        known = {**vars(truth), "open": truth.open}
        assert {name: number for name, number in known.items() if number} == dict(counted[queue].items()), queue
    assert sum(truth.offered for truth in centre.truth().values()) > 8000


def test_a_transferred_call_enters_another_queue_with_the_same_id(day: tuple[Centre, list[str]]) -> None:
    entries: dict[str, list[str]] = {}
    moved: list[tuple[str, str, str]] = []
    for _, call, queue, _, event, *arguments in fields(day[1][:-200]):
        if event == "ENTERQUEUE":
            entries.setdefault(call, []).append(queue)
        elif event == "BLINDTRANSFER":
            moved.append((call, queue, arguments[0]))
    assert len(moved) > 100
    for call, queue, target in moved:
        assert queue != target
        assert target in entries[call][entries[call].index(queue) + 1 :]


def test_calls_that_time_out_overflow_to_the_other_provider(day: tuple[Centre, list[str]]) -> None:
    seen = visits(day[1])
    timed_out = {visit.call: visit.queue for visit in seen if visit.outcome == "flow_out"}
    pairs = {(timed_out[visit.call], visit.queue) for visit in seen if visit.call in timed_out}
    assert any(a != b and a.rsplit("-", 1)[0] == b.rsplit("-", 1)[0] for a, b in pairs)


def test_agents_are_members_not_paused_and_in_one_call_at_a_time(day: tuple[Centre, list[str]]) -> None:
    members: set[tuple[str, str]] = set()
    paused: set[tuple[str, str]] = set()
    busy: dict[str, str] = {}
    for _, call, queue, agent, event, *_ in fields(day[1]):
        seat = (queue, agent)
        if event == "ADDMEMBER":
            assert seat not in members
            members.add(seat)
        elif event == "REMOVEMEMBER":
            members.remove(seat)
            assert agent not in busy
            assert seat not in paused
        elif event == "PAUSE":
            assert seat in members - paused
            paused.add(seat)
        elif event == "UNPAUSE":
            paused.remove(seat)
        elif event == "CONNECT":
            assert seat in members - paused
            assert agent not in busy
            busy[agent] = call
        elif event.startswith("COMPLETE") or event.endswith("TRANSFER"):
            assert busy.pop(agent) == call
    assert len(members) > 100


def test_a_large_centre_brings_the_load_asked_for() -> None:
    centre = Centre(5, START_MS, hotlines=many_hotlines(100), calls_per_second=20)
    lines = centre.advance(centre.day_start_ms + 10 * 60_000)
    offered = sum(truth.offered for truth in centre.truth().values())
    of_the_peak = 0.4725  # the mean of the first ten minutes of a day: from 45 % to 49.5 %
    assert 0.95 < offered / (20 * 600 * of_the_peak) < 1.07
    assert len({line.split("|")[2] for line in lines if "|ENTERQUEUE|" in line}) == 100
    assert len(visits(lines)) == offered


def test_many_events_share_a_second_when_asked_for() -> None:
    def whole_calls_in_one_second(share: float) -> int:
        centre = Centre(5, START_MS, same_second_share=share)
        lines = centre.advance(centre.day_start_ms + HOUR_MS)
        seen = visits(lines)
        assert sum(truth.offered for truth in centre.truth().values()) == len(seen)
        return sum(visit.finished == visit.entered for visit in seen)

    assert whole_calls_in_one_second(0.0) == 0
    assert whole_calls_in_one_second(0.3) > 100


def test_nights_are_quiet_and_the_next_day_is_busy_again() -> None:
    centre = Centre(5, START_MS, calls_per_second=0.2)
    offered = []
    for hour in range(1, 30):
        lines = centre.advance(centre.day_start_ms + hour * HOUR_MS)
        offered.append(sum("|ENTERQUEUE|" in line for line in lines))
    assert max(offered[17:21]) < 0.3 * offered[2]
    assert offered[26] > 0.7 * offered[2]
