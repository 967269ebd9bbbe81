"""The slow computation itself, held to hand-written tables: every edge of contract section 1."""

from __future__ import annotations

from datetime import time

import pytest

from tests.batch.count import Counts, Rules, count, count_groups, count_intervals, count_waits
from tests.batch.local_days import instant_ms
from tests.batch.visits import DOORS, OUTCOMES, Door, Visit

NOON = instant_ms(2026, 5, 4, 12)
MIDNIGHT = instant_ms(2026, 5, 4)
HOUR = 3_600_000


def counted(visit: Visit, as_of_ms: int, window: str = "day", basis: str = "arrival") -> Counts:
    counts = count([visit], [], as_of_ms, MIDNIGHT)[window, basis]
    return {name: amount for name, amount in counts.items() if amount}


def ended(outcome: str, wait_ms: int) -> Visit:
    return Visit("q", NOON, outcome, NOON + wait_ms)


@pytest.mark.parametrize(
    ("outcome", "wait_ms", "name"),
    [
        ("answered", 0, "answered_in_time"),
        ("answered", 20_000, "answered_in_time"),
        ("answered", 20_001, "answered_late"),
        ("abandoned", 5_000, "abandoned_short"),
        ("abandoned", 5_001, "abandoned_in_time"),
        ("abandoned", 20_000, "abandoned_in_time"),
        ("abandoned", 20_001, "abandoned_late"),
        ("flow_out", 0, "flow_out_in_time"),
        ("flow_out", 20_001, "flow_out_late"),
        ("callback", 20_000, "callback_in_time"),
        ("callback", 20_001, "callback_late"),
        ("error", 20_000, "error_in_time"),
        ("error", 20_001, "error_late"),
    ],
)
def test_thresholds_are_inclusive_to_the_millisecond(outcome: str, wait_ms: int, name: str) -> None:
    for basis in ("live", "arrival"):
        counts = counted(ended(outcome, wait_ms), NOON + 60_000, basis=basis)
        right = {"offered": 1, name: 1, outcome: 1}
        if wait_ms:
            right["wait_max_ms"] = wait_ms
            if outcome in ("answered", "abandoned"):
                right[f"wait_{outcome}_ms"] = wait_ms
        assert counts == right


@pytest.mark.parametrize(
    ("after_ms", "live", "arrival"),
    [
        (20_000, {"offered": 1, "waiting": 1, "longest_wait_ms": 20_000}, {"open_in_time": 1}),
        (
            21_000,
            {"offered": 1, "waiting": 1, "longest_wait_ms": 21_000, "late_waiting": 1, "open_late": 1},
            {},
        ),
    ],
)
def test_a_waiting_visit_becomes_late_one_millisecond_after_t(after_ms: int, live: Counts, arrival: Counts) -> None:
    visit = ended("answered", 50_000)
    assert counted(visit, NOON + after_ms, basis="live") == live
    assert counted(visit, NOON + after_ms, basis="arrival") == live | arrival


def test_t_plus_one_millisecond_is_the_late_instant() -> None:
    visit = Visit("q", NOON - 1)
    assert counted(visit, NOON + 20_000)["open_late"] == 1
    visit = Visit("q", NOON)
    assert "open_late" not in counted(visit, NOON + 20_000)


def test_a_late_visit_stays_at_its_decided_instant_when_it_ends() -> None:
    visit = ended("abandoned", 60_000)
    late_ms = NOON + 20_001
    last_with_class = late_ms // 1000 * 1000 + 1_800_000
    both = counted(visit, last_with_class, "30m", "live")
    assert both["abandoned_late"] == 1
    assert both["abandoned"] == 1
    afterwards = counted(visit, last_with_class + 1_000, "30m", "live")
    assert "abandoned_late" not in afterwards
    assert afterwards["abandoned"] == 1


@pytest.mark.parametrize(
    ("after_ms", "inside"),
    [(-1_000, False), (0, True), (1_799_000, True), (1_800_000, False), (1_801_000, False)],
)
def test_the_half_hour_is_open_at_its_beginning_and_closed_at_now(after_ms: int, inside: bool) -> None:
    visit = ended("answered", 0)
    door = Door("q", NOON, "closed")
    for basis in ("live", "arrival"):
        counts = count([visit], [door], NOON + after_ms, MIDNIGHT)["30m", basis]
        assert (counts.get("offered", 0), counts.get("answered", 0), counts.get("closed", 0)) == (inside,) * 3


def test_a_visit_one_millisecond_inside_the_half_hour_counts() -> None:
    assert counted(Visit("q", NOON + 1, "answered", NOON + 1), NOON + 1_800_000, "30m")["answered"] == 1


@pytest.mark.parametrize(("at_ms", "inside"), [(MIDNIGHT - 1, 0), (MIDNIGHT, 1), (NOON, 1), (NOON + 1, 0)])
def test_the_day_is_closed_at_both_ends(at_ms: int, inside: int) -> None:
    counts = count([Visit("q", at_ms)], [Door("q", at_ms, "closed")], NOON, MIDNIGHT)
    for basis in ("live", "arrival"):
        assert counts["day", basis].get("offered", 0) == inside
        assert counts["day", basis].get("closed", 0) == inside


def test_over_the_day_edge_the_bases_differ() -> None:
    visit = Visit("q", MIDNIGHT - 10_000, "answered", MIDNIGHT + 5_000, talk_end_ms=MIDNIGHT + 65_000, talk_ms=60_000)
    live = counted(visit, NOON, basis="live")
    assert live == {
        "answered_in_time": 1,
        "answered": 1,
        "wait_answered_ms": 15_000,
        "wait_max_ms": 15_000,
        "handled": 1,
        "talk_ms": 60_000,
    }
    assert counted(visit, NOON, basis="arrival") == {}


def test_a_late_visit_over_the_day_edge_is_decided_yesterday() -> None:
    visit = Visit("q", MIDNIGHT - 30_000, "answered", MIDNIGHT + 5_000)
    live = counted(visit, NOON, basis="live")
    assert "answered_late" not in live
    assert live["answered"] == 1


def test_what_ends_later_is_open_now() -> None:
    visit = ended("answered", 10_000)
    assert counted(visit, NOON + 9_000)["waiting"] == 1
    assert "waiting" not in counted(visit, NOON + 10_000)
    assert counted(visit, NOON - 1_000) == {}


@pytest.mark.parametrize(
    ("after_ms", "name", "waiting"),
    [(4 * HOUR - 1_000, "open_late", 1), (4 * HOUR, "unknown_end", 0), (5 * HOUR, "answered_late", 0)],
)
def test_an_open_visit_is_given_up_until_its_real_end_comes(after_ms: int, name: str, waiting: int) -> None:
    visit = ended("answered", 5 * HOUR)
    for basis in ("live", "arrival"):
        counts = counted(visit, NOON + after_ms, basis=basis)
        assert counts[name] == 1
        assert counts.get("waiting", 0) == waiting
        assert not set(counts) & ({"open_late", "unknown_end", "answered_late"} - {name})


def test_a_restart_of_the_source_gives_up_at_once_and_decides() -> None:
    visit = Visit("q", NOON, given_up_ms=NOON + 3_000)
    assert counted(visit, NOON + 2_000)["waiting"] == 1
    assert counted(visit, NOON + 3_000, basis="live") == {"offered": 1, "unknown_end": 1}
    # Decided by the restart, not by the late instant.
    assert counted(visit, NOON + 1_802_000, "30m", "live") == {"unknown_end": 1}
    assert counted(visit, NOON + 1_803_000, "30m", "live") == {}
    # Late before it was given up: decided by the late instant.
    visit = Visit("q", NOON, given_up_ms=NOON + 60_000)
    assert counted(visit, NOON + 1_821_000, "30m", "live") == {}


def test_handling_counts_at_the_end_of_after_call_work_else_of_talk() -> None:
    visit = ended("answered", 0)
    visit.talk_end_ms, visit.talk_ms, visit.hold_ms, visit.transferred = NOON + 60_000, 60_000, 7_000, True
    visit.acw_end_ms, visit.acw_ms = NOON + 90_000, 25_000
    assert "handled" not in counted(visit, NOON + 59_000)
    talked = counted(visit, NOON + 60_000)
    assert (talked["handled"], talked["talk_ms"], talked["hold_ms"], talked["transferred"]) == (1, 60_000, 7_000, 1)
    assert "acw_ms" not in talked
    wrapped = counted(visit, NOON + 90_000)
    assert (wrapped["handled"], wrapped["acw_ms"]) == (1, 25_000)
    # It leaves the window 1800 s after the after-call work, not after the talk.
    assert counted(visit, NOON + 1_889_000, "30m", "live") == {
        "handled": 1,
        "talk_ms": 60_000,
        "hold_ms": 7_000,
        "acw_ms": 25_000,
        "transferred": 1,
    }
    assert counted(visit, NOON + 1_890_000, "30m", "live") == {}


def test_the_longest_waits_are_maxima_and_the_waits_a_sorted_list() -> None:
    visits = [ended("abandoned", 9_000), ended("answered", 4_000), ended("flow_out", 30_000), Visit("q", NOON - 5_000)]
    counts = count(visits, [], NOON + 60_000, MIDNIGHT)["30m", "live"]
    assert counts["wait_max_ms"] == 30_000
    assert counts["longest_wait_ms"] == 65_000
    assert count_waits(visits, NOON + 60_000, MIDNIGHT)["30m", "live"] == [4_000, 9_000, 30_000]


def test_the_classes_of_arrivals_add_up_to_offered() -> None:
    visits = [
        Visit("q", NOON + i * 777, o, NOON + i * 777 + w) for i, o in enumerate(OUTCOMES) for w in (4, 6_000, 25_000)
    ]
    visits += [Visit("q", NOON + 3), Visit("q", NOON + 40_000), Visit("q", NOON + 9, given_up_ms=NOON + 30_000)]
    families = ("answered", "abandoned", "flow_out", "callback", "error", "open")
    classes = [f"{family}_{end}" for family in families for end in ("in_time", "late")]
    classes += ["abandoned_short", "unknown_end"]
    for seconds in range(0, 90, 1):
        counts = count(visits, [], NOON + seconds * 1000, MIDNIGHT)["day", "arrival"]
        assert sum(counts.get(name, 0) for name in classes) == counts.get("offered", 0)
    assert counts["offered"] == 18


def test_a_door_event_is_no_visit() -> None:
    doors = [Door("q", NOON, kind) for kind in DOORS]
    for counts in count([], doors, NOON, MIDNIGHT).values():
        assert counts == dict.fromkeys(DOORS, 1)


def test_groups_add_up_with_each_queue_by_its_own_rules() -> None:
    rules = {"a": Rules(threshold_ms=10_000), "b": Rules(threshold_ms=30_000, day_begins=time(12))}
    visits = [Visit("a", NOON - 1_000, "answered", NOON + 14_000), Visit("b", NOON - 1_000, "answered", NOON + 14_000)]
    groups = count_groups(visits, [], NOON + 60_000, rules.__getitem__, lambda queue: (queue, "*"))
    everything = groups["*"]["30m", "live"]
    assert (everything["answered_late"], everything["answered_in_time"]) == (1, 1)
    assert (everything["wait_answered_ms"], everything["wait_max_ms"]) == (30_000, 15_000)
    assert groups["a"]["day", "arrival"]["offered"] == 1
    assert "offered" not in groups["b"]["day", "arrival"]
    assert groups["*"]["day", "arrival"]["offered"] == 1


def test_interval_rows_hold_arrivals_with_what_is_known_as_of() -> None:
    visits = [ended("answered", 10_000), Visit("q", NOON + HOUR), Visit("q", NOON - 1)]
    doors = [Door("q", NOON + HOUR - 1, "closed"), Door("q", NOON + HOUR, "blocked")]
    span = (NOON, NOON + HOUR + 1_000)
    early = count_intervals(visits, doors, *span, "1h", "UTC", NOON + 5_000, Rules())
    assert early[0] == (NOON, NOON + HOUR, {"offered": 1, "open_in_time": 1})
    assert early[1] == (NOON + HOUR, NOON + HOUR + 1_000, {})
    late = count_intervals(visits, doors, *span, "1h", "UTC", NOON + 9 * HOUR, Rules())
    assert late[0][2]["answered_in_time"] == 1
    assert late[0][2]["closed"] == 1
    assert late[1][2] == {"offered": 1, "unknown_end": 1, "blocked": 1}
