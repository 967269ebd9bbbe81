"""The sheets of a hotline: what their tables say, and that the charts draw just that."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from dashboard.desk import hotline_sheets
from dashboard.desk.dates import interval_name
from dashboard.desk.period import Period, read_period
from dashboard.desk.sheet import Drawn
from dashboard.desk.table import Missing
from dashboard.wording.desk_pages import desk_words
from streams.catalogue import Options
from streams.days import SiteClock, interval_edges, to_ms
from streams.query import Row
from streams.reading import Sums
from streams.records import Cell

BERLIN = SiteClock("Europe/Berlin")
NOW_MS = to_ms(datetime(2026, 11, 24, 10, 37, tzinfo=UTC))
CELL = Cell("Rechnung", "Teleo")


def day(date: str = "2026-11-23") -> Period:
    return read_period({"period": "day", "date": date}, BERLIN, NOW_MS)


def drawn(period: Period, **more: float) -> Drawn:
    return Drawn(period, desk_words("de"), Options(), **more)


def row(start_ms: int, end_ms: int, **counts: int) -> Row:
    return Row({}, "15m", start_ms, end_ms, Sums(counts), (CELL,))


def rows(period: Period, **counts: int) -> list[Row]:
    """Every quarter the same."""
    edges = interval_edges(period.from_ms, period.to_ms, "15m", BERLIN)
    return [row(start, end, **counts) for start, end in itertools.pairwise(edges)]


def test_the_course_says_what_was_counted_and_draws_it() -> None:
    period = day()
    start = period.from_ms
    found = [
        row(
            start, start + 900_000, offered=10, answered=7, answered_in_time=6, answered_late=1, abandoned=2, flow_out=1
        ),
        row(start + 900_000, start + 1_800_000),
    ]
    sheet = hotline_sheets.course(found, drawn(period, target=0.8))
    level = 6 / 7
    assert sheet.table.rows == (("00:00", 10, 7, 2, 1, level), ("00:15", 0, 0, 0, 0, Missing("empty")))
    assert sheet.chart is not None
    offered, answered, abandoned, line = sheet.chart["data"]
    assert (offered["y"], answered["y"], abandoned["y"]) == ([10, 0], [7, 0], [2, 0])
    # Abandoned stands on answered, so that both together reach what was offered at most.
    assert abandoned["base"] == answered["y"]
    assert line["y"] == [level, None]
    assert line["customdata"] == ["85,7\N{NO-BREAK SPACE}%", "–"]
    band, goal = sheet.chart["layout"]["shapes"]
    assert (band["y0"], band["y1"], goal["y0"]) == (0.8, 1.0, 0.8)


def test_below_the_target_the_point_is_red_and_without_one_nothing_is() -> None:
    period = day()
    found = [row(period.from_ms, period.from_ms + 900_000, offered=4, answered_in_time=1, answered_late=3)]
    judged = hotline_sheets.course(found, drawn(period, target=0.8)).chart
    free = hotline_sheets.course(found, drawn(period)).chart
    assert judged is not None
    assert free is not None
    assert judged["data"][3]["marker"]["color"] == ["--bad"]
    assert free["data"][3]["marker"]["color"] == ["--ink"]
    assert (free["layout"]["shapes"], free["layout"]["annotations"]) == ([], [])


def test_intervals_are_held_against_those_of_the_same_time_on_the_wall() -> None:
    # The 25th of October has 25 hours, the Sunday before 24: noon must meet noon, and the repeated hour nothing.
    period = day("2026-10-25")
    before_from, before_to = period.compared()
    edges = interval_edges(before_from, before_to, "15m", BERLIN)
    before = [row(start, end, offered=number) for number, (start, end) in enumerate(itertools.pairwise(edges))]
    table = hotline_sheets.against(rows(period, offered=1), before, drawn(period)).table
    by_name = {line[0]: line[2] for line in table.rows}
    assert len(table.rows) == 100
    assert by_name["12:00"] == 48
    assert by_name["02A:15"] == by_name["02B:15"] == Missing("empty")
    assert by_name["03:00"] == 12


def test_in_spring_the_missing_hour_is_missing() -> None:
    period = day("2026-03-29")
    names = [interval_name(each.start_ms, period, "de") for each in rows(period)]
    assert len(names) == 92
    assert names[7:9] == ["01:45", "03:00"]


def test_nothing_before_the_records_is_nothing_and_not_zero() -> None:
    period = day()
    sheet = hotline_sheets.against(rows(period, offered=2), [], drawn(period))
    assert {line[2] for line in sheet.table.rows} == {Missing("empty")}
    assert hotline_sheets.figures(None, None, drawn(period)).table.rows[0][1] == Missing("empty")


def test_a_wait_of_just_the_threshold_is_in_time() -> None:
    period = day()
    total = Row({}, "total", period.from_ms, period.to_ms, Sums(waits={0: 1, 5: 2, 20: 4, 21: 8, 104: 16}), (CELL,))
    sheet = hotline_sheets.waits(total, drawn(period, threshold_seconds=20))
    counts = {line[0]: line[1] for line in sheet.table.rows}
    assert counts["0–5 s"] == 3
    assert counts["10–20 s"] == 4
    assert counts["20–30 s"] == 8
    assert sum(int(str(count)) for count in counts.values()) == 31
    assert sheet.chart is not None
    colours = sheet.chart["data"][0]["marker"]["color"]
    assert colours[:4] == ["--bar", "--bar", "--bar", "--bar-strong"]


def test_a_threshold_that_no_bin_has_gets_an_edge_of_its_own() -> None:
    total = Row({}, "total", 0, 1, Sums(waits={24: 1, 25: 1, 26: 1}), (CELL,))
    lines = hotline_sheets.waits(total, drawn(day(), threshold_seconds=25)).table.rows
    assert [line[1] for line in lines if line[0] in {"20–25 s", "25–30 s"}] == [2, 1]


def test_providers_stand_side_by_side_with_the_same_figures() -> None:
    found = [
        Row({"provider": name}, "total", 0, 1, Sums({"offered": n, "answered": n, "answered_in_time": n}), (CELL,))
        for name, n in (("Nordcall", 3), ("", 1))
    ]
    table = hotline_sheets.providers(found, drawn(day())).table
    assert [line[:4] for line in table.rows] == [("Nordcall", 3, 1.0, 1.0), ("n. v.", 1, 1.0, 1.0)]


def test_nothing_happened_is_said_and_not_drawn() -> None:
    period = day()
    assert hotline_sheets.course(rows(period), drawn(period)).empty
    assert not hotline_sheets.course(rows(period, offered=1), drawn(period)).empty
    assert hotline_sheets.waits(None, drawn(period)).empty
