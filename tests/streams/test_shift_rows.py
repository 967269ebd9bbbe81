"""Absence in rows: what is planned, what an absence covers, and that no small group of persons can be seen."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from streams.batch import Batch, Tally
from streams.catalogue import Options, Value
from streams.codec import encode
from streams.days import SiteClock
from streams.engine import Engine
from streams.group_floor import Blocks
from streams.pipeline import Pipeline
from streams.query import Row, interval_rows, window_rows
from streams.records import Cell, Fact, Plan, Rostered, Work, Worked, identify

NOW_MS = 1_783_540_800_000
HOUR_MS = 3_600_000
DAY_START_MS = NOW_MS - 12 * HOUR_MS


def home(site: str, team: str = "", hotline: str = "") -> Cell:
    return Cell(hotline, "Nordcall", site, team, family="shifts")


def planned(person: str, cell: Cell, from_hour: float = -4, hours: float = 4, **more: object) -> Rostered:
    at_ms = NOW_MS + round(from_hour * HOUR_MS)
    said = {"plan": Plan.WORK} | more
    until_ms = at_ms + round(hours * HOUR_MS)
    entry = identify(person, at_ms, until_ms, str(more), cell.hotline)
    return Rostered(entry, at_ms, until_ms, identify(person), cell, **said)  # type: ignore[arg-type]


def absent(person: str, from_hour: float, hours: float) -> Rostered:
    return planned(person, Cell("", family="shifts"), from_hour, hours, plan=Plan.ABSENT)


def crew(site: str, team: str, size: int, hotline: str = "") -> list[Rostered]:
    return [planned(f"{site}{team}{number}", home(site, team, hotline)) for number in range(size)]


def pipeline(facts: Sequence[Fact]) -> Pipeline:
    found = Pipeline(Engine(NOW_MS, lambda _: SiteClock("UTC", 480)))
    found.apply(encode(Batch("f", 1, NOW_MS, Tally(), list(facts))))
    return found


def rows(facts: Sequence[Fact], *by: str, window: str = "day", floor: int = 8, **where: set[str]) -> list[Row]:
    return window_rows(
        pipeline(facts).readings(),
        as_of_ms=NOW_MS,
        day_start=lambda _: DAY_START_MS,
        by=by,
        where=where,
        windows=(window,),
        floor=floor,
    )


def absence(row: Row) -> Value:
    return row.value("absence_rate", Options())


def test_an_absence_takes_from_the_work_that_it_covers_and_from_nothing_else() -> None:
    facts: list[Fact] = [*crew("Kiel", "A", 8)]
    facts += [absent("KielA0", -3, 10), absent("KielA1", -30, 20), absent("KielA1", -1, 0.5), absent("guest", -4, 4)]
    (row,) = rows(facts)
    assert absence(row) == Value(3.5 / 32, 32 * HOUR_MS)
    assert row.sums["shift_persons"] == 8


def test_two_absences_at_once_are_one_and_work_planned_twice_counts_once() -> None:
    facts: list[Fact] = [*crew("Kiel", "A", 8), planned("KielA0", home("Kiel", "A", "Service"), -2, 4)]
    facts += [absent("KielA0", -3, 2), absent("KielA0", -2, 1.5)]
    (row,) = rows(facts)
    assert (row.sums["shift_planned_ms"], row.sums["shift_absent_ms"]) == (32 * HOUR_MS, 2.5 * HOUR_MS)


def test_work_that_lies_ahead_does_not_count_yet() -> None:
    facts = [planned(f"p{number}", home("Kiel"), -0.25, 8) for number in range(8)]
    for window in ("30m", "day"):
        (row,) = rows(facts, window=window)
        assert row.sums["shift_planned_ms"] == 2 * HOUR_MS


def test_nobody_planned_is_empty_and_no_feed_is_not_supplied() -> None:
    tomorrow = [planned(f"p{number}", home("Kiel"), 20) for number in range(9)]
    assert absence(rows(tomorrow)[0]) == Value(None, 0, "empty")
    assert absence(rows([])[0]) == Value(None, 0, "not_supplied")


def test_a_small_team_is_suppressed_and_so_is_what_would_show_it() -> None:
    facts: list[Fact] = [*crew("Kiel", "A", 9), *crew("Kiel", "B", 3), *crew("Ulm", "C", 10), absent("KielB0", -4, 4)]
    by_team = {row.by["team"]: absence(row) for row in rows(facts, "team")}
    assert by_team["B"] == Value(None, 0, "suppressed")
    assert by_team["A"] == Value(None, 0, "suppressed")  # the site less this team would be the small one
    assert by_team["C"] == Value(0.0, 40 * HOUR_MS)
    by_site = {row.by["site"]: absence(row) for row in rows(facts, "site")}
    assert by_site == {"Kiel": Value(4 / 48, 48 * HOUR_MS), "Ulm": Value(0.0, 40 * HOUR_MS)}
    suppressed = next(row for row in rows(facts, "team") if row.by["team"] == "B")
    assert not any(name.startswith("shift_") for name in suppressed.sums.counts)


def test_a_small_hotline_cannot_be_found_as_the_rest_of_its_team() -> None:
    facts: list[Fact] = [*crew("Kiel", "A", 9, "Service"), *crew("Kiel", "A2", 8, "Sales")]
    facts += [planned(f"x{number}", home("Kiel", "A", "Sales")) for number in range(2)]
    by_hotline = {row.by["hotline"]: absence(row).why for row in rows(facts, "hotline")}
    assert by_hotline == {"Service": "suppressed", "Sales": "suppressed"}
    assert absence(rows(facts, "team")[1]).why is None


def test_a_person_of_two_hotlines_is_one_person() -> None:
    """Four persons, each in both hotlines: eight by hotline, and still a small group."""
    facts: list[Fact] = []
    for number in range(4):
        for place, hotline in enumerate(("Service", "Sales")):
            facts.append(planned(f"p{number}", home("Kiel", "A", hotline), -4 + 2 * place, 2))
    (row,) = rows(facts)
    assert absence(row).why == "suppressed"
    assert {absence(one).why for one in rows(facts, "hotline")} == {"suppressed"}
    assert (
        Blocks({home("Kiel", "A", "Service"): 4, home("Kiel", "A", "Sales"): 0}).shows([home("Kiel", "A", "Sales")])
        is False
    )


def test_conformance_is_who_was_there_beside_what_was_planned() -> None:
    facts: list[Fact] = [*crew("Kiel", "A", 8)]
    for number in range(8):
        agent, there = identify(f"KielA{number}"), Cell("", "Nordcall", "Kiel", "A")
        facts.append(Worked(agent, NOW_MS - 2 * HOUR_MS, Work.JOINED, number, agent, Cell(""), there))
    (row,) = rows(facts)
    assert row.value("conformance", Options()) == Value(0.5, 32 * HOUR_MS)
    (row,) = rows(facts[:-1])
    assert row.value("conformance", Options()) == Value(None, 0, "suppressed")
    (row,) = rows(facts[:8])
    assert row.value("conformance", Options()) == Value(None, 0, "not_supplied")


def test_rows_of_intervals_cut_shifts_at_their_edges() -> None:
    facts: list[Fact] = [*crew("Kiel", "A", 8), absent("KielA0", -2.5, 1)]
    edges = [NOW_MS + hour * HOUR_MS for hour in (-5, -3, -2, 0, 1)]
    found = interval_rows(pipeline(facts).by_interval(edges), edges, "total")
    assert [row.sums["shift_planned_ms"] // HOUR_MS for row in found] == [8, 8, 16, 0]
    assert [row.sums["shift_absent_ms"] for row in found] == [0, HOUR_MS // 2, HOUR_MS // 2, 0]


@pytest.mark.parametrize("order", [1, -1])
def test_a_withdrawn_shift_does_not_count_whatever_comes_first(order: int) -> None:
    team = crew("Kiel", "A", 9)
    gone = Rostered(
        team[0].entry, team[0].at_ms, team[0].until_ms, bytes(16), Cell("", family="shifts"), Plan.WITHDRAWN, version=1
    )
    (row,) = rows([*team, gone][::order])
    assert (row.sums["shift_planned_ms"], row.sums["shift_persons"]) == (32 * HOUR_MS, 8)
